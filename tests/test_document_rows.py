import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from paged_samples import PAGED_DOCUMENTS

from corpus.document_rows import document_row, from_lines, item_row, read_document, read_item, to_lines
from corpus.types import Block, Document, ItemReport


@given(PAGED_DOCUMENTS)
def test_a_document_comes_back_as_it_was_written(document: Document) -> None:
    (row,) = from_lines(to_lines([document_row(document)]))

    assert read_document(row, document.course_id) == document


def test_the_other_names_of_a_definition_come_back() -> None:
    block = Block("definition", 0, 12, bold_lead="Core", aliases=("Kernel", "heart"))
    document = Document("c", "d", "T", "Core: middle", (), (block,), "t.xml", "0")

    assert read_document(from_lines(to_lines([document_row(document)]))[0], "c") == document


@given(st.lists(PAGED_DOCUMENTS, max_size=3))
def test_the_same_documents_give_the_same_bytes_one_line_each(documents: list[Document]) -> None:
    lines = to_lines(map(document_row, documents))

    assert lines == to_lines(map(document_row, documents))
    assert lines.count(b"\n") == len(documents)
    assert [json.loads(line)["text"] for line in lines.split(b"\n")[:-1]] == [d.text for d in documents]


def test_a_report_comes_back_as_it_was_written() -> None:
    item = ItemReport("week 1/cells.pdf", "partly", "2 pages have no text: 3, 4", "cells", 1200)

    assert read_item(from_lines(to_lines([item_row(item)]))[0]) == item


@pytest.mark.parametrize("row", [{}, {"document_id": "a"}, {"name": "a"}])
def test_a_row_that_lacks_a_field_is_refused(row: dict[str, str]) -> None:
    with pytest.raises(KeyError):
        read_document(row, "course")
    with pytest.raises(KeyError):
        read_item(row)
