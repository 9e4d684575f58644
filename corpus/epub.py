"""An EPUB becomes documents: one for each file of its reading order, under the titles of its table of contents."""

from pathlib import PurePosixPath

from corpus.archives import Archive, open_archive
from corpus.course_folder import document_ids
from corpus.document_reading import title_from_name
from corpus.epub_package import EpubPackage, SpineItem, TocEntry, read_epub_package
from corpus.errors import UnreadableFile
from corpus.html_document import HtmlReading, read_html
from corpus.html_parsing import decode_html
from corpus.html_source import hidden_words
from corpus.package_documents import PackageDocuments, PackageItem
from corpus.types import SourceReading


def read_epub(data: bytes, source_name: str, *, course_id: str, document_id: str) -> SourceReading:
    """Read an EPUB 2 or 3.

    Args:
        data: The file, a zip archive.
        source_name: Its name.
        course_id: The course it becomes part of.
        document_id: What the ids of its documents begin with.

    Raises:
        UnreadableFile: If it is damaged or locked by DRM; ``UnsafeArchive`` if it is a bomb.
    """
    documents = PackageDocuments(source_name, course_id=course_id, document_id=document_id, read_item=_no_files)
    with open_archive(data, source_name) as archive:
        package = read_epub_package(archive, source_name)
        for entry in archive.refused:
            documents.fail(entry.name, entry.reason)
        _read_spine(archive, package, documents, package.title or title_from_name(PurePosixPath(source_name).stem))
    return documents.finish()


def _read_spine(archive: Archive, package: EpubPackage, documents: PackageDocuments, book: str) -> None:
    keys = document_ids(sorted({item.path for item in package.spine}))
    before = TocEntry(book, ())
    done: set[str] = set()
    for item in package.spine:
        if item.path in done:
            continue
        done.add(item.path)
        entry = package.contents.get(item.path)
        described = PackageItem(keys[item.path], item.path, item.path, (book,), "page")
        reading = _read_page(archive, item, described, documents)
        if reading is None:
            continue
        entry = entry or _entry_of(reading, before, book)
        before = entry
        described = PackageItem(keys[item.path], entry.title, item.path, (book, *entry.headings))
        documents.add_text(described, reading.found, left_out=hidden_words(reading.n_hidden))


def _read_page(
    archive: Archive, item: SpineItem, described: PackageItem, documents: PackageDocuments
) -> HtmlReading | None:
    """Read one file of the book; None if it is left out, which is then reported."""
    if not item.is_linear:
        documents.skip(described.name, "outside the reading order, where notes and answers stand")
    elif not item.is_page:
        documents.skip(described.name, "not a page of text")
    elif item.path not in archive:
        documents.fail(described.name, "missing from the book")
    else:
        try:
            return read_html(decode_html(archive.read(item.path), item.path), item.path)
        except UnreadableFile as error:
            documents.fail(described.name, error.reason)
    return None


def _entry_of(reading: HtmlReading, before: TocEntry, book: str) -> TocEntry:
    """Name a file that the table of contents does not: by its own heading, or as going on from the one before."""
    own = reading.found.title
    if own and own.casefold() != book.casefold():
        return TocEntry(own, before.headings)
    return before


def _no_files(data: bytes, source_name: str, *, course_id: str, document_id: str) -> SourceReading:  # noqa: ARG001
    raise UnreadableFile(source_name, "a book's files are its pages")
