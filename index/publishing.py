"""Index generations come to be: written beside the live one, proved, switched to, and swept up when nobody needs them.

Each step leaves a whole generation answering whatever fails, a power cut included. Call them holding the ``WriterLock``
of the root. Whether a generation is good enough to answer is for the caller to judge, between writing and switching.
"""

import hashlib
import logging
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from index.analysis import Analyzer
from index.contents import Contents
from index.durable import publish_folder, replace_file, sync_folder
from index.errors import IndexDamaged, IndexingError
from index.generations import POINTER_NAME, Pointer, read_contents
from index.manifest import MANIFEST_NAME, FileRecord, Manifest
from index.stored_contents import StoredContents

logger = logging.getLogger(__name__)

_ASIDE_PREFIX = ".building-"


def write_generation(root: Path, manifest: Manifest, contents: Contents) -> Pointer:
    """Write a generation to the disk, under its name and beside the one that answers; nothing points to it yet.

    Returns:
        What ``switch`` needs to point to it: a name that no folder had, and the SHA-256 of the manifest as written.

    Raises:
        OSError, IndexDamaged: The disk is full or fails, or the contents do not belong together; nothing is left.
    """
    course = root / manifest.course_id
    course.mkdir(parents=True, exist_ok=True)
    with _folder_aside(course) as aside:
        StoredContents.write(aside, contents, Analyzer(manifest.language))
        paths = sorted(path for path in aside.rglob("*") if path.is_file())
        manifest = replace(
            manifest,
            generation=_free_name(course, manifest.generation),
            files=tuple(FileRecord.of(path, aside) for path in paths),
        )
        prove(aside, manifest)
        text = manifest.to_json()
        (aside / MANIFEST_NAME).write_bytes(text)
        publish_folder(aside, course / manifest.generation)
    return Pointer(manifest.generation, hashlib.sha256(text).hexdigest())


def switch(root: Path, course_id: str, pointer: Pointer) -> None:
    """Let the course answer from another of its generations, from the next question on."""
    replace_file(root / course_id / POINTER_NAME, pointer.to_line())
    logger.info("course %s now answers from generation %s", course_id, pointer.generation)


def withdraw(root: Path, course_id: str) -> None:
    """Let the course answer from nothing: its last document is gone. Its generations stay until they are pruned."""
    course = root / course_id
    if course.is_dir():
        (course / POINTER_NAME).unlink(missing_ok=True)
        sync_folder(course)


def prune(root: Path, course_id: str, *, keep: frozenset[str]) -> None:
    """Delete every generation of the course but those named; what cannot be deleted is tried again the next time."""
    course = root / course_id
    if not course.is_dir():
        return
    for folder in course.iterdir():
        if folder.is_dir() and folder.name not in keep:
            shutil.rmtree(folder, ignore_errors=True)


def remove_course(root: Path, course_id: str) -> None:
    """Delete the pointer and every generation of a course."""
    withdraw(root, course_id)
    shutil.rmtree(root / course_id, ignore_errors=True)


@contextmanager
def _folder_aside(course: Path) -> Iterator[Path]:
    """A new folder beside the generations, in the same file system; deleted unless it was renamed."""
    for left_over in course.glob(f"{_ASIDE_PREFIX}*"):  # of a writer that was killed: we hold the lock, nobody uses it
        shutil.rmtree(left_over, ignore_errors=True)
    aside = Path(tempfile.mkdtemp(prefix=_ASIDE_PREFIX, dir=course))
    aside.chmod(0o755)  # mkdtemp makes it private; another user may serve what this one builds
    try:
        yield aside
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def prove(aside: Path, manifest: Manifest) -> None:
    """Read all that was written, while the old one still answers: it reached the disk and belongs together."""
    contents = read_contents(aside, manifest)
    try:
        contents.prove()
    except (IndexingError, OSError, ValueError, KeyError, TypeError) as error:
        raise IndexDamaged(manifest.course_id, manifest.generation, str(error)) from error


def _free_name(course: Path, wanted: str) -> str:
    """``wanted``, or ``wanted-2`` and so on if a generation of that name is there: none is ever written over."""
    name, n = wanted, 1
    while (course / name).exists():
        n += 1
        name = f"{wanted}-{n}"
    return name
