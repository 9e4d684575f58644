"""What must not be shown of a generation: documents deleted after it was built, passages that an instructor hid."""

from sqlalchemy import Connection

from index.mask import Mask
from tutor.state.curation import hidden_ids
from tutor.state.generations import find_generation
from tutor.state.sources import deleted_sources


def mask_of(connection: Connection, course_id: str, generation: str) -> Mask:
    """The mask for a generation, by rows alone: what is committed counts from the next question on, in every process.

    A source that was deleted and brought again under its name has the same document ids as before. So a deletion hides
    documents of those generations only that were built from the deleted source.
    """
    gone = deleted_sources(connection, course_id)
    if gone:
        record = find_generation(connection, course_id, generation)
        # Without a row, after a crash between pointer and rows, every deletion counts.
        gone = tuple(s for s in gone if record is None or s.source_id in record.source_ids)
    return Mask(frozenset(name for source in gone for name in source.document_ids), hidden_ids(connection, course_id))
