"""Practice sets: the course's own definitions with their term left out, to be named from four terms of the course.

A set is made anew from its id whenever it is needed, so nothing is stored and any worker can mark it. Nothing is
invented: the question is the definition, the wrong choices are the terms whose definitions lie nearest to it, and every
marked question cites the span that settles it.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Self

import numpy as np

from corpus.types import Chunk
from index.course_index import CourseIndex
from index.types import GlossaryEntry
from tutor.citing import Draft, Passage, cite
from tutor.errors import TutorError
from tutor.types import Citation

BLANK = "_____"
MAX_QUESTIONS = 50
_CHOICES = 4
_FEWEST_WORDS = 5  # what is left of a definition must still say something
_HEAD_OF_BLANKS = re.compile(rf"^(?:{BLANK}|and|or|[\s()/,])+[:–—-]\s+")  # "_____ (_____): ..." repeats the term only
_ID = re.compile(r"([0-9a-z-]{1,64})\.([0-9]{1,10})\.([0-9]{1,3})\.(.{0,500})")


class NoPracticeSet(TutorError):
    """There is no such set, or none can be made."""


@dataclass(frozen=True, slots=True)
class SetId:
    """Everything a set is made from; the generation, so that a set is never marked by another text."""

    generation: str
    seed: int
    n_questions: int
    document_id: str = ""  # only definitions of this document; empty for the whole course

    def __str__(self) -> str:
        """As it travels."""
        return f"{self.generation}.{self.seed}.{self.n_questions}.{self.document_id}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read an id.

        Raises:
            NoPracticeSet: It is none.
        """
        if (match := _ID.fullmatch(text)) is None:
            raise NoPracticeSet("this is no practice set's id; ask for a new set")
        generation, seed, n_questions, document_id = match.groups()
        return cls(generation, int(seed), int(n_questions), document_id)


@dataclass(frozen=True, slots=True)
class PracticeQuestion:
    """One definition without its term."""

    question_id: str  # of the chunk that defines it
    text: str
    choices: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Marked:
    """One answered question."""

    question_id: str
    chosen: str
    correct: bool
    term: str
    citation: Citation


def practice_set(index: CourseIndex, set_id: SetId) -> tuple[PracticeQuestion, ...]:
    """The questions of a set, in its own order; fewer than asked for when the course defines fewer terms.

    Raises:
        NoPracticeSet: The course has changed since, or defines too few terms.
    """
    if set_id.generation != index.generation:
        raise NoPracticeSet("the course has changed since this set was made; ask for a new set")
    entries = _entries(index)
    wanted = [each for each in entries if set_id.document_id in ("", index.chunk(each.chunk_ids[0]).document_id)]
    if len(entries) < _CHOICES or not wanted:
        raise NoPracticeSet(f"this needs {_CHOICES} terms that the course defines; it has {len(entries)}")
    chosen = _drawn(wanted, set_id.seed)[: min(set_id.n_questions, MAX_QUESTIONS)]
    nearest = _Nearest(index, entries)
    return tuple(_question(index, entry, nearest, set_id.seed) for entry in chosen)


def mark(index: CourseIndex, set_id: SetId, answers: Mapping[str, str]) -> tuple[Marked, ...]:
    """Mark answers, by question id; a question without one counts as wrong.

    Raises:
        NoPracticeSet: As ``practice_set`` does.
    """
    marked = []
    for number, question in enumerate(practice_set(index, set_id), start=1):
        chunk = index.chunk(question.question_id)
        passage = Passage(chunk, chunk.char_start, chunk.char_end)
        _, (citation,) = cite([Draft(passage, chunk.kind)], index)
        chosen = answers.get(question.question_id, "")
        correct = chosen == chunk.term
        marked.append(Marked(question.question_id, chosen, correct, chunk.term, replace(citation, marker=number)))
    return tuple(marked)


def _entries(index: CourseIndex) -> list[GlossaryEntry]:
    """Terms whose definition still says something without them, and that an author marked as one."""
    return [
        entry
        for entry in index.glossary.entries
        if (chunk := index.chunk(entry.chunk_ids[0])).found_by != "prose"
        and len(without_names(chunk.text, _names(entry)).replace(BLANK, "").split()) >= _FEWEST_WORDS
    ]


def without_names(text: str, names: Iterable[str]) -> str:
    """``text`` with every name, in singular or plural, left blank; a name at its head ("term: ...") is cut off."""
    for name in sorted(names, key=len, reverse=True):
        pattern = r"[\s-]+".join(map(re.escape, name.split()))
        text = re.sub(rf"(?<!\w){pattern}(?:e?s)?(?!\w)", BLANK, text, flags=re.IGNORECASE)
    return _HEAD_OF_BLANKS.sub("", text).strip()


def _names(entry: GlossaryEntry) -> tuple[str, ...]:
    return (entry.term, *entry.aliases)


def _question(index: CourseIndex, entry: GlossaryEntry, nearest: "_Nearest", seed: int) -> PracticeQuestion:
    chunk = index.chunk(entry.chunk_ids[0])
    choices = [chunk.term, *nearest.terms(chunk, _CHOICES - 1)]
    order = sorted(choices, key=lambda term: _draw(f"{chunk.chunk_id} {term}", seed))
    return PracticeQuestion(chunk.chunk_id, without_names(chunk.text, _names(entry)), tuple(order))


def _drawn(entries: Sequence[GlossaryEntry], seed: int) -> list[GlossaryEntry]:
    return sorted(entries, key=lambda entry: _draw(entry.chunk_ids[0], seed))


def _draw(what: str, seed: int) -> bytes:
    """A place in an order that looks random and is the same everywhere."""
    return hashlib.sha256(f"{seed} {what}".encode()).digest()


class _Nearest:
    """The terms whose definitions are easiest to confuse."""

    def __init__(self, index: CourseIndex, entries: Sequence[GlossaryEntry]) -> None:
        self._chunks = [index.chunk(entry.chunk_ids[0]) for entry in entries]
        self._vectors = index.vectors_of(self._chunks)
        self._place = {chunk.chunk_id: place for place, chunk in enumerate(self._chunks)}

    def terms(self, chunk: Chunk, n: int) -> list[str]:
        """The ``n`` terms nearest to the chunk's, none of which is a part of its own name or the other way round."""
        similarity = self._vectors @ self._vectors[self._place[chunk.chunk_id]]
        own = chunk.term.casefold()
        found: list[str] = []
        for place in np.argsort(-similarity, kind="stable"):
            term = self._chunks[int(place)].term
            if term.casefold() not in own and own not in term.casefold() and term not in found:
                found.append(term)
            if len(found) == n:
                break
        return found
