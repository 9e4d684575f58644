"""Tables of who is here at the moment: browser sessions and open streams, which all processes of a service share.

Neither belongs into a backup: a session that was ended must not come back with a restore.
"""

from sqlalchemy import Column, Index, String, Table, Text

from tutor.state.columns import ID_CHARS, json_column, metadata, moment

sessions = Table(
    "sessions",
    metadata,
    Column("session_id", String(ID_CHARS), primary_key=True),  # SHA-256 of the cookie's secret
    Column("person_id", String(ID_CHARS), nullable=False),  # so that an erased person's sessions go with them
    Column("role", String(16), nullable=False),
    json_column("courses"),  # empty: every course
    Column("framing_origins", Text, nullable=False),
    Column("sealed", Text, nullable=False),  # of launches, and to be read with the cookie's secret only
    moment("created_at"),
    moment("used_at"),  # to the hour
    moment("expires_at"),
)
Index("ix_sessions_used_at", sessions.c.used_at)

# A stream whose lease ran out was left by a process that died.
open_streams = Table(
    "open_streams",
    metadata,
    Column("stream_id", String(ID_CHARS), primary_key=True),
    Column("owner", String(ID_CHARS), nullable=False),  # hash of the caller
    Column("process", String(ID_CHARS), nullable=False),  # who renews the lease
    moment("leased_until"),
)
Index("ix_open_streams_owner", open_streams.c.owner)
Index("ix_open_streams_process", open_streams.c.process)
