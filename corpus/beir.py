"""A question set's corpus in BEIR layout becomes a course: every row one document of that id.

Rows are ``{"_id", "title", "text"}``, one JSON object a line, in corpus.jsonl or corpus.jsonl.gz. A title such as
"Chapter 5 > Key Terms > acne" is the row's heading path, and its first line of text.
"""

import gzip
import hashlib
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from corpus.decoding import clean_text
from corpus.errors import CourseFileInvalid, CourseNotFound, UnreadableFile
from corpus.markdown import read_markdown
from corpus.sections import HEADING_SEPARATOR, build_sections
from corpus.slugs import slug
from corpus.types import Block, Course, Document, Section, SkippedFile, Span

_CORPUS_NAMES = ("corpus.jsonl", "corpus.jsonl.gz")


class _Row(BaseModel):
    model_config = ConfigDict(frozen=True)

    id: str = Field(alias="_id", min_length=1)
    title: str = ""
    text: str = ""


def read_beir_corpus(folder: Path) -> Course:
    """Read the corpus of a question set; rows without text are skipped with their reason.

    Raises:
        CourseNotFound: If the folder has no corpus file or no row with text.
        CourseFileInvalid: If a line is not such a row, or an id occurs twice.
    """
    path = next((folder / name for name in _CORPUS_NAMES if (folder / name).is_file()), None)
    if path is None:
        raise CourseNotFound(f"{folder}: no {' or '.join(_CORPUS_NAMES)} in it")
    course_id = slug(folder.resolve().name)
    documents: dict[str, Document] = {}
    skipped: list[SkippedFile] = []
    for row in _rows(path):
        if row.id in documents:
            raise CourseFileInvalid(f"{path}: the id {row.id!r} occurs twice")
        try:
            documents[row.id] = _read_row(row, course_id)
        except UnreadableFile as error:
            skipped.append(SkippedFile(error.source_name, error.reason))
    if not documents:
        raise CourseNotFound(f"{path}: no row with text")
    title = _set_title(folder) or folder.resolve().name
    return Course(course_id, title, tuple(documents.values()), skipped=tuple(skipped))


def _rows(path: Path) -> Iterator[_Row]:
    number = 0
    try:
        with path.open("rb") as file, gzip.open(file) if path.suffix == ".gz" else file as lines:
            for line in lines:
                number += 1
                if line.strip():
                    yield _Row.model_validate_json(line)
    except ValidationError as error:
        raise CourseFileInvalid(f"{path}, line {number}: {error.errors(include_url=False)[0]['msg']}") from error
    except (OSError, EOFError) as error:
        raise CourseFileInvalid(f"{path}: {error}") from error


def _read_row(row: _Row, course_id: str) -> Document:
    title = " ".join(clean_text(row.title).split())
    path = tuple(part.strip() for part in title.split(HEADING_SEPARATOR) if part.strip())
    body = read_markdown(clean_text(row.text))
    if not body.blocks:
        raise UnreadableFile(row.id, "the row has no text")
    text = f"{title}\n\n{body.text}" if title else body.text
    shift = len(text) - len(body.text)
    heading = (Block("heading", 0, len(title), level=1),) if title else ()
    return Document(
        course_id=course_id,
        document_id=row.id,
        title=path[0] if path else row.id,
        text=text,
        sections=_sections(body.text, body.blocks, path, shift),
        blocks=(*heading, *(_shift_block(block, shift) for block in body.blocks)),
        source_name=row.id,
        source_sha256=hashlib.sha256(row.text.encode("utf-8", "surrogatepass")).hexdigest(),
    )


def _sections(text: str, blocks: tuple[Block, ...], path: tuple[str, ...], shift: int) -> tuple[Section, ...]:
    """Return the row's sections: its title's, which covers all, and those of headings in its text under it."""
    inner = build_sections(text, blocks, path)
    root = Section(path[-1] if path else "", 0, path, 0, shift + len(text))
    return (
        root,
        *(
            replace(
                section,
                heading_path=(
                    *path,
                    *section.heading_path[len(path) if section.heading_path[: len(path)] == path else 0 :],
                ),
                char_start=section.char_start + shift,
                char_end=section.char_end + shift,
            )
            for section in inner
            if section.level > 0
        ),
    )


def _shift_block(block: Block, shift: int) -> Block:
    emphasised = tuple(Span(span.char_start + shift, span.char_end + shift) for span in block.emphasised)
    start, end = block.char_start + shift, block.char_end + shift
    return replace(block, char_start=start, char_end=end, emphasised=emphasised)


def _set_title(folder: Path) -> str:
    try:
        meta = json.loads((folder / "meta.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return ""  # a set without meta.json is called by its folder
    title = meta.get("title") if isinstance(meta, dict) else None
    return title if isinstance(title, str) else ""
