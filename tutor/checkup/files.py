"""The stored files: those that rows name are there and whole, those that no row names are not; and room for more."""

import shutil
import time
from pathlib import Path

from sqlalchemy import select

from tutor.checkup.findings import INSTALLATION, Finding, Rebuild
from tutor.state.blobs import BlobStore
from tutor.state.course_tables import sources
from tutor.state.database import Database
from tutor.state.errors import BlobDamaged, BlobMissing
from tutor.state.scope import ACROSS_COURSES

# A file is on the disk before its row: a younger one may be on its way.
GRACE_S = 3600.0
# A rebuild writes a course's index a second time, a backup everything: below this, something soon fails.
MIN_FREE_BYTES = 1 << 30


def check_files(database: Database, blobs: BlobStore, rebuild: Rebuild) -> tuple[Finding, ...]:
    """Read every stored file that a row names, and look for those that none does."""
    columns = (sources.c.course_id, sources.c.name, sources.c.sha256, sources.c.reading_sha256, sources.c.deleted_at)
    with database.reading() as connection:
        rows = connection.execute(select(*columns), execution_options=ACROSS_COURSES).all()
    named = {sha256 for row in rows for sha256 in (row.sha256, row.reading_sha256) if sha256}
    found: list[Finding] = []
    n_whole = 0
    for row in rows:
        if row.deleted_at is not None:
            continue
        if trouble := _trouble(blobs, row.sha256):
            detail = f"the file of {row.name!r}: {trouble}"
            found.append(Finding("files", row.course_id, False, detail))
        elif row.reading_sha256 and (trouble := _trouble(blobs, row.reading_sha256)):
            detail = f"what was read from {row.name!r}: {trouble}; or rebuild, which reads it again"
            cure = lambda course_id=row.course_id: rebuild(course_id)  # noqa: E731
            found.append(Finding("files", row.course_id, False, detail, cure))
        else:
            n_whole += 1
    orphans = [sha256 for sha256 in blobs.all() if sha256 not in named and blobs.age_s(sha256) > GRACE_S]
    if orphans:
        detail = f"{len(orphans)} files belong to nothing; they take room, no more"
        found.append(Finding("files", INSTALLATION, False, detail, lambda: _delete(blobs, orphans)))
    return (*found, Finding("files", INSTALLATION, True, f"{n_whole} sources, each file whole"))


def check_left_over(data_dir: Path, index_root: Path, blobs: BlobStore, *, server_runs: bool) -> tuple[Finding, ...]:
    """What processes that were killed left half done; nothing reads it."""
    places = [*data_dir.glob(".restoring-*"), *index_root.glob("*/.building-*"), *blobs.left_over()]
    old = [path for path in places if _age_s(path) > GRACE_S]
    if not old:
        return ()
    detail = f"{len(old)} unfinished files or folders of processes that were killed, such as {old[0].name}"
    mend = None if server_runs else lambda: _remove(old)
    return (Finding("left over", INSTALLATION, False, detail, mend),)


def check_disk(data_dir: Path) -> Finding:
    """Whether there is room for a rebuild and a backup."""
    free = shutil.disk_usage(data_dir).free
    detail = f"{free / 1e9:.1f} GB free in {data_dir}"
    if free < MIN_FREE_BYTES:
        return Finding("disk", INSTALLATION, False, f"{detail}; free some, or uploads and rebuilds will fail")
    return Finding("disk", INSTALLATION, True, detail)


def _trouble(blobs: BlobStore, sha256: str) -> str:
    try:
        blobs.verify(sha256)
    except (BlobMissing, BlobDamaged) as error:
        return str(error)
    return ""


def _age_s(path: Path) -> float:
    try:
        return time.time() - path.stat().st_mtime
    except FileNotFoundError:
        return 0.0


def _delete(blobs: BlobStore, orphans: list[str]) -> str:
    return f"deleted {sum(blobs.delete(sha256) for sha256 in orphans)} files"


def _remove(paths: list[Path]) -> str:
    for path in paths:
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
    return f"removed {len(paths)}"
