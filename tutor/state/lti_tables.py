"""Tables of the learning platforms that may launch the tutor, and of what their launches need."""

from sqlalchemy import Boolean, Column, ForeignKey, String, Table, Text

from tutor.state.columns import ID_CHARS, NAME_CHARS, id_key, json_column, metadata, moment

lti_platforms = Table(
    "lti_platforms",
    metadata,
    id_key("platform_id"),
    Column("name", String(NAME_CHARS), nullable=False),
    Column("issuer", String(NAME_CHARS), nullable=False),
    Column("client_id", String(NAME_CHARS), nullable=False),
    Column("auth_url", Text, nullable=False),
    Column("token_url", Text, nullable=False),
    Column("jwks_url", Text, nullable=False),
    Column("token_audience", Text, nullable=False),  # what its token endpoint wants as audience
    json_column("courses"),  # the courses it may open; empty: every course
    Column("trusts_instructors", Boolean, nullable=False),  # whether its teachers are instructors here
    moment("created_at"),
)

# A platform may hand the tool out several times; each must be known, or be let in by an administrator.
lti_deployments = Table(
    "lti_deployments",
    metadata,
    Column("platform_id", ForeignKey("lti_platforms.platform_id", ondelete="CASCADE"), primary_key=True),
    Column("deployment_id", String(255), primary_key=True),
    Column("approved", Boolean, nullable=False),
    moment("created_at"),
)

# Which course a platform's own course opens when its link names none.
lti_contexts = Table(
    "lti_contexts",
    metadata,
    Column("platform_id", ForeignKey("lti_platforms.platform_id", ondelete="CASCADE"), primary_key=True),
    Column("context_id", String(255), primary_key=True),
    Column("course_id", String(ID_CHARS), nullable=False),
    moment("created_at"),
)

# Written only after a launch's signature was found good, so that nobody can fill it with forgeries.
lti_used_nonces = Table(
    "lti_used_nonces",
    metadata,
    Column("nonce", String(ID_CHARS), primary_key=True),
    moment("expires_at"),
)

# Our own signing keys. Private: never in a log, a reply or an export.
lti_keys = Table(
    "lti_keys",
    metadata,
    id_key("key_id"),
    Column("private_pem", Text, nullable=False),
    moment("created_at"),
    moment("retired_at", nullable=True),  # signs no more; still published until what it signed has run out
)

lti_invites = Table(
    "lti_invites",
    metadata,
    Column("code_sha256", String(64), primary_key=True),
    Column("host", String(255), nullable=False),  # those that the registration may speak with, separated by commas
    json_column("courses"),
    moment("created_at"),
    moment("expires_at"),
    moment("used_at", nullable=True),
)
