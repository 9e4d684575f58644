"""Both stores side by side: ``python -m tutor.evaluation.compare_stores ADDRESS FOLDER...`` of question sets.

The same generation is in a folder and in PostgreSQL, and both are asked every question of a set, in turn: for the ten
best, and for an answer. PostgreSQL keeps vectors at half precision. Where the ten best differ, a third index tells
whether that is the reason: in the folder's place, from vectors that are rounded in the same way. ``ADDRESS`` is that of
a database to try in; the generations of the sets are taken out again.
"""

import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Annotated, TypeVar

import numpy as np
import typer

from corpus.beir import read_beir_corpus
from index.builder import publish_course
from index.course_index import CourseIndex
from index.faiss_store import FaissStore
from index.folder_generations import FolderGenerations
from index.protocols import Embedder
from index.types import Matrix, ScoredChunk, Vector
from tutor.bootstrap import build_embedder, evaluation_root, open_generations
from tutor.cli.console import err, errors_end_the_command, progress_bar
from tutor.evaluation.beir_questions import read_question_set
from tutor.evaluation.durations import Percentiles
from tutor.evaluation.question_set import Question, spread
from tutor.settings import Settings
from tutor.tutor import Tutor
from tutor.types import Answer

TOP_K = 10

_HEAD = (
    "set", "chunks", "questions", "same answer", "same ten in the same order", "same ten",
    "different by half precision alone", "cosines differ by at most", "scores of what changed places differ by",
    "ranking p50, ms", "ask p50, ms", "ask p95, ms",
)  # fmt: skip

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Opened:
    """One generation three times."""

    embedded: Tutor
    database: Tutor
    rounded: CourseIndex  # as embedded, of vectors at half precision


@dataclass(slots=True)
class Comparison:
    """What both stores gave for the questions of one set."""

    name: str
    n_chunks: int
    n_questions: int = 0
    n_same_answers: int = 0  # the same status, words and citations
    n_same: int = 0  # the same ten in the same order
    n_same_set: int = 0  # the same ten
    n_rounded: int = 0  # not the same, and exactly what the embedded store gives for rounded vectors
    largest_difference: float = 0.0  # of the cosines of one chunk
    gaps: list[float] = field(default_factory=list)  # between the scores of neighbours that changed places
    ranking_ms: tuple[list[float], list[float]] = field(default_factory=lambda: ([], []))  # embedded, database
    ask_ms: tuple[list[float], list[float]] = field(default_factory=lambda: ([], []))

    def add(self, ours: Sequence[ScoredChunk], theirs: Sequence[ScoredChunk]) -> bool:
        """Compare two rankings; gives whether they are the same."""
        names, others = _names(ours), _names(theirs)
        self.n_questions += 1
        self.n_same += names == others
        self.n_same_set += set(names) == set(others)
        cosines = {item.chunk.chunk_id: item.signals.dense for item in theirs}
        for item in ours:
            if (other := cosines.get(item.chunk.chunk_id)) is not None:
                self.largest_difference = max(self.largest_difference, abs(item.signals.dense - other))
        if names != others:
            first = next(place for place, (a, b) in enumerate(zip(names, others, strict=True)) if a != b)
            score = {item.chunk.chunk_id: item.score for item in ours}
            # What took the place is lower in ours, by so little that rounding decides, or is not among ours at all.
            self.gaps.append(ours[first].score - score.get(others[first], ours[-1].score))
        return names == others

    def row(self) -> str:
        """The comparison as a row of a table in Markdown, as docs/scaling.md has it."""
        ranking, ask = map(_times, (self.ranking_ms, self.ask_ms))
        cells = (
            self.name,
            self.n_chunks,
            self.n_questions,
            self.n_same_answers,
            self.n_same,
            self.n_same_set,
            f"{self.n_rounded} of {self.n_questions - self.n_same}",
            f"{self.largest_difference:.6f}",
            f"{max(self.gaps, default=0.0):.3f}",
            _beside(ranking[0].p50_ms, ranking[1].p50_ms),
            _beside(ask[0].p50_ms, ask[1].p50_ms),
            _beside(ask[0].p95_ms, ask[1].p95_ms),
        )
        return _line(cells)


def main(
    address: Annotated[str, typer.Argument(help="postgresql://... of a database to try in.")],
    folders: Annotated[list[Path], typer.Argument(help="Question sets in BEIR layout.")],
    limit: Annotated[int | None, typer.Option(min=1, help="At most so many questions of each, spread over it.")] = None,
) -> None:
    """Compare the ten best and the answers of both stores, and the time each takes, on question sets."""
    with errors_end_the_command():
        settings = Settings.from_environment()
        embedder = build_embedder(settings)
        there = settings.model_copy(update={"database_url": address, "store": "pgvector"})
        for line in (_HEAD, ("---",) * len(_HEAD)):
            typer.echo(_line(line))
        for folder in folders:
            typer.echo(compare(folder, embedder, settings, there, limit).row())


def compare(
    folder: Path, embedder: Embedder, settings: Settings, there: Settings, limit: int | None = None
) -> Comparison:
    """Index a set's corpus in both stores and ask both."""
    course = read_beir_corpus(folder)
    here = FolderGenerations(evaluation_root(settings))
    with progress_bar() as report:
        publish_course(course, embedder, here, progress=report)
    err.print(f"{folder.name}: indexed", highlight=False)
    manifest, contents = here.read(course.course_id)
    with closing(open_generations(there)) as store:
        with store.writing() as writer:
            pointer = writer.write(manifest, contents)
        try:
            rounded = replace(contents, vectors=FaissStore.from_matrix(at_half_precision(contents.vectors.matrix())))
            opened = Opened(
                Tutor(here.open(course.course_id, embedder)),
                Tutor(store.open(course.course_id, embedder, pointer=pointer)),
                CourseIndex(manifest, rounded, embedder),
            )
            return _ask_both(folder.name, opened, spread(read_question_set(folder).questions, limit))
        finally:
            with store.writing() as writer:
                writer.remove_course(course.course_id)


def at_half_precision(numbers: Matrix) -> Matrix:
    """Vectors as PostgreSQL keeps them."""
    return numbers.astype(np.float16).astype(np.float32)


def _ask_both(name: str, opened: Opened, questions: Sequence[Question]) -> Comparison:
    comparison = Comparison(name, len(opened.embedded.index.chunks))
    pair = opened.embedded, opened.database
    for number, question in enumerate(questions):
        (vector,) = opened.embedded.index.embed_queries([question.text])
        # Each is first every other time: the second finds the processor's caches warm.
        order = (0, 1) if number % 2 else (1, 0)
        rankings: dict[int, tuple[ScoredChunk, ...]] = {}
        answers: dict[int, Answer] = {}
        for which in order:
            tutor = pair[which]
            rankings[which] = _timed(comparison.ranking_ms[which], partial(_best, tutor.index, question, vector))
            answers[which] = _timed(comparison.ask_ms[which], partial(tutor.ask, question.text))
        comparison.n_same_answers += _said(answers[0]) == _said(answers[1])
        if not comparison.add(rankings[0], rankings[1]):
            again = _best(opened.rounded, question, at_half_precision(vector))
            comparison.n_rounded += _names(again) == _names(rankings[1])
            err.print(f"{name} {question.question_id}: {_trace(rankings[0], rankings[1], again)}", highlight=False)
    return comparison


def _best(index: CourseIndex, question: Question, vector: Vector) -> tuple[ScoredChunk, ...]:
    return index.retrieve(question.text, top_k=TOP_K, query_vector=vector)


def _timed(durations_ms: list[float], work: Callable[[], Result]) -> Result:
    started = time.perf_counter()
    result = work()
    durations_ms.append((time.perf_counter() - started) * 1000)
    return result


def _said(answer: Answer) -> tuple[object, ...]:
    """All of an answer that a learner sees."""
    return answer.status, answer.statements, answer.citations, answer.nearest, answer.message


def _names(ranking: Sequence[ScoredChunk]) -> list[str]:
    return [item.chunk.chunk_id for item in ranking]


def _trace(ours: Sequence[ScoredChunk], theirs: Sequence[ScoredChunk], rounded: Sequence[ScoredChunk]) -> str:
    """Where two rankings part, by how little, and whether rounded vectors give the second of them."""
    place = next(place for place, (a, b) in enumerate(zip(ours, theirs, strict=True)) if a.chunk != b.chunk)
    one, other = ours[place], theirs[place]
    in_ours = {item.chunk.chunk_id: item for item in ours}
    same = in_ours.get(other.chunk.chunk_id)
    moved = f", {same.score:.5f} here at place {same.rank}" if same else ", not among the ten here"
    why = "half precision alone" if _names(rounded) == _names(theirs) else "NOT half precision alone"
    return (
        f"{why}: place {one.rank} has score {one.score:.5f}, cosine {one.signals.dense:.6f}; in the database another, "
        f"score {other.score:.5f}, cosine {other.signals.dense:.6f}{moved}"
    )


def _times(durations_ms: tuple[list[float], list[float]]) -> tuple[Percentiles, Percentiles]:
    embedded, database = durations_ms
    return Percentiles.of(embedded), Percentiles.of(database)


def _beside(embedded: float, database: float) -> str:
    """Two durations and how many times the first the second is."""
    return f"{embedded:.1f} : {database:.1f} = 1 : {database / max(embedded, 1e-6):.1f}"


def _line(cells: Sequence[object]) -> str:
    return f"| {' | '.join(map(str, cells))} |"


if __name__ == "__main__":
    typer.run(main)
