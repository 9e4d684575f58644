"""What a slide says: its title, the paragraphs and tables of its shapes, and its speaker notes.

Shapes are read in the order in which the file has them, which is what a screen reader does. What nobody sees (hidden
shapes, shapes beside the slide) is left out.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from pptx.enum.shapes import PP_PLACEHOLDER

from corpus.decoding import clean_text
from corpus.pptx_text import SlideParagraph, one_line, paragraphs_of
from corpus.xml_reading import Element, attribute, children, descendants, parse_xml

_MAX_GROUP_DEPTH = 20
_TITLES = (PP_PLACEHOLDER.TITLE, PP_PLACEHOLDER.CENTER_TITLE, PP_PLACEHOLDER.VERTICAL_TITLE)
_BULLETED = (PP_PLACEHOLDER.BODY, PP_PLACEHOLDER.OBJECT, PP_PLACEHOLDER.VERTICAL_BODY, PP_PLACEHOLDER.VERTICAL_OBJECT)
_FURNITURE = (PP_PLACEHOLDER.DATE, PP_PLACEHOLDER.FOOTER, PP_PLACEHOLDER.SLIDE_NUMBER, PP_PLACEHOLDER.HEADER)
_DIAGRAM = "http://schemas.openxmlformats.org/drawingml/2006/diagram"

_Shape = Any  # python-pptx has a class for each kind of shape, and no common one that knows all we ask


@dataclass(frozen=True, slots=True)
class SlideContent:
    """The words of one slide, in reading order."""

    title: str
    parts: tuple[SlideParagraph | str, ...]  # a string is a table, a row a line
    notes: str  # of the speaker
    has_shapes: bool
    hides_words: bool


def is_hidden_slide(slide: _Shape) -> bool:
    """Whether a slide is skipped when the presentation is shown."""
    return slide._element.get("show") in ("0", "false")


def content_of(slide: _Shape, width: int, height: int) -> SlideContent:
    """Read one slide; ``width`` and ``height`` are the presentation's.

    Raises:
        Exception: Whatever python-pptx raises over a malformed slide.
    """
    shapes = list(_flattened(slide.shapes, 0))
    seen = [shape for shape in shapes if _is_seen(shape, width, height)]
    titles = [words for shape in seen if _kind(shape) in _TITLES and (words := one_line(_text_body(shape)))]
    parts = [part for shape in seen if _kind(shape) not in (*_TITLES, *_FURNITURE) for part in _parts(shape, slide)]
    notes_frame = slide.notes_slide.notes_text_frame if slide.has_notes_slide else None
    notes = [part.words.text for part in paragraphs_of(notes_frame._txBody)] if notes_frame is not None else []
    hidden = [shape for shape in shapes if shape not in seen and shape.has_text_frame and shape.text_frame.text.strip()]
    too_small = any(isinstance(part, SlideParagraph) and part.n_hidden for part in parts)
    return SlideContent(
        title=titles[0] if titles else "",
        parts=tuple(part for part in parts if isinstance(part, str) or part.words.text),
        notes="\n".join(filter(None, notes)),
        has_shapes=bool(shapes),
        hides_words=bool(hidden) or too_small,
    )


def _flattened(shapes: _Shape, depth: int) -> Iterator[_Shape]:
    for shape in shapes:
        if hasattr(shape, "shapes") and depth < _MAX_GROUP_DEPTH:
            if not _is_switched_off(shape):
                yield from _flattened(shape.shapes, depth + 1)
        else:
            yield shape


def _is_switched_off(shape: _Shape) -> bool:
    return any(attribute(part, "hidden") in ("1", "true") for part in _own_properties(shape._element))


def _own_properties(element: Element) -> Iterator[Element]:
    return (part for holder in element for part in children(holder, "cNvPr"))


def _is_seen(shape: _Shape, width: int, height: int) -> bool:
    if _is_switched_off(shape):
        return False
    places = (shape.left, shape.top, shape.width, shape.height)
    if width <= 0 or any(place is None for place in places) or _is_in_group(shape):
        return True  # placed by its layout, or by its group
    left, top, wide, high = places
    return bool(left < width and top < height and left + wide > 0 and top + high > 0)


def _is_in_group(shape: _Shape) -> bool:
    parent = next(shape._element.iterancestors(), None)
    return parent is not None and str(parent.tag).endswith("}grpSp")


def _kind(shape: _Shape) -> object:
    return shape.placeholder_format.type if shape.is_placeholder else None


def _text_body(shape: _Shape) -> Element | None:
    return shape.text_frame._txBody if shape.has_text_frame else None


def _parts(shape: _Shape, slide: _Shape) -> Iterator[SlideParagraph | str]:
    """Yield the paragraphs of a shape, or its table, or the words of its diagram or chart."""
    body = _text_body(shape)
    if body is not None:
        found = list(paragraphs_of(body))
        # A placeholder for text shows bullets unless told otherwise; one lone paragraph is a text all the same.
        is_list = _kind(shape) in _BULLETED and len(found) > 1
        for part in found:
            yield replace(part, bullet=is_list if part.bullet is None else part.bullet)
    elif getattr(shape, "has_table", False):
        yield _table(shape.table)
    elif getattr(shape, "has_chart", False) and shape.chart.has_title and shape.chart.chart_title.has_text_frame:
        yield from paragraphs_of(shape.chart.chart_title.text_frame._txBody)
    else:
        yield from _diagram(shape, slide)


def _table(table: _Shape) -> str:
    rows: list[str] = []
    for row in table.rows:
        cells = ["" if cell.is_spanned else one_line(cell._tc.txBody) for cell in row.cells]
        if any(cells):
            rows.append(clean_text(" | ".join(cells)).strip())
    return "\n".join(rows)


def _diagram(shape: _Shape, slide: _Shape) -> Iterator[SlideParagraph]:
    """Yield the words of SmartArt, whose data is a part of its own."""
    for ids in descendants(shape._element, "relIds"):
        if not str(ids.tag).startswith(f"{{{_DIAGRAM}}}"):
            continue
        data = parse_xml(slide.part.related_part(attribute(ids, "dm")).blob, "diagram")
        for point in descendants(data, "pt"):
            for body in children(point, "t"):
                for paragraph in paragraphs_of(body):
                    yield replace(paragraph, bullet=True)
