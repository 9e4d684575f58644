"""Tables of what other systems are given: tokens that work once, and word of what happened."""

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, Text

from tutor.state.columns import ID_CHARS, id_key, json_column, metadata, moment

# Written when a token is used, which is what makes it good only once; nothing is stored for those that never are.
used_tokens = Table(
    "used_tokens",
    metadata,
    Column("token_id", String(ID_CHARS), primary_key=True),  # a hash of what names it
    moment("expires_at"),
)

webhooks = Table(
    "webhooks",
    metadata,
    id_key("webhook_id"),
    Column("url", Text, nullable=False),
    # Signs what is sent, so its hash would not do. Never in a log, and in one reply only: the one that makes it.
    Column("secret", String(100), nullable=False),
    json_column("events"),
    json_column("courses"),  # empty: every course
    Column("created_by", String(ID_CHARS), nullable=False),
    moment("created_at"),
)

# The outbox: written in the transaction of what happened, sent afterwards. Holds ids and no words.
webhook_deliveries = Table(
    "webhook_deliveries",
    metadata,
    id_key("delivery_id"),  # also the message's id, the same at each attempt
    Column("webhook_id", ForeignKey("webhooks.webhook_id", ondelete="CASCADE"), nullable=False),
    Column("event", String(32), nullable=False),
    Column("course_id", String(ID_CHARS), nullable=False),  # audit.INSTALLATION for what concerns them all
    Column("body", Text, nullable=False),  # as it is sent, to the byte
    Column("state", String(16), nullable=False),  # pending, delivered, dead
    Column("attempts", Integer, nullable=False),
    Column("last_error", Text, nullable=False),
    moment("next_at"),  # when it is tried again
    moment("created_at"),
    moment("ended_at", nullable=True),
)
Index("ix_webhook_deliveries_state", webhook_deliveries.c.state, webhook_deliveries.c.next_at)
