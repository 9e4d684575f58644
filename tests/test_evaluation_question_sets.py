"""Question sets in BEIR layout: who is to be answered, who refused, and what a broken file says."""

import gzip
from pathlib import Path

import pytest
from evaluation_samples import write_question_set
from hypothesis import given
from hypothesis import strategies as st

from tutor.evaluation.beir_questions import read_question_set
from tutor.evaluation.errors import QuestionSetInvalid
from tutor.evaluation.question_set import Question, spread
from tutor.types import Turn

SEED = Path(__file__).parent / "data" / "seed-course"
SHARED = Path(__file__).parents[2] / "shared" / "eval"
TWO_DOCUMENTS = ({"_id": "d1", "text": "Stars shine."}, {"_id": "d2", "text": "Planets do not."})


def test_the_seed_set_has_sixty_questions_in_scope_and_thirty_to_refuse() -> None:
    seed = read_question_set(SEED)

    assert seed.name == "seed-course"
    assert sum(question.in_scope for question in seed.questions) == 60
    assert len(seed.questions) == 90
    assert seed.n_unjudged == 0


def test_follow_ups_come_with_their_history() -> None:
    seed = {question.question_id: question for question in read_question_set(SEED).questions}

    assert seed["seed-followup-03"].history[0] == Turn("user", "What is AI?")
    assert (seed["seed-followup-03"].gold, seed["seed-followup-03"].match) == (("1", "2"), "all")


@pytest.mark.shared
@pytest.mark.parametrize(
    ("name", "in_scope", "to_refuse"),
    [("openstax-anatomy", 893, 80), ("d2l", 92, 80), ("scifact", 141, 0), ("squad2-dev", 1000, 1000)],
)
def test_the_large_sets_have_the_questions_their_readme_says(name: str, in_scope: int, to_refuse: int) -> None:
    if not (SHARED / name).is_dir():
        pytest.skip(f"{SHARED / name} is not here")

    found = read_question_set(SHARED / name)

    assert sum(question.in_scope for question in found.questions) == in_scope
    assert sum(not question.in_scope for question in found.questions) == to_refuse


@pytest.mark.parametrize("kind", ["unanswerable", "oos-near-miss"])
def test_questions_of_an_unanswerable_kind_are_to_be_refused(tmp_path: Path, kind: str) -> None:
    queries = [{"_id": "q1", "text": "?"}, {"_id": "q2", "text": "?", "kind": kind}]

    found = read_question_set(write_question_set(tmp_path, queries=queries))

    assert [(q.question_id, q.in_scope) for q in found.questions] == [("q1", True), ("q2", False)]


def test_questions_of_the_out_of_scope_file_are_to_be_refused(tmp_path: Path) -> None:
    folder = write_question_set(tmp_path, oos=[{"_id": "o1", "text": "Who won?", "kind": "sport"}])

    assert [q.question_id for q in read_question_set(folder).questions if not q.in_scope] == ["o1"]


def test_questions_nobody_judged_are_left_out_and_counted(tmp_path: Path) -> None:
    queries = [{"_id": "q1", "text": "?"}, {"_id": "of-another-split", "text": "?"}]

    found = read_question_set(write_question_set(tmp_path, queries=queries))

    assert (len(found.questions), found.n_unjudged) == (1, 1)


def test_the_best_graded_documents_are_gold_and_the_others_accepted(tmp_path: Path) -> None:
    folder = write_question_set(
        tmp_path, corpus=TWO_DOCUMENTS, qrels="query-id\tcorpus-id\tscore\nq1\td1\t1\nq1\td2\t2\n"
    )

    (question,) = read_question_set(folder).questions

    assert (question.gold, question.also_ok, question.match) == (("d2",), ("d1",), "any")
    assert question.relevance == {"d1": 1, "d2": 2}


def test_a_question_that_needs_all_its_documents_must_have_all_cited(tmp_path: Path) -> None:
    folder = write_question_set(
        tmp_path,
        corpus=TWO_DOCUMENTS,
        queries=[{"_id": "q1", "text": "?", "needs_all": ["d1", "d2"]}],
        qrels="q1\td1\t2\nq1\td2\t2\n",
    )

    (question,) = read_question_set(folder).questions

    assert (question.gold, question.match) == (("d1", "d2"), "all")


def test_modules_come_from_the_corpus(tmp_path: Path) -> None:
    folder = write_question_set(tmp_path, corpus=[{"_id": "d1", "text": "x", "meta": {"module": "m7"}}])
    (folder / "qrels.module.tsv").write_text("query-id\tmodule-id\tscore\nq1\tm7\t1\n", encoding="utf-8")

    (group,) = read_question_set(folder).groups

    assert (group.name, group.group_of, group.right) == ("module", {"d1": "m7"}, {"q1": frozenset({"m7"})})


def test_a_zipped_corpus_and_the_layout_of_beir_itself_are_read_too(tmp_path: Path) -> None:
    folder = write_question_set(tmp_path)
    (folder / "corpus.jsonl.gz").write_bytes(gzip.compress((folder / "corpus.jsonl").read_bytes()))
    (folder / "corpus.jsonl").unlink()
    (folder / "qrels").mkdir()
    (folder / "qrels.tsv").rename(folder / "qrels" / "test.tsv")

    assert len(read_question_set(folder).questions) == 1


@pytest.mark.parametrize(
    ("name", "content", "complaint"),
    [
        ("queries.jsonl", None, r"queries\.jsonl: no such file"),
        ("qrels.tsv", None, r"no qrels\.tsv or qrels/test\.tsv here"),
        ("corpus.jsonl", None, r"no corpus\.jsonl\.gz or corpus\.jsonl here"),
        ("queries.jsonl", b'{"_id": "q1", "text": "?"}\n{"_id": \n', r"queries\.jsonl, line 2: not JSON"),
        ("queries.jsonl", b'{"_id": "q1"}\n', r"queries\.jsonl, line 1: text"),
        ("queries.jsonl", b"[1]\n", r"queries\.jsonl, line 1"),
        ("queries.jsonl", b"\xff\xfe", r"queries\.jsonl: cannot be read as UTF-8"),
        ("queries.jsonl", b'{"_id": "q1", "text": "?"}\n' * 2, r"two questions have the id 'q1'"),
        ("qrels.tsv", b"q1 d1 1\n", r"qrels\.tsv, line 1"),
        ("qrels.tsv", b"header\tx\tscore\nq1\td1\thigh\n", r"qrels\.tsv, line 2"),
        ("qrels.tsv", b"q1\td9\t1\n", r"question 'q1' is judged on 'd9', which the corpus lacks"),
    ],
)
def test_what_cannot_be_understood_is_named(tmp_path: Path, name: str, content: bytes | None, complaint: str) -> None:
    folder = write_question_set(tmp_path)
    if content is None:
        (folder / name).unlink()
    else:
        (folder / name).write_bytes(content)

    with pytest.raises(QuestionSetInvalid, match=complaint):
        read_question_set(folder)


def test_a_set_of_which_nothing_is_judged_is_refused(tmp_path: Path) -> None:
    folder = write_question_set(tmp_path, queries=[{"_id": "of-another-split", "text": "?"}])

    with pytest.raises(QuestionSetInvalid, match="no question is judged"):
        read_question_set(folder)


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(QuestionSetInvalid, match="nowhere: no such folder"):
        read_question_set(tmp_path / "nowhere")


@given(st.integers(1, 60), st.integers(1, 80))
def test_a_sample_is_spread_over_the_set_in_its_order(n: int, limit: int) -> None:
    questions = tuple(Question(str(number), "?", "kind") for number in range(n))

    sample = spread(questions, limit)

    numbers = [int(question.question_id) for question in sample]
    assert len(numbers) == min(n, limit)
    assert numbers == sorted(set(numbers))


def test_what_an_answer_should_cite_may_stand_in_a_file_of_its_own(tmp_path: Path) -> None:
    history = [{"role": "user", "content": "Stars?"}]
    follow_up = {"id": "q1", "question": "And planets?", "gold": ["d2"], "also_ok": ["d1"], "history": history}
    folder = write_question_set(tmp_path, corpus=TWO_DOCUMENTS, questions=[follow_up])

    (question,) = read_question_set(folder).questions

    assert (question.text, question.history) == ("And planets?", (Turn("user", "Stars?"),))
    assert (question.gold, question.also_ok) == (("d2",), ("d1",))
