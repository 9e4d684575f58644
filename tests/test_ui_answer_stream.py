"""What the page is told while an answer arrives, and once it is there."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from answer_samples import TITLE, answer, citation, query, refusal, statement
from fragments import Fragment

from tutor.answer_text import announcement, copied_answer, remembered_answer
from tutor.schemas import AskRequest, DeltaEvent, MetaEvent
from ui.answer_stream import Update, stream_answer
from ui.api_client import AnswerEvent, ApiClient, ApiError


class ScriptedClient(ApiClient):
    """Gives the events it was made with; an error among them is raised."""

    def __init__(self, *events: AnswerEvent | ApiError) -> None:
        super().__init__("http://tutor.test")
        self._events = events

    async def ask(self, course_id: str, request: AskRequest) -> AsyncIterator[AnswerEvent]:
        for event in self._events:
            if isinstance(event, ApiError):
                raise event
            yield event


def updates(*events: AnswerEvent | ApiError) -> list[Update]:
    async def collect() -> list[Update]:
        stream = stream_answer(ScriptedClient(*events), 7, "medicine", AskRequest(question="What is radiomics?"))
        return [update async for update in stream]

    return asyncio.run(collect())


def meta() -> MetaEvent:
    return MetaEvent(
        answer_id="a1", course_id="medicine", status="answered", query=query(), confidence=1, generation="g1"
    )


def delta(text: str, position: int = 0) -> DeltaEvent:
    return DeltaEvent(statement=position, **statement(text).model_dump())


def test_statements_grow_as_their_texts_arrive() -> None:
    told = updates(meta(), citation(), delta("Radiomics is "), delta("a field."), delta("It helps.", 1), answer())

    texts = [Fragment(update["html"]).text(".ct-quote") for update in told]

    assert texts[:4] == ["", "Radiomics is ", "Radiomics is a field.", "Radiomics is a field.It helps."]
    assert [update["phase"] for update in told] == ["arriving"] * 4 + ["finished"]
    assert {update["turn"] for update in told} == {7}


def test_a_screen_reader_is_told_once_at_the_end() -> None:
    told = updates(meta(), delta("Radiomics is a field."), answer())

    assert [update["announce"] for update in told] == ["", "", "Answer with 1 source."]


def test_markers_can_be_opened_while_the_answer_still_arrives() -> None:
    told = updates(meta(), citation(), delta("Radiomics"))

    assert told[-1]["places"] == [{"marker": 1, "document": "course.md", "start": 10, "end": 30, "chunk": "c1"}]


def test_a_failure_takes_the_place_of_the_answer_and_is_not_remembered() -> None:
    told = updates(meta(), delta("Radiomics is"), ApiError("The tutor cannot be reached."))

    assert told[-1]["phase"] == "failed"
    assert told[-1]["announce"] == "The tutor cannot be reached."
    assert told[-1]["remember"] == ""
    assert Fragment(told[-1]["html"]).text(".ct-quote") == ""


def test_a_delta_without_a_beginning_shows_nothing() -> None:
    assert [update["phase"] for update in updates(delta("Radiomics"), answer())] == ["finished"]


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (answer(citations=[citation(1), citation(2)]), "Answer with 2 sources."),
        (answer(status="partly"), "Partial answer with 1 source."),
        (refusal(), "No answer in the course. 1 nearby section offered."),
        (refusal(nearest=[]), "The course does not say this."),
    ],
)
def test_the_announcement_says_what_came(said: object, words: str) -> None:
    assert announcement(said) == words  # type: ignore[arg-type]  # parametrised values are objects to mypy


def test_a_copied_answer_carries_its_markers_and_quotes() -> None:
    text = copied_answer(answer(citations=[citation(1, page=3)]))

    assert text == (
        "What is radiomics?\n\n"
        "Radiomics is a field. [1]\n\n"
        "Sources\n"
        f"[1] {TITLE} › Radiomics, p. 3: “Radiomics is a field.”"
    )


def test_what_is_remembered_are_the_words_without_markers() -> None:
    assert remembered_answer(answer()) == "Radiomics is a field."
    assert remembered_answer(refusal()) == "The course does not say this."
