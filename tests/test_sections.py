"""Headings make a tree of sections with exact extents."""

import time

from corpus_samples import MARKDOWN, read_text
from hypothesis import assume, given

from corpus.errors import UnreadableFile
from corpus.sections import sections_with_blocks
from corpus.types import Document


def paths_of(document: Document) -> list[tuple[int, tuple[str, ...]]]:
    return [(section.level, section.heading_path) for section in document.sections]


def test_a_path_names_all_headings_around_a_section() -> None:
    document = read_text("# Skin\n\ntext\n\n## Layers\n\n### Epidermis\n\ntext\n\n## Nails\n\ntext")

    assert paths_of(document) == [
        (1, ("Skin",)),
        (2, ("Skin", "Layers")),
        (3, ("Skin", "Layers", "Epidermis")),
        (2, ("Skin", "Nails")),
    ]


def test_a_section_reaches_to_the_next_heading_of_its_level() -> None:
    document = read_text("# Skin\n\ntext\n\n## Layers\n\n### Epidermis\n\ntext\n\n## Nails\n\ntext")
    layers = document.sections[1]

    assert document.text[layers.char_start : layers.char_end] == "Layers\n\nEpidermis\n\ntext\n\n"


def test_text_before_the_first_heading_belongs_to_the_title() -> None:
    document = read_text("Welcome.\n\n# Skin\n\ntext")

    assert paths_of(document) == [(0, ("Skin",)), (1, ("Skin",))]


def test_without_a_top_heading_the_title_stands_above_all() -> None:
    document = read_text("---\ntitle: Skin\n---\n\n## Layers\n\ntext\n\n## Nails\n\ntext")

    assert paths_of(document) == [(0, ("Skin",)), (2, ("Skin", "Layers")), (2, ("Skin", "Nails"))]
    assert (document.sections[0].char_start, document.sections[0].char_end) == (0, len(document.text))


def test_skipped_levels_make_no_gap_in_the_path() -> None:
    assert paths_of(read_text("# A\n\n#### B\n\ntext\n\n## C\n\ntext"))[1:] == [(4, ("A", "B")), (2, ("A", "C"))]


def test_thousands_of_headings_take_seconds() -> None:
    text = "".join(f"{'#' * (1 + number % 6)} Heading {number}\n\ntext\n\n" for number in range(20_000))
    started = time.process_time()

    document = read_text(text)

    assert len(document.sections) == 20_000
    assert time.process_time() - started < 20


@given(MARKDOWN)
def test_every_block_belongs_to_one_section_that_encloses_it(markdown: str) -> None:
    try:
        document = read_text(markdown)
    except UnreadableFile:
        assume(False)
        raise

    parts = list(sections_with_blocks(document))

    owned = [block for part in parts for block in part.blocks]
    assert owned == [block for block in document.blocks if block.kind != "heading"]
    for part in parts:
        assert all(part.section.char_start <= block.char_start for block in part.blocks)
        assert all(block.char_end <= part.section.char_end for block in part.blocks)
