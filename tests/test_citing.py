from dataclasses import replace
from pathlib import Path

import pytest
from hashing_embedder import HashingEmbedder
from index_samples import chunks_of, contents_of, document_of, manifest_of

from corpus.types import Course, Page
from index.course_index import CourseIndex
from index.folder_generations import FolderGenerations
from index.generation_store import publish
from index.generations import open_current
from tutor.citing import Draft, Passage, cite
from tutor.errors import QuoteNotFound

PARAGRAPHS = ("Stars shine. They fuse hydrogen.", "They end as white dwarfs.")


@pytest.fixture
def index(tmp_path: Path) -> CourseIndex:
    """A course of one document whose first paragraph runs from page xii to page 1; its second stands on no page."""
    document = replace(document_of(PARAGRAPHS), pages=(Page(11, "xii", 0, 12), Page(12, "1", 13, 32)))
    course, embedder = Course("stars", "Stars", (document,)), HashingEmbedder()
    contents = contents_of(course, embedder)
    publish(FolderGenerations(tmp_path), manifest_of(course, contents, embedder), contents)
    return open_current(tmp_path, "stars", embedder)


def test_a_citation_has_the_page_on_which_its_quote_begins(index: CourseIndex) -> None:
    first, last = chunks_of(index.documents["lesson"])
    passages = [Passage(first, 0, 12), Passage(first, 13, 32), Passage(last, last.char_start, last.char_end)]

    _, citations = cite([Draft(passage, "passage") for passage in passages], index)

    assert [(cited.quote, cited.page, cited.page_label) for cited in citations] == [
        ("Stars shine.", 12, "xii"),
        ("They fuse hydrogen.", 13, "1"),
        ("They end as white dwarfs.", None, ""),
    ]


def test_a_span_that_does_not_hold_its_quote_is_refused(index: CourseIndex) -> None:
    chunk = chunks_of(index.documents["lesson"])[0]
    moved = replace(chunk, text="Stars do not shine.")

    with pytest.raises(QuoteNotFound):
        cite([Draft(Passage(moved, 0, 12), "passage")], index)
