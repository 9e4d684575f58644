"""What to ask next: questions about what is near an answer, each of which the tutor is known to answer.

Near are the terms that the cited sentences name, and the terms whose definitions lie closest. Whether the tutor answers
a question is found out in the background, once a generation, so that an answer only looks it up.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import TypeAlias

import numpy as np

from index.types import GlossaryEntry
from tutor.tutor import Tutor
from tutor.types import Answer

MAX_SUGGESTIONS = 3
_LONGEST_TERM = 4  # words; longer ones are headings ("Challenges in ..."), and a question about them reads oddly
_NEIGHBOURS = 4  # terms beside a term, by their definitions' vectors

Question: TypeAlias = str


class NextQuestions:
    """The suggestions of one course generation; safe to share between threads.

    Args:
        tutor: Of that generation.
    """

    def __init__(self, tutor: Tutor) -> None:
        self.tutor = tutor
        named = tutor.index.glossary.entries
        self._entries = {entry.term: entry for entry in named if len(_plain(entry.term).split()) <= _LONGEST_TERM}
        self._beside = _neighbours(tutor, tuple(self._entries.values()))
        self._what_is: dict[str, Question] = {}  # by term, as they come up: each compiles a pattern to be phrased
        self._answered: dict[Question, bool] = {}

    def near(self, answer: Answer) -> tuple[Question, ...]:
        """Questions about what is near an answer, whether or not the tutor answers them; the likeliest first."""
        return tuple(dict.fromkeys(self._near(answer)))

    def answered(self, near: Iterable[Question]) -> tuple[Question, ...]:
        """What of it to ask next: the first few that are known to be answered."""
        return tuple(islice((question for question in near if self._answered.get(question)), MAX_SUGGESTIONS))

    def unchecked(self, near: Iterable[Question]) -> tuple[Question, ...]:
        """Those of which nobody knows yet whether they are answered."""
        return tuple(question for question in near if question not in self._answered)

    def all_terms(self) -> Iterator[Question]:
        """A question about every term, those of comparison last."""
        for entry in self._entries.values():
            yield self._asking_what(entry.term)
        for term, beside in self._beside.items():
            if beside and (question := _difference(term, beside[0])):
                yield question

    def check(self, question: Question) -> None:
        """Find out whether the tutor answers a question; takes as long as an answer."""
        if question not in self._answered:
            self._answered[question] = self.tutor.ask(question).status == "answered"

    def _near(self, answer: Answer) -> Iterator[Question]:
        if not answer.statements:
            for section in answer.nearest[:2]:
                yield from map(self._asking_what, self._named(" ".join(section.heading_path[-1:])))
            return
        asked = tuple(term for term in answer.query.terms if term in self._entries)
        discussed = {*asked, *(statement.term for statement in answer.statements)}
        near = [*self._named(" ".join(statement.text for statement in answer.statements))]
        near += [other for term in asked for other in self._beside.get(term, ())]
        fresh = [term for term in dict.fromkeys(near) if term not in discussed]
        for term in fresh[:2]:
            yield self._asking_what(term)
        if len(asked) == 1 and self._beside.get(asked[0]):
            question = _difference(asked[0], self._beside[asked[0]][0])
            if question:
                yield question
        for term in fresh[2:]:
            yield self._asking_what(term)

    def _named(self, text: str) -> Iterable[str]:
        return [term for term in self.tutor.knowledge.terms_in(text) if term in self._entries]

    def _asking_what(self, term: str) -> Question:
        if term not in self._what_is:
            defining = self.tutor.index.chunk(self._entries[term].chunk_ids[0]).text
            name = _plain(term)
            plural = re.search(rf"{re.escape(name)}\s*(?:\([^()]*\))?,?\s+are\b", defining, re.IGNORECASE)
            self._what_is[term] = f"What {'are' if plural or ' and ' in name else 'is'} {name}?"
        return self._what_is[term]


def _difference(term: str, other: str) -> Question:
    """Empty where one of them is two things already."""
    one, another = _plain(term), _plain(other)
    if " and " in f"{one} {another}":
        return ""
    return f"What is the difference between {one} and {another}?"


def _plain(term: str) -> str:
    """A term without the acronym behind it: "Electronic Health Records (EHR)"."""
    return re.sub(r"\s*\([^()]*\)", "", term).strip() or term


def _neighbours(tutor: Tutor, entries: Sequence[GlossaryEntry]) -> dict[str, tuple[str, ...]]:
    """For each term the terms whose definitions lie nearest, nearest first."""
    vectors = tutor.index.vectors_of(tutor.index.chunk(entry.chunk_ids[0]) for entry in entries)
    found: dict[str, tuple[str, ...]] = {}
    for number, entry in enumerate(entries):  # row by row: a textbook's full matrix would take hundreds of megabytes
        near = vectors @ vectors[number]
        near[number] = -np.inf
        n_kept = min(_NEIGHBOURS, len(entries) - 1)
        best = np.argpartition(-near, n_kept - 1)[:n_kept] if n_kept > 0 else np.empty(0, dtype=np.int64)
        order = sorted(map(int, best), key=lambda other: (-float(near[other]), other))
        found[entry.term] = tuple(entries[other].term for other in order)
    return found
