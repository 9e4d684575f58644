"""What Canvas says about who sees what in its export: unpublished modules, items, pages and files.

A state that is not known counts as unpublished. A cartridge that Canvas did not write says nothing, and hides nothing.
"""

from datetime import UTC, datetime

from corpus.archives import Archive
from corpus.xml_reading import Element, child, child_line, children, descendants, parse_xml

_SETTINGS = "course_settings"
_PUBLISHED = ("", "active", "published", "available")
_FILES_FOLDER = "web_resources"


class CanvasPublishing:
    """Who sees the modules, items and files of an export.

    Raises:
        UnreadableFile: If its settings are damaged: what they hide would not be known.
    """

    def __init__(self, archive: Archive, now: datetime) -> None:
        self._now = now
        self._states: dict[str, str] = {}  # of modules and their items: why learners do not see them
        self._files: dict[str, str] = {}  # by identifier
        self._folders: dict[str, str] = {}  # by path
        self._read_modules(_settings_file(archive, "module_meta.xml"))
        self._read_files(_settings_file(archive, "files_meta.xml"))
        self.course_address = _course_address(_settings_file(archive, "context.xml"))  # "" if unknown

    def why_unseen(self, identifiers: tuple[str, ...]) -> str:
        """Return why an entry of the outline is not seen, given its identifier and those around it; "" if it is."""
        return next((why for identifier in identifiers if (why := self._states.get(identifier, ""))), "")

    def why_file_unseen(self, identifier: str, path: str) -> str:
        """Return why a file is not seen; "" if it is."""
        if why := self._files.get(identifier, ""):
            return why
        folder = path.removeprefix(f"{_FILES_FOLDER}/").rpartition("/")[0]
        while folder:
            if why := self._folders.get(folder, ""):
                return f"in a folder that is {why}"
            folder = folder.rpartition("/")[0]
        return ""

    def why_settings_hide(self, settings: Element) -> str:
        """Return why the settings of an assignment or topic hide it; "" if they do not."""
        for state in descendants(settings, "workflow_state"):
            if (state.text or "").strip() not in _PUBLISHED:
                return "unpublished"
        for only_some in descendants(settings, "only_visible_to_overrides"):
            if (only_some.text or "").strip() == "true":
                return "assigned to some learners only"
        dates = [*descendants(settings, "unlock_at"), *descendants(settings, "delayed_post_at")]
        return next(filter(None, (self._why_locked_until(date.text or "") for date in dates)), "")

    def why_state_hides(self, state: str) -> str:
        """Return why a page in this state is not seen; "" if it is."""
        return "" if state.strip() in _PUBLISHED else "unpublished"

    def _read_modules(self, modules: Element | None) -> None:
        for module in children(modules, "module"):
            title = child_line(module, "title")
            state = "unpublished" if child_line(module, "workflow_state") not in _PUBLISHED else ""
            why = state or self._why_locked_until(child_line(module, "unlock_at"))
            if why:
                self._states[module.get("identifier") or ""] = f"in the module {title!r}, which is {why}"
            for item in children(child(module, "items"), "item"):
                if child_line(item, "workflow_state") not in _PUBLISHED:
                    self._states[item.get("identifier") or ""] = "unpublished"

    def _read_files(self, meta: Element | None) -> None:
        for folder in children(child(meta, "folders"), "folder"):
            if why := self._why_file(folder):
                self._folders[(folder.get("path") or "").strip("/")] = why
        for file in children(child(meta, "files"), "file"):
            if why := self._why_file(file):
                self._files[file.get("identifier") or ""] = why

    def _why_file(self, file: Element) -> str:
        if child_line(file, "locked") == "true":
            return "unpublished"
        if child_line(file, "hidden") == "true":
            return "hidden"
        return self._why_locked_until(child_line(file, "unlock_at"))

    def _why_locked_until(self, written: str) -> str:
        if not written.strip():
            return ""
        try:
            date = datetime.fromisoformat(written.strip())
        except ValueError:
            return "locked until a date that cannot be read"
        if date.tzinfo is None:
            date = date.replace(tzinfo=UTC)
        return "" if date <= self._now else f"not open before {date:%Y-%m-%d}; import the course again then"


def _settings_file(archive: Archive, name: str) -> Element | None:
    path = f"{_SETTINGS}/{name}"
    return parse_xml(archive.read(path), path) if path in archive else None


def _course_address(context: Element | None) -> str:
    """Return the course's address in its Canvas, which newer exports tell; "" for others."""
    domain, number = child_line(context, "canvas_domain"), child_line(context, "course_id")
    if not domain or not number.isascii() or not number.isdecimal():
        return ""
    is_plain = all(letter.isascii() and (letter.isalnum() or letter in ".-:") for letter in domain)
    return f"https://{domain}/courses/{number}" if is_plain else ""
