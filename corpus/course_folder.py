"""A folder of course files becomes a course.

Files are read in natural order ("week 2" before "week 10"), subfolders included. A file that cannot be read is skipped
with its reason and the others are read all the same. Markdown and text are read here; whatever needs a larger library
(PDF, Office files, packages) is read by a child process.
"""

import logging
import os
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from corpus.course_file import COURSE_FILE_NAME, CourseFile, read_course_file
from corpus.decoding import MAX_FILE_BYTES, clean_text, too_large
from corpus.document_reading import MARKDOWN_SUFFIXES, TEXT_SUFFIXES, read_document, title_from_name
from corpus.errors import CourseFileInvalid, CourseNotFound, UnreadableFile
from corpus.reading_process import read_in_child
from corpus.slugs import short_hash, slug
from corpus.types import Course, Document, ItemReport, SkippedFile
from corpus.word_list import word_set

logger = logging.getLogger(__name__)

_TEXT_SUFFIXES = MARKDOWN_SUFFIXES | TEXT_SUFFIXES
# Files of these names are looked at; what they are is told by their content (corpus.source_formats).
_OTHER_SUFFIXES = word_set(".pdf .docx .docm .pptx .pptm .ppsx .epub .html .htm .xhtml .zip .imscc .mbz .xml")
# Course text in a form that no reader here understands: said aloud, so that nobody misses it in silence.
_UNREAD_SUFFIXES = word_set(".doc .odt .rtf .ppt .odp .tex .rst .ipynb .org .adoc .pages .key")
# What a repository says of itself, not of its subject.
ABOUT_NAMES = word_set(
    """
    readme license licence licenses copying notice changelog changes contributing code_of_conduct code-of-conduct
    security authors contributors credits requirements robots todo
    """
)
_DIGITS = re.compile(r"(\d+)")


def read_course(folder: Path) -> Course:
    """Read every course file of a folder as one course: Markdown, text, PDF, Office files, HTML, packages.

    Hidden files are left out, and so are README, LICENSE and the like unless there is nothing else. Links that lead out
    of the folder are refused.

    Raises:
        CourseNotFound: If the folder does not exist or none of its files can be read; the message has the reasons.
        CourseFileInvalid: If its course.toml cannot be understood.
    """
    files = course_files(folder)
    about, course_id, skipped = files.about, files.course_id, list(files.skipped)
    documents = _read_documents(folder, files.names, course_id, skipped)
    if not documents:
        reasons = "; ".join(f"{file.source_name}: {file.reason}" for file in skipped[:5])
        raise CourseNotFound(f"{folder}: no readable course file" + (f" ({reasons})" if reasons else ""))
    for file in skipped:
        logger.warning("skipped %s: %s", file.source_name, file.reason)
    return Course(
        course_id=course_id,
        title=about.title or (documents[0].title if len(documents) == 1 else title_from_name(folder.resolve().name)),
        documents=tuple(documents),
        description=about.description,
        language=about.language,
        licence=about.licence,
        suggested_questions=tuple(about.suggested_questions),
        skipped=tuple(skipped),
    )


@dataclass(frozen=True, slots=True)
class CourseFiles:
    """The files of a course folder, none of them read yet, and what the folder says about itself."""

    course_id: str
    about: CourseFile
    names: tuple[str, ...]  # paths inside the folder, in reading order
    skipped: tuple[SkippedFile, ...]


def course_files(folder: Path) -> CourseFiles:
    """Find the course files of a folder by their endings, hidden ones and those about the folder itself left out.

    Raises:
        CourseNotFound: If the folder does not exist.
        CourseFileInvalid: If its course.toml cannot be understood.
    """
    if not folder.is_dir():
        raise CourseNotFound(
            f"{folder}: no such folder; a course is a folder of Markdown, text, PDF or other course files"
        )
    about = read_course_file(folder)
    skipped: list[SkippedFile] = []
    names = _ordered(list(_readable_names(folder, skipped)), about, folder)
    return CourseFiles(about.id or slug(folder.resolve().name), about, tuple(names), tuple(skipped))


def document_ids(names: Sequence[str]) -> dict[str, str]:
    """Give every file an id for URLs: its path without ending, "/" as "--"; a hash is added where two would meet."""
    plain = {name: "--".join(slug(part) for part in PurePosixPath(name).with_suffix("").parts) for name in names}
    uses = Counter(plain.values())
    return {name: id_ if uses[id_] == 1 else f"{id_}-{short_hash(name)}" for name, id_ in plain.items()}


def _readable_names(folder: Path, skipped: list[SkippedFile]) -> Iterator[str]:
    """Yield the paths of the course's files inside the folder; note those that are left out for a reason."""
    root = folder.resolve()
    names: list[str] = []
    for path in _walk(folder):
        name = path.relative_to(folder).as_posix()
        suffix = path.suffix.lower()
        if suffix in _UNREAD_SUFFIXES:
            skipped.append(SkippedFile(name, f"{suffix} files cannot be read; export it as PDF, Markdown or text"))
        elif suffix in _TEXT_SUFFIXES | _OTHER_SUFFIXES:
            if path.is_symlink() and not path.resolve().is_relative_to(root):
                skipped.append(SkippedFile(name, "a link that leads out of the course folder; copy the file instead"))
            elif not path.is_file():
                skipped.append(SkippedFile(name, "not a regular file, or a link to nothing"))
            else:
                names.append(name)
    about_itself = [name for name in names if PurePosixPath(name).stem.lower() in ABOUT_NAMES]
    yield from (names if len(about_itself) == len(names) else (name for name in names if name not in about_itself))


def _walk(folder: Path) -> Iterator[Path]:
    """Yield all files that are not hidden. Linked folders are not entered: they may lead out or in circles."""
    for current, folders, files in os.walk(folder, followlinks=False):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        yield from (Path(current) / name for name in sorted(files) if not name.startswith("."))


def _ordered(names: list[str], about: CourseFile, folder: Path) -> list[str]:
    """Return the files that course.toml puts first, then the others in natural order."""
    missing = [name for name in about.order if name not in names]
    if missing:
        raise CourseFileInvalid(f"{folder / COURSE_FILE_NAME}: order names {missing}, which the folder does not have")
    first = list(dict.fromkeys(about.order))
    return first + sorted((name for name in names if name not in first), key=natural_order)


def natural_order(name: str) -> tuple[tuple[tuple[int, int | str], ...], str]:
    """Sort key by which "week-2/b.md" comes before "week-10/a.md", and files before subfolders' files."""
    parts = _DIGITS.split(name.casefold().replace("/", "\0"))
    return tuple((0, int(part)) if part.isdecimal() else (1, part) for part in parts if part), name


def _read_documents(folder: Path, names: Sequence[str], course_id: str, skipped: list[SkippedFile]) -> list[Document]:
    ids = document_ids(names)
    documents: list[Document] = []
    for name in names:
        try:
            shown_name = clean_text(name.encode("utf-8", "replace").decode())
            if PurePosixPath(name).suffix.lower() in _TEXT_SUFFIXES:
                data = _read_bytes(folder / name, name)
                documents.append(read_document(data, shown_name, course_id=course_id, document_id=ids[name]))
            else:
                found = read_in_child(folder / name, shown_name, course_id=course_id, document_id=ids[name])
                documents += found.documents
                skipped += _left_out(shown_name, found.items)
        except UnreadableFile as error:
            skipped.append(SkippedFile(error.source_name, error.reason))
    return _with_ids_of_their_own(documents)


def _left_out(source_name: str, items: Iterable[ItemReport]) -> Iterator[SkippedFile]:
    """Yield what was not read of a file, or of the items of a package."""
    for item in items:
        if item.outcome != "read":
            yield SkippedFile(item.name if item.name == source_name else f"{source_name}: {item.name}", item.reason)


def _with_ids_of_their_own(documents: Sequence[Document]) -> list[Document]:
    """Rename documents that share an id: "a.zip" may hold "b.md" and stand beside the folder "a" with its "b.md"."""
    uses = Counter(document.document_id for document in documents)
    return [
        document
        if uses[document.document_id] == 1
        else replace(document, document_id=f"{document.document_id}-{short_hash(document.source_name)}")
        for document in documents
    ]


def _read_bytes(path: Path, name: str) -> bytes:
    try:
        if (size := path.stat().st_size) > MAX_FILE_BYTES:
            raise UnreadableFile(name, too_large(size))
        return path.read_bytes()
    except OSError as error:
        raise UnreadableFile(name, error.strerror or str(error)) from error
