"""After a publish every source says where it stands: indexed, partly, failed, or read and waiting."""

from collections.abc import Mapping

from tutor.state.database import Database
from tutor.state.sources import SourceRecord, SourceStatus, sources_of, update_source

_WAITING = "it was read; the new index waits, because verified answers would change: accept or discard it"
_SETTLED: frozenset[SourceStatus] = frozenset({"read", "indexed", "partly"})


def settle_sources(database: Database, course_id: str, refused: Mapping[str, str], *, waiting: bool) -> None:
    """Say of each source that was read what became of it.

    Args:
        database: Where they stand.
        course_id: Whose sources.
        refused: Reasons by source id, of those that were left out of the index.
        waiting: Whether the index they are in is held.
    """
    with database.writing() as connection:
        for source in sources_of(connection, course_id):
            if source.status not in _SETTLED or source.reading_sha256 is None:
                continue
            status, reason = _settled(source, refused, waiting=waiting)
            if (status, reason) != (source.status, source.reason):
                update_source(connection, course_id, source.source_id, status=status, reason=reason)


def _settled(source: SourceRecord, refused: Mapping[str, str], *, waiting: bool) -> tuple[SourceStatus, str]:
    if reason := refused.get(source.source_id):
        return "failed", reason
    if waiting:
        return (source.status, source.reason) if source.status != "read" else ("read", source.reason or _WAITING)
    reason = "" if source.reason == _WAITING else source.reason
    return ("partly" if any(item.outcome != "read" for item in source.items) else "indexed"), reason
