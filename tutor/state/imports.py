"""Which bundled courses were imported once, so that one that was deleted since does not come back with a restart."""

from sqlalchemy import Connection, insert, select

from tutor.state.people_tables import installation

_PREFIX = "imported:"
_KEY_CHARS = 50  # of a course id, which may be longer than the column takes with the prefix


def was_imported(connection: Connection, course_id: str) -> bool:
    """Whether the course was imported before, whatever became of it."""
    name = _name(course_id)
    return connection.execute(select(installation.c.name).where(installation.c.name == name)).first() is not None


def note_import(connection: Connection, course_id: str) -> None:
    """Remember that the course was imported."""
    if not was_imported(connection, course_id):
        connection.execute(insert(installation).values(name=_name(course_id), value=course_id))


def _name(course_id: str) -> str:
    return _PREFIX + course_id[:_KEY_CHARS]
