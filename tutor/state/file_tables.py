"""Tables of the original files, where they are kept in the database. They belong to no course, as files in a folder."""

from sqlalchemy import BigInteger, Column, Integer, LargeBinary, String, Table

from tutor.state.columns import ID_CHARS, metadata, moment

stored_files = Table(
    "stored_files",
    metadata,
    Column("sha256", String(64), primary_key=True),
    Column("size", BigInteger, nullable=False),
    Column("arrival_id", String(ID_CHARS), nullable=False),  # whose pieces they are
    moment("stored_at"),
)

# In pieces, so that nobody has a whole file in memory.
stored_pieces = Table(
    "stored_pieces",
    metadata,
    Column("arrival_id", String(ID_CHARS), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("content", LargeBinary, nullable=False),
)
