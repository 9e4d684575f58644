"""What the styles and lists of a DOCX file say about its paragraphs: levels of headings, markers of items."""

from collections import Counter
from dataclasses import dataclass, field

from corpus.xml_reading import Element, attribute, child, children, descendants

TITLE_LEVEL = 0
_MAX_LEVEL = 6
_MAX_STYLE_CHAIN = 20  # styles are based on styles; a circle has no end
_ROMAN = ((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"))
_ROMAN_ONES = ((9, "ix"), (5, "v"), (4, "iv"), (1, "i"))
_MAX_NUMBER = 3_999


@dataclass(frozen=True, slots=True)
class _Style:
    name: str
    based_on: str
    outline_level: int | None  # from 0; 9 is body text
    number_id: str  # of the list its paragraphs belong to
    list_level: int
    hides: bool  # its words are set as hidden


@dataclass(slots=True)
class Styles:
    """The styles of one file, and how far its lists have counted."""

    _styles: dict[str, _Style]
    _formats: dict[tuple[str, int], str]  # of a list's level: "bullet", "decimal", "lowerLetter" ...
    _counted: Counter[tuple[str, int]] = field(default_factory=Counter)

    @classmethod
    def of(cls, styles: Element | None, numbering: Element | None) -> "Styles":
        """Read the parts ``styles.xml`` and ``numbering.xml``, as far as the file has them."""
        listed = children(styles, "style") if styles is not None else ()
        found = {attribute(style, "styleId"): _style(style) for style in listed}
        return cls(found, _list_formats(numbering) if numbering is not None else {})

    def heading_level(self, paragraph: Element) -> int | None:
        """1 to 6 for a heading, ``TITLE_LEVEL`` for the document's title, None for anything else."""
        properties = child(paragraph, "pPr")
        own = _outline_level(properties)
        if own is not None:
            return min(own + 1, _MAX_LEVEL) if own < 9 else None
        for style in self._chain(properties):
            name = style.name.casefold()
            if name == "title":
                return TITLE_LEVEL
            if name.startswith("heading ") and name[8:].isdecimal():
                return min(int(name[8:]), _MAX_LEVEL)
            if style.outline_level is not None:
                return min(style.outline_level + 1, _MAX_LEVEL) if style.outline_level < 9 else None
        return None

    def is_hidden(self, paragraph: Element) -> bool:
        """Whether the paragraph's style hides its words."""
        return any(style.hides for style in self._chain(child(paragraph, "pPr")))

    def is_code(self, paragraph: Element) -> bool:
        """Whether the paragraph's style is one for code."""
        names = {style.name.casefold() for style in self._chain(child(paragraph, "pPr"))}
        return bool(names & {"html preformatted", "source code", "code", "plain text", "macro text"})

    def is_quote(self, paragraph: Element) -> bool:
        """Whether the paragraph's style is one for quotations."""
        return any(
            style.name.casefold() in ("quote", "intense quote") for style in self._chain(child(paragraph, "pPr"))
        )

    def next_marker(self, paragraph: Element) -> tuple[str, int] | None:
        """The marker ("-", "3.", "b.") and depth from 1 of a list item; None for what is no item. Counts on."""
        properties = child(paragraph, "pPr")
        number_id, level = _numbering(properties)
        for style in self._chain(properties):
            if not number_id and style.number_id:
                number_id, level = style.number_id, style.list_level
            bullet = style.name.casefold().startswith("list bullet")
            if not number_id and bullet:
                return "-", 1
        if not number_id or number_id == "0":
            return None
        for deeper in range(level + 1, 10):
            self._counted.pop((number_id, deeper), None)
        self._counted[number_id, level] += 1
        return _marker(self._formats.get((number_id, level), "bullet"), self._counted[number_id, level]), level + 1

    def _chain(self, properties: Element | None) -> list[_Style]:
        """The paragraph's style and those that it is based on."""
        named = child(properties, "pStyle")
        style_id = attribute(named, "val") if named is not None else ""
        chain: list[_Style] = []
        while style_id in self._styles and len(chain) < _MAX_STYLE_CHAIN:
            chain.append(self._styles[style_id])
            style_id = chain[-1].based_on
        return chain


def whole_number(text: str, default: int = 0) -> int:
    """The number that an attribute holds; ``default`` where it holds none."""
    return int(text) if text.isascii() and text.removeprefix("-").isdecimal() and len(text) < 10 else default


def is_on(properties: Element | None, name: str) -> bool:
    """Whether a property such as "bold" is there and not switched off."""
    found = child(properties, name)
    return found is not None and attribute(found, "val") not in ("0", "false", "none", "off")


def _style(style: Element) -> _Style:
    based_on, name, properties = child(style, "basedOn"), child(style, "name"), child(style, "pPr")
    number_id, level = _numbering(properties)
    return _Style(
        name=attribute(name, "val") if name is not None else "",
        based_on=attribute(based_on, "val") if based_on is not None else "",
        outline_level=_outline_level(properties),
        number_id=number_id,
        list_level=level,
        hides=is_on(child(style, "rPr"), "vanish"),
    )


def _outline_level(properties: Element | None) -> int | None:
    found = child(properties, "outlineLvl")
    return min(9, max(0, whole_number(attribute(found, "val"), 9))) if found is not None else None


def _numbering(properties: Element | None) -> tuple[str, int]:
    number, level = child(properties, "numPr", "numId"), child(properties, "numPr", "ilvl")
    number_id = attribute(number, "val") if number is not None else ""
    return number_id, min(8, max(0, whole_number(attribute(level, "val")))) if level is not None else 0


def _list_formats(numbering: Element) -> dict[tuple[str, int], str]:
    abstract = {attribute(part, "abstractNumId"): part for part in children(numbering, "abstractNum")}
    formats: dict[tuple[str, int], str] = {}
    for number in children(numbering, "num"):
        base = child(number, "abstractNumId")
        definition = abstract.get(attribute(base, "val")) if base is not None else None
        for level in descendants(definition, "lvl") if definition is not None else ():
            kind = child(level, "numFmt")
            place = attribute(number, "numId"), whole_number(attribute(level, "ilvl"))
            formats[place] = attribute(kind, "val") if kind is not None else "decimal"
    return formats


def _marker(kind: str, number: int) -> str:
    match kind:
        case "decimal" | "decimalZero":
            return f"{number}."
        case "lowerLetter" | "upperLetter":
            letter = "abcdefghijklmnopqrstuvwxyz"[(number - 1) % 26] * ((number - 1) // 26 + 1)
            return f"{letter.upper() if kind == 'upperLetter' else letter}."
        case "lowerRoman" | "upperRoman" if number <= _MAX_NUMBER:
            return f"{_roman(number).upper() if kind == 'upperRoman' else _roman(number)}."
        case _:
            return "-"


def _roman(number: int) -> str:
    written = ""
    for value, letters in (*_ROMAN, *_ROMAN_ONES):
        written += letters * (number // value)
        number %= value
    return written
