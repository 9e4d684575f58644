"""Both stores side by side: ``python -m tutor.evaluation.compare_stores ADDRESS FOLDER...`` of question sets.

The same generation is in a folder and in PostgreSQL, and both are asked every question of a set, in turn. Where the ten
best differ, it says how far apart the scores are of what changed places: vectors are kept at half precision there.
``ADDRESS`` is that of a database to try in; the generations of the sets are taken out again.
"""

import statistics
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

import typer

from corpus.beir import read_beir_corpus
from index.builder import publish_course
from index.course_index import CourseIndex
from index.folder_generations import FolderGenerations
from index.protocols import Embedder
from index.types import ScoredChunk
from tutor.bootstrap import build_embedder, evaluation_root, open_generations
from tutor.cli.console import err, errors_end_the_command, progress_bar
from tutor.evaluation.beir_questions import read_question_set
from tutor.evaluation.question_set import spread
from tutor.settings import Settings

TOP_K = 10

_HEAD = (
    "set", "chunks", "questions", "same ten in the same order", "same ten", "cosines differ by at most",
    "scores of what changed places differ by", "embedded, ms", "PostgreSQL, ms",
)  # fmt: skip


@dataclass(slots=True)
class Comparison:
    """What both stores gave for the questions of one set."""

    name: str
    n_chunks: int
    n_questions: int = 0
    n_same: int = 0  # the same ten in the same order
    n_same_set: int = 0  # the same ten
    largest_difference: float = 0.0  # of the cosines of one chunk
    gaps: list[float] = field(default_factory=list)  # between the scores of neighbours that changed places
    embedded_ms: list[float] = field(default_factory=list)
    database_ms: list[float] = field(default_factory=list)

    def add(self, ours: Sequence[ScoredChunk], theirs: Sequence[ScoredChunk]) -> None:
        """Compare two rankings."""
        names, others = [item.chunk.chunk_id for item in ours], [item.chunk.chunk_id for item in theirs]
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


def main(
    address: Annotated[str, typer.Argument(help="postgresql://... of a database to try in.")],
    folders: Annotated[list[Path], typer.Argument(help="Question sets in BEIR layout.")],
    limit: Annotated[int | None, typer.Option(min=1, help="At most so many questions of each, spread over it.")] = None,
) -> None:
    """Compare the ten best of both stores, and the time each takes, on question sets."""
    with errors_end_the_command():
        settings = Settings.from_environment()
        embedder = build_embedder(settings)
        there = settings.model_copy(update={"database_url": address, "store": "pgvector"})
        found = [compare(folder, embedder, settings, there, limit) for folder in folders]
    for line in _lines(found):
        typer.echo(line)


def compare(
    folder: Path, embedder: Embedder, settings: Settings, there: Settings, limit: int | None = None
) -> Comparison:
    """Index a set's corpus in both stores and ask both."""
    course = read_beir_corpus(folder)
    here = FolderGenerations(evaluation_root(settings))
    with progress_bar() as report:
        publish_course(course, embedder, here, progress=report)
    err.print(f"{folder.name}: indexed", highlight=False)
    with closing(open_generations(there)) as store:
        with store.writing() as writer:
            pointer = writer.write(*here.read(course.course_id))
        try:
            ours = here.open(course.course_id, embedder)
            theirs = store.open(course.course_id, embedder, pointer=pointer)
            return _ask_both(folder, ours, theirs, limit)
        finally:
            with store.writing() as writer:
                writer.remove_course(course.course_id)


def _ask_both(folder: Path, ours: CourseIndex, theirs: CourseIndex, limit: int | None) -> Comparison:
    comparison = Comparison(folder.name, len(ours.chunks))
    for question in spread(read_question_set(folder).questions, limit):
        (vector,) = ours.embed_queries([question.text])
        started = time.perf_counter()
        one = ours.retrieve(question.text, top_k=TOP_K, query_vector=vector)
        between = time.perf_counter()
        other = theirs.retrieve(question.text, top_k=TOP_K, query_vector=vector)
        ended = time.perf_counter()
        comparison.embedded_ms.append((between - started) * 1000)
        comparison.database_ms.append((ended - between) * 1000)
        comparison.add(one, other)
    return comparison


def _lines(found: Sequence[Comparison]) -> list[str]:
    """A table in Markdown, as docs/scaling.md has it."""
    rows = [
        (
            each.name,
            each.n_chunks,
            each.n_questions,
            each.n_same,
            each.n_same_set,
            f"{each.largest_difference:.6f}",
            f"{max(each.gaps, default=0.0):.3f}",
            f"{statistics.median(each.embedded_ms):.1f}",
            f"{statistics.median(each.database_ms):.1f}",
        )
        for each in found
    ]
    return [f"| {' | '.join(map(str, row))} |" for row in (_HEAD, ("---",) * len(_HEAD), *rows)]


if __name__ == "__main__":
    typer.run(main)
