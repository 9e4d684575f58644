"""How Alembic runs a step: on the connection it is given, in whose transaction the whole upgrade lies.

Without one, as on the developer's command line, it compares the tables with what the steps make of an empty database.
"""

from typing import Any, Literal

from alembic import context
from sqlalchemy import Connection, create_engine

from tutor.state import every_table  # noqa: F401  (the metadata is complete only with it)
from tutor.state.columns import Time, metadata


def _as_plain_type(kind: str, item: Any, _context: Any) -> str | Literal[False]:  # noqa: ANN401  (Alembic's own)
    """A step must mean the same when our types have changed."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(item, Time) else False


def _run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=metadata,
        transactional_ddl=True,
        render_item=_as_plain_type,
    )
    context.run_migrations()


given = context.config.attributes.get("connection")
if given is not None:
    _run(given)
else:
    with create_engine("sqlite://").begin() as scratch:
        _run(scratch)
