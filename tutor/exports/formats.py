"""The formats of an export, by name."""

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Literal

from tutor.exports import anki, moodle
from tutor.exports.entries import ExportEntry
from tutor.records.csv_export import csv_lines

FormatName = Literal["json", "csv", "moodle", "anki"]


@dataclass(frozen=True, slots=True)
class Exported:
    """A file."""

    content: bytes
    media_type: str
    suffix: str


def export(name: FormatName, course_id: str, title: str, entries: Sequence[ExportEntry]) -> Exported:
    """Put entries into a file of the named format.

    Args:
        name: Of the format.
        course_id: The course's, so that a later export is known to be of the same one.
        title: The course's, for people.
        entries: What to put in.
    """
    writers: dict[FormatName, Callable[[], Exported]] = {
        "json": lambda: Exported(_json(course_id, title, entries), "application/json", ".json"),
        "csv": lambda: Exported(_csv(entries), "text/csv; charset=utf-8", ".csv"),
        "moodle": lambda: Exported(moodle.moodle_glossary(title, entries), moodle.MEDIA_TYPE, ".xml"),
        "anki": lambda: Exported(anki.anki_deck(course_id, title, entries, at=time.time()), anki.MEDIA_TYPE, ".apkg"),
    }
    return writers[name]()


def _json(course_id: str, title: str, entries: Sequence[ExportEntry]) -> bytes:
    listed = {"course_id": course_id, "title": title, "entries": [asdict(entry) for entry in entries]}
    return json.dumps(listed, ensure_ascii=False, indent=2).encode() + b"\n"


def _csv(entries: Sequence[ExportEntry]) -> bytes:
    rows = ((entry.heading, "; ".join(entry.aliases), entry.text, entry.place) for entry in entries)
    return "".join(csv_lines(("term", "aliases", "definition", "place"), rows)).encode()
