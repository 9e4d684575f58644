"""Generations in folders: what a single machine needs. ``index.generations`` and ``index.publishing`` do the work."""

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from index.contents import Contents
from index.course_index import CourseIndex
from index.generations import (
    Pointer,
    list_courses,
    load,
    open_current,
    open_generation,
    read_manifest,
    read_pointer,
    verify,
)
from index.manifest import MANIFEST_NAME, Manifest
from index.protocols import Embedder, Reranker
from index.publishing import prune, remove_course, switch, withdraw, write_generation
from index.ranking import Ranker
from index.types import Vector
from index.writer_lock import WriterLock


class FolderGenerations:
    """A ``GenerationStore``: a folder a course, a folder a generation.

    Args:
        root: Made with the first generation.
    """

    def __init__(self, root: Path) -> None:
        self.root = root

    def courses(self) -> tuple[str, ...]:
        """Ids of the courses that answer, sorted."""
        return list_courses(self.root)

    def pointer(self, course_id: str) -> Pointer:
        """The generation that answers."""
        return read_pointer(self.root, course_id)

    def manifest(self, course_id: str) -> Manifest:
        """What the generation that answers says of itself."""
        return read_manifest(self.root, course_id, self.pointer(course_id))

    def open(
        self,
        course_id: str,
        embedder: Embedder,
        *,
        pointer: Pointer | None = None,
        ranker: Ranker | None = None,
        reranker: Reranker | None = None,
    ) -> CourseIndex:
        """Check a generation and open it."""
        if pointer is None:
            return open_current(self.root, course_id, embedder, ranker=ranker, reranker=reranker)
        return open_generation(self.root, course_id, pointer, embedder, ranker=ranker, reranker=reranker)

    def read(
        self, course_id: str, *, fingerprint: str | None = None, pointer: Pointer | None = None
    ) -> tuple[Manifest, Contents]:
        """Check a generation and read all of it."""
        manifest = verify(self.root, course_id, fingerprint=fingerprint, pointer=pointer)
        found = load(self.root, manifest)
        documents, keys = tuple(found.documents.values()), tuple(found.embedding_keys)
        return manifest, Contents(documents, tuple(found.chunks), keys, found.vectors, found.lexical)

    def reusable(self, course_id: str, fingerprint: str) -> tuple[str, Mapping[str, Vector]]:
        """The name of the generation that answers, checked, and its vectors by their keys."""
        manifest = verify(self.root, course_id, fingerprint=fingerprint)
        found = load(self.root, manifest)
        return manifest.generation, dict(zip(found.embedding_keys, found.vectors.matrix(), strict=True))

    def find(self, course_id: str, generation: str) -> Pointer | None:
        """What points to a generation of that name."""
        path = self.root / course_id / generation / MANIFEST_NAME
        if not path.is_file():
            return None
        return Pointer(generation, hashlib.sha256(path.read_bytes()).hexdigest())

    def sweep(self) -> None:
        """Nothing is left: what is pruned stays readable to whoever has it mapped."""

    def close(self) -> None:
        """Nothing is held."""

    @contextmanager
    def writing(self) -> Iterator["_FolderWriter"]:
        """Become the writer."""
        with WriterLock(self.root):
            yield _FolderWriter(self.root)


class _FolderWriter:
    """A ``GenerationWriter``, while the lock is held."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def write(self, manifest: Manifest, contents: Contents) -> Pointer:
        return write_generation(self._root, manifest, contents)

    def switch(self, course_id: str, pointer: Pointer) -> None:
        switch(self._root, course_id, pointer)

    def withdraw(self, course_id: str) -> None:
        withdraw(self._root, course_id)

    def prune(self, course_id: str, *, keep: frozenset[str]) -> None:
        prune(self._root, course_id, keep=keep)

    def remove_course(self, course_id: str) -> None:
        remove_course(self._root, course_id)
