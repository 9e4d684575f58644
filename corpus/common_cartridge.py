"""A Common Cartridge or Canvas export (.imscc) becomes documents: one for each page, topic, assignment and file.

The outline gives their order and headings; what it does not name follows. Tests and question banks are never read,
links and external tools are named and not followed, and what Canvas has not published is left out.
"""

from collections import Counter
from datetime import UTC, datetime
from pathlib import PurePosixPath

from corpus.archives import Archive, open_archive
from corpus.canvas_publishing import CanvasPublishing
from corpus.cartridge_manifest import Manifest, OutlineItem, Resource, read_manifest
from corpus.cartridge_texts import read_cartridge_page, read_cartridge_text, weblink_address
from corpus.course_folder import document_ids
from corpus.document_reading import title_from_name
from corpus.errors import UnreadableFile
from corpus.package_documents import PackageDocuments, PackageItem, ReadItem
from corpus.package_files import is_page, may_be_text
from corpus.slugs import slug
from corpus.types import SourceReading
from corpus.xml_reading import parse_xml

_WIKI_FOLDER = "wiki_content/"
_SYLLABUS = "course_settings/syllabus.html"
_ASSIGNMENT_SETTINGS = "assignment_settings.xml"
_NOT_READ = {
    "test": "a test: questions and answers are never read",
    "tool": "an external tool: its contents are not in the package",
    "other": "of a kind that is not read",
    "settings": "settings of the learning platform: nothing to read",
}


def read_common_cartridge(
    data: bytes,
    source_name: str,
    *,
    course_id: str,
    document_id: str,
    read_item: ReadItem,
    now: datetime | None = None,
) -> SourceReading:
    """Read a cartridge: IMS Common Cartridge 1.0 to 1.3, Thin, or a Canvas export.

    Args:
        data: The .imscc file, a zip archive.
        source_name: Its name.
        course_id: The course it becomes part of.
        document_id: What the ids of its documents begin with.
        read_item: Reads the files in it.
        now: When "locked until" is judged; the present if not given.

    Raises:
        UnreadableFile: If it has no manifest or is damaged; ``UnsafeArchive`` if it is a bomb.
    """
    documents = PackageDocuments(source_name, course_id=course_id, document_id=document_id, read_item=read_item)
    with open_archive(data, source_name) as archive:
        manifest = read_manifest(archive, source_name)
        for entry in archive.refused:
            documents.fail(entry.name, entry.reason)
        publishing = CanvasPublishing(archive, now or datetime.now(UTC))
        _CartridgeReader(archive, manifest, publishing, documents).read()
    return documents.finish()


class _CartridgeReader:
    """Goes through the outline, then through what the outline does not name."""

    def __init__(
        self, archive: Archive, manifest: Manifest, publishing: CanvasPublishing, documents: PackageDocuments
    ) -> None:
        self._archive = archive
        self._manifest = manifest
        self._publishing = publishing
        self._documents = documents
        self._resources: dict[str, Resource] = {}
        for resource in manifest.resources:
            self._resources.setdefault(resource.identifier, resource)
        self._keys = document_ids(sorted({path for resource in manifest.resources for path in resource.files}))
        self._done: set[str] = set()  # paths of the files that have been dealt with
        self._pictures: Counter[str] = Counter()

    def read(self) -> None:
        unseen: dict[str, tuple[OutlineItem, str]] = {}  # by resource: one may be named twice, once published
        for item in self._manifest.items:
            why = self._publishing.why_unseen((item.identifier, *item.ancestors))
            if why:
                unseen.setdefault(item.resource, (item, why))
            else:
                self._read_item(item)
        for item, why in unseen.values():
            resource = self._resources.get(item.resource)
            if resource is None or not self._is_done(resource):
                self._documents.skip(self._described(item).name, why)
                self._done.update(resource.files if resource else ())
        for resource in self._manifest.resources:
            if not self._is_done(resource) and not resource.is_variant:
                self._read_unlisted(resource)
        for suffix, number in sorted(self._pictures.items()):
            self._documents.skip(f"{number} {suffix or 'nameless'} files", "no text")

    def _is_done(self, resource: Resource) -> bool:
        return bool(resource.files) and self._done.issuperset(resource.files[:1])

    def _read_item(self, item: OutlineItem) -> None:
        resource = self._resources.get(item.resource)
        described = self._described(item)
        if resource is None:
            self._documents.skip(described.name, "not in the package: a link to something in the learning platform")
        elif not self._is_done(resource):
            self._read_resource(resource, described)

    def _described(self, item: OutlineItem) -> PackageItem:
        return PackageItem(key="", title=item.title or "Without a title", headings=item.headings)

    def _read_unlisted(self, resource: Resource) -> None:
        """Read a resource that the outline does not name; settings and pictures are not worth a line each."""
        if resource.kind == "settings" and not self._is_page_of_canvas(resource):
            self._done.update(resource.files)
            return
        if resource.kind == "web" and not may_be_text(resource.main):
            self._pictures[PurePosixPath(resource.main).suffix.lower()] += 1
            self._done.update(resource.files)
            return
        headings = ("Pages",) if resource.main.startswith(_WIKI_FOLDER) else ()
        title = title_from_name(PurePosixPath(resource.main or resource.identifier).stem)
        self._read_resource(resource, PackageItem(key="", title=title, headings=headings), is_listed=False)

    def _is_page_of_canvas(self, resource: Resource) -> bool:
        return resource.main == _SYLLABUS or any(path.endswith(_ASSIGNMENT_SETTINGS) for path in resource.files)

    def _read_resource(self, resource: Resource, item: PackageItem, *, is_listed: bool = True) -> None:
        self._done.update(resource.files)
        if resource.for_instructors:
            self._documents.skip(item.name, "for instructors only")
        elif not resource.files:
            self._documents.skip(item.name, "no file in it")
        elif resource.kind == "weblink":
            self._documents.skip(item.name, f"a link to {self._address(resource)}: links are not followed")
        elif resource.kind in ("topic", "assignment"):
            self._read_text(resource, item, is_listed=is_listed)
        elif resource.kind == "web" or self._is_page_of_canvas(resource):
            for path in resource.files:
                self._read_file(resource, path, item, is_listed=is_listed)
        else:
            self._documents.skip(item.name, _NOT_READ[resource.kind])

    def _read_text(self, resource: Resource, item: PackageItem, *, is_listed: bool) -> None:
        """Read a topic or an assignment: an XML file with a title and a text in it."""
        try:
            root = parse_xml(self._bytes_of(resource.main), resource.main)
            why = self._publishing.why_settings_hide(root) or self._why_dependencies_hide(resource)
            title, found, left_out = read_cartridge_text(root, resource.main)
        except UnreadableFile as error:
            self._documents.fail(item.name, error.reason)
            return
        item = PackageItem(
            key=slug(resource.identifier),
            title=item.title if is_listed else title or item.title,
            path=resource.main,
            headings=item.headings,
            activity="discussion topic" if resource.kind == "topic" else "assignment",
        )
        if why:
            self._documents.skip(item.name, why)
        else:
            self._documents.add_text(item, found, left_out=left_out)

    def _read_file(self, resource: Resource, path: str, item: PackageItem, *, is_listed: bool) -> None:
        is_main = path == resource.main
        if not is_main and not may_be_text(path):
            return  # a picture of the page, or its settings
        name = title_from_name(PurePosixPath(path).stem)
        item = PackageItem(
            key=self._keys[path],
            title=item.title if is_main else name,
            path=path,
            headings=item.headings if is_main else (*item.headings, item.title),
            activity=self._activity_of(resource, path),
            link=self._link(path),
        )
        why = self._publishing.why_file_unseen(resource.identifier, path) or self._why_assignment_hides(resource)
        if why or not may_be_text(path):
            self._documents.skip(item.name, why or "no text")
            return
        try:
            data = self._bytes_of(path)
            if not is_page(path):
                self._documents.add_file(item, data)
                return
            title, state, found, left_out = read_cartridge_page(data, path)
        except UnreadableFile as error:
            self._documents.fail(item.name, error.reason)
            return
        if why := self._publishing.why_state_hides(state):
            self._documents.skip(item.name, why)
            return
        if title and not is_listed and is_main:
            item = PackageItem(item.key, title, item.path, item.headings, item.activity, item.link)
        self._documents.add_text(item, found, left_out=left_out)

    def _bytes_of(self, path: str) -> bytes:
        if path not in self._archive:
            raise UnreadableFile(path, f"its file {path!r} is missing from the package")
        return self._archive.read(path)

    def _address(self, resource: Resource) -> str:
        try:
            return weblink_address(parse_xml(self._bytes_of(resource.main), resource.main))
        except UnreadableFile:
            return "an address that cannot be read"

    def _why_dependencies_hide(self, resource: Resource) -> str:
        """Ask the settings that Canvas keeps beside a topic."""
        for identifier in resource.dependencies:
            beside = self._resources.get(identifier)
            if beside is not None and beside.kind == "settings" and beside.main in self._archive:
                why = self._publishing.why_settings_hide(parse_xml(self._archive.read(beside.main), beside.main))
                if why:
                    return why
        return ""

    def _why_assignment_hides(self, resource: Resource) -> str:
        for path in resource.files:
            if path.endswith(_ASSIGNMENT_SETTINGS) and path in self._archive:
                try:
                    return self._publishing.why_settings_hide(parse_xml(self._archive.read(path), path))
                except UnreadableFile as error:
                    return f"of unknown visibility: {error.reason}"
        return ""

    def _activity_of(self, resource: Resource, path: str) -> str:
        if path == _SYLLABUS:
            return "syllabus"
        if any(name.endswith(_ASSIGNMENT_SETTINGS) for name in resource.files):
            return "assignment"
        return "page" if is_page(path) else "file"

    def _link(self, path: str) -> str:
        course = self._publishing.course_address
        if course and path.startswith(_WIKI_FOLDER):
            return f"{course}/pages/{PurePosixPath(path).stem}"
        return f"{course}/assignments/syllabus" if course and path == _SYLLABUS else ""
