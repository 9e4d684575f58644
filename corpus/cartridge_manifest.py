"""imsmanifest.xml: what a Common Cartridge holds, in the order of its outline.

Versions 1.0 to 1.3, Thin, Canvas and SCORM differ in their namespaces, so elements are found by local names.
"""

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal
from urllib.parse import unquote

from corpus.archive_names import plain_name
from corpus.archives import Archive
from corpus.errors import UnreadableFile
from corpus.xml_reading import Element, attribute, child, child_line, children, descendants, local_name, parse_xml

ResourceKind = Literal["web", "topic", "assignment", "weblink", "tool", "test", "settings", "other"]

MANIFEST_NAME = "imsmanifest.xml"
_MAX_DEPTH = 30  # of the outline; real ones have four levels
_KINDS: tuple[tuple[str, ResourceKind], ...] = (  # by how the type begins; the first that fits
    ("imsqti", "test"),
    ("imsdt", "topic"),
    ("imswl", "weblink"),
    ("imsbasiclti", "tool"),
    ("imslti", "tool"),
    ("assignment_xml", "assignment"),
    ("associatedcontent", "settings"),
    ("webcontent", "web"),
)


@dataclass(frozen=True, slots=True)
class Resource:
    """A resource of the cartridge: one or more files of one kind."""

    identifier: str
    kind: ResourceKind
    main: str  # path of its main file in the cartridge; "" if it has none
    files: tuple[str, ...]  # paths of all its files, the main one first
    dependencies: tuple[str, ...]  # identifiers
    for_instructors: bool  # a lesson plan, or its roles leave learners out
    is_variant: bool  # another form of another resource


@dataclass(frozen=True, slots=True)
class OutlineItem:
    """An entry of the outline."""

    identifier: str
    title: str
    headings: tuple[str, ...]  # around it, outermost first
    ancestors: tuple[str, ...]  # identifiers of the entries around it
    resource: str  # identifier; "" for a heading


@dataclass(frozen=True, slots=True)
class Manifest:
    """The outline and the resources."""

    items: tuple[OutlineItem, ...]
    resources: tuple[Resource, ...]


def read_manifest(archive: Archive, source_name: str) -> Manifest:
    """Read the manifest of a cartridge.

    Raises:
        UnreadableFile: If it is missing or damaged.
    """
    if MANIFEST_NAME not in archive:
        raise UnreadableFile(source_name, f"not a Common Cartridge: it has no {MANIFEST_NAME}")
    root = parse_xml(archive.read(MANIFEST_NAME), f"{source_name}/{MANIFEST_NAME}")
    resources = child(root, "resources")
    base = _joined(attribute(root, "base"), attribute(resources, "base") if resources is not None else "")
    items: list[OutlineItem] = []
    for organization in children(child(root, "organizations"), "organization"):
        _collect_items(organization, (), (), items)
    return Manifest(tuple(items), tuple(_resource(element, base) for element in children(resources, "resource")))


def _collect_items(
    parent: Element, headings: tuple[str, ...], ancestors: tuple[str, ...], items: list[OutlineItem]
) -> None:
    """Collect the entries below one; an entry without a resource or entries heads those that follow it."""
    subheading: tuple[str, ...] = ()
    if len(ancestors) > _MAX_DEPTH:
        return
    for element in children(parent, "item"):
        identifier, title = element.get("identifier") or "", child_line(element, "title")
        resource = element.get("identifierref") or ""
        has_items = any(True for _ in children(element, "item"))
        if title and not resource and not has_items:
            subheading = (title,)
            continue
        around = headings if has_items and not resource else headings + subheading
        if resource:
            items.append(OutlineItem(identifier, title, around, ancestors, resource))
        _collect_items(element, around + ((title,) if title else ()), (*ancestors, identifier), items)


def _resource(element: Element, base: str) -> Resource:
    base = _joined(base, attribute(element, "base"))
    listed = [_path(base, file.get("href") or "") for file in children(element, "file")]
    main = _path(base, element.get("href") or "") if element.get("href") else next(iter(listed), "")
    type_ = (element.get("type") or "").strip().lower()
    kinds: list[ResourceKind] = [kind for start, kind in _KINDS if type_.startswith(start)]
    return Resource(
        identifier=element.get("identifier") or "",
        kind=kinds[0] if kinds else "other",
        main=main,
        files=tuple(dict.fromkeys(path for path in [main, *listed] if path)),
        dependencies=tuple(found.get("identifierref") or "" for found in children(element, "dependency")),
        for_instructors=element.get("intendeduse") == "lessonplan" or _for_instructors(element),
        is_variant=any(True for _ in children(element, "variant")),
    )


def _for_instructors(element: Element) -> bool:
    """Tell whether the roles that a resource is meant for leave learners out."""
    roles = {
        "".join(value.itertext()).strip().lower()
        for role in descendants(element, "intendedEndUserRole")
        for value in _values(role)
    }
    return bool(roles) and roles.isdisjoint({"learner", "student"})


def _values(role: Element) -> Iterator[Element]:
    return (value for value in role if local_name(value) == "value")


def _joined(base: str, more: str) -> str:
    return posixpath.join(base, unquote(more)) if more else base


def _path(base: str, href: str) -> str:
    """Return where a file lies in the cartridge: decoded, without query; a path that leads out finds nothing."""
    plain = unquote(href.split("?", 1)[0].split("#", 1)[0]).strip()
    return plain_name(posixpath.normpath(posixpath.join(base, plain))) if plain else ""
