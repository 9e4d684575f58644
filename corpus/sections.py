"""The heading tree: sections with their paths and extents, made from the blocks that a reader found.

Linear in the number of blocks, so that a file of thousands of headings is no trouble.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from corpus.types import Block, Document, Section

HEADING_SEPARATOR = " > "  # between the headings of a path, where a path is written as one string


@dataclass(frozen=True, slots=True)
class SectionBlocks:
    """A section and the blocks of its own text: those between its heading and the next one."""

    section: Section
    blocks: tuple[Block, ...]


def build_sections(text: str, blocks: Sequence[Block], root_path: tuple[str, ...]) -> tuple[Section, ...]:
    """Return the sections of a text in reading order.

    Text before the first heading, or the whole text if its first heading is not of level 1, belongs to a section of
    level 0 named by ``root_path``. A heading of level 1 starts a path of its own unless such a section encloses it.
    """
    headings = [block for block in blocks if block.kind == "heading"]
    sections: list[Section] = []
    path_of: list[tuple[int, tuple[str, ...]]] = []  # the open headings: level and path
    needs_root = not headings or headings[0].level != 1 or headings[0] != blocks[0]
    if needs_root:
        wraps_all = not any(heading.level == 1 for heading in headings)
        end = len(text) if wraps_all else headings[0].char_start
        sections.append(Section(root_path[-1] if root_path else "", 0, root_path, 0, end))
        if wraps_all:
            path_of.append((0, root_path))
    ends = _section_ends(headings, len(text))
    for heading, end in zip(headings, ends, strict=True):
        while path_of and path_of[-1][0] >= heading.level:
            path_of.pop()
        words = text[heading.char_start : heading.char_end]
        path = ((*path_of[-1][1], words)) if path_of else (words,)
        path_of.append((heading.level, path))
        sections.append(Section(words, heading.level, path, heading.char_start, end))
    return tuple(sections)


def sections_with_blocks(document: Document) -> Iterator[SectionBlocks]:
    """Pair every section of a document with the blocks of its own text, in reading order."""
    by_start = {section.char_start: section for section in document.sections if section.level > 0}
    current = next((section for section in document.sections if section.level == 0), None)
    own: list[Block] = []
    for block in document.blocks:
        if block.kind != "heading":
            own.append(block)
            continue
        if current is not None:
            yield SectionBlocks(current, tuple(own))
        current, own = by_start.get(block.char_start, current), []
    if current is not None:
        yield SectionBlocks(current, tuple(own))


def _section_ends(headings: Sequence[Block], text_end: int) -> list[int]:
    """Where each heading's section ends: at the next heading of the same or a higher level."""
    ends = [text_end] * len(headings)
    open_headings: list[int] = []
    for number, heading in enumerate(headings):
        while open_headings and headings[open_headings[-1]].level >= heading.level:
            ends[open_headings.pop()] = heading.char_start
        open_headings.append(number)
    return ends
