"""What each takeaway is about, where the course itself tells: by repeating a sentence of a term's definition.

"They mimic the way the human brain operates" names no topic, yet it is the second sentence of the definition of neural
networks, so it is a takeaway about neural networks.
"""

from collections.abc import Iterable
from typing import Self

from corpus.types import Chunk
from tutor.sameness import fold, readable_sentences

_LIST_WORDS = ("takeaway", "take-away", "key point", "key idea", "key message")


class TakeawayTopics:
    """Takeaway to defined term, for one course; computed once."""

    def __init__(self, topics: dict[str, str]) -> None:
        self._topics = topics

    @classmethod
    def of_course(cls, chunks: Iterable[Chunk]) -> Self:
        """Match every takeaway's sentences with those of the definitions."""
        chunks = tuple(chunks)
        term_of = {sentence: c.term for c in chunks if c.kind == "definition" for sentence in _folded(c)}
        topics = {}
        for chunk in chunks:
            if chunk.kind == "takeaway":
                terms = [term_of[sentence] for sentence in _folded(chunk) if sentence in term_of]
                if terms:
                    topics[chunk.chunk_id] = terms[0]
        return cls(topics)

    def of(self, chunk: Chunk) -> str | None:
        """The term that the takeaway is about, if the course tells."""
        return self._topics.get(chunk.chunk_id)

    def is_listed(self, chunk: Chunk) -> bool:
        """Whether the takeaway stands under a heading such as "Key takeaways", rather than in a conclusion."""
        heading = chunk.heading_path[-1].casefold() if chunk.heading_path else ""
        return any(word in heading for word in _LIST_WORDS)


def _folded(chunk: Chunk) -> list[str]:
    start = chunk.char_start
    return [fold(chunk.text[span.char_start - start : span.char_end - start]) for span in readable_sentences(chunk)]
