"""A page of the course in a minute: which of the course's own definitions and takeaways stand in a submitted text.

For clients that send a whole page to be summarised, as Moodle's "Summarise" does. Nothing is put in other words: what
comes back is the course's sentences, verbatim and cited, and of a text that is not the course's there are none.
"""

import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from corpus.types import Chunk, Span
from index.course_index import CourseIndex
from tutor import messages
from tutor.citing import Draft, Passage, cite
from tutor.sameness import fold, folded_words, readable_sentences
from tutor.types import Answer, Query

LONG_TEXT_CHARS = 1500  # longer than questions are, shorter than pages
MAX_WORDS = 200  # a minute of reading
MAX_TEXT_CHARS = 100_000  # of a submitted text; what comes after is not looked at: some forty pages of print

_FEWEST_WORDS = 4  # shorter sentences, such as "See below", stand in every text
_LEADING = 4  # words by which sentences are looked up before they are compared whole


@dataclass(frozen=True, slots=True)
class _Found:
    """Whole sentences of the course that stand in the text, one after the other."""

    chunk: Chunk
    sentences: tuple[Span, ...]
    folded: str
    at: int  # where the first stands in the text

    @property
    def n_words(self) -> int:
        return self.folded.count(" ") + 1

    def draft(self) -> Draft:
        span = Passage(self.chunk, self.sentences[0].char_start, self.sentences[-1].char_end)
        return Draft(span, self.chunk.kind)


def sum_up(index: CourseIndex, text: str) -> Answer:
    """The course's definitions and takeaways that stand in ``text``, else the first sentences of its passages.

    Args:
        index: The course.
        text: As submitted: with whatever words of a page's menus stand between the course's.

    Returns:
        At most ``MAX_WORDS`` words in the order of the text; ``not_in_course`` when none of its sentences is the
        course's.
    """
    page = _Page(text[:MAX_TEXT_CHARS])
    chosen: Sequence[_Found] = ()
    for kinds in (("takeaway", "definition"), ("passage",)):
        found = [each for kind in kinds for chunk in index.of_kind(kind) if (each := page.find(chunk))]
        if chosen := _short(sorted(found, key=lambda each: (kinds.index(each.chunk.kind), each.at))):
            break
    ordered = sorted(chosen, key=lambda each: each.at)
    statements, citations = cite([each.draft() for each in ordered], index)
    return Answer(
        answer_id=uuid.uuid4().hex,
        status="answered" if statements else "not_in_course",
        query=Query(asked=text, used="", intent="takeaways"),
        statements=statements,
        citations=citations,
        nearest=(),
        message="" if statements else messages.nothing_to_sum_up(index.title),
        confidence=1.0 if statements else 0.0,
        generation=index.generation,
    )


class _Page:
    """The submitted text, folded for comparison."""

    def __init__(self, text: str) -> None:
        words = folded_words(text)
        self._text = f" {' '.join(words)} "
        self._starts = {tuple(words[n : n + _LEADING]) for n in range(len(words))}

    def find(self, chunk: Chunk) -> _Found | None:
        """The chunk's first sentence that stands in the text, with those after it of a definition or takeaway."""
        sentences = readable_sentences(chunk)
        if chunk.kind == "passage":
            sentences = sentences[:1]  # a paragraph's first sentence says what it is about
        found: list[Span] = []
        folded: list[str] = []
        for span, sentence in zip(sentences, _folded(chunk, sentences), strict=True):
            if self._at(sentence) >= 0:
                found.append(span)
                folded.append(sentence)
            elif found:
                break
        return _Found(chunk, tuple(found), " ".join(folded), self._at(folded[0])) if found else None

    def _at(self, sentence: str) -> int:
        words = sentence.split(" ", _LEADING)
        if len(words) < _FEWEST_WORDS or tuple(words[:_LEADING]) not in self._starts:
            return -1
        return self._text.find(f" {sentence} ")


def _folded(chunk: Chunk, sentences: Iterable[Span]) -> Iterator[str]:
    start = chunk.char_start
    for span in sentences:
        yield fold(chunk.text[span.char_start - start : span.char_end - start])


def _short(found: Iterable[_Found]) -> list[_Found]:
    """The first that fit into a minute, none of which repeats another; each cut to its first sentence if it must be."""
    chosen: list[_Found] = []
    left = MAX_WORDS
    for each in found:
        (first,) = _folded(each.chunk, each.sentences[:1])
        alone = replace(each, sentences=each.sentences[:1], folded=first)
        fits = next((one for one in (each, alone) if one.n_words <= left), None)
        if fits is None or any(fits.folded in other.folded or other.folded in fits.folded for other in chosen):
            continue
        chosen.append(fits)
        left -= fits.n_words
    return chosen
