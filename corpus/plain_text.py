"""Plain text becomes a canonical text and its blocks.

Plain text has no markup but conventions: blank lines between paragraphs, short lone lines as headings, underlined
lines, bullets and numbers. Lines of a wrapped paragraph are joined; lines of a poem or an address are kept.
"""

import re
from itertools import pairwise

from corpus.document_writer import DocumentWriter, ReadText

_BLANK_LINES = re.compile(r"\n[ \t]*(?:\n[ \t]*)+")
_BLANK_RUN = re.compile(r"[ \t]+")
_LIST_MARKER = re.compile(r"[ \t]*(?:([-*+•·▪◦‣–])|(\d{1,3}[.)]))[ \t]+(?=\S)")
_UNDERLINE = re.compile(r"[ \t]*(?:={3,}|-{3,}|~{3,}|\*{3,}|_{3,})[ \t]*")
_SENTENCE_END = re.compile(r"[.!?:;,…。！？]$")
_MAX_HEADING_WORDS = 12
_MAX_HEADING_CHARS = 90
_WRAPPED_LINE_CHARS = 45  # a line this long that goes on in the next one was wrapped, not ended, by its author


def read_plain_text(text: str) -> ReadText:
    """Read clean plain text (see ``corpus.decoding``); the title is the heading it opens with, if any."""
    writer = DocumentWriter()
    paragraphs = [lines for part in _BLANK_LINES.split(text) if (lines := _lines_of(part))]
    for number, lines in enumerate(paragraphs):
        is_last = number == len(paragraphs) - 1
        is_underlined = len(lines) == 2 and _UNDERLINE.fullmatch(lines[1]) and _could_be_heading(lines[0])
        if is_underlined or (len(lines) == 1 and not is_last and _looks_like_heading(lines[0])):
            writer.add("heading", lines[0].strip(), level=1 if number == 0 else 2)
        else:
            _write_paragraph(writer, lines)
    return writer.finish(writer.first_top_heading)


def _lines_of(part: str) -> list[str]:
    return [line for line in part.split("\n") if line.strip()]


def _could_be_heading(line: str) -> bool:
    return len(line) <= _MAX_HEADING_CHARS and len(line.split()) <= _MAX_HEADING_WORDS


def _looks_like_heading(line: str) -> bool:
    """Tell whether a line that stands alone is a heading: short, begun like a title, not ended like a sentence."""
    words = line.strip()
    if not _could_be_heading(words) or _LIST_MARKER.match(line) or _SENTENCE_END.search(words):
        return False
    return words[0].isupper() or (words[0].isdigit() and any(letter.isalpha() for letter in words))


def _write_paragraph(writer: DocumentWriter, lines: list[str]) -> None:
    """Write one paragraph, cut into its list items where it has some."""
    collected: list[str] = []
    for line in lines:
        if _UNDERLINE.fullmatch(line):
            continue
        if _LIST_MARKER.match(line) and collected:
            _write_block(writer, collected)
            collected = []
        collected.append(line)
    if collected:
        _write_block(writer, collected)


def _write_block(writer: DocumentWriter, lines: list[str]) -> None:
    marker = _LIST_MARKER.match(lines[0])
    if marker is None:
        writer.add("paragraph", _join_lines(lines))
        return
    words = _join_lines([lines[0][marker.end() :], *lines[1:]])
    number = marker.group(2)
    writer.add("list_item", f"{number or '-'} {words}", level=1)


def _join_lines(lines: list[str]) -> str:
    """Join wrapped lines by spaces; keep the line end after a line that its author ended early."""
    stripped = [_BLANK_RUN.sub(" ", line).strip() for line in lines]
    joined = stripped[:1]
    for before, words in pairwise(stripped):
        joined.append(" " if len(before) >= _WRAPPED_LINE_CHARS else "\n")
        joined.append(words)
    return "".join(joined)
