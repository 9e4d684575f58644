"""What OpenAPI shows: which problems an operation can answer with, and what an answer looks like."""

from typing import Any

from tutor import schemas
from tutor.api.problems import MEDIA_TYPE, Kind, kind_of_status

_QUOTE = "Radiomics is the extraction of quantitative features from medical images."
_LESSON = "/api/v1/courses/deep-learning-in-medicine/documents/lesson"

ANSWER_EXAMPLE: dict[str, Any] = {
    "answer_id": "0f8fad5bd9cb469fa16570867728950e",
    "status": "answered",
    "query": {
        "asked": "What is radiomics?",
        "used": "What is radiomics?",
        "intent": "define",
        "corrections": [],
        "terms": ["Radiomics"],
    },
    "statements": [{"text": _QUOTE, "kind": "definition", "term": "Radiomics", "citations": [1]}],
    "citations": [
        {
            "marker": 1,
            "course_id": "deep-learning-in-medicine",
            "document_id": "lesson",
            "document_title": "Deep learning in medicine",
            "heading_path": ["Deep learning in medicine", "Key terms"],
            "page": None,
            "page_label": "",
            "char_start": 120,
            "char_end": 120 + len(_QUOTE),
            "quote": _QUOTE,
            "chunk_id": "3cdf507ed333682409d79399",
            "url": f"{_LESSON}/source?start=120&end={120 + len(_QUOTE)}",
        }
    ],
    "nearest": [],
    "message": "",
    "confidence": 0.97,
    "generation": "549fed8d2f13e7f1",
    "timing_ms": {"understand": 0.3, "retrieve": 9.6, "decide": 0.2, "compose": 0.2, "total": 10.3},
}

_EVERYWHERE = (400, 401, 403, 408, 413, 421, 500, 503)


def error_responses(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The ``responses`` of an operation: those that every operation can give, and these."""
    return {status: _response(kind_of_status(status)) for status in sorted({*_EVERYWHERE, *statuses})}


def _response(kind: Kind) -> dict[str, Any]:
    example = {
        "type": kind.type,
        "title": kind.title,
        "status": kind.status,
        "detail": kind.title,
        "instance": "/api/v1/courses",
        "code": kind.code,
        "request_id": "3f0c1e5d9a7b4c6f8e2d1a0b9c8d7e6f",
        "errors": [],
    }
    schema = {"$ref": f"#/components/schemas/{schemas.Problem.__name__}"}
    return {"description": kind.title, "content": {MEDIA_TYPE: {"schema": schema, "example": example}}}
