"""The one door to XML: nothing is fetched, no entity is resolved, a document type declaration is refused.

Elements are found by their local names, since the namespaces of course packages differ from version to version.
"""

import codecs
import re
from collections.abc import Iterator, Mapping
from typing import Protocol, Self

from lxml import etree

from corpus.decoding import clean_text
from corpus.errors import UnreadableFile


class Element(Protocol):
    """An element of a parsed file: what of lxml's elements is used outside the doors to lxml."""

    @property
    def tag(self) -> object:
        """Its name; no string for a comment."""

    @property
    def text(self) -> str | None:
        """The words before its first child."""

    @property
    def tail(self) -> str | None:
        """The words between its end and what follows."""

    @property
    def attrib(self) -> Mapping[str, str]:
        """Its attributes."""

    def get(self, key: str, /) -> str | None:
        """Return one attribute."""

    def iter(self) -> Iterator[Self]:
        """Yield it and all below it, in document order."""

    def iterancestors(self) -> Iterator[Self]:
        """Yield what it stands in, from the inside out."""

    def itertext(self) -> Iterator[str]:
        """Yield all words in it."""

    def __iter__(self) -> Iterator[Self]: ...
    def __len__(self) -> int: ...


_HAS_DTD = "it has a document type declaration (DTD), which is refused: it can name other files; remove it"
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
# What programs that write course packages declare. Others (UTF-7, EBCDIC) serve to hide a declaration from a filter.
_ENCODINGS = {"utf-8": "utf-8", "utf8": "utf-8", "us-ascii": "utf-8", "iso-8859-1": "cp1252", "windows-1252": "cp1252"}
_DECLARED_ENCODING = re.compile(rb"\s*<\?xml\b[^>]{0,200}?\bencoding\s*=\s*[\"']([A-Za-z0-9._-]{1,40})[\"']")
_BEFORE_ROOT = re.compile(r"\s+|<!--.*?-->|<\?.*?\?>", re.DOTALL)


def parse_xml(data: bytes, source_name: str) -> Element:
    """Parse an XML file to its root element.

    Args:
        data: The whole file: UTF-8, UTF-16 with a byte order mark, or declared Latin-1.
        source_name: Its name, for messages.

    Raises:
        UnreadableFile: If it is not well-formed, has a document type declaration, or is in another encoding.
    """
    text = _decode(data, source_name)
    _refuse_dtd(text, source_name)
    # The text is UTF-8 from here on, whatever its declaration says.
    parser = etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_pis=True,
        remove_comments=True,
    )
    try:
        root = etree.fromstring(text.encode(), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise UnreadableFile(source_name, f"damaged XML: {error}; export it again") from error
    if root is None or root.getroottree().docinfo.internalDTD is not None:
        raise UnreadableFile(source_name, _HAS_DTD)
    found: Element = root
    return found


def refuse_dtd(data: bytes, source_name: str) -> None:
    """Raise ``UnreadableFile`` if an XML file has a document type declaration, or an encoding that could hide one."""
    _refuse_dtd(_decode(data, source_name), source_name)


def local_name(element: Element) -> str:
    """Return the name of an element without its namespace; "" for a comment."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def children(element: Element | None, name: str) -> Iterator[Element]:
    """Yield the children of this local name; none of None."""
    return (found for found in (() if element is None else element) if local_name(found) == name)


def child(element: Element | None, *path: str) -> Element | None:
    """Return the first element at a path of local names below ``element``, or None."""
    for name in path:
        element = next(children(element, name), None) if element is not None else None
    return element


def child_text(element: Element | None, *path: str) -> str:
    """Return the text of the element at a path, all of it; "" if there is none."""
    found = child(element, *path)
    return "".join(found.itertext()) if found is not None else ""


def child_line(element: Element | None, *path: str) -> str:
    """Return the text of the element at a path as one clean line: a title or a name."""
    return " ".join(clean_text(child_text(element, *path)).split())


def descendants(element: Element, name: str) -> Iterator[Element]:
    """Yield all elements of this local name below ``element``, in document order."""
    return (found for found in element.iter() if local_name(found) == name)


def attribute(element: Element, name: str) -> str:
    """Return the attribute of this local name; "" if there is none."""
    plain = element.get(name)
    if plain is not None:
        return plain
    return next((value for key, value in element.attrib.items() if str(key).rpartition("}")[2] == name), "")


def _decode(data: bytes, source_name: str) -> str:
    encoding = next((name for mark, name in _MARKS if data.startswith(mark)), "")
    if not encoding:
        declared = _DECLARED_ENCODING.match(data)
        name = declared.group(1).decode().lower() if declared else "utf-8"
        encoding = _ENCODINGS.get(name, "")
        if not encoding:
            raise UnreadableFile(source_name, f"XML in the encoding {name!r}; save it as UTF-8")
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise UnreadableFile(
            source_name, f"XML that is not {encoding} at byte {error.start}; save it as UTF-8"
        ) from error


def _refuse_dtd(text: str, source_name: str) -> None:
    """Look for a declaration where one can stand: before the root element."""
    position = 0
    while found := _BEFORE_ROOT.match(text, position):
        position = found.end()
    if text.startswith("<!DOCTYPE", position):
        raise UnreadableFile(source_name, _HAS_DTD)
