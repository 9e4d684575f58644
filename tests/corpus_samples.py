"""Ways to make documents and chunks from a few lines of Markdown, and Markdown from nothing."""

from hypothesis import strategies as st

from corpus.chunking import chunk_document
from corpus.decoding import clean_text
from corpus.document_reading import read_document
from corpus.types import Chunk, Document

WORDS = st.sampled_from(
    [
        "cells",
        "The",
        "star",
        "e.g.",
        "Fig.",
        "3",
        "2.5",
        "is",
        "a",
        "made",
        "of",
        "gas.",
        "Why?",
        "heat!",
        "(see",
        "it)",
        "`x.y`",
        "$a. b$",
        "**bold**",
        "*term*",
        "[link](u)",
        "Dr.",
        "RNA",
        "…",
        "“quoted.”",
        "été",
        "星。",
        "&amp;",
    ]
)
LINES = st.lists(WORDS, min_size=1, max_size=25).map(" ".join)
BLOCKS = st.one_of(
    LINES,
    LINES.map(lambda line: f"- **term**: {line}"),
    st.lists(LINES, min_size=1, max_size=4).map(lambda lines: "\n".join(f"- {line}" for line in lines)),
    st.lists(LINES, min_size=1, max_size=4).map(
        lambda lines: "\n".join(f"{number}. {line}" for number, line in enumerate(lines, 1))
    ),
    LINES.map(lambda line: f"> {line}"),
    LINES.map(lambda line: f"```\n{line}\n\n{line}\n```"),
    LINES.map(lambda line: f"Word\n: {line}"),
    st.just("$$\na = b\n$$"),
    st.just("| a | b |\n|---|---|\n| 1 | 2 |"),
    st.sampled_from(["# Top", "## Key terms", "## Summary", "### Part", "## Conclusion", "## Body"]),
    st.sampled_from(
        ["In summary, all is well.", "A star is a ball of gas that shines. It is hot.", "<div>\n<b>x</b>\n</div>"]
    ),
)
MARKDOWN = st.lists(BLOCKS, min_size=1, max_size=14).map("\n\n".join)


def count_words(text: str) -> int:
    """Stands in for a model's tokeniser: words, and two special tokens."""
    return len(text.split()) + 2


def read_text(text: str, source_name: str = "lesson.md") -> Document:
    """The document that a file of this text becomes."""
    return read_document(text.encode(), source_name, course_id="course", document_id="lesson")


def chunks_of(text: str, *, max_tokens: int = 60, source_name: str = "lesson.md") -> tuple[Chunk, ...]:
    """The chunks of a file of this text."""
    return chunk_document(read_text(text, source_name), count_tokens=count_words, max_tokens=max_tokens)


def assert_sound(document: Document, *, chunks: bool = True) -> None:
    """Fail unless text is clean, blocks are in order, sections enclose their text, and chunks are exact spans."""
    assert clean_text(document.text) == document.text
    position = 0
    for block in document.blocks:
        assert position <= block.char_start < block.char_end <= len(document.text)
        position = block.char_end
    for section in document.sections:
        assert 0 <= section.char_start <= section.char_end <= len(document.text)
        assert section.heading_path
        assert section.level == 0 or document.text.startswith(section.heading, section.char_start)
    for chunk in chunk_document(document, count_tokens=count_words, max_tokens=40) if chunks else ():
        assert document.text[chunk.char_start : chunk.char_end] == chunk.text
        assert chunk.sentences
