"""Courses as question understanding knows them, made without an embedding model."""

import gzip
import json
from functools import lru_cache
from pathlib import Path

import pytest

from corpus.chunking import chunk_document
from corpus.course_folder import read_course
from corpus.types import Chunk
from index.analysis import Analyzer
from index.glossary import Glossary
from index.types import GlossaryEntry
from index.vocabulary import build_vocabulary
from tutor.understanding.knowledge import CourseKnowledge

BUNDLED_COURSE = Path(__file__).parents[1] / "corpus" / "courses" / "deep-learning-in-medicine"
QUESTION_SETS = Path(__file__).parents[2] / "shared" / "eval"


@lru_cache(maxsize=1)
def medicine_course() -> CourseKnowledge:
    """The bundled course: "Deep Learning Applications in Medicine", 16 terms."""
    course = read_course(BUNDLED_COURSE)
    chunks: list[Chunk] = [
        chunk
        for document in course.documents
        for chunk in chunk_document(document, count_tokens=lambda text: len(text.split()))
    ]
    glossary = Glossary.from_chunks(chunks, Analyzer("en"))
    return CourseKnowledge.build(build_vocabulary(chunk.text for chunk in chunks), glossary.entries, course.title)


def question_set(name: str) -> Path:
    """The folder of a question set that lies beside the repository; skips the test where there is none."""
    folder = QUESTION_SETS / name
    if not folder.is_dir():
        pytest.skip(f"the question set {name} is not here")
    return folder


@lru_cache(maxsize=1)
def anatomy_course() -> CourseKnowledge:
    """A textbook of anatomy: about 15,000 different words and 3,000 glossary terms, from its question set's corpus."""
    with gzip.open(question_set("openstax-anatomy") / "corpus.jsonl.gz", "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    entries: dict[str, GlossaryEntry] = {}
    for row in rows:
        if term := row["meta"].get("term"):
            name, _, bracket = term.partition(" (")
            aliases = (bracket.rstrip(")"),) if bracket.endswith(")") else ()
            entries.setdefault(name.lower(), GlossaryEntry(name if aliases else term, aliases, (row["_id"],)))
    return CourseKnowledge.build(build_vocabulary(row["text"] for row in rows), list(entries.values()), "Anatomy")
