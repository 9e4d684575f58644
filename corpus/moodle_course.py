"""The outline of a Moodle backup: its sections and activities in the order of the course page, and which are hidden."""

import re
from dataclasses import dataclass
from datetime import datetime

from corpus.archives import Archive
from corpus.errors import UnreadableFile
from corpus.moodle_availability import why_restricted
from corpus.moodle_text import moodle_line, moodle_value
from corpus.xml_reading import Element, child, children, parse_xml

MAX_XML_BYTES = 50_000_000  # of one XML file of the backup
_NAME = re.compile(r"[a-z][a-z0-9_]{0,40}")
_ID = re.compile(r"\d{1,20}")
_WEB_ADDRESS = re.compile(r"https?://[^\s<>\"']{1,500}")
_MAX_NESTING = 3  # Moodle allows one subsection in a section


@dataclass(frozen=True, slots=True)
class MoodleSection:
    """A section of the course page."""

    section_id: str
    number: int
    title: str
    path: str
    summary: str
    summary_format: str
    sequence: tuple[str, ...]  # ids of its activities, in order
    parent_module: str  # the activity that a subsection hangs in; "" for others
    left_out: str  # why learners do not see it; "" if they do


@dataclass(frozen=True, slots=True)
class MoodleActivity:
    """An activity of the course, as the backup lists it."""

    module_id: str
    section_id: str
    kind: str  # "page", "book", "quiz"
    title: str
    folder: str
    left_out: str  # why learners do not see it; "" if they do
    shows_description: bool


@dataclass(frozen=True, slots=True)
class MoodleCourse:
    """What moodle_backup.xml says of the course, with its sections and activities in reading order."""

    site: str  # address of the Moodle that it came from; "" if unknown
    course_id: str
    sections: tuple[MoodleSection, ...]
    activities: tuple[MoodleActivity, ...]


def read_moodle_course(archive: Archive, source_name: str, now: datetime) -> MoodleCourse:
    """Read the outline of a course backup.

    Raises:
        UnreadableFile: If the archive is no Moodle 2 course backup, or its outline is damaged.
    """
    if "moodle_backup.xml" not in archive:
        if "moodle.xml" in archive:
            raise UnreadableFile(source_name, "a backup of Moodle 1; restore it in a newer Moodle and back it up there")
        raise UnreadableFile(source_name, "not a Moodle course backup: it has no moodle_backup.xml")
    information = child(parse_member(archive, "moodle_backup.xml"), "information")
    contents = child(information, "contents")
    # Settings have elements named "activity" and "section" too: only these paths list the contents.
    sections = [
        section
        for listed in children(child(contents, "sections"), "section")
        if (section := _section(archive, listed, now)) is not None
    ]
    activities = [
        activity
        for listed in children(child(contents, "activities"), "activity")
        if (activity := _activity(archive, listed, now)) is not None
    ]
    site = moodle_value(information, "original_wwwroot").rstrip("/")
    course_id = moodle_value(information, "original_course_id")
    return MoodleCourse(
        site=site if _WEB_ADDRESS.fullmatch(site) and _ID.fullmatch(course_id) else "",
        course_id=course_id,
        sections=tuple(sorted(sections, key=lambda section: section.number)),
        activities=tuple(activities),
    )


def parse_member(archive: Archive, name: str) -> Element:
    """Parse one XML file of the backup.

    Raises:
        UnreadableFile: If the backup lacks it, or it is too large or damaged.
    """
    if name not in archive:
        raise UnreadableFile(name, "missing from the backup")
    return parse_xml(archive.read(name, max_bytes=MAX_XML_BYTES), name)


def headings_of(course: MoodleCourse, section_id: str) -> tuple[tuple[str, ...], str]:
    """Return the titles of a section and those around it, and why one of them is not seen, or ""."""
    sections = {section.section_id: section for section in course.sections}
    place_of = {activity.module_id: activity for activity in course.activities}
    titles: list[str] = []
    section = sections.get(section_id)
    while section is not None and len(titles) < _MAX_NESTING:
        titles.insert(0, section.title)
        if section.left_out:
            return tuple(titles), f"in the section {section.title!r}, which is {section.left_out}"
        module = place_of.get(section.parent_module)
        if module is not None and module.left_out:
            return tuple(titles), f"in the subsection {section.title!r}, which is {module.left_out}"
        section = sections.get(module.section_id) if module else None
    return tuple(titles), ""


def _section(archive: Archive, listed: Element, now: datetime) -> MoodleSection | None:
    section_id = moodle_value(listed, "sectionid")
    path = f"sections/section_{section_id}/section.xml"
    if not _ID.fullmatch(section_id):
        return None
    try:
        section = parse_member(archive, path)
    except UnreadableFile as error:
        return MoodleSection(section_id, 0, f"Section {section_id}", path, "", "", (), "", f"unknown: {error.reason}")
    written = moodle_value(section, "number")
    number = int(written) if _ID.fullmatch(written) else 0
    hidden = "hidden" if moodle_value(section, "visible") == "0" else ""
    return MoodleSection(
        section_id=section_id,
        number=number,
        title=moodle_line(section, "name") or (f"Section {number}" if number else "General"),
        path=path,
        summary=moodle_value(section, "summary"),
        summary_format=moodle_value(section, "summaryformat"),
        sequence=tuple(moodle_value(section, "sequence").split(",")),
        parent_module=moodle_value(listed, "parentcmid"),
        left_out=hidden or why_restricted(moodle_value(section, "availabilityjson"), now),
    )


def _activity(archive: Archive, listed: Element, now: datetime) -> MoodleActivity | None:
    kind, module_id = moodle_value(listed, "modulename"), moodle_value(listed, "moduleid")
    if not _NAME.fullmatch(kind) or not _ID.fullmatch(module_id):
        return None
    folder = f"activities/{kind}_{module_id}"
    try:
        module = parse_member(archive, f"{folder}/module.xml")
        left_out = _why_unseen(module, now)
        shows_description = moodle_value(module, "showdescription") == "1"
    except UnreadableFile as error:
        left_out, shows_description = f"of unknown visibility: {error.reason}", False
    return MoodleActivity(
        module_id=module_id,
        section_id=moodle_value(listed, "sectionid"),
        kind=kind,
        title=moodle_line(listed, "title") or f"{kind} {module_id}",
        folder=folder,
        left_out=left_out,
        shows_description=shows_description,
    )


def _why_unseen(module: Element, now: datetime) -> str:
    if moodle_value(module, "visible") == "0":
        return "hidden"
    if moodle_value(module, "visibleoncoursepage") == "0":
        return "not shown on the course page"
    return why_restricted(moodle_value(module, "availability"), now)
