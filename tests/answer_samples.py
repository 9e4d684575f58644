"""Answers as the API sends them, for tests of what the chat makes of them."""

from tutor.schemas import Answer, Citation, Correction, NearestSection, Query, Statement

TITLE = "Deep Learning Applications in Medicine"


def citation(marker: int = 1, **changes: object) -> Citation:
    fields: dict[str, object] = {
        "marker": marker,
        "course_id": "medicine",
        "document_id": "course.md",
        "document_title": TITLE,
        "heading_path": [TITLE, "Radiomics"],
        "page": None,
        "char_start": 10,
        "char_end": 30,
        "quote": "Radiomics is a field.",
        "chunk_id": f"c{marker}",
        "url": "",
    }
    return Citation.model_validate(fields | changes)


def statement(text: str = "Radiomics is a field.", **changes: object) -> Statement:
    fields: dict[str, object] = {"text": text, "kind": "definition", "term": "Radiomics", "citations": [1]}
    return Statement.model_validate(fields | changes)


def query(
    asked: str = "What is radiomics?", used: str | None = None, corrections: tuple[Correction, ...] = ()
) -> Query:
    return Query(asked=asked, used=used or asked, intent="define", corrections=list(corrections))


def answer(**changes: object) -> Answer:
    fields: dict[str, object] = {
        "answer_id": "a1",
        "status": "answered",
        "query": query(),
        "statements": [statement()],
        "citations": [citation()],
        "nearest": [],
        "message": "",
        "confidence": 0.9,
        "generation": "g1",
        "timing_ms": {},
    }
    return Answer.model_validate(fields | changes)


def nearest(heading: str = "Transfer Learning", **changes: object) -> NearestSection:
    fields: dict[str, object] = {
        "heading_path": [TITLE, heading],
        "document_id": "course.md",
        "char_start": 5,
        "char_end": 9,
    }
    return NearestSection.model_validate(fields | changes)


def refusal(**changes: object) -> Answer:
    fields: dict[str, object] = {
        "status": "not_in_course",
        "statements": [],
        "citations": [],
        "nearest": [nearest()],
        "message": "The course does not say this.",
        "confidence": 0.1,
    }
    return answer(**(fields | changes))
