"""The parts of an EPUB: its package file, reading order and table of contents.

Every path in it is relative to the file that names it, and %-encoded.
"""

import posixpath
from dataclasses import dataclass
from urllib.parse import unquote

from corpus.archive_names import plain_name
from corpus.archives import Archive
from corpus.errors import UnreadableFile
from corpus.html_parsing import decode_html, parse_html
from corpus.xml_reading import (
    Element,
    attribute,
    child,
    child_line,
    children,
    descendants,
    local_name,
    parse_xml,
)

_CONTAINER = "META-INF/container.xml"
_ENCRYPTION = "META-INF/encryption.xml"
_MAX_DEPTH = 20  # of the table of contents
_HTML_TYPES = ("application/xhtml+xml", "text/html")


@dataclass(frozen=True, slots=True)
class SpineItem:
    """A file of the book in reading order."""

    path: str
    is_linear: bool  # False for what stands beside the reading order: notes, answers
    is_page: bool


@dataclass(frozen=True, slots=True)
class TocEntry:
    """What the table of contents calls a file: its title and the titles around it."""

    title: str
    headings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EpubPackage:
    """A book's title, files in reading order, and the first entry of the table of contents for each."""

    title: str
    spine: tuple[SpineItem, ...]
    contents: dict[str, TocEntry]


@dataclass(frozen=True, slots=True)
class _ManifestItem:
    path: str
    media_type: str
    is_contents: bool


def read_epub_package(archive: Archive, source_name: str) -> EpubPackage:
    """Read what an EPUB says about itself.

    Raises:
        UnreadableFile: If it is no EPUB, damaged, or locked by DRM.
    """
    if _CONTAINER not in archive:
        raise UnreadableFile(source_name, f"not an EPUB: it has no {_CONTAINER}")
    container = parse_xml(archive.read(_CONTAINER), _CONTAINER)
    rootfile = child(container, "rootfiles", "rootfile")
    path = posixpath.normpath(unquote(attribute(rootfile, "full-path"))) if rootfile is not None else ""
    if path not in archive:
        raise UnreadableFile(source_name, "a damaged EPUB: its package file is missing")
    package = parse_xml(archive.read(path), path)
    manifest = {
        item.get("id") or "": _ManifestItem(
            _resolve(path, item.get("href") or ""),
            (item.get("media-type") or "").lower(),
            "nav" in (item.get("properties") or "").split(),
        )
        for item in children(child(package, "manifest"), "item")
    }
    spine = tuple(
        SpineItem(item.path, found.get("linear") != "no", item.media_type in _HTML_TYPES)
        for found in children(child(package, "spine"), "itemref")
        if (item := manifest.get(found.get("idref") or "")) is not None and not item.is_contents
    )
    _refuse_drm(archive, {item.path for item in spine}, source_name)
    title = child_line(package, "metadata", "title")
    return EpubPackage(title, spine, _table_of_contents(archive, manifest))


def _refuse_drm(archive: Archive, paths: set[str], source_name: str) -> None:
    """Refuse a book whose texts are encrypted; obfuscated fonts are common and no matter."""
    if _ENCRYPTION not in archive:
        return
    encryption = parse_xml(archive.read(_ENCRYPTION), _ENCRYPTION)
    for reference in descendants(encryption, "CipherReference"):
        if posixpath.normpath(unquote(attribute(reference, "URI"))) in paths:
            raise UnreadableFile(source_name, "encrypted (DRM); ask the publisher for a copy without it")


def _table_of_contents(archive: Archive, manifest: dict[str, _ManifestItem]) -> dict[str, TocEntry]:
    """Read the table of contents, in the new form or else the old; a book without one has the titles of its pages."""
    contents: dict[str, TocEntry] = {}
    for item in manifest.values():
        if item.is_contents and item.path in archive and not contents:
            root = parse_html(decode_html(archive.read(item.path), item.path), item.path)
            nav = _toc_nav(root) if root is not None else None
            if nav is not None:
                _collect_nav(nav, item.path, (), contents)
    for item in manifest.values():
        if item.media_type == "application/x-dtbncx+xml" and item.path in archive and not contents:
            try:
                points = child(parse_xml(archive.read(item.path), item.path), "navMap")
            except UnreadableFile:
                continue  # many old ones declare a document type; the pages have titles too
            if points is not None:
                _collect_points(points, item.path, (), contents)
    return contents


def _toc_nav(root: Element) -> Element | None:
    navs = list(descendants(root, "nav"))
    return next((nav for nav in navs if "toc" in (nav.get("epub:type") or "").split()), navs[0] if navs else None)


def _collect_nav(element: Element, base: str, headings: tuple[str, ...], contents: dict[str, TocEntry]) -> None:
    """Collect the entries of a list and of the lists in it: ``ol > li > a`` or ``span``."""
    if len(headings) > _MAX_DEPTH:
        return
    for list_ in children(element, "ol"):
        for entry in children(list_, "li"):
            label = next((part for part in entry if local_name(part) in ("a", "span")), None)
            title = " ".join("".join(label.itertext()).split()) if label is not None else ""
            if label is not None and title and label.get("href"):
                contents.setdefault(_resolve(base, label.get("href") or ""), TocEntry(title, headings))
            _collect_nav(entry, base, (*headings, title) if title else headings, contents)


def _collect_points(element: Element, base: str, headings: tuple[str, ...], contents: dict[str, TocEntry]) -> None:
    if len(headings) > _MAX_DEPTH:
        return
    for point in children(element, "navPoint"):
        title = child_line(point, "navLabel", "text")
        source = child(point, "content")
        if title and source is not None:
            contents.setdefault(_resolve(base, source.get("src") or ""), TocEntry(title, headings))
        _collect_points(point, base, (*headings, title) if title else headings, contents)


def _resolve(base: str, href: str) -> str:
    """Return where a file lies in the archive, given the path of the file that names it."""
    plain = unquote(href.split("#", 1)[0])
    return plain_name(posixpath.normpath(posixpath.join(posixpath.dirname(base), plain)))
