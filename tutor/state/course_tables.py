"""Tables of what is taught: courses, sources and their documents, every chunk ever published, generations."""

from sqlalchemy import Boolean, Column, ForeignKey, ForeignKeyConstraint, Index, Integer, String, Table, Text, text

from tutor.state.columns import ID_CHARS, NAME_CHARS, Words, course_key, id_key, json_column, metadata, moment

courses = Table(
    "courses",
    metadata,
    course_key(),
    Column("title", String(NAME_CHARS), nullable=False),
    Column("description", Text, nullable=False),
    Column("language", String(16), nullable=False),
    Column("licence", Text, nullable=False),
    json_column("suggested_questions"),
    Column("log_questions", Boolean, nullable=False),  # off: no question, receipt or citation of this course is kept
    Column("retention_days", Integer),  # null: the installation's
    moment("created_at"),
    moment("deleted_at", nullable=True),
)

# A file somebody brought: as long as it keeps its name, a new upload is a new version of it.
sources = Table(
    "sources",
    metadata,
    Column("course_id", ForeignKey("courses.course_id"), primary_key=True),
    id_key("source_id"),
    Column("kind", String(16), nullable=False),  # "file", or "notes": the instructor's own definitions and sentences
    Column("name", String(NAME_CHARS), nullable=False),
    Column("media_type", String(100), nullable=False),
    Column("version", Integer, nullable=False),  # from 1
    Column("sha256", String(64), nullable=False),  # of the bytes: their name among the stored files
    Column("size", Integer, nullable=False),  # bytes
    Column("position", Integer, nullable=False),  # reading order in the course
    # queued, reading, read, indexed, partly, failed
    Column("status", String(16), nullable=False),
    Column("reason", Text, nullable=False),  # why not, or what was left out; empty when all is well
    json_column("items"),  # corpus.types.ItemReport of each item
    Column("reading_sha256", String(64)),  # of the stored JSON lines of its documents; null until read
    json_column("document_ids"),  # of the documents in that reading, which may be of an older version
    Column("created_by", String(ID_CHARS), nullable=False),
    moment("created_at"),
    moment("updated_at"),
    moment("deleted_at", nullable=True),
)
Index(
    "uq_sources_live_name",
    sources.c.course_id,
    sources.c.name,
    unique=True,
    sqlite_where=text("deleted_at IS NULL"),
    postgresql_where=text("deleted_at IS NULL"),
)

# Every chunk that was ever part of a live generation, so that an old citation finds the words it was made from.
published_chunks = Table(
    "published_chunks",
    metadata,
    course_key(),
    id_key("chunk_id"),
    Column("source_id", String(ID_CHARS), nullable=False),
    Column("document_id", String(NAME_CHARS), nullable=False),
    Column("document_title", Text, nullable=False),
    Column("kind", String(16), nullable=False),
    json_column("heading_path"),
    Column("text", Text, nullable=False),
    Column("char_start", Integer, nullable=False),
    Column("char_end", Integer, nullable=False),
    Column("page", Integer),
    Column("page_label", String(50), nullable=False),
    Column("term", Text, nullable=False),
    Column("first_generation", String(ID_CHARS), nullable=False),
    Column("last_generation", String(ID_CHARS), nullable=False),
)

generations = Table(
    "generations",
    metadata,
    course_key(),
    id_key("generation"),
    # live; kept: the one before, for rollback; held: built but stopped by a check; gone
    Column("state", String(16), nullable=False),
    Column("manifest_sha256", String(64), nullable=False),  # vouches for it while CURRENT names another
    Column("embedder", Text, nullable=False),
    Column("n_documents", Integer, nullable=False),
    Column("n_chunks", Integer, nullable=False),
    json_column("source_ids"),  # of the sources it was built from: tells which deletions it has not heard of
    json_column("checks"),  # what was asked of it before it went live, and what it answered
    Column("job_id", String(ID_CHARS), nullable=False),
    moment("created_at"),
    moment("published_at", nullable=True),
)

hidden_passages = Table(
    "hidden_passages",
    metadata,
    course_key(),
    id_key("chunk_id"),
    Column("document_id", String(NAME_CHARS), nullable=False),
    Column("text", Words, nullable=False),
    Column("reason", Words, nullable=False),
    Column("created_by", String(ID_CHARS), nullable=False),
    moment("created_at"),
)

aliases = Table(
    "aliases",
    metadata,
    course_key(),
    id_key("alias_id"),
    Column("term", String(NAME_CHARS), nullable=False),
    Column("alias", String(NAME_CHARS), nullable=False),
    Column("created_by", String(ID_CHARS), nullable=False),
    moment("created_at"),
)

# The instructor's own words. They are a source like any other (kind "notes"), so that they are cited like any other.
notes = Table(
    "notes",
    metadata,
    course_key(),
    id_key("note_id"),
    Column("term", String(NAME_CHARS), nullable=False),  # of a definition; empty for a plain note
    json_column("aliases"),
    Column("text", Words, nullable=False),
    Column("created_by", String(ID_CHARS), nullable=False),
    moment("created_at"),
    ForeignKeyConstraint(["course_id"], ["courses.course_id"]),
)
