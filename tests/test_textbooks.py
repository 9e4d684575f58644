"""Two real textbooks read cleanly: every definition, formula and table of theirs arrives."""

import gzip
import json
import re
import time
from collections import Counter
from pathlib import Path

import pytest
from corpus_samples import count_words

from corpus.chunking import chunk_document
from corpus.course_folder import read_course
from corpus.terms import PARENTHESES
from corpus.types import Chunk, Course

SHARED = Path(__file__).parents[2] / "shared"
pytestmark = [
    pytest.mark.shared,
    pytest.mark.skipif(not SHARED.exists(), reason=f"the textbooks are not here: {SHARED}"),
]


def chunks_of(course: Course) -> list[Chunk]:
    return [
        chunk
        for document in course.documents
        for chunk in chunk_document(document, count_tokens=count_words, max_tokens=200)
    ]


@pytest.fixture(scope="module")
def anatomy() -> Course:
    return read_course(SHARED / "courses" / "openstax-anatomy")


@pytest.fixture(scope="module")
def deep_learning() -> Course:
    return read_course(SHARED / "courses" / "d2l")


def test_reading_a_textbook_of_three_megabytes_takes_seconds() -> None:
    started = time.process_time()

    course = read_course(SHARED / "courses" / "openstax-anatomy")

    assert time.process_time() - started < 10
    assert len(course.documents) == 28
    assert course.skipped == ()


def test_every_definition_of_the_anatomy_book_is_found_with_its_term(anatomy: Course) -> None:
    rows = gzip.decompress((SHARED / "eval" / "openstax-anatomy" / "corpus.jsonl.gz").read_bytes()).splitlines()
    metas = [json.loads(row)["meta"] for row in rows]
    expected = Counter(PARENTHESES.sub("", meta["term"]).strip() for meta in metas if meta["type"] == "definition")

    entries = [chunk for chunk in chunks_of(anatomy) if chunk.kind == "definition" and chunk.found_by != "prose"]
    found = Counter(chunk.term for chunk in entries)

    assert sum(expected.values()) > 3000
    assert expected - found == Counter()


def test_every_chapter_review_is_takeaways(anatomy: Course) -> None:
    reviews = {chunk.kind for chunk in chunks_of(anatomy) if "Chapter Review" in chunk.heading_path}

    assert reviews == {"takeaway"}


def test_no_formula_of_the_deep_learning_book_is_mangled(deep_learning: Course) -> None:
    lost = []
    for document in deep_learning.documents:
        source = (SHARED / "courses" / "d2l" / document.source_name).read_text(encoding="utf-8")
        source = re.sub(r"^\s*```.*?^\s*```", "", source, flags=re.DOTALL | re.MULTILINE)
        formulas = re.findall(r"\$\$.*?\$\$|(?<![\\$\d])\$(?=[^\s$])[^$]*?(?<![\s\\])\$(?!\d)", source, flags=re.DOTALL)
        text = " ".join(document.text.split())
        for formula in formulas:
            flat = " ".join(formula.split()).replace("$$ ", "$$").replace(" $$", "$$")
            if flat not in text:
                lost.append((document.document_id, flat))

    assert lost == []


def test_all_code_and_tables_of_the_deep_learning_book_stay_whole(deep_learning: Course) -> None:
    for document in deep_learning.documents:
        chunks = chunk_document(document, count_tokens=count_words, max_tokens=200)
        sentences = {(found.char_start, found.char_end) for chunk in chunks for found in chunk.sentences}
        for block in document.blocks:
            if block.kind in ("code", "table"):
                assert (block.char_start, block.char_end) in sentences


def test_no_markup_is_left_in_the_anatomy_book(anatomy: Course) -> None:
    for document in anatomy.documents:
        assert not re.findall(r"\*\*|\]\(|^#+ |</?[a-z]+>|&[a-z]+;", document.text, flags=re.MULTILINE)
