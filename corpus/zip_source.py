"""A zip of loose files becomes documents: one for each file that can be read, in natural order.

The same files are left out as in a course folder: hidden ones, and README and the like unless there is nothing else.
"""

from collections import Counter
from pathlib import PurePosixPath

from corpus.archives import open_archive
from corpus.course_folder import ABOUT_NAMES, document_ids, natural_order
from corpus.errors import UnreadableFile
from corpus.package_documents import PackageDocuments, PackageItem, ReadItem
from corpus.package_files import may_be_text
from corpus.types import SourceReading

_MACHINE_FOLDERS = ("__MACOSX",)  # what macOS packs beside the files


def read_zip(data: bytes, source_name: str, *, course_id: str, document_id: str, read_item: ReadItem) -> SourceReading:
    """Read a zip archive of course files.

    Args:
        data: The archive.
        source_name: Its name.
        course_id: The course it becomes part of.
        document_id: What the ids of its documents begin with.
        read_item: Reads the files in it; refuses an archive in the archive.

    Raises:
        UnreadableFile: If it is damaged; ``UnsafeArchive`` if it is a bomb.
    """
    documents = PackageDocuments(source_name, course_id=course_id, document_id=document_id, read_item=read_item)
    with open_archive(data, source_name) as archive:
        for entry in archive.refused:
            if not _is_hidden(entry.name):
                documents.fail(entry.name, entry.reason)
        seen = [name for name in archive.names if not _is_hidden(name)]
        texts = sorted((name for name in seen if may_be_text(name)), key=natural_order)
        keys = document_ids(texts)
        about_itself = [name for name in texts if PurePosixPath(name).stem.lower() in ABOUT_NAMES]
        for name in texts if len(about_itself) == len(texts) else (name for name in texts if name not in about_itself):
            try:
                content = archive.read(name)
            except UnreadableFile as error:
                documents.fail(name, error.reason)
            else:
                documents.add_file(PackageItem(keys[name], "", name), content)
        _report_others(documents, [name for name in seen if not may_be_text(name)])
    return documents.finish()


def _is_hidden(name: str) -> bool:
    parts = name.split("/")
    return parts[0] in _MACHINE_FOLDERS or any(part.startswith(".") and part.strip(".") for part in parts)


def _report_others(documents: PackageDocuments, names: list[str]) -> None:
    suffixes = Counter(PurePosixPath(name).suffix.lower() for name in names)
    for suffix, number in sorted(suffixes.items()):
        documents.skip(f"{number} {suffix or 'nameless'} files", "no text")
