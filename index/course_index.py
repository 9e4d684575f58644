"""One opened index generation: every chunk of a course, and the ranking of them for a query.

It knows one course only, so no query can reach another's text, and it never changes: an answer that holds it cites one
generation from its first chunk to its last.
"""

import copy
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Self

import numpy as np

from corpus.types import Chunk, ChunkKind, Document
from index.analysis import Analyzer
from index.candidates import NO_ROWS, CandidateSignals
from index.course_facts import CourseFacts
from index.coverage import Coverage, coverage
from index.errors import NothingToIndex
from index.fusion import best_first
from index.glossary import Glossary
from index.learned_ranker import MODEL, LearnedRanker
from index.manifest import Manifest
from index.mask import NOTHING_HIDDEN, Mask
from index.protocols import CandidateSource, Embedder, Reranker, Searchable
from index.ranking import Ranker
from index.ranking_features import CANDIDATES_PER_SIGNAL
from index.reranking import RERANKED, rerank
from index.shown import shown_chunks, shown_documents
from index.tree_ensemble import TreeEnsemble
from index.types import Ints, Matrix, ScoredChunk, Vector

_MOST_NAMED = 100  # definitions looked at for being named alone; a shelf of books defines a term a hundred times


class CourseIndex:
    """A course as it can be searched; immutable and safe to share between threads."""

    def __init__(
        self,
        manifest: Manifest,
        contents: Searchable,
        embedder: Embedder,
        *,
        facts: CourseFacts | None = None,
        ranker: Ranker | None = None,
        reranker: Reranker | None = None,
    ) -> None:
        self.course_id = manifest.course_id
        self.title = manifest.title
        self.description = manifest.description
        self.generation = manifest.generation
        self.suggested_questions = manifest.suggested_questions
        self.manifest = manifest
        self.analyzer = Analyzer(manifest.language)
        self._whole: Self | None = None  # what a mask was laid over
        self._contents = contents
        self._facts = facts or CourseFacts.of(contents.chunks, self.analyzer)
        self._source = contents.source
        self._embedder = embedder
        self._own_ranker = ranker
        self._reranker = reranker
        self._show(NOTHING_HIDDEN)

    def _show(self, mask: Mask) -> None:
        """Set all that depends on what is hidden."""
        self.mask = mask
        self._hidden = self._hidden_rows(mask)
        seen = self._facts.without(self._hidden, self._contents.chunks) if len(self._hidden) else self._facts
        self.chunks: Sequence[Chunk] = shown_chunks(self._contents.chunks, self._hidden)
        self.documents: Mapping[str, Document] = shown_documents(self._contents.documents, mask)
        self.vocabulary = seen.vocabulary
        self._tables = seen.tables
        definitions = {row: self._contents.chunks[row] for row in self._shown_rows_of_kind("definition")}
        self._defining = {chunk.chunk_id: row for row, chunk in definitions.items()}  # the row of each
        self.glossary = Glossary.from_chunks(definitions.values(), self.analyzer)
        self._ranker = self._own_ranker or LearnedRanker(self._tables, TreeEnsemble.load(MODEL))
        self._centre = _centre(self._source, self._hidden)

    def without(self, mask: Mask) -> Self:
        """The same generation less what a mask hides: not found, listed, counted or shown, before any ranking.

        Args:
            mask: All that is hidden. It replaces, not adds to, a mask that this index has; ask the whole index for it.

        Raises:
            NothingToIndex: If it hides everything.
        """
        if len(self._hidden_rows(mask)) == len(self._facts.ids):
            raise NothingToIndex(self.course_id)
        masked = copy.copy(self)
        masked._show(mask)
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
        return self._source.vectors(self._rows_of(chunk.chunk_id for chunk in chunks))

    def of_kind(self, kind: ChunkKind) -> Iterator[Chunk]:
        """Its definitions, takeaways or passages, in the course's order; no other chunk is read."""
        return (self._contents.chunks[row] for row in self._shown_rows_of_kind(kind))

    def chunk(self, chunk_id: str) -> Chunk:
        """The chunk of that id.

        Raises:
            KeyError: If this generation has no such chunk, or it is hidden.
        """
        if (chunk := self.find_chunk(chunk_id)) is None:
            raise KeyError(chunk_id)
        return chunk

    def find_chunk(self, chunk_id: str) -> Chunk | None:
        """The chunk of that id; None if this generation has no such chunk, or it is hidden."""
        row = self._facts.ids.find(chunk_id)
        if row is None or self.mask.hides(chunk := self._contents.chunks[row]):
            return None
        return chunk

    def chunks_in(self, document_id: str) -> tuple[Chunk, ...]:
        """The chunks of a document, in its order; none when there is no such document."""
        rows = np.setdiff1d(self._facts.rows_in([document_id]), self._hidden, assume_unique=True)
        return tuple(self._contents.chunks[row] for row in rows.tolist())

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
        chunks = self._contents.chunks
        n_ranked = max(top_k, RERANKED) if self._reranker else top_k
        signals = self.candidates(query, at_least=n_ranked, query_vector=query_vector)
        scores = self._ranker.scores(query, signals)
        places = best_first(scores, self._facts.ids.places[signals.rows].astype(np.int64), n_ranked)
        found = zip(signals.rows[places].tolist(), scores[places].tolist(), signals.at(places), strict=True)
        ranking = tuple(
            ScoredChunk(chunks[row], score, rank, its_signals)
            for rank, (row, score, its_signals) in enumerate(found, start=1)
        )
        return rerank(query, ranking, self._reranker)[:top_k] if self._reranker else ranking

    def coverage(self, query: str, ranking: Sequence[ScoredChunk]) -> Coverage:
        """How much of the query's words the chunks of a ranking, best first, hold."""
        return coverage(query, self._rows_of(item.chunk.chunk_id for item in ranking), self._tables)

    def candidates(self, query: str, *, at_least: int = 0, query_vector: Vector | None = None) -> CandidateSignals:
        """The chunks worth ranking and what each retriever says of them: the input of a ranker, and of who fits one.

        Args:
            query: A self-contained question or some words.
            at_least: How many there should be at least, if the course has so many; some 80 there are anyway.
            query_vector: What ``embed_queries`` gave for this query, if the caller has it already.
        """
        vector = self._embedder.embed_query(query) if query_vector is None else query_vector
        named = {self._defining[chunk_id]: certainty for chunk_id, certainty in self.glossary.match(query).items()}
        # Equally certain ones stay as the query names them.
        surest = sorted(named, key=named.__getitem__, reverse=True)[:_MOST_NAMED]
        per_signal = max(CANDIDATES_PER_SIGNAL, at_least)
        also = np.array(sorted(surest), dtype=np.int64)
        found = self._source.candidates(query, vector, per_signal=per_signal, also=also, hidden=self._hidden)
        glossary = np.array([named.get(row, 0.0) for row in found.rows.tolist()], dtype=np.float32)
        return CandidateSignals(found.rows, found.dense, found.lexical, glossary, found.vectors)

    def _shown_rows_of_kind(self, kind: ChunkKind) -> list[int]:
        rows: list[int] = np.setdiff1d(self._tables.rows_of_kind(kind), self._hidden, assume_unique=True).tolist()
        return rows

    def _rows_of(self, chunk_ids: Iterable[str]) -> Ints:
        return self._facts.ids.rows_each(list(chunk_ids))

    def _hidden_rows(self, mask: Mask) -> Ints:
        """The rows that a mask hides, ascending."""
        if mask == NOTHING_HIDDEN:
            return NO_ROWS
        return np.union1d(self._facts.rows_in(mask.document_ids), self._facts.ids.rows_of(mask.chunk_ids))


def _centre(source: CandidateSource, hidden: Ints) -> Vector:
    """The direction of the mean vector of the chunks that are not hidden."""
    total = source.centre() * np.float32(len(source))
    if len(hidden):
        total = total - source.vectors(hidden).sum(axis=0)
    unit: Vector = total / max(float(np.linalg.norm(total)), 1e-9)
    return unit
