"""The chunks worth ranking, found in PostgreSQL: exact inside the course, by meaning and by words, in one statement.

What each side carries: a chunk's row has its vector at half precision and its whole BM25 weights, IDF included, as
``bm25s`` computed them (``index.lexical_rows``); the query brings its vector and how often it says each term.
"""

from collections import Counter
from collections.abc import Sequence

import numpy as np

from index.analysis import Analyzer
from index.candidates import NO_ROWS, Candidates
from index.errors import GenerationGone
from index.manifest import Manifest
from index.pg_connection import PgDatabase
from index.pg_rows import read_halfvecs, sparse_text, vector_text
from index.types import Ints, Matrix, Vector

# The distance is inside an expression, so that no approximate index fits it, were there one: with a filter by course
# such an index returns too little, and nothing at all for a question that is off the topic. Every row of the course is
# scored once, and only those chosen are looked up again for their vectors. They bring their scores along: the planner
# cannot know how many rows were scored, and joined them back one by one, which took 17 of 22 ms. "seen" tells a course
# from a part of one.
_CANDIDATES = """with scored as materialized (
        select row,
            (-(embedding <#> %(vector)s::halfvec))::real as dense,
            (-(weights <#> %(terms)s::sparsevec))::real as lexical
        from index_vectors
        where course_id = %(course)s::text and generation = %(generation)s::text and row <> all(%(hidden)s::int[])
    ), chosen as (
        (select * from scored order by dense desc, row limit %(per_signal)s::int)
        union (select * from scored where lexical > 0 order by lexical desc, row limit %(per_signal)s::int)
        union (select * from scored where row = any(%(also)s::int[]))
    )
    select chosen.row, chosen.dense, chosen.lexical, found.embedding, (select count(*) from scored) as seen
    from chosen join index_vectors as found
        on found.course_id = %(course)s::text and found.generation = %(generation)s::text and found.row = chosen.row
    order by chosen.row"""
_VECTORS = """select row, embedding from index_vectors
    where course_id = %(course)s::text and generation = %(generation)s::text and row = any(%(rows)s::int[])"""


class PgSource:
    """A ``CandidateSource`` that asks the database about one generation.

    Args:
        database: Where it is.
        manifest: What it is.
        terms: Of the course; each one's number is its place.
        centre: The mean of its vectors.
    """

    def __init__(self, database: PgDatabase, manifest: Manifest, terms: Sequence[str], centre: Vector) -> None:
        self._database = database
        self._manifest = manifest
        self._analyzer = Analyzer(manifest.language)
        self._number_of = {term: number for number, term in enumerate(terms)}
        self._centre = centre
        self._key = {"course": manifest.course_id, "generation": manifest.generation}

    def __len__(self) -> int:
        return self._manifest.n_chunks

    def candidates(
        self, query: str, vector: Vector, *, per_signal: int, also: Ints = NO_ROWS, hidden: Ints = NO_ROWS
    ) -> Candidates:
        """The best by meaning, the best by words and some more, each with both scores.

        Raises:
            GenerationGone: It was deleted meanwhile.
            IndexUnreachable: The database does not answer.
        """
        expected = len(self) - len(hidden)
        known = Counter(self._number_of[term] for term in self._analyzer.terms(query) if term in self._number_of)
        parameters = {
            "vector": vector_text(vector),
            "terms": sparse_text(known, len(self._number_of)),
            "per_signal": per_signal,
            "also": also.tolist(),
            "hidden": hidden.tolist(),
        }
        found = self._database.ask(lambda session: session.rows(_CANDIDATES, **self._key, **parameters))
        if expected and not any(seen == expected for *_, seen in found[:1]):
            raise GenerationGone(self._manifest.course_id, self._manifest.generation)
        return Candidates(
            rows=np.array([row for row, *_ in found], dtype=np.int64),
            dense=np.array([dense for _, dense, *_ in found], dtype=np.float32),
            lexical=np.array([lexical for _, _, lexical, *_ in found], dtype=np.float32),
            vectors=read_halfvecs([embedding for *_, embedding, _ in found], len(vector)),
        )

    def vectors(self, rows: Ints) -> Matrix:
        """The vectors of some chunks, in the order given.

        Raises:
            GenerationGone: It was deleted meanwhile.
        """
        wanted = rows.tolist()
        asked = sorted(set(wanted))
        found: dict[int, bytes] = dict(
            self._database.ask(lambda session: session.rows(_VECTORS, **self._key, rows=asked))
        )
        if len(found) < len(asked):
            raise GenerationGone(self._manifest.course_id, self._manifest.generation)
        return read_halfvecs([found[row] for row in wanted], len(self._centre))

    def centre(self) -> Vector:
        """The mean of all vectors, hidden ones included; not normalised."""
        return self._centre
