"""From what the tutor did to the scores of a set, the run file and the list of what went worst."""

from collections.abc import Sequence
from io import StringIO
from pathlib import Path

import ir_measures
import pytest
from evaluation_samples import make_answer, make_citation, make_document, make_observation
from factories import make_chunk, make_evidence
from rich.console import Console

from tutor.evaluation.observation import Observation, observe, ranked_items
from tutor.evaluation.question_set import GroupJudgements, Question, QuestionSet
from tutor.evaluation.report import scorecard_report
from tutor.evaluation.scorecard import Evaluation, evaluate_observations
from tutor.evaluation.scorecard_json import scorecard_json
from tutor.evaluation.trec_run import without_spaces, write_run
from tutor.evaluation.worst import worst_ranked, wrongly_answered, wrongly_refused
from tutor.evaluation.worst_report import worst_report
from tutor.types import Consideration, Decision, Turn

STARS = make_document("stars", "Stars fuse hydrogen.")
STAR, GIANT, CELL = (make_chunk(f"About {name}.", document_id=name) for name in ("stars", "giants", "cells"))
CITED = make_answer([("Stars fuse hydrogen.", (1,))], [make_citation(1, STARS, STARS.text)], confidence=0.9)
RIGHT = Question("right", "What do stars do?", "fact", relevance={"stars": 1}, gold=("stars",))
LATE = Question("late", "strs?", "typo", relevance={"stars": 1}, gold=("stars",))
OUTSIDE = Question("outside", "Who won?", "oos-sport")
SET = QuestionSet("sky", "document", (RIGHT, LATE, OUTSIDE), {"stars": STARS.text})


def observations() -> tuple[Observation, ...]:
    return (
        make_observation(RIGHT, CITED, STAR, GIANT, latency_ms=10),
        make_observation(LATE, make_answer(confidence=0.3), CELL, GIANT, STAR, latency_ms=20),
        make_observation(OUTSIDE, make_answer(confidence=0.1), CELL, latency_ms=30),
    )


def evaluation(found: Sequence[Observation] | None = None, question_set: QuestionSet = SET) -> Evaluation:
    return evaluate_observations(
        question_set, found or observations(), {"stars": STARS}, threshold=0.5, generation="g1"
    )


def test_a_document_stands_where_its_best_chunk_stands() -> None:
    second = make_chunk("More about stars.", document_id="stars", start=50)

    assert ranked_items(make_evidence(GIANT, second, STAR), "document") == ("giants", "stars")
    assert len(ranked_items(make_evidence(GIANT, second, STAR), "chunk")) == 3


def test_the_scorecard_is_written_as_clients_expect_it() -> None:
    card = scorecard_json(evaluation().scorecard)

    assert card["set"] == "sky"
    assert card["overall"] == {
        "n": 2,
        "ndcg@10": 0.75,
        "success@1": 0.5,
        "success@5": 1.0,
        "mrr@10": 0.6667,
        "false_refused": 0.5,
    }
    assert card["by_kind"]["typo"]["mrr@10"] == 0.3333
    assert card["latency_ms"] == {"p50": 20.0, "p95": 29.0}
    assert card["citations"] == {"recall": 0.5, "precision": 1.0, "verbatim": 1.0, "n_cited": 1, "n_statements": 1}
    refusal = card["refusal"]
    assert isinstance(refusal, dict)
    assert (refusal["auroc"], refusal["threshold"], refusal["refused"], refusal["false_refused"]) == (
        1.0,
        0.5,
        1.0,
        0.5,
    )
    assert refusal["by_kind"] == {"oos-sport": {"n": 1, "refused": 1.0}}


def test_a_set_without_questions_in_scope_or_to_refuse_has_null_there() -> None:
    only_outside = scorecard_json(evaluation(observations()[2:]).scorecard)
    only_inside = scorecard_json(evaluation(observations()[:2]).scorecard)

    assert only_outside["overall"] is None
    assert only_outside["refusal"]["auroc"] is None
    assert only_inside["refusal"]["refused"] is None


def test_modules_are_scored_where_they_are_judged() -> None:
    judged = GroupJudgements("module", {"giants": "m1", "stars": "m1"}, {"late": frozenset({"m1"})})
    grouped = QuestionSet("sky", "document", SET.questions, SET.item_texts, (judged,))

    card = evaluation(question_set=grouped).scorecard

    by_kind = {scores.kind: scores for scores in card.by_kind}
    assert by_kind["fact"].groups == ()
    assert [(g.n, g.success_at_1, g.success_at_5) for g in by_kind["typo"].groups] == [(1, 0.0, 1.0)]


def test_the_run_file_gives_the_same_scores_to_whoever_scores_it(tmp_path: Path) -> None:
    write_run(tmp_path / "sky.run", observations(), "document")

    run = list(ir_measures.read_trec_run(str(tmp_path / "sky.run")))
    qrels = {question.question_id: dict(question.relevance) for question in (RIGHT, LATE)}
    scored = ir_measures.calc_aggregate([ir_measures.nDCG @ 10], qrels, [d for d in run if d.query_id != "outside"])

    assert scored[ir_measures.nDCG @ 10] == pytest.approx(0.75)
    assert [d.doc_id for d in run if d.query_id == "late"] == ["cells", "giants", "stars"]


def test_spaces_in_ids_do_not_break_the_columns_of_a_run() -> None:
    assert without_spaces("week 1\tintro#2") == "week%201%09intro#2"


def test_what_went_worst_is_found_and_shown_with_what_was_retrieved_and_expected() -> None:
    confident = make_observation(OUTSIDE, CITED, CELL)
    found = evaluation([*observations()[:2], confident])

    assert [o.question.question_id for o in worst_ranked(found, 5)] == ["late"]
    assert [o.question.question_id for o in wrongly_refused(found.observations, 5)] == ["late"]
    assert wrongly_answered(found.observations, 5) == (confident,)
    console = Console(file=StringIO(), width=120)
    console.print(worst_report(found, "document", 5))
    shown = console.file.getvalue()
    assert "strs?" in shown
    assert "1   cells" in shown
    assert "3 ✓ stars" in shown
    assert "gold: stars (rank 3)" in shown


@pytest.mark.parametrize("width", [60, 140])
def test_the_report_names_every_score(width: int) -> None:
    console = Console(file=StringIO(), width=width)

    console.print(scorecard_report(evaluation().scorecard))

    shown = console.file.getvalue()
    for name in ("nDCG@10", "AUROC", "citation recall", "latency p95", "overall", "0.750"):
        assert name in shown


def test_every_question_is_asked_with_its_history_and_in_order() -> None:
    asked: list[tuple[str, tuple[Turn, ...]]] = []

    class Recorder:
        def consider(self, question: str, history: Sequence[Turn] = ()) -> Consideration:
            asked.append((question, tuple(history)))
            return Consideration(make_answer(), (), Decision(0.9, 0.4, "answered"))

    follow_up = Question("f", "and planets?", "follow-up", (Turn("user", "stars?"),), {"stars": 1}, ("stars",))
    told: list[tuple[int, int]] = []

    found = observe(Recorder(), (RIGHT, follow_up), progress=lambda done, total: told.append((done, total)))

    assert asked[-2:] == [("What do stars do?", ()), ("and planets?", (Turn("user", "stars?"),))]
    assert [o.question.question_id for o in found] == ["right", "f"]
    assert told == [(1, 2), (2, 2)]
    assert all(o.latency_ms >= 0 and o.refused for o in found)
