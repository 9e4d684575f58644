"""The tables of the generations in PostgreSQL, and their one version. Made once, by whoever comes first.

Every key begins with ``course_id`` and every id is made by the application, so that the tables can be sharded by course
as they are. The vectors are in a narrow table of their own, in line with their row: beside text they would go out of
line, and a course would cost eight times as much to read.
"""

from index.errors import IndexOutdated
from index.pg_connection import PgDatabase, Session

SCHEMA_VERSION = 1
TABLES = ("index_live", "index_generations", "index_lines", "index_vectors")

_LOCK = 7_245_003  # any number; it names the lock among those of the database
_THERE = "select to_regclass('index_schema') is not null"
_VERSION = "select version from index_schema"
_EXTENSION = "select count(*) from pg_extension where extname = 'vector'"
_STATEMENTS = (
    "create table index_schema (version int not null)",
    # Which generation answers. The hash is that of its manifest, which vouches for the rest.
    """create table index_live (
        course_id text primary key, generation text not null, manifest_sha256 text not null,
        switched_at timestamptz not null default now()
    )""",
    # One that was pruned is deleted a little later: a question may just be on its way through it.
    """create table index_generations (
        course_id text, generation text, manifest bytea not null, created_at timestamptz not null default now(),
        pruned_at timestamptz,
        primary key (course_id, generation)
    )""",
    # Documents, chunks and terms as the JSON lines that they are in a folder.
    """create table index_lines (
        course_id text, generation text, part text, number int, line bytea not null,
        primary key (course_id, generation, part, number)
    )""",
    # Numbers of any dimension: it follows the embedder, and generations of two embedders lie side by side for a while.
    # Both columns stay in the row as long as it fits into a page.
    """create table index_vectors (
        course_id text, generation text, row int, embedding halfvec not null, weights sparsevec not null,
        primary key (course_id, generation, row)
    ) with (toast_tuple_target = 8160, autovacuum_vacuum_scale_factor = 0.05)""",
    "alter table index_vectors alter column embedding set storage plain",
    "insert into index_schema values (%(version)s::int)",
)


def ensure_schema(database: PgDatabase) -> None:
    """Make the tables where there are none.

    Raises:
        IndexUnreachable: The database does not answer, or has no pgvector and we may not add it.
        IndexOutdated: Another version of this program made the tables.
    """
    database.ask(_ensure)


def _ensure(session: Session) -> None:
    if not session.rows(_THERE)[0][0]:
        with session.transaction():
            session.rows("select pg_advisory_xact_lock(%(lock)s::bigint)", lock=_LOCK)  # others wait, and find it done
            if not session.rows(_THERE)[0][0]:
                _make(session)
    (found,) = session.rows(_VERSION)[0]
    if found != SCHEMA_VERSION:
        raise IndexOutdated("*", found, SCHEMA_VERSION)


def _make(session: Session) -> None:
    if not session.rows(_EXTENSION)[0][0]:
        session.add_extension("vector")
    for statement in _STATEMENTS:
        session.do(statement, **({"version": SCHEMA_VERSION} if "%(version)s" in statement else {}))
