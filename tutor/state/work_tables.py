"""Tables of work in progress: jobs, and replies kept for requests that are sent again."""

from sqlalchemy import Column, Index, Integer, String, Table, Text

from tutor.state.columns import ID_CHARS, course_key, id_key, json_column, metadata, moment

jobs = Table(
    "jobs",
    metadata,
    course_key(),
    id_key("job_id"),
    Column("kind", String(16), nullable=False),  # ingest, publish, check
    Column("state", String(16), nullable=False),  # queued, running, done, failed, held
    Column("stage", String(32), nullable=False),  # reading, chunking, embedding, indexing, checking, publishing
    Column("done", Integer, nullable=False),
    Column("total", Integer, nullable=False),
    json_column("params"),
    json_column("result", nullable=True),
    Column("error", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("worker", String(ID_CHARS), nullable=False),  # who runs it; empty while nobody does
    Column("created_by", String(ID_CHARS), nullable=False),
    moment("created_at"),
    moment("started_at", nullable=True),
    moment("heartbeat_at", nullable=True),
    moment("finished_at", nullable=True),
)
Index("ix_jobs_state", jobs.c.state, jobs.c.created_at)

# A request that is sent again with the same key gets the reply it got before.
kept_replies = Table(
    "kept_replies",
    metadata,
    course_key(),
    Column("caller_id", String(ID_CHARS), primary_key=True),
    Column("idempotency_key", String(255), primary_key=True),
    Column("request_sha256", String(64), nullable=False),
    Column("status", Integer, nullable=False),
    json_column("headers"),
    Column("body", Text, nullable=False),
    moment("created_at"),
)
