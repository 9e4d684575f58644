"""All tables in one place: what a migration, a backup and a check of the database must know."""

from sqlalchemy import Table

from tutor.state import (
    allowance_tables,
    asking_tables,
    course_tables,
    file_tables,
    integration_tables,
    lti_tables,
    people_tables,
    session_tables,
    work_tables,
)
from tutor.state.columns import metadata
from tutor.state.file_tables import stored_files, stored_pieces

# Each module adds its tables to the metadata when it is imported.
MODULES = (
    allowance_tables,
    asking_tables,
    course_tables,
    file_tables,
    integration_tables,
    lti_tables,
    people_tables,
    session_tables,
    work_tables,
)

EVERY_TABLE: tuple[Table, ...] = tuple(metadata.sorted_tables)  # what is referred to comes before what refers to it

# Who is here at the moment. A restore must not let anybody in again whose session was ended since the backup.
PASSING: frozenset[Table] = frozenset({session_tables.sessions, session_tables.open_streams})


# All but the files, which a backup holds as files, and which do not move to another database with the rows.
TABLES_OF_ROWS: tuple[Table, ...] = tuple(t for t in EVERY_TABLE if t not in (stored_files, stored_pieces))


def course_tables_of_all() -> tuple[Table, ...]:
    """The tables whose rows belong to one course each: their key begins with it."""
    return tuple(table for table in EVERY_TABLE if next(iter(table.primary_key)).name == "course_id")
