"""Index generations on disk: verify before loading, publish by rename and pointer, keep the last two.

Layout: ``root/<course>/<generation>/manifest.json`` and the files it lists; ``root/<course>/CURRENT`` holds the name of
the generation that answers and the SHA-256 of its manifest. So one pointer vouches for the manifest, the manifest for
every file, and whatever was flipped, cut, lost or swapped is found before a single vector is read.
"""

import hashlib
import logging
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from index.analysis import Analyzer
from index.contents import Contents
from index.course_index import CourseIndex
from index.durable import publish_folder, replace_file
from index.errors import (
    EmbedderMismatch,
    IndexDamaged,
    IndexingError,
    IndexNotBuilt,
    IndexOutdated,
    WrongCourse,
)
from index.manifest import FORMAT, MANIFEST_NAME, FileRecord, Manifest, format_of
from index.protocols import Embedder
from index.ranking import Ranker

logger = logging.getLogger(__name__)

POINTER_NAME = "CURRENT"
_POINTER = re.compile(r"([0-9a-z-]+) ([0-9a-f]{64})\n")
_COURSE_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")  # a plain folder name: no way out of the root
_ASIDE_PREFIX = ".building-"
_OPEN_ATTEMPTS = 5


@dataclass(frozen=True, slots=True)
class Pointer:
    """The contents of CURRENT."""

    generation: str
    manifest_sha256: str


def list_courses(root: Path) -> tuple[str, ...]:
    """Ids of the courses that have an index under ``root``, sorted; whether it is sound, ``verify`` tells."""
    return tuple(sorted(path.parent.name for path in root.glob(f"*/{POINTER_NAME}")))


def open_current(root: Path, course_id: str, embedder: Embedder, *, ranker: Ranker | None = None) -> CourseIndex:
    """Verify the course's current generation and load it.

    Raises:
        IndexNotBuilt: If there is none.
        IndexDamaged, WrongCourse, IndexOutdated, EmbedderMismatch: If it must not be used; the message has the cure.
    """
    for attempt in range(_OPEN_ATTEMPTS):
        pointer = read_pointer(root, course_id)
        try:
            manifest = verify(root, course_id, fingerprint=embedder.fingerprint)
            return CourseIndex(manifest, load(root, manifest), embedder, ranker=ranker)
        except IndexingError:
            # A writer may have published and pruned while we read; then there is a newer generation to open.
            if attempt + 1 == _OPEN_ATTEMPTS or read_pointer(root, course_id) == pointer:
                raise
    raise AssertionError("unreachable: the last attempt returns or raises")


def verify(root: Path, course_id: str, *, fingerprint: str | None = None) -> Manifest:
    """Check the current generation byte by byte against its manifest, without loading it.

    Args:
        root: The index folder.
        course_id: Whose generation.
        fingerprint: The running embedder's; None to accept any.

    Raises:
        IndexNotBuilt: If there is none.
        IndexDamaged, WrongCourse, IndexOutdated, EmbedderMismatch: If it must not be used.
    """
    manifest = _read_manifest(root, course_id, read_pointer(root, course_id))
    if fingerprint is not None and manifest.embedder != fingerprint:
        raise EmbedderMismatch(course_id, manifest.embedder, fingerprint)
    folder = root / course_id / manifest.generation
    for record in manifest.files:
        if damage := record.damage(folder):
            raise IndexDamaged(course_id, manifest.generation, damage)
    return manifest


def load(root: Path, manifest: Manifest) -> Contents:
    """Load the files of a generation that ``verify`` has passed.

    Raises:
        IndexDamaged: If they cannot be read, or do not belong together.
    """
    return _read_contents(root / manifest.course_id / manifest.generation, manifest)


def _read_contents(folder: Path, manifest: Manifest) -> Contents:
    try:
        contents = Contents.read(folder, manifest.course_id, Analyzer(manifest.language))
    except (IndexingError, OSError, ValueError, KeyError, TypeError) as error:
        raise IndexDamaged(manifest.course_id, manifest.generation, str(error)) from error
    found = (len(contents.documents), len(contents.chunks), len(contents.vectors))
    if found != (manifest.n_documents, manifest.n_chunks, manifest.n_vectors):
        reason = f"it holds {found} documents, chunks and vectors, not what its manifest says"
        raise IndexDamaged(manifest.course_id, manifest.generation, reason)
    return contents


def read_pointer(root: Path, course_id: str) -> Pointer:
    """What CURRENT points at.

    Raises:
        IndexNotBuilt: If there is no CURRENT.
        IndexDamaged: If it is not a pointer.
    """
    if not _COURSE_ID.fullmatch(course_id):
        raise IndexNotBuilt(course_id)
    try:
        text = (root / course_id / POINTER_NAME).read_bytes().decode("ascii", "replace")
    except (FileNotFoundError, NotADirectoryError) as error:
        raise IndexNotBuilt(course_id) from error
    if (match := _POINTER.fullmatch(text)) is None:
        raise IndexDamaged(course_id, "?", f"{POINTER_NAME} is not a pointer")
    return Pointer(*match.groups())


def publish(root: Path, manifest: Manifest, contents: Contents) -> Manifest:
    """Write a generation aside, give it its name, point to it, and delete all but it and the one before.

    Call it holding the ``WriterLock`` of ``root``. Whatever fails, the generation that answered before still does.

    Returns:
        The manifest as written: with its files, and a generation name no folder had.
    """
    course = root / manifest.course_id
    course.mkdir(parents=True, exist_ok=True)
    with _folder_aside(course) as aside:
        contents.write(aside)
        paths = sorted(path for path in aside.rglob("*") if path.is_file())
        manifest = replace(
            manifest,
            generation=_free_name(course, manifest.generation),
            files=tuple(FileRecord.of(path, aside) for path in paths),
        )
        _read_contents(aside, manifest)  # proves that all of it reached the disk, while the old one still answers
        (aside / MANIFEST_NAME).write_bytes(manifest.to_json())
        publish_folder(aside, course / manifest.generation)
    _point_to(root, manifest)
    return manifest


def _point_to(root: Path, manifest: Manifest) -> None:
    course = root / manifest.course_id
    try:
        before = read_pointer(root, manifest.course_id).generation
    except IndexingError:
        before = ""
    sha256 = hashlib.sha256((course / manifest.generation / MANIFEST_NAME).read_bytes()).hexdigest()
    replace_file(course / POINTER_NAME, f"{manifest.generation} {sha256}\n".encode("ascii"))
    logger.info("course %s now answers from generation %s", manifest.course_id, manifest.generation)
    _prune(course, keep={manifest.generation, before})


def _prune(course: Path, keep: set[str]) -> None:
    for folder in course.iterdir():
        if folder.is_dir() and folder.name not in keep:
            shutil.rmtree(folder, ignore_errors=True)  # tried again by the next publish


def _read_manifest(root: Path, course_id: str, pointer: Pointer) -> Manifest:
    path = root / course_id / pointer.generation / MANIFEST_NAME
    try:
        text = path.read_bytes()
    except (FileNotFoundError, NotADirectoryError) as error:
        raise IndexDamaged(course_id, pointer.generation, f"{MANIFEST_NAME} is missing") from error
    if hashlib.sha256(text).hexdigest() != pointer.manifest_sha256:
        raise IndexDamaged(course_id, pointer.generation, f"{MANIFEST_NAME} has another SHA-256 than CURRENT says")
    if (found := format_of(text)) != FORMAT:
        raise IndexOutdated(course_id, found, FORMAT)
    try:
        manifest = Manifest.from_json(text)
    except (ValueError, KeyError, TypeError) as error:
        raise IndexDamaged(course_id, pointer.generation, f"{MANIFEST_NAME} cannot be read: {error}") from error
    if manifest.course_id != course_id:
        raise WrongCourse(course_id, manifest.course_id)
    if manifest.generation != pointer.generation or manifest.n_vectors != manifest.n_chunks:
        raise IndexDamaged(course_id, pointer.generation, f"{MANIFEST_NAME} contradicts itself")
    return manifest


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


def _free_name(course: Path, wanted: str) -> str:
    """``wanted``, or ``wanted-2`` and so on if a generation of that name is there: none is ever written over."""
    name, n = wanted, 1
    while (course / name).exists():
        n += 1
        name = f"{wanted}-{n}"
    return name
