"""A numbered part of a course: "chapter 5", "section 3.2", "week 7", and which chunks stand in it."""

import re

from corpus.types import Chunk

_KINDS = "chapter|section|unit|lesson|lecture|week|module|part"
_NUMBERED = re.compile(rf"^(?:the )?(?P<kind>{_KINDS})? ?(?P<number>\d+(?:\.\d+)*)$", re.IGNORECASE)
_TITLED = re.compile(rf"(?:{_KINDS}) \d", re.IGNORECASE)
# Files are often numbered where their headings are not: "08-modern-networks", "ch05-skin", "week-7-review".
_OF_FILE = re.compile(r"^[a-z]*[-_]?0*(?P<number>[1-9]\d?)(?!\d)", re.IGNORECASE)


def numbered_part(subject: str) -> re.Match[str] | None:
    """What part of the course a subject names by its number; None where it names something else."""
    return _NUMBERED.match(subject.strip())


def stands_in(chunk: Chunk, part: re.Match[str]) -> bool:
    """Whether a heading over the chunk, or its document's title, opens with that number, or its file's name does."""
    kind, number = part["kind"] or "", re.escape(part["number"])
    opening = re.compile(rf"(?:{kind or '[a-z]+'} )?{number}\b(?!\.\d)", re.IGNORECASE)
    if any(opening.match(heading) for heading in (chunk.document_title, *chunk.heading_path)):
        return True
    if kind.lower() == "section":
        return False
    is_numbered = any(heading[:1].isdigit() or _TITLED.match(heading) for heading in chunk.heading_path[:1])
    file = _OF_FILE.match(chunk.document_id)
    return not is_numbered and file is not None and file["number"] == part["number"]
