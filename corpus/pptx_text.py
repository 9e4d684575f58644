"""The words of the paragraphs of a slide: bullets with their depth, breaks, formulas."""

from collections.abc import Iterator
from dataclasses import dataclass

from corpus.inline_writer import InlineText, InlineWriter
from corpus.omml import tex_of
from corpus.xml_reading import Element, attribute, child, children, local_name

_MAX_DEPTH = 8
_MIN_HUNDREDTHS = 100  # of a point: letters of 1 pt are seen by nobody


@dataclass(frozen=True, slots=True)
class SlideParagraph:
    """One paragraph of a shape."""

    words: InlineText
    depth: int  # from 0
    bullet: bool | None  # None where the paragraph leaves it to its placeholder
    n_hidden: int  # characters too small to be seen


def paragraphs_of(body: Element) -> Iterator[SlideParagraph]:
    """Yield the paragraphs of a ``txBody`` that have words."""
    for paragraph in children(body, "p"):
        found = _read(paragraph, one_line=False)
        if found.words.text or found.n_hidden:
            yield found


def one_line(body: Element | None) -> str:
    """All words of a ``txBody`` in one line: a title, or a cell of a table."""
    paragraphs = children(body, "p") if body is not None else ()
    return " ".join(words for part in paragraphs if (words := _read(part, one_line=True).words.text))


def _read(paragraph: Element, *, one_line: bool) -> SlideParagraph:
    writer = InlineWriter(one_line=one_line)
    n_hidden = sum(_write(part, writer) for part in paragraph)
    properties = child(paragraph, "pPr")
    level = attribute(properties, "lvl") if properties is not None else ""
    depth = min(int(level), _MAX_DEPTH) if level.isascii() and level.isdecimal() else 0
    return SlideParagraph(writer.finish(), depth, _has_bullet(properties), n_hidden)


def _write(part: Element, writer: InlineWriter) -> int:
    """Write one part of a paragraph; return how many of its characters are hidden."""
    match local_name(part):
        case "r" | "fld":
            return _run(part, writer)
        case "br":
            writer.break_line()
        case "oMath" | "oMathPara":
            writer.formula(tex_of(part))
        case "m":
            return sum(_write(inner, writer) for inner in part)
        case "AlternateContent":  # the same thing for new and for old programs
            choice = child(part, "Choice")
            chosen = choice if choice is not None else child(part, "Fallback")
            return sum(_write(inner, writer) for inner in chosen) if chosen is not None else 0
    return 0


def _run(run: Element, writer: InlineWriter) -> int:
    properties = child(run, "rPr")
    words = "".join("".join(text.itertext()) for text in children(run, "t")).replace("\v", "\n")
    if properties is None:
        writer.words(words)
        return 0
    size = attribute(properties, "sz")
    if size.isdecimal() and int(size) <= _MIN_HUNDREDTHS:
        return len(words.strip())
    bold, italic = (attribute(properties, name) in ("1", "true") for name in ("b", "i"))
    baseline = attribute(properties, "baseline")
    writer.in_superscript = bool(baseline) and not baseline.startswith("-") and baseline != "0"
    if bold or italic:
        writer.open_emphasis(bold=bold)
    writer.words(words)
    if bold or italic:
        writer.close_emphasis()
    writer.in_superscript = False
    return 0


def _has_bullet(properties: Element | None) -> bool | None:
    if properties is None:
        return None
    names = {local_name(part) for part in properties}
    if names & {"buChar", "buAutoNum", "buBlip"}:
        return True
    return False if "buNone" in names else None
