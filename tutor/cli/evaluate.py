"""``course-tutor eval``: scores retrieval, refusal and citations on a question set or an instructor's own questions."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from index.protocols import Progress
from tutor.bootstrap import build_embedder, build_reranker, open_library
from tutor.cli.console import FOUND_WRONG, err, errors_end_the_command, out, progress_bar
from tutor.evaluation.baseline import compare, read_baseline
from tutor.evaluation.beir_questions import read_question_set
from tutor.evaluation.corpus_index import evaluation_root, open_corpus_index
from tutor.evaluation.csv_questions import read_csv_questions
from tutor.evaluation.errors import EvaluationError
from tutor.evaluation.observation import observe
from tutor.evaluation.question_set import QuestionSet, spread
from tutor.evaluation.report import changes_report, scorecard_report
from tutor.evaluation.scorecard import Evaluation, evaluate_observations
from tutor.evaluation.scorecard_json import JsonObject, scorecard_json
from tutor.evaluation.trec_run import write_run
from tutor.evaluation.worst_report import worst_report
from tutor.settings import Settings
from tutor.tutor import Tutor


@dataclass(frozen=True, slots=True)
class _Prepared:
    """A question set and the tutor it is put to."""

    question_set: QuestionSet
    tutor: Tutor


def evaluate(  # noqa: PLR0913  (an option each, as typer wants them)
    source: Annotated[
        Path, typer.Argument(help="Folder in BEIR layout, or a CSV of your own questions (then give --course).")
    ],
    *,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print the scores as JSON; tables go to standard error.")
    ] = False,
    course: Annotated[str | None, typer.Option(help="Course id that the questions of a CSV are about.")] = None,
    run: Annotated[Path | None, typer.Option(help="Write the rankings to this TREC run file.")] = None,
    save: Annotated[Path | None, typer.Option(help="Save the scores to this file, for --against.")] = None,
    against: Annotated[Path | None, typer.Option(help="Compare with scores saved before.")] = None,
    tolerance: Annotated[float, typer.Option(min=0.0, help="How far a score may fall below --against.")] = 0.01,
    limit: Annotated[
        int | None, typer.Option(min=1, help="Ask at most so many questions, spread over the set.")
    ] = None,
    worst: Annotated[int, typer.Option(min=0, help="Show so many of the questions that went worst.")] = 0,
) -> None:
    """Score retrieval, refusal and citations on a question set.

    Every question goes the way of `ask`. A CSV has the columns question and expected: a term of the course, a heading,
    or "refuse". Exit code 1 when a score fell below --against by more than the tolerance; 2 when something is missing.
    """
    tables = err if as_json else out
    with errors_end_the_command():
        _refuse_missing_folders(run, save)
        baseline = read_baseline(against) if against is not None else None
        evaluation, question_set = _evaluate(source, course, limit)
        card = scorecard_json(evaluation.scorecard)
        changes = compare(baseline, card) if baseline is not None else ()
        if run is not None:
            write_run(run, evaluation.observations, question_set.item_kind)
        if save is not None:
            save.write_text(_to_text(card) + "\n", encoding="utf-8")
    if as_json:
        typer.echo(_to_text(card))
    else:
        out.print(scorecard_report(evaluation.scorecard))
    if worst:
        tables.print(worst_report(evaluation, question_set.item_kind, worst))
    if baseline is not None:
        tables.print(changes_report(changes, tolerance))
        if any(change.is_worse(tolerance) for change in changes):
            raise typer.Exit(FOUND_WRONG)


def _evaluate(source: Path, course: str | None, limit: int | None) -> tuple[Evaluation, QuestionSet]:
    with progress_bar() as report:
        prepared = _prepare(source, course, report)
        question_set, tutor = prepared.question_set, prepared.tutor
        if question_set.n_unjudged:
            err.print(f"{question_set.n_unjudged} questions have no judgement and are left out", style="yellow")
        observations = observe(
            tutor,
            spread(question_set.questions, limit),
            progress=lambda done, total: report("asking", done, total),
        )
    evaluation = evaluate_observations(
        question_set,
        observations,
        tutor.index.documents,
        threshold=tutor.threshold,
        generation=tutor.index.generation,
    )
    return evaluation, question_set


def _prepare(source: Path, course: str | None, report: Progress) -> _Prepared:
    settings = Settings.from_environment()
    if source.is_file() or source.suffix.casefold() == ".csv":
        if course is None:
            raise typer.BadParameter("say which course the questions are about", param_hint="--course")
        library = open_library(settings)
        library.load(progress=report)
        tutor = library.tutor(course)
        return _Prepared(read_csv_questions(source, tutor.index.chunks), tutor)
    if course is not None:
        raise typer.BadParameter("goes with a CSV; a folder has its own corpus", param_hint="--course")
    question_set = read_question_set(source)
    index = open_corpus_index(
        source,
        build_embedder(settings),
        evaluation_root(settings.data_dir),
        reranker=build_reranker(settings),
        progress=report,
    )
    return _Prepared(question_set, Tutor(index, max_question_chars=settings.max_question_chars))


def _refuse_missing_folders(*files: Path | None) -> None:
    """Before minutes of work, not after."""
    for file in files:
        if file is not None and not file.parent.is_dir():
            raise EvaluationError(f"cannot write {file}: there is no folder {file.parent}")


def _to_text(card: JsonObject) -> str:
    return json.dumps(card, indent=2, ensure_ascii=False)
