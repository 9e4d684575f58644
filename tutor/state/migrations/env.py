"""How Alembic runs a step: on the connection it is given, in whose transaction the whole upgrade lies.

Without one, as on the developer's command line, it compares the tables with what the steps make of an empty database.
"""

from typing import Any, Literal

from alembic import context
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, create_engine

from tutor.state import every_table  # noqa: F401  (the metadata is complete only with it)
from tutor.state.columns import Time, metadata


def _as_plain_type(kind: str, item: Any, _context: Any) -> str | Literal[False]:  # noqa: ANN401  (Alembic's own)
    """A step must mean the same when our types have changed."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(item, Time) else False


def _numbered(_context: object, _revision: object, steps: list[Any]) -> None:
    """A new step is called by the next number, so that a folder of them reads in order."""
    steps[0].rev_id = f"{int(context.script.get_current_head() or 0) + 1:04}"


def _run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=metadata,
        transactional_ddl=True,
        render_item=_as_plain_type,
        process_revision_directives=_numbered,
    )
    context.run_migrations()


def _take_every_step(connection: Connection) -> None:
    """Bring an empty database up to date; by hand, as Alembic cannot run its own upgrade inside of another command."""
    migration = MigrationContext.configure(connection)
    with Operations.context(migration):
        for step in reversed(list(context.script.walk_revisions())):
            step.module.upgrade()
    migration.stamp(context.script, "head")


given = context.config.attributes.get("connection")
if given is not None:
    _run(given)
else:
    with create_engine("sqlite://").begin() as scratch:
        _take_every_step(scratch)
        _run(scratch)
