"""The best chunks of a ranking put into another order by whoever reads them more closely."""

from collections.abc import Sequence

from index.protocols import Reranker
from index.term_table import heading_text
from index.types import ScoredChunk

RERANKED = 20  # chunks read again: what a small CPU reads in a few tenths of a second


def rerank(query: str, ranking: Sequence[ScoredChunk], reranker: Reranker) -> tuple[ScoredChunk, ...]:
    """Order the first ``RERANKED`` chunks by the reranker; the others stay behind them. Equal scores keep their order.

    A reranker says which chunk comes first, not how sure that is: the scores stay with the places, so that whatever
    reads them (which chunks are shown, whether the course answers) means the same with and without a reranker.
    """
    first = ranking[:RERANKED]
    scores = reranker.scores(query, [f"{heading_text(item.chunk)}. {item.chunk.text}" for item in first])
    order = sorted(range(len(first)), key=lambda place: -scores[place])
    moved = (first[new]._replace(score=old.score, rank=old.rank) for old, new in zip(first, order, strict=True))
    return (*moved, *ranking[RERANKED:])
