"""Tables of what other systems are given: tokens that work once."""

from sqlalchemy import Column, String, Table

from tutor.state.columns import ID_CHARS, metadata, moment

# Written when a token is used, which is what makes it good only once; nothing is stored for those that never are.
used_tokens = Table(
    "used_tokens",
    metadata,
    Column("token_id", String(ID_CHARS), primary_key=True),  # a hash of what names it
    moment("expires_at"),
)
