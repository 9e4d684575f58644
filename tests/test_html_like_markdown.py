"""A course reads the same as Markdown and as the HTML that Markdown stands for: same text, blocks and emphasis."""

import re
from pathlib import Path

import pytest
from markdown_it import MarkdownIt
from mdit_py_plugins.deflist import deflist_plugin
from mdit_py_plugins.front_matter import front_matter_plugin

from corpus.decoding import clean_text
from corpus.html_document import read_html
from corpus.markdown import read_markdown

_NUMBER = re.compile(r"^(\s*\d+)\)", re.MULTILINE)  # HTML does not say whether a number ends in "." or ")"
BUNDLED = Path(__file__).parents[1] / "corpus" / "courses"
TEXTBOOK = Path(__file__).parents[2] / "shared" / "courses" / "openstax-anatomy"


def assert_reads_the_same(path: Path) -> None:
    text = _NUMBER.sub(r"\1.", clean_text(path.read_text()))
    as_markdown = read_markdown(text)
    to_html = MarkdownIt("commonmark").enable("table").use(deflist_plugin).use(front_matter_plugin)
    html = to_html.render(text)

    as_html = read_html(html, path.name).found

    assert as_html.text == as_markdown.text
    assert as_html.blocks == as_markdown.blocks


@pytest.mark.parametrize("path", sorted(BUNDLED.rglob("*.md")), ids=lambda path: path.stem)
def test_a_bundled_course_reads_the_same_as_html(path: Path) -> None:
    assert_reads_the_same(path)


@pytest.mark.shared
def test_all_chapters_of_a_textbook_read_the_same_as_html() -> None:
    if not TEXTBOOK.is_dir():
        pytest.skip("../shared/courses/openstax-anatomy is not here")
    chapters = sorted(TEXTBOOK.rglob("*.md"))

    for path in chapters:
        assert_reads_the_same(path)
    assert len(chapters) >= 28
