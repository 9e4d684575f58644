"""Index generations on disk: found by pointer, verified before loading.

Layout: ``root/<course>/<generation>/manifest.json`` and the files it lists; ``root/<course>/CURRENT`` holds the name of
the generation that answers and the SHA-256 of its manifest. So one pointer vouches for the manifest, the manifest for
every file, and whatever was flipped, cut, lost or swapped is found before a single vector is read. Writing them is
``index.publishing``'s.
"""

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from index.analysis import Analyzer
from index.course_index import CourseIndex
from index.errors import (
    EmbedderMismatch,
    IndexDamaged,
    IndexingError,
    IndexNotBuilt,
    IndexOutdated,
    WrongCourse,
)
from index.manifest import FORMAT, MANIFEST_NAME, Manifest, format_of
from index.protocols import Embedder, Reranker
from index.ranking import Ranker
from index.stored_contents import StoredContents

POINTER_NAME = "CURRENT"
_POINTER = re.compile(r"([0-9a-z-]+) ([0-9a-f]{64})\n")
_COURSE_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")  # a plain folder name: no way out of the root
_OPEN_ATTEMPTS = 5


@dataclass(frozen=True, slots=True)
class Pointer:
    """The contents of CURRENT: a generation, and what vouches for it."""

    generation: str
    manifest_sha256: str

    def to_line(self) -> bytes:
        """The pointer as a file."""
        return f"{self.generation} {self.manifest_sha256}\n".encode("ascii")


def list_courses(root: Path) -> tuple[str, ...]:
    """Ids of the courses that have an index under ``root``, sorted; whether it is sound, ``verify`` tells."""
    return tuple(sorted(path.parent.name for path in root.glob(f"*/{POINTER_NAME}")))


def open_current(
    root: Path,
    course_id: str,
    embedder: Embedder,
    *,
    ranker: Ranker | None = None,
    reranker: Reranker | None = None,
) -> CourseIndex:
    """Verify the course's current generation and load it.

    Raises:
        IndexNotBuilt: If there is none.
        IndexDamaged, WrongCourse, IndexOutdated, EmbedderMismatch: If it must not be used; the message has the cure.
    """
    for attempt in range(_OPEN_ATTEMPTS):
        pointer = read_pointer(root, course_id)
        try:
            manifest = verify(root, course_id, fingerprint=embedder.fingerprint)
            found = load(root, manifest)
            return CourseIndex(manifest, found, embedder, facts=found.facts, ranker=ranker, reranker=reranker)
        except IndexingError:
            # A writer may have published and pruned while we read; then there is a newer generation to open.
            if attempt + 1 == _OPEN_ATTEMPTS or read_pointer(root, course_id) == pointer:
                raise
    raise AssertionError("unreachable: the last attempt returns or raises")


def open_generation(
    root: Path,
    course_id: str,
    pointer: Pointer,
    embedder: Embedder,
    *,
    ranker: Ranker | None = None,
    reranker: Reranker | None = None,
) -> CourseIndex:
    """Verify a generation that need not be the current one, such as one that waits to be published, and load it.

    Raises:
        IndexDamaged, WrongCourse, IndexOutdated, EmbedderMismatch: If it must not be used; the message has the cure.
    """
    manifest = verify(root, course_id, fingerprint=embedder.fingerprint, pointer=pointer)
    found = load(root, manifest)
    return CourseIndex(manifest, found, embedder, facts=found.facts, ranker=ranker, reranker=reranker)


def verify(root: Path, course_id: str, *, fingerprint: str | None = None, pointer: Pointer | None = None) -> Manifest:
    """Check a generation byte by byte against its manifest, without loading it.

    Args:
        root: The index folder.
        course_id: Whose generation.
        fingerprint: The running embedder's; None to accept any.
        pointer: Which generation; None for the current one.

    Raises:
        IndexNotBuilt: If there is none.
        IndexDamaged, WrongCourse, IndexOutdated, EmbedderMismatch: If it must not be used.
    """
    manifest = read_manifest(root, course_id, pointer or read_pointer(root, course_id))
    if fingerprint is not None and manifest.embedder != fingerprint:
        raise EmbedderMismatch(course_id, manifest.embedder, fingerprint)
    folder = root / course_id / manifest.generation
    for record in manifest.files:
        if damage := record.damage(folder):
            raise IndexDamaged(course_id, manifest.generation, damage)
    return manifest


def load(root: Path, manifest: Manifest) -> StoredContents:
    """Map the files of a generation that ``verify`` has passed.

    Raises:
        IndexDamaged: If they cannot be read, or do not belong together.
    """
    return read_contents(root / manifest.course_id / manifest.generation, manifest)


def read_contents(folder: Path, manifest: Manifest) -> StoredContents:
    """Map the files of a generation in the folder where they lie, which may not have its final name yet.

    Raises:
        IndexDamaged: If they cannot be read, or do not belong together.
    """
    try:
        contents = StoredContents.open(folder, manifest.course_id, Analyzer(manifest.language))
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


def read_manifest(root: Path, course_id: str, pointer: Pointer) -> Manifest:
    """What a generation says of itself, by the pointer that vouches for it.

    Raises:
        IndexDamaged, WrongCourse, IndexOutdated: It is missing, or not to be used.
    """
    path = root / course_id / pointer.generation / MANIFEST_NAME
    try:
        text = path.read_bytes()
    except (FileNotFoundError, NotADirectoryError) as error:
        raise IndexDamaged(course_id, pointer.generation, f"{MANIFEST_NAME} is missing") from error
    return parse_manifest(text, course_id, pointer)


def parse_manifest(text: bytes, course_id: str, pointer: Pointer) -> Manifest:
    """The manifest in the bytes that were found for a pointer, wherever they are kept.

    Raises:
        IndexDamaged, WrongCourse, IndexOutdated: It is not what the pointer vouches for, or not to be used.
    """
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
