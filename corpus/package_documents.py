"""The items of a package (a course export, a zip of files) become documents, each with its report.

Knows how items are named, numbered and told of; knows no format. Ids are made of what the package itself calls an item,
so they survive the next export of the same course.
"""

import hashlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from corpus.document_reading import document_of
from corpus.document_writer import ReadText
from corpus.errors import UnreadableFile
from corpus.sections import HEADING_SEPARATOR
from corpus.slugs import short_hash
from corpus.types import Document, ItemOutcome, ItemReport, Section, SourceReading

_NUMBER = re.compile(r"^(?:\d+[.):–-]?)+\s+(?=\S)")  # "3.1 Cells": a table of contents often leaves it out
NO_TEXT = "no text in it (0 characters)"


class ReadItem(Protocol):
    """Reads a file that lies in a package, whatever its format; refuses a package in a package."""

    def __call__(self, data: bytes, source_name: str, *, course_id: str, document_id: str) -> SourceReading:
        """Read one file."""


@dataclass(frozen=True, slots=True)
class PackageItem:
    """One item as the package describes it."""

    key: str  # slug that tells it from the others, stable from export to export: "page-12"
    title: str  # "" if the file's own title is its title
    path: str = ""  # of its file in the package
    headings: tuple[str, ...] = ()  # of the course around it, outermost first
    activity: str = ""
    link: str = ""

    @property
    def name(self) -> str:
        """What the report calls it."""
        return HEADING_SEPARATOR.join([*self.headings, self.title]) if self.title else self.path


class PackageDocuments:
    """Collects the documents of one package and what became of each of its items."""

    def __init__(self, source_name: str, *, course_id: str, document_id: str, read_item: ReadItem) -> None:
        self._source_name = source_name
        self._course_id = course_id
        self._prefix = document_id
        self._read_item = read_item
        self._documents: list[Document] = []
        self._items: list[ItemReport] = []
        self._ids: set[str] = set()

    def add_text(self, item: PackageItem, found: ReadText, *, left_out: str = "") -> None:
        """Add an item whose text was read; ``left_out`` says what of it was not."""
        if all(block.kind == "heading" for block in found.blocks):
            self.skip(item.name, "; ".join(filter(None, [NO_TEXT, left_out])))
            return
        document = document_of(
            found,
            found.text.encode(),
            self._name_of_file(item),
            title=item.title,
            course_id=self._course_id,
            document_id=self._next_id(item.key),
        )
        self._add(item, document, left_out)

    def add_file(self, item: PackageItem, data: bytes) -> None:
        """Add an item that is a file of any format; one that cannot be read is reported with the reason."""
        document_id = self._next_id(item.key)
        try:
            reading = self._read_item(
                data, self._name_of_file(item), course_id=self._course_id, document_id=document_id
            )
        except UnreadableFile as error:
            self.fail(item.name, error.reason)
            return
        left_out = "; ".join(report.reason for report in reading.items if report.reason)
        sha256 = hashlib.sha256(data).hexdigest()
        for document in reading.documents:
            whole = item
            if item.title and len(reading.documents) > 1:  # a book: its chapters keep their titles
                whole = replace(item, title=document.title, headings=(*item.headings, item.title))
            self._add(whole, replace(document, source_sha256=sha256), left_out)
        if not reading.documents:
            self.skip(item.name, left_out or NO_TEXT)

    def try_to_add(self, item: PackageItem, read: Callable[[], tuple[ReadText, str]]) -> None:
        """Add an item by reading its text now; if that fails, it is reported with the reason and the rest goes on."""
        try:
            found, left_out = read()
        except UnreadableFile as error:
            self.fail(item.name, error.reason)
        else:
            self.add_text(item, found, left_out=left_out)

    def skip(self, name: str, reason: str) -> None:
        """Report an item that was left out on purpose."""
        self._items.append(ItemReport(name, "skipped", reason))

    def fail(self, name: str, reason: str) -> None:
        """Report an item that could not be read."""
        self._items.append(ItemReport(name, "failed", reason))

    def finish(self) -> SourceReading:
        """Return all that was added; a package without any text says so first."""
        if self._documents:
            return SourceReading(tuple(self._documents), tuple(self._items))
        reason = f"nothing to read in it: {len(self._items)} items, none of them text (0 characters)"
        return SourceReading((), (ItemReport(self._source_name, "skipped", reason), *self._items))

    def _name_of_file(self, item: PackageItem) -> str:
        return f"{self._source_name}/{item.path or item.key}"

    def _add(self, item: PackageItem, document: Document, left_out: str) -> None:
        self._documents.append(
            replace(
                document,
                title=item.title or document.title,
                sections=_below(document, item) if item.title else document.sections,
                activity=item.activity or document.activity,
                link=item.link or document.link,
            )
        )
        outcome: ItemOutcome = "partly" if left_out else "read"
        self._items.append(ItemReport(item.name, outcome, left_out, document.document_id, len(document.text)))

    def _next_id(self, key: str) -> str:
        """Return an id that no other item has; of two items of one key, the second is told apart by its number."""
        id_ = f"{self._prefix}--{key}"
        number = 1
        while id_ in self._ids:
            number += 1
            id_ = f"{self._prefix}--{key}-{short_hash(f'{key} {number}')}"
        self._ids.add(id_)
        return id_


def _below(document: Document, item: PackageItem) -> tuple[Section, ...]:
    """Return the document's sections with the course's headings and the item's title before their paths."""
    return tuple(
        replace(
            section,
            heading=item.title if section.level == 0 else section.heading,
            heading_path=(*item.headings, item.title, *_own_path(section.heading_path, (document.title, item.title))),
        )
        for section in document.sections
    )


def _own_path(path: tuple[str, ...], titles: Sequence[str]) -> tuple[str, ...]:
    """Return a path without the title that it begins with: the item's title stands before it."""
    bare = {_NUMBER.sub("", title).casefold() for title in titles}
    return path[1:] if path and _NUMBER.sub("", path[0]).casefold() in bare else path
