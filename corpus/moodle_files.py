"""The files of a Moodle backup: files.xml says which activity has which; their bytes lie under their own hash."""

import re
from collections import defaultdict
from dataclasses import dataclass

from corpus.archives import Archive
from corpus.moodle_text import moodle_line, moodle_value
from corpus.xml_reading import Element, children

_HASH = re.compile(r"[0-9a-f]{40}")


@dataclass(frozen=True, slots=True)
class MoodleFile:
    """A file that belongs to an activity."""

    name: str  # its path inside the activity
    content_hash: str
    is_main: bool


class MoodleFiles:
    """Which files belong to which activity, by its context and the area of it."""

    def __init__(self, files: Element | None) -> None:
        self._by_place: dict[tuple[str, str, str], list[MoodleFile]] = defaultdict(list)
        for file in children(files, "file"):
            name = moodle_line(file, "filename")
            content_hash = moodle_value(file, "contenthash")
            if name in ("", ".") or not _HASH.fullmatch(content_hash):
                continue  # a folder
            place = (moodle_value(file, "contextid"), moodle_value(file, "component"), moodle_value(file, "filearea"))
            path = f"{moodle_line(file, 'filepath')}{name}".strip("/")
            self._by_place[place].append(MoodleFile(path, content_hash, moodle_value(file, "sortorder") == "1"))

    def of(self, context_id: str, component: str, area: str) -> list[MoodleFile]:
        """Return the files of one area of an activity, the main one first, then by name."""
        return sorted(
            self._by_place.get((context_id, component, area), ()), key=lambda file: (not file.is_main, file.name)
        )


def file_path(file: MoodleFile, archive: Archive) -> str | None:
    """Return where the bytes of a file lie in the backup; None if it was made without files."""
    path = f"files/{file.content_hash[:2]}/{file.content_hash}"
    return path if path in archive else None
