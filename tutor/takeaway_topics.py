"""What each takeaway is about, where the course itself tells: by repeating a sentence of a term's definition.

"They mimic the way the human brain operates" names no topic, yet it is the second sentence of the definition of neural
networks, so it is a takeaway about neural networks.
"""

from collections.abc import Iterable, Mapping
from typing import Self

from corpus.types import Chunk
from index.course_index import CourseIndex
from tutor.antecedents import Antecedent, points_back, sentence_of
from tutor.sameness import fold, readable_sentences

_LIST_WORDS = ("takeaway", "take-away", "key point", "key idea", "key message")


class TakeawayTopics:
    """Takeaway to defined term, for one course; computed once.

    Attributes:
        antecedents: By chunk id of a takeaway that points back: the definition's sentence before the one it repeats.
    """

    def __init__(self, topics: Mapping[str, str], antecedents: Mapping[str, Antecedent]) -> None:
        self._topics = topics
        self.antecedents = antecedents

    @classmethod
    def of_index(cls, index: CourseIndex) -> Self:
        """Match the takeaways of a course with its definitions, which are not read where it has no takeaway."""
        takeaways = tuple(index.of_kind("takeaway"))
        return cls.of_course((*takeaways, *(index.of_kind("definition") if takeaways else ())))

    @classmethod
    def of_course(cls, chunks: Iterable[Chunk]) -> Self:
        """Match every takeaway's sentences with those of the definitions."""
        chunks = tuple(chunks)
        definitions = [chunk for chunk in chunks if chunk.kind == "definition"]
        term_of = {sentence: chunk.term for chunk in definitions for sentence in _folded(chunk)}
        before = {sentence: found for chunk in definitions for sentence, found in _with_sentence_before(chunk)}
        topics, antecedents = {}, {}
        for chunk in chunks:
            if chunk.kind != "takeaway":
                continue
            folded = _folded(chunk)
            if terms := [term_of[sentence] for sentence in folded if sentence in term_of]:
                topics[chunk.chunk_id] = terms[0]
            if folded[0] in before and points_back(sentence_of(chunk, readable_sentences(chunk)[0])):
                antecedents[chunk.chunk_id] = before[folded[0]]
        return cls(topics, antecedents)

    def of(self, chunk: Chunk) -> str | None:
        """The term that the takeaway is about, if the course tells."""
        return self._topics.get(chunk.chunk_id)

    def is_listed(self, chunk: Chunk) -> bool:
        """Whether the takeaway stands under a heading such as "Key takeaways", rather than in a conclusion."""
        heading = chunk.heading_path[-1].casefold() if chunk.heading_path else ""
        return any(word in heading for word in _LIST_WORDS)


def _with_sentence_before(chunk: Chunk) -> Iterable[tuple[str, Antecedent]]:
    return zip(_folded(chunk)[1:], (Antecedent(chunk, span) for span in readable_sentences(chunk)), strict=False)


def _folded(chunk: Chunk) -> list[str]:
    return [fold(sentence_of(chunk, span)) for span in readable_sentences(chunk)]
