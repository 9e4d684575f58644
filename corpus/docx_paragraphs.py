"""The words of one paragraph of a DOCX file, as its reader sees them.

Insertions count and deletions do not, as if all changes were accepted. Hidden words are left out and counted.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from corpus.docx_styles import is_on, whole_number
from corpus.inline_writer import InlineText, InlineWriter
from corpus.omml import tex_of
from corpus.xml_reading import Element, attribute, child, children, local_name

_PASSED_THROUGH = frozenset(
    {"hyperlink", "ins", "smartTag", "sdt", "sdtContent", "fldSimple", "moveTo", "customXml", "dir"}
)
_MIN_HALF_POINTS = 2  # of font size: 1 pt; the smallest print that anyone sets is 4
_WHITE = frozenset({"FFFFFF", "white"})


@dataclass(slots=True)
class Paragraph:
    """What stands in a paragraph."""

    words: InlineText
    notes: list[str]  # ids of the foot- and endnotes that it refers to, in order
    boxes: list[Element]  # contents of the text boxes that hang on it
    formulas: list[str]  # those that stand by themselves, in TeX
    n_hidden: int  # characters that nobody sees


@dataclass(slots=True)
class ParagraphReader:
    """Reads paragraphs; numbers the notes as they come.

    Args:
        note_numbers: Filled in: the number of each note by its kind and id.
    """

    note_numbers: dict[str, int] = field(default_factory=dict)

    def read(self, paragraph: Element, *, one_line: bool = False, is_hidden: bool = False) -> Paragraph:
        """Read one ``w:p``.

        Args:
            paragraph: The element.
            one_line: Write line breaks as spaces.
            is_hidden: All of it is hidden, by its style.
        """
        writer = InlineWriter(one_line=one_line)
        found = Paragraph(InlineText(""), [], [], [], 0)
        is_shaded = child(paragraph, "pPr", "shd") is not None or _may_be_on_colour(paragraph)
        for element in _inner(paragraph):
            match local_name(element):
                case "r":
                    self._run(element, writer, found, is_hidden=is_hidden or _is_hidden(element, is_shaded=is_shaded))
                case "oMath":
                    writer.formula(tex_of(element))
                case "oMathPara":
                    found.formulas.append(tex_of(element))
        found.words = writer.finish()
        return found

    def _run(self, run: Element, writer: InlineWriter, found: Paragraph, *, is_hidden: bool) -> None:
        properties = child(run, "rPr")
        bold, italic = is_on(properties, "b"), is_on(properties, "i")
        position = child(properties, "vertAlign")
        writer.in_superscript = position is not None and attribute(position, "val") == "superscript"
        if bold or italic:
            writer.open_emphasis(bold=bold)
        for element in run:
            if is_hidden:
                found.n_hidden += len(_plain(element).strip())
            else:
                self._piece(element, writer, found)
        if bold or italic:
            writer.close_emphasis()
        writer.in_superscript = False

    def _piece(self, element: Element, writer: InlineWriter, found: Paragraph) -> None:
        match local_name(element):
            case "t" | "tab" | "noBreakHyphen":
                writer.words(_plain(element))
            case "br" | "cr":
                writer.break_line()
            case "sym":
                code = attribute(element, "char")
                writer.words(_symbol(code))
            case "footnoteReference" | "endnoteReference" as kind:
                note = f"{kind.removesuffix('Reference')} {attribute(element, 'id')}"
                number = self.note_numbers.setdefault(note, len(self.note_numbers) + 1)
                writer.in_superscript = True
                writer.words(str(number))
                writer.in_superscript = False
                found.notes.append(note)
            case "drawing" | "pict" | "AlternateContent" | "object":
                found.boxes.extend(_text_boxes(element))


def _inner(element: Element) -> Iterator[Element]:
    """Yield what a paragraph holds; what only wraps it is opened, and what was deleted is left out."""
    for part in element:
        name = local_name(part)
        if name in _PASSED_THROUGH:
            yield from _inner(part)
        elif name == "AlternateContent":
            yield from _inner(_chosen(part))
        else:
            yield part


def _chosen(element: Element) -> Element:
    """Of the same thing written twice for old and new programs, the one for new ones."""
    for name in ("Choice", "Fallback"):
        found = child(element, name)
        if found is not None:
            return found
    return element


def _text_boxes(element: Element) -> Iterator[Element]:
    """Yield the contents of text boxes, each once."""
    if local_name(element) == "txbxContent":
        yield element
    elif local_name(element) == "AlternateContent":
        yield from _text_boxes(_chosen(element)) if _chosen(element) is not element else ()
    else:
        for part in element:
            yield from _text_boxes(part)


def _plain(element: Element) -> str:
    match local_name(element):
        case "t":
            return "".join(element.itertext())
        case "tab":
            return " "
        case "noBreakHyphen":
            return "-"
        case _:
            return ""


def _symbol(code: str) -> str:
    """A sign of a symbol font; those in the private range have no meaning without the font."""
    try:
        number = int(code[:6], 16)
    except ValueError:
        return ""
    return chr(number) if 0x20 <= number < 0xD800 else ""


def _is_hidden(run: Element, *, is_shaded: bool) -> bool:
    properties = child(run, "rPr")
    if properties is None:
        return False
    if is_on(properties, "vanish") or is_on(properties, "webHidden"):
        return True
    size, colour = child(properties, "sz"), child(properties, "color")
    if size is not None and whole_number(attribute(size, "val"), 99) <= _MIN_HALF_POINTS:
        return True
    on_paper = not is_shaded and child(properties, "shd") is None and child(properties, "highlight") is None
    return colour is not None and attribute(colour, "val") in _WHITE and on_paper


def _may_be_on_colour(paragraph: Element) -> bool:
    """Whether a paragraph stands in a table or a text box, whose style may colour the ground under white letters."""
    return any(local_name(ancestor) in ("tbl", "txbxContent") for ancestor in paragraph.iterancestors())


def plain_notes(notes: Element | None, kind: str, reader: ParagraphReader) -> Mapping[str, str]:
    """The words of each note of a part ``footnotes.xml`` or ``endnotes.xml``, by "footnote 2"."""
    if notes is None:
        return {}
    found: dict[str, str] = {}
    for note in children(notes, kind):
        words = (reader.read(part, one_line=True).words.text for part in children(note, "p"))
        found[f"{kind} {attribute(note, 'id')}"] = " ".join(filter(None, words))
    return found
