"""Every endpoint about answers and their correction, and how to make the things that its ids name."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import httpx
from asking_samples import asked, verified
from service_samples import Sample

from tutor.permissions import Permission
from tutor.records.receipts import receipt_of
from tutor.state import curation, questions
from tutor.state import verified as verified_answers
from tutor.state.curation import Alias, HiddenPassage, Note
from tutor.state.ids import new_id

BY_ID = {"chunk_id": "the id"}
CSV = "question,expected\nWho?,refuse\n"


@dataclass(frozen=True)
class Endpoint:
    """One endpoint, with a body that fits and the kind of thing its id names."""

    method: str
    path: str  # below the course; {id} is the id
    needs: Permission
    make: Callable[[Sample, str, str], str] | None = None  # (sample, course id, person id) -> id
    body: Any = None

    def send(self, sample: Sample, course_id: str, thing_id: str, **client: Any) -> httpx.Response:
        """Call it."""
        sent: dict[str, Any] = {"json": self.body} if self.body is not None else {}
        if isinstance(self.body, str):
            sent = {"content": self.body, "headers": {"content-type": "text/csv"}}
        elif self.body == BY_ID:
            sent = {"json": {"chunk_id": thing_id}}
        url = f"/api/v1/courses/{course_id}{self.path.format(id=thing_id)}"
        return sample.ask(lambda http: http.request(self.method, url, **sent), **client)


def an_answer(sample: Sample, course_id: str, person_id: str) -> str:
    """An answer of a person, as if it had just been given."""
    tutor = sample.library.tutor(course_id)
    one = asked(new_id(), course_id=course_id, person_id=person_id)
    receipt = receipt_of(
        tutor.consider(one.record.question), tutor, history=(), asked_at=one.record.asked_at, channel="chat"
    )
    with sample.access.database.writing() as connection:
        questions.add(connection, [type(one)(one.record, one.spans, receipt.as_json())])
    return one.record.answer_id


def a_verified_answer(sample: Sample, course_id: str, person_id: str) -> str:
    """A verified answer that nobody's question finds."""
    record = verified(new_id(), course_id=course_id, question_key=new_id())
    with sample.access.database.writing() as connection:
        verified_answers.add(connection, record)
    return record.verified_id


def a_hidden_passage(sample: Sample, course_id: str, person_id: str) -> str:
    """A passage that is hidden."""
    passage = HiddenPassage(course_id, new_id(), "lesson", new_id(), "", "bob", datetime.now(UTC))
    with sample.access.database.writing() as connection:
        curation.hide(connection, passage)
    return passage.chunk_id


def an_alias(sample: Sample, course_id: str, person_id: str) -> str:
    """An alias."""
    alias = Alias(course_id, new_id(), "term", new_id(), "bob", datetime.now(UTC))
    with sample.access.database.writing() as connection:
        curation.add_alias(connection, alias)
    return alias.alias_id


def a_note(sample: Sample, course_id: str, person_id: str) -> str:
    """A note."""
    note = Note(course_id, new_id(), "", (), "A sentence.", "bob", datetime.now(UTC))
    with sample.access.database.writing() as connection:
        curation.add_note(connection, note)
    return note.note_id


REFUSAL = {"question": "Who discovered it?", "status": "not_in_course"}
ENDPOINTS = (
    Endpoint("POST", "/answers/{id}/feedback", "ask", an_answer, {"verdict": "up"}),
    Endpoint("DELETE", "/answers/{id}/feedback", "ask", an_answer),
    Endpoint("POST", "/answers/{id}/resolve", "instruct", an_answer),
    Endpoint("GET", "/answers/{id}/receipt", "instruct", an_answer),
    Endpoint("POST", "/answers/{id}/replay", "instruct", an_answer),
    Endpoint("GET", "/questions", "instruct"),
    Endpoint("GET", "/verified", "instruct"),
    Endpoint("POST", "/verified", "instruct", None, REFUSAL),
    Endpoint("GET", "/verified/{id}", "instruct", a_verified_answer),
    Endpoint("PUT", "/verified/{id}", "instruct", a_verified_answer, {**REFUSAL, "question": "Who named it?"}),
    Endpoint("DELETE", "/verified/{id}", "instruct", a_verified_answer),
    Endpoint("GET", "/hidden", "instruct"),
    Endpoint("POST", "/hidden", "instruct", a_hidden_passage, BY_ID),
    Endpoint("DELETE", "/hidden/{id}", "instruct", a_hidden_passage),
    Endpoint("GET", "/aliases", "instruct"),
    Endpoint("DELETE", "/aliases/{id}", "instruct", an_alias),
    Endpoint("GET", "/notes", "instruct"),
    Endpoint("POST", "/notes", "instruct", None, {"text": "A sentence of mine."}),
    Endpoint("PUT", "/notes/{id}", "instruct", a_note, {"text": "Another sentence."}),
    Endpoint("DELETE", "/notes/{id}", "instruct", a_note),
    Endpoint("GET", "/gaps", "instruct"),
    Endpoint("GET", "/coverage", "instruct"),
    Endpoint("GET", "/usage", "instruct"),
    Endpoint("GET", "/glossary/usage", "instruct"),
    Endpoint("POST", "/checks", "instruct", None, CSV),
    Endpoint("GET", "/checks", "instruct"),
)
