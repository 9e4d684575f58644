"""The seam where generations live: in folders of this machine, or in a database that several machines share.

Whatever keeps them makes the same promises. A generation is written whole or not at all, and never changed. One pointer
a course says which of them answers, and vouches for every byte of it: what was flipped, cut, lost or swapped is found
when it is opened. Only a writer writes, and there is one at a time.
"""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Protocol

from index.contents import Contents
from index.course_index import CourseIndex
from index.errors import IndexingError
from index.generations import Pointer
from index.manifest import Manifest
from index.protocols import Embedder, Reranker
from index.ranking import Ranker
from index.types import Vector


class GenerationWriter(Protocol):
    """The one writer of a store, while it is; each step leaves a whole generation answering, whatever fails."""

    def write(self, manifest: Manifest, contents: Contents) -> Pointer:
        """Keep a generation beside the one that answers, under a name that none had; nothing points to it yet.

        It is read back before its name is given away.

        Raises:
            OSError, IndexingError: There is no room, or the contents do not belong together; nothing is left.
        """
        ...

    def switch(self, course_id: str, pointer: Pointer) -> None:
        """Let the course answer from another of its generations, from the next question on."""
        ...

    def withdraw(self, course_id: str) -> None:
        """Let the course answer from nothing. Its generations stay until they are pruned."""
        ...

    def prune(self, course_id: str, *, keep: frozenset[str]) -> None:
        """Delete every generation of the course but those named."""
        ...

    def remove_course(self, course_id: str) -> None:
        """Delete the pointer and every generation of a course."""
        ...


class GenerationStore(Protocol):
    """Where the generations of all courses are."""

    def courses(self) -> tuple[str, ...]:
        """Ids of the courses that answer, sorted; whether they are sound, opening tells."""
        ...

    def pointer(self, course_id: str) -> Pointer:
        """The generation that answers.

        Raises:
            IndexNotBuilt: There is none.
            IndexDamaged: It cannot be told.
        """
        ...

    def manifest(self, course_id: str) -> Manifest:
        """What the generation that answers says of itself; the pointer vouches for it, nothing else is checked.

        Raises:
            IndexNotBuilt: There is none.
            IndexDamaged, WrongCourse, IndexOutdated: It must not be used; the message has the cure.
        """
        ...

    def open(
        self,
        course_id: str,
        embedder: Embedder,
        *,
        pointer: Pointer | None = None,
        ranker: Ranker | None = None,
        reranker: Reranker | None = None,
    ) -> CourseIndex:
        """Check a generation and open it for questions: the one that answers, or that which ``pointer`` names.

        Raises:
            IndexNotBuilt: There is none.
            IndexDamaged, WrongCourse, IndexOutdated, EmbedderMismatch: It must not be used; the message has the cure.
        """
        ...

    def read(
        self, course_id: str, *, fingerprint: str | None = None, pointer: Pointer | None = None
    ) -> tuple[Manifest, Contents]:
        """Check a generation and read all of it, to move it elsewhere.

        Args:
            course_id: Whose.
            fingerprint: The running embedder's; None for any.
            pointer: Which; None for the one that answers.

        Raises:
            IndexNotBuilt: There is none.
            IndexDamaged, WrongCourse, IndexOutdated, EmbedderMismatch: It must not be used; the message has the cure.
        """
        ...

    def reusable(self, course_id: str, fingerprint: str) -> tuple[str, Mapping[str, Vector]]:
        """The name of the generation that answers, checked, and its vectors by their embedding keys: to build on.

        Raises:
            IndexNotBuilt: There is none.
            IndexDamaged, WrongCourse, IndexOutdated, EmbedderMismatch: It must not be used; the message has the cure.
        """
        ...

    def sweep(self) -> None:
        """Delete for good what was pruned while a question might still have been on its way through it."""
        ...

    def close(self) -> None:
        """Let go of whatever is held."""
        ...

    def find(self, course_id: str, generation: str) -> Pointer | None:
        """What points to a generation of that name, sound or not; None when there is none."""
        ...

    def writing(self) -> AbstractContextManager[GenerationWriter]:
        """Become the writer, without waiting, until the block ends.

        Raises:
            AnotherWriter: Somebody is; the message names it.
        """
        ...


def name_of_current(store: GenerationStore, course_id: str) -> str:
    """The generation that answers; empty when none does."""
    try:
        return store.pointer(course_id).generation
    except IndexingError:
        return ""


def publish(store: GenerationStore, manifest: Manifest, contents: Contents) -> Pointer:
    """Write a generation and let it answer: all steps, and nothing in between.

    Raises:
        AnotherWriter, OSError, IndexingError: As ``GenerationStore`` says; the generation before then still answers.
    """
    with store.writing() as writer:
        pointer = writer.write(manifest, contents)
        replace_current(store, writer, manifest.course_id, pointer)
    return pointer


def replace_current(store: GenerationStore, writer: GenerationWriter, course_id: str, pointer: Pointer) -> None:
    """Let a generation that was written answer, and delete all but it and the one before."""
    before = name_of_current(store, course_id)
    writer.switch(course_id, pointer)
    writer.prune(course_id, keep=frozenset({pointer.generation, before}))
