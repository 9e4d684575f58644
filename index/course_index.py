"""One opened index generation: every chunk of a course, and the ranking of them for a query.

It knows one course only, so no query can reach another's text, and it never changes: an answer that holds it cites one
generation from its first chunk to its last.
"""

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Self

import numpy as np

from corpus.types import Chunk, Document
from index.analysis import Analyzer
from index.candidates import NO_ROWS, CandidateSignals
from index.coverage import Coverage, coverage
from index.errors import NothingToIndex
from index.fusion import best_first
from index.glossary import Glossary
from index.learned_ranker import MODEL, LearnedRanker
from index.manifest import Manifest
from index.mask import NOTHING_HIDDEN, Mask
from index.protocols import CandidateSource, Embedder, Reranker, Searchable
from index.ranking import Ranker
from index.ranking_features import CANDIDATES_PER_SIGNAL, CourseTables
from index.reranking import RERANKED, rerank
from index.tree_ensemble import TreeEnsemble
from index.types import Ints, Matrix, ScoredChunk, Vector
from index.vocabulary import build_vocabulary


class CourseIndex:
    """A course as it can be searched; immutable and safe to share between threads."""

    def __init__(
        self,
        manifest: Manifest,
        contents: Searchable,
        embedder: Embedder,
        *,
        mask: Mask = NOTHING_HIDDEN,
        ranker: Ranker | None = None,
        reranker: Reranker | None = None,
    ) -> None:
        self.course_id = manifest.course_id
        self.title = manifest.title
        self.description = manifest.description
        self.generation = manifest.generation
        self.suggested_questions = manifest.suggested_questions
        self.manifest = manifest
        self.mask = mask
        self._rows, self._hidden = _split(contents.chunks, mask)
        chunks, documents = contents.chunks, contents.documents
        if len(self._hidden):
            chunks = tuple(chunks[row] for row in self._rows)
            documents = tuple(d for d in documents if d.document_id not in mask.document_ids)
        self._whole: Self | None = None  # what a mask was laid over
        self.chunks: tuple[Chunk, ...] = tuple(chunks)
        self.documents: Mapping[str, Document] = MappingProxyType({d.document_id: d for d in documents})
        self.analyzer = Analyzer(manifest.language)
        self.glossary = Glossary.from_chunks(self.chunks, self.analyzer)
        self.vocabulary = build_vocabulary(chunk.text for chunk in self.chunks)
        self._contents = contents
        self._source = contents.source
        self._embedder = embedder
        self._tables = CourseTables.of(self.chunks, self.analyzer)
        self._ranker = ranker or LearnedRanker(self._tables, TreeEnsemble.load(MODEL))
        self._centre = _centre(self._source, self._hidden)
        self._reranker = reranker
        self._row_of = {chunk.chunk_id: row for row, chunk in enumerate(self.chunks)}
        by_id = sorted(range(len(self.chunks)), key=lambda row: self.chunks[row].chunk_id)
        self._place_by_id = np.empty(len(by_id), dtype=np.int64)
        self._place_by_id[by_id] = np.arange(len(by_id))

    def without(self, mask: Mask) -> Self:
        """The same generation less what a mask hides: not found, listed, counted or shown, before any ranking.

        Args:
            mask: All that is hidden. It replaces, not adds to, a mask that this index has; ask the whole index for it.

        Raises:
            NothingToIndex: If it hides everything.
        """
        if all(mask.hides(chunk) for chunk in self.chunks):
            raise NothingToIndex(self.course_id)
        masked = type(self)(self.manifest, self._contents, self._embedder, mask=mask, reranker=self._reranker)
        masked._whole = self
        return masked

    def hidden_among(self, query: str, *, top_k: int) -> tuple[ScoredChunk, ...]:
        """The passages hidden one by one that would be among the best ``top_k``, ranked and scored as if shown.

        For those who hid them only. Nothing of a deleted document is among them.
        """
        if self._whole is None or not self.mask.chunk_ids:
            return ()
        deleted, hidden = self.mask.document_ids, self.mask.chunk_ids
        return tuple(
            item
            for item in self._whole.retrieve(query, top_k=top_k)
            if item.chunk.chunk_id in hidden and item.chunk.document_id not in deleted
        )

    def vectors_of(self, chunks: Iterable[Chunk]) -> Matrix:
        """The vectors of some of its chunks, in the order given: (n, dim)."""
        places = np.fromiter((self._row_of[chunk.chunk_id] for chunk in chunks), dtype=np.int64)
        return self._source.vectors(self._rows[places])

    def chunk(self, chunk_id: str) -> Chunk:
        """The chunk of that id.

        Raises:
            KeyError: If this generation has no such chunk.
        """
        return self.chunks[self._row_of[chunk_id]]

    def count_tokens(self, text: str) -> int:
        """Tokens of a text as the embedding model counts them."""
        return self._embedder.count_tokens(text)

    def embed_queries(self, queries: Sequence[str]) -> Sequence[Vector]:
        """The vectors of queries, for callers that have several or need them more than once."""
        return self._embedder.embed_queries(queries)

    def nearness(self, query_vector: Vector) -> float:
        """Cosine of a query and the mean of the course: whether the query is about the course's subject at all."""
        return float(self._centre @ query_vector)

    def retrieve(self, query: str, *, top_k: int = 10, query_vector: Vector | None = None) -> tuple[ScoredChunk, ...]:
        """The best chunks for the query, best first, each with the signals that put it there; ties stand by chunk id.

        Args:
            query: A self-contained question or some words.
            top_k: How many; fewer when the course has fewer.
            query_vector: What ``embed_queries`` gave for this query, if the caller has it already.
        """
        n_ranked = max(top_k, RERANKED) if self._reranker else top_k
        signals = self.candidates(query, at_least=n_ranked, query_vector=query_vector)
        scores = self._ranker.scores(query, signals)
        places = best_first(scores, self._place_by_id[signals.rows], n_ranked)
        found = zip(signals.rows[places].tolist(), scores[places].tolist(), signals.at(places), strict=True)
        ranking = tuple(
            ScoredChunk(self.chunks[row], score, rank, its_signals)
            for rank, (row, score, its_signals) in enumerate(found, start=1)
        )
        return rerank(query, ranking, self._reranker)[:top_k] if self._reranker else ranking

    def coverage(self, query: str, ranking: Sequence[ScoredChunk]) -> Coverage:
        """How much of the query's words the chunks of a ranking, best first, hold."""
        rows = np.array([self._row_of[item.chunk.chunk_id] for item in ranking], dtype=np.int64)
        return coverage(query, rows, self._tables)

    def candidates(self, query: str, *, at_least: int = 0, query_vector: Vector | None = None) -> CandidateSignals:
        """The chunks worth ranking and what each retriever says of them: the input of a ranker, and of who fits one.

        Args:
            query: A self-contained question or some words.
            at_least: How many there should be at least, if the course has so many; some 80 there are anyway.
            query_vector: What ``embed_queries`` gave for this query, if the caller has it already.
        """
        vector = self._embedder.embed_query(query) if query_vector is None else query_vector
        named = {self._row_of[chunk_id]: certainty for chunk_id, certainty in self.glossary.match(query).items()}
        also = np.array(sorted(named), dtype=np.int64)
        found = self._source.candidates(
            query,
            vector,
            per_signal=max(CANDIDATES_PER_SIGNAL, at_least),
            also=self._rows[also],
            hidden=self._hidden,
        )
        rows = np.searchsorted(self._rows, found.rows)
        glossary = np.zeros(len(rows), dtype=np.float32)
        glossary[np.searchsorted(rows, also)] = [named[row] for row in also.tolist()]
        return CandidateSignals(rows, found.dense, found.lexical, glossary, found.vectors)


def _split(chunks: Sequence[Chunk], mask: Mask) -> tuple[Ints, Ints]:
    """The rows of the chunks that a mask leaves and of those that it hides, ascending."""
    if mask == NOTHING_HIDDEN:
        return np.arange(len(chunks)), NO_ROWS
    hidden = np.fromiter((mask.hides(chunk) for chunk in chunks), dtype=np.bool_, count=len(chunks))
    return np.flatnonzero(~hidden), np.flatnonzero(hidden)


def _centre(source: CandidateSource, hidden: Ints) -> Vector:
    """The direction of the mean vector of the chunks that are not hidden."""
    total = source.centre() * np.float32(len(source))
    if len(hidden):
        total = total - source.vectors(hidden).sum(axis=0)
    unit: Vector = total / max(float(np.linalg.norm(total)), 1e-9)
    return unit
