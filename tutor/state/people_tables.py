"""Tables of who may do what: people by pseudonym, their roles, API keys, and a log of every change."""

from sqlalchemy import Column, ForeignKey, String, Table, Text

from tutor.state.columns import ID_CHARS, NAME_CHARS, course_key, id_key, json_column, metadata, moment

# Facts of the installation, such as the key its pseudonyms are made with. Never in a log, an export or a reply.
installation = Table(
    "installation",
    metadata,
    Column("name", String(ID_CHARS), primary_key=True),
    Column("value", Text, nullable=False),
)

people = Table(
    "people",
    metadata,
    id_key("person_id"),  # HMAC of whatever identified them; no name, no address
    moment("created_at"),
    moment("last_seen_at"),
)

roles = Table(
    "roles",
    metadata,
    course_key(),
    Column("person_id", ForeignKey("people.person_id", ondelete="CASCADE"), primary_key=True),
    Column("role", String(16), nullable=False),  # student, instructor, admin
    Column("granted_by", String(ID_CHARS), nullable=False),
    moment("granted_at"),
)

api_keys = Table(
    "api_keys",
    metadata,
    id_key("key_id"),
    Column("name", String(NAME_CHARS), nullable=False),
    Column("sha256", String(64), nullable=False, unique=True),
    json_column("permissions"),  # of tutor.permissions
    json_column("courses"),  # empty: every course
    json_column("public_jwk", nullable=True),  # of a client that signs instead of sending its key
    moment("created_at"),
    moment("expires_at", nullable=True),
    moment("revoked_at", nullable=True),
)

# Links that start a session, once. Kept here and not in a server's memory, so that a command can make one.
login_links = Table(
    "login_links",
    metadata,
    Column("token_sha256", String(64), primary_key=True),
    Column("role", String(16), nullable=False),
    json_column("courses"),  # empty: every course
    moment("created_at"),
    moment("expires_at"),
    moment("used_at", nullable=True),
)

audit_log = Table(
    "audit_log",
    metadata,
    course_key(),  # "-" for what concerns the whole installation
    id_key("event_id"),
    moment("at"),
    Column("actor", String(ID_CHARS), nullable=False),
    Column("action", String(100), nullable=False),  # "source.delete", "answer.verify"
    Column("object_id", String(NAME_CHARS), nullable=False),
    json_column("detail"),  # never a learner's words
)
