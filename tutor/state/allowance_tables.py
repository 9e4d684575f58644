"""The table of what has been used of each limit, so that all workers of a service count together."""

from sqlalchemy import BigInteger, Column, Integer, String, Table

from tutor.state.columns import ID_CHARS, metadata

# Holds no course's data and no words: which limit, a hash of whom it counts, and how often, for two days.
spent_allowances = Table(
    "spent_allowances",
    metadata,
    Column("limit_name", String(ID_CHARS), primary_key=True),
    Column("subject", String(ID_CHARS), primary_key=True),  # a hash: an address or an id cannot be read from it
    Column("window_end", BigInteger, primary_key=True),  # seconds since 1970; a multiple of the limit's own window
    Column("n", Integer, nullable=False),
)
