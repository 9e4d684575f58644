"""The one door to HTML: bytes become text, text becomes a tree of elements, and the tree is walked.

Nothing is fetched and no entity is looked up anywhere. Broken HTML is mended as browsers do.
"""

import re
from collections.abc import Callable, Iterator
from typing import Literal

from lxml import etree

from corpus.decoding import MAX_FILE_BYTES, clean_text, decode_text
from corpus.errors import UnreadableFile
from corpus.word_list import word_set
from corpus.xml_reading import Element

Step = Literal["open", "words", "close"]

_META_CHARSET = re.compile(rb"<meta\b[^>]{0,200}?\bcharset\s*=\s*[\"']?\s*(?:iso-8859-1|windows-1252|latin-?1)\b", re.I)
# XHTML closes an empty element at once ("<script src='x'/>"); HTML would take all that follows for its contents.
_SELF_CLOSED = re.compile(
    r"<([A-Za-z][\w:.-]{0,60})((?:[^<>\"'/]++|\"[^\"<>]{0,5000}+\"|'[^'<>]{0,5000}+'|/(?!>))*+)/>"
)
_VOID_TAGS = word_set("area base br col embed hr img input link meta param source track wbr")
_XHTML_MARK = "http://www.w3.org/1999/xhtml"
_HEAD_BYTES = 2_048  # where browsers look for it
_TOO_DEEP = "HTML nested deeper than 2,000 elements; save it again from another program"


def decode_html(data: bytes, source_name: str) -> str:
    """Decode an HTML file to clean text: UTF-8 or UTF-16 as all files, or Latin-1 if its head says so.

    Raises:
        UnreadableFile: If it is empty, too large, binary or wrongly encoded.
    """
    try:
        return decode_text(data, source_name)
    except UnreadableFile:
        if len(data) > MAX_FILE_BYTES or not _META_CHARSET.search(data[:_HEAD_BYTES]) or b"\0" in data:
            raise
        return clean_text(data.decode("cp1252", "replace"))


def parse_html(text: str, source_name: str) -> Element | None:
    """Parse clean text; None if there is nothing in it.

    Raises:
        UnreadableFile: If it is nested so deeply that the parser leaves out the rest.
    """
    if text.lstrip().startswith("<?xml") or _XHTML_MARK in text[:_HEAD_BYTES]:
        text = _SELF_CLOSED.sub(_with_end_tag, text)
    # The tree may be as large as the file: its size is limited before. The encoding overrides what the file declares.
    parser = etree.HTMLParser(encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True, huge_tree=True)
    try:
        root: Element | None = etree.fromstring(text.encode(), parser)
    except etree.XMLSyntaxError as error:
        if "Excessive depth" in str(error):
            raise UnreadableFile(source_name, _TOO_DEEP) from error
        return None
    if any("Excessive depth" in entry.message for entry in parser.error_log):
        raise UnreadableFile(source_name, _TOO_DEEP)
    return root


def walk(root: Element, enters: Callable[[Element], bool]) -> Iterator[tuple[Step, Element, str]]:
    """Yield what stands in a tree, in reading order: an element opens, words, it closes. Any depth is walked.

    Args:
        root: Where to begin; it is entered.
        enters: Asked once for each element below; if it says no, the element and all in it is passed over.
    """
    stack = [(root, iter(root))]
    yield "open", root, ""
    yield "words", root, root.text or ""
    while stack:
        element, rest = stack[-1]
        child = next(rest, None)
        if child is None:
            stack.pop()
            yield "close", element, ""
            if stack:
                yield "words", stack[-1][0], element.tail or ""
        elif isinstance(child.tag, str) and enters(child):
            stack.append((child, iter(child)))
            yield "open", child, ""
            yield "words", child, child.text or ""
        else:
            yield "words", element, child.tail or ""


def _with_end_tag(found: re.Match[str]) -> str:
    name = found.group(1)
    return found.group() if name.lower() in _VOID_TAGS else f"<{name}{found.group(2)}></{name}>"
