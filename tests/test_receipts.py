"""A receipt tells everything an answer was made from, and can be asked again."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from service_samples import make_sample

from tutor.records import reasons
from tutor.records.receipts import Receipt, receipt_of
from tutor.records.replaying import differences, same_answer
from tutor.tutor import Tutor
from tutor.types import Turn

NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
QUESTIONS = (
    "What is radiomics?", "CNN vs RNN", "What are the key takeaways?", "What is the recipe for pizza?", "hello", "",
    "radiomics versus flux capacitors", "What are the challenges of deep learning in medicine?",
)  # fmt: skip


def receipt(tutor: Tutor, question: str, history: tuple[Turn, ...] = ()) -> Receipt:
    return receipt_of(tutor.consider(question, history), tutor, history=history, asked_at=NOW, channel="api")


@pytest.mark.parametrize("question", QUESTIONS)
def test_every_receipt_survives_being_kept(bundled_tutor: Tutor, question: str) -> None:
    history = (Turn("user", "What is AI?"), Turn("assistant", "It is ..."))
    one = receipt(bundled_tutor, question, history)

    assert Receipt.of_json(json.loads(json.dumps(one.as_json()))) == one


@pytest.mark.parametrize("question", QUESTIONS)
def test_what_is_chosen_is_exactly_what_is_cited(bundled_tutor: Tutor, question: str) -> None:
    one = receipt(bundled_tutor, question)

    cited = {citation.chunk_id for citation in one.answer.citations}
    assert {candidate.chunk_id for candidate in one.candidates if candidate.chosen} == cited
    assert all(candidate.why for candidate in one.candidates)
    assert [candidate.rank for candidate in one.candidates] == list(range(1, len(one.candidates) + 1))


def test_each_candidate_says_why(bundled_tutor: Tutor) -> None:
    shown = receipt(bundled_tutor, "What is radiomics?")
    refused = receipt(bundled_tutor, "What is the recipe for pizza?")
    listed = receipt(bundled_tutor, "What are the key takeaways?")
    compared = receipt(bundled_tutor, "CNN vs RNN")

    assert shown.candidates[0].why == reasons.SHOWN
    assert {c.why for c in shown.candidates if c.rank > 5} == {reasons.TOO_FAR_DOWN}
    assert {c.why for c in refused.candidates} == {reasons.REFUSED}
    assert reasons.OTHER_KIND in {c.why for c in listed.candidates}
    assert [c.why for c in compared.candidates if c.chosen].count(reasons.SHOWN_AS_BEST) == 2


def test_it_says_what_the_refusal_was_decided_by(bundled_tutor: Tutor) -> None:
    one = receipt(bundled_tutor, "What is the recipe for pizza?")

    assert one.probability < one.threshold == bundled_tutor.threshold
    assert one.features["unknown_words"] >= 1
    assert one.ranker.startswith("ranker@")
    assert one.refuser.startswith("refusal@")
    assert one.embedder == bundled_tutor.index.manifest.embedder


def test_a_receipt_is_small_enough_to_be_kept_for_every_question(bundled_tutor: Tutor) -> None:
    sizes = [len(json.dumps(receipt(bundled_tutor, question).as_json())) for question in QUESTIONS]

    assert max(sizes) < 20_000


def test_the_same_index_gives_the_same_answer(bundled_tutor: Tutor) -> None:
    then, now = receipt(bundled_tutor, "CNN vs RNN"), receipt(bundled_tutor, "CNN vs RNN")

    assert same_answer(then, now)
    assert differences(then, now) == ()


def test_what_has_changed_since_is_told_in_words(bundled_tutor: Tutor) -> None:
    then = receipt(bundled_tutor, "What is radiomics?")
    refused = receipt(bundled_tutor, "What is the recipe for pizza?")
    now = replace(refused, answer=refused.answer.model_copy(update={"generation": "next"}), ranker="ranker@other")

    told = " ".join(differences(then, now))

    assert not same_answer(then, now)
    for words in ("Then it was answered, now it is refused.", "No longer shown: “", "indexed anew", "ranker is another",
                  "The probability that the course answers it was", "The question was read as"):  # fmt: skip
        assert words in told


@pytest.mark.usefixtures("store")
def test_an_edited_course_is_seen_in_the_replay(tmp_path: Path) -> None:
    sample = make_sample(tmp_path)
    instructor = sample.log_in("instructor", "stars")
    url = "/api/v1/courses/stars"
    asked = sample.post(f"{url}/ask", {"question": "What is a nebula?"}, key=None, cookie=instructor).json()
    chunk_id = asked["citations"][0]["chunk_id"]
    assert sample.post(f"{url}/hidden", {"chunk_id": chunk_id}, key=None, cookie=instructor).status_code == 201

    replay = sample.post(f"{url}/answers/{asked['answer_id']}/replay", None, key=None, cookie=instructor).json()

    assert replay["same"] is False
    assert any(line.startswith("No longer shown: “nebula") for line in replay["differences"])
    then = {candidate["chunk_id"]: candidate for candidate in replay["then"]["candidates"]}
    assert then[chunk_id]["text"].startswith("nebula"), "its words are known though it is hidden"
    now = {candidate["chunk_id"]: candidate for candidate in replay["now"]["candidates"]}
    assert (now[chunk_id]["hidden"], now[chunk_id]["chosen"]) == (True, False), "it only would have been considered"
