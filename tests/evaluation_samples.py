"""Answers, observations and question sets, made short for the tests of evaluation."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from factories import make_evidence

from corpus.types import Chunk, Document
from tutor.evaluation.observation import Observation
from tutor.evaluation.question_set import Question
from tutor.types import Answer, Citation, Query, Statement


def make_document(document_id: str, text: str) -> Document:
    return Document("astronomy", document_id, document_id.title(), text, (), (), f"{document_id}.md", "0" * 64)


def make_citation(marker: int, document: Document, quote: str, *, chunk_id: str = "") -> Citation:
    start = document.text.index(quote)
    return Citation(
        marker=marker,
        course_id="astronomy",
        document_id=document.document_id,
        document_title=document.title,
        heading_path=(),
        page=None,
        page_label="",
        char_start=start,
        char_end=start + len(quote),
        quote=quote,
        chunk_id=chunk_id or f"{document.document_id}-{start}",
        url="/",
    )


def make_answer(
    statements: Sequence[tuple[str, tuple[int, ...]]] = (),
    citations: Sequence[Citation] = (),
    *,
    confidence: float = 0.9,
    refused: bool | None = None,
) -> Answer:
    status = "not_in_course" if (refused if refused is not None else not statements) else "answered"
    return Answer(
        answer_id="a",
        status=status,
        query=Query("q", "q", "define"),
        statements=tuple(Statement(text, "passage", None, markers) for text, markers in statements),
        citations=tuple(citations),
        nearest=(),
        message="",
        confidence=confidence,
        generation="g1",
    )


def make_observation(question: Question, answer: Answer, *ranking: Chunk, latency_ms: float = 10.0) -> Observation:
    return Observation(question, answer, make_evidence(*ranking), latency_ms)


def write_question_set(
    folder: Path,
    *,
    corpus: Sequence[Mapping[str, object]] = ({"_id": "d1", "title": "Stars", "text": "Stars shine."},),
    queries: Sequence[Mapping[str, object]] = ({"_id": "q1", "text": "What do stars do?", "kind": "fact"},),
    qrels: str = "query-id\tcorpus-id\tscore\nq1\td1\t1\n",
    oos: Sequence[Mapping[str, object]] = (),
    questions: Sequence[Mapping[str, object]] = (),
) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    files = {"corpus.jsonl": corpus, "queries.jsonl": queries, "oos.jsonl": oos, "questions.jsonl": questions}
    for name, rows in files.items():
        if rows:
            (folder / name).write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    (folder / "qrels.tsv").write_text(qrels, encoding="utf-8")
    return folder
