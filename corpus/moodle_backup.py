"""A Moodle course backup (.mbz) becomes documents: one for each page, book chapter, label, glossary and file.

Hidden and restricted items are left out and reported. Of the backup's other parts (users.xml, questions.xml, grades,
logs, submissions) not a byte is looked at.
"""

from datetime import UTC, datetime

from corpus.archives import Archive, open_archive
from corpus.errors import UnreadableFile
from corpus.moodle_activities import NEVER_READ, parts_of
from corpus.moodle_course import (
    MoodleActivity,
    MoodleCourse,
    MoodleSection,
    headings_of,
    parse_member,
    read_moodle_course,
)
from corpus.moodle_files import MoodleFile, MoodleFiles, file_path
from corpus.moodle_text import moodle_value, read_moodle_text
from corpus.package_documents import PackageDocuments, PackageItem, ReadItem
from corpus.sections import HEADING_SEPARATOR
from corpus.slugs import slug
from corpus.types import SourceReading
from corpus.xml_reading import Element, child

_FILE_AREAS = {"resource": "content", "folder": "content"}


def read_moodle_backup(
    data: bytes,
    source_name: str,
    *,
    course_id: str,
    document_id: str,
    read_item: ReadItem,
    now: datetime | None = None,
) -> SourceReading:
    """Read a course backup.

    Args:
        data: The .mbz file: a gzipped tar, or a zip as older Moodles made.
        source_name: Its name.
        course_id: The course it becomes part of.
        document_id: What the ids of its documents begin with.
        read_item: Reads the files in it.
        now: When dated restrictions are judged; the present if not given.

    Raises:
        UnreadableFile: If it is no Moodle 2 course backup, or damaged; ``UnsafeArchive`` if it is a bomb.
    """
    documents = PackageDocuments(source_name, course_id=course_id, document_id=document_id, read_item=read_item)
    with open_archive(data, source_name) as archive:
        course = read_moodle_course(archive, source_name, now or datetime.now(UTC))
        for entry in archive.refused:
            documents.fail(entry.name, entry.reason)
        _BackupReader(archive, course, documents).read()
    return documents.finish()


class _BackupReader:
    """Goes through a course in the order of its page."""

    def __init__(self, archive: Archive, course: MoodleCourse, documents: PackageDocuments) -> None:
        self._archive = archive
        self._course = course
        self._documents = documents
        self._files = self._read_files()

    def read(self) -> None:
        rest = {activity.module_id: activity for activity in self._course.activities}
        for section in self._course.sections:
            self._read_summary(section)
            for module_id in section.sequence:
                activity = rest.get(module_id)
                if activity is not None and activity.section_id == section.section_id:
                    self._read_activity(rest.pop(module_id))
            for activity in [left for left in rest.values() if left.section_id == section.section_id]:
                self._read_activity(rest.pop(activity.module_id))
        for activity in rest.values():
            self._read_activity(activity)

    def _read_files(self) -> MoodleFiles:
        if "files.xml" not in self._archive:
            return MoodleFiles(None)
        try:
            return MoodleFiles(parse_member(self._archive, "files.xml"))
        except UnreadableFile as error:
            self._documents.fail("files.xml", f"{error.reason}; no file of the course is read")
            return MoodleFiles(None)

    def _read_summary(self, section: MoodleSection) -> None:
        headings, left_out = headings_of(self._course, section.section_id)
        if left_out:
            self._documents.skip(HEADING_SEPARATOR.join(headings), section.left_out or left_out)
        elif section.summary:
            item = PackageItem(
                key=f"section-{section.section_id}",
                title=section.title,
                path=section.path,
                headings=headings[:-1],
                activity="section",
                link=self._link(f"/course/view.php?id={self._course.course_id}#section-{section.number}"),
            )
            self._documents.try_to_add(
                item, lambda: read_moodle_text(section.summary, section.summary_format, section.title)
            )

    def _read_activity(self, activity: MoodleActivity) -> None:
        headings, left_out = headings_of(self._course, activity.section_id)
        name = HEADING_SEPARATOR.join([*headings, activity.title])
        reason = activity.left_out or left_out or NEVER_READ.get(activity.kind)
        if reason:
            self._documents.skip(name, reason)
        if reason is not None:
            return
        try:
            root = parse_member(self._archive, f"{activity.folder}/{activity.kind}.xml")
        except UnreadableFile as error:
            self._documents.fail(name, error.reason)
            return
        element = child(root, activity.kind)
        if element is None:
            self._documents.fail(name, f"its file has no {activity.kind} in it")
            return
        n_texts = self._read_texts(activity, element, headings, name)
        n_files = self._read_activity_files(activity, root, headings)
        if activity.kind == "url":
            self._documents.skip(
                name, f"a link to {moodle_value(element, 'externalurl')[:200]}: links are not followed"
            )
        elif not n_texts and not n_files:
            self._documents.skip(name, "no text in it that learners see (0 characters)")

    def _read_texts(self, activity: MoodleActivity, element: Element, headings: tuple[str, ...], name: str) -> int:
        n_texts = 0
        parts = parts_of(activity.kind, element, shows_description=activity.shows_description, name=name)
        for part in parts:
            n_texts += 1
            around = (*headings, activity.title, *part.headings) if part.title else headings
            item = PackageItem(
                key="-".join(filter(None, [activity.kind, activity.module_id, part.key])),
                title=part.title or activity.title,
                path=f"{activity.folder}/{activity.kind}.xml",
                headings=around,
                activity=part.label,
                link=self._activity_link(activity, part.query),
            )
            if part.left_out:
                self._documents.skip(item.name, part.left_out)
            else:
                self._documents.try_to_add(item, part.read)
        return n_texts

    def _read_activity_files(self, activity: MoodleActivity, root: Element, headings: tuple[str, ...]) -> int:
        area = _FILE_AREAS.get(activity.kind)
        if area is None:
            return 0
        files = self._files.of(root.get("contextid") or "", f"mod_{activity.kind}", area)
        for number, file in enumerate(files):
            is_whole = activity.kind == "resource" and number == 0
            self._read_file(activity, file, headings, is_whole=is_whole)
        return len(files)

    def _read_file(
        self, activity: MoodleActivity, file: MoodleFile, headings: tuple[str, ...], *, is_whole: bool
    ) -> None:
        key = f"{activity.kind}-{activity.module_id}"
        item = PackageItem(
            key=f"{key}-file" if is_whole else f"{key}-{slug(file.name)}",
            title=activity.title if is_whole else file.name,
            path=f"{activity.folder}/{file.name}",
            headings=headings if is_whole else (*headings, activity.title),
            activity="file",
            link=self._activity_link(activity, ""),
        )
        path = file_path(file, self._archive)
        if path is None:
            self._documents.fail(item.name, "the backup was made without its files; back the course up with files")
            return
        try:
            data = self._archive.read(path)
        except UnreadableFile as error:
            self._documents.fail(item.name, error.reason)
        else:
            self._documents.add_file(item, data)

    def _activity_link(self, activity: MoodleActivity, query: str) -> str:
        if activity.kind == "label":  # it stands on the course page
            return self._link(f"/course/view.php?id={self._course.course_id}#module-{activity.module_id}")
        return self._link(f"/mod/{activity.kind}/view.php?id={activity.module_id}{query}")

    def _link(self, path: str) -> str:
        return f"{self._course.site}{path}" if self._course.site else ""
