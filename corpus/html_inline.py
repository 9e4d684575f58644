"""What stands inside a line of HTML: words, formulas, code, pictures that say something."""

import re

from corpus.inline_writer import InlineWriter
from corpus.mathml_text import tex_of_mathml
from corpus.word_list import word_set
from corpus.xml_reading import Element, local_name

_BOLD_TAGS = word_set("b strong")
_ITALIC_TAGS = word_set("i em dfn")
_MARKS = {"q": ("“", "”"), "rt": ("(", ")")}  # what a browser sets around a quotation, and a book around a reading aid
_BOLD_STYLE = re.compile(r"font-weight\s*:\s*(?:bold|[6-9]00)", re.IGNORECASE)
# An opening mark ends the search for the one before, so that a page of opening marks takes no longer than another.
_TEX_IN_WORDS = re.compile(
    r"\\\(((?:(?!\\[()]).){1,2000}+)\\\)|\\\[((?:(?!\\[\[\]]).){1,5000}+)\\\]|\$\$([^$]{1,5000}+)\$\$", re.DOTALL
)
# What Moodle's filters replace before a reader sees it: language switches, links in backups, embedded files.
_FILTER_MARKUP = re.compile(r"\{mlang(?:\s[^{}]{0,100})?\}|\$@[A-Z]{1,40}(?:\*\d{1,20}){0,3}@\$|@@PLUGINFILE@@")
_FILE_NAME = re.compile(r"[^\s/]+\.(?:png|jpe?g|gif|svg|webp|bmp|tiff?)", re.IGNORECASE)
_FORMULA_CLASSES = word_set(
    "texrender latex equation_image math mathjax tex mwe-math-fallback-image-inline mwe-math-fallback-image-display"
)
_LATEX_MARK = re.compile(r"^(?:LaTeX|TeX)\s*:\s*", re.IGNORECASE)
_MIN_ALT_WORDS = 3  # "Figure 3", "logo" and "photo of cell" say less than the caption beside them
_MAX_ALT_CHARS = 1_000


def write_words(words: str, writer: InlineWriter) -> None:
    r"""Append running text; TeX between \( \), \[ \] or double dollars becomes a formula."""
    words = _FILTER_MARKUP.sub(" ", words) if "@" in words or "{" in words else words
    position = 0
    if "\\" in words or "$$" in words:
        for found in _TEX_IN_WORDS.finditer(words):
            writer.words(words[position : found.start()])
            inline, *display = found.groups()
            writer.formula(inline or display[0] or display[1], dollars="$" if inline else "$$")
            position = found.end()
    writer.words(words[position:])


def write_replaced(element: Element, writer: InlineWriter) -> bool:
    """Append an element that is read as one thing (a formula, code, a picture); tell whether it was one."""
    match local_name(element).lower():
        case "math":
            if tex := tex_of_mathml(element):
                writer.formula(tex, dollars="$$" if element.get("display") == "block" else "$")
        case "script" if (element.get("type") or "").startswith("math/tex"):
            if element.text and element.text.strip():
                writer.formula(element.text, dollars="$$" if "display" in (element.get("type") or "") else "$")
        case "code" | "tt":
            code = "".join(element.itertext())
            if code.strip():
                writer.code(code)
        case "img":
            _write_picture(element, writer)
        case "br":
            writer.break_line()
        case _:
            return False
    return True


def open_inline(element: Element, writer: InlineWriter) -> bool | None:
    """Enter an element inside a line; tell whether it sets its words in bold (True) or italics (False), else None."""
    tag = local_name(element).lower()
    if tag == "sup":
        writer.in_superscript = True
    elif tag in _MARKS:
        writer.words(_MARKS[tag][0])
    is_bold = tag in _BOLD_TAGS or (tag == "span" and _BOLD_STYLE.search(element.get("style") or "") is not None)
    if not is_bold and tag not in _ITALIC_TAGS:
        return None
    writer.open_emphasis(bold=is_bold)
    return is_bold


def close_inline(element: Element, writer: InlineWriter) -> None:
    """Leave an element inside a line that is not emphasis."""
    tag = local_name(element).lower()
    if tag == "sup":
        writer.in_superscript = False
    elif tag in _MARKS:
        writer.words(_MARKS[tag][1])


def _write_picture(element: Element, writer: InlineWriter) -> None:
    """Append a formula that is a picture as TeX, and other pictures by what they show, if somebody has written it."""
    alt = " ".join((element.get("alt") or "").split())
    tex = (element.get("data-equation-content") or "").strip()
    is_formula = not _FORMULA_CLASSES.isdisjoint((element.get("class") or "").lower().split())
    if tex or (is_formula and alt):
        writer.formula(tex or _LATEX_MARK.sub("", alt).strip("$ "))
    elif len(alt.split()) >= _MIN_ALT_WORDS and len(alt) <= _MAX_ALT_CHARS and not _FILE_NAME.fullmatch(alt):
        writer.words(f" [Image: {alt}] ")
