"""What stands in a PDF file, in words of ours: runs of characters on pages, and bookmarks.

A run is what one instruction of a page sets: characters of one font and size on one line. What belongs together as a
line, a paragraph or a table is for ``corpus.pdf_lines`` and what follows it to see.
"""

from dataclasses import dataclass

from corpus.pdf_geometry import Box


@dataclass(frozen=True, slots=True)
class Run:
    """Characters of one font and size on one line, where they are seen on the page."""

    text: str
    box: Box  # of the ink
    baseline: float  # points from the page's top
    size: float  # of the font, in points as seen
    bold: bool
    italic: bool
    fixed_pitch: bool
    upright: bool  # read from left to right without turning the page
    hidden: str  # why nobody can see it; empty for what is seen


@dataclass(frozen=True, slots=True)
class Bookmark:
    """A line of the file's own table of contents."""

    title: str
    depth: int  # from 1
    page_index: int


@dataclass(frozen=True, slots=True)
class PdfPage:
    """One page: its size as seen, its printed label and all that is set on it."""

    index: int
    label: str  # "" when the file gives none
    width: float
    height: float
    runs: tuple[Run, ...]
    has_ink: bool  # whether anything at all is drawn on it
    is_scan: bool  # a picture fills it, and its only text is invisible: what a program recognised in the picture
