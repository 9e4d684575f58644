"""Small courses made by hand, so that tests of the index do not depend on how a file is read or cut."""

import random
import resource
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from hashing_embedder import HashingEmbedder

from corpus.types import Block, Chunk, Course, Document, FoundBy, Span
from index.analysis import Analyzer
from index.contents import Contents
from index.faiss_store import FaissStore
from index.lexical import LexicalIndex
from index.manifest import FORMAT, Manifest

STARS = (
    "Stars fuse hydrogen into helium.",
    "A red giant is a large and cool star.",
    "Galaxies hold billions of stars.",
    "A nebula is a cloud of gas and dust.",
)
CELLS = (
    "Cells are the units of life.",
    "The nucleus holds the genome of a cell.",
    "Mitochondria turn sugar into energy.",
    "Ribosomes make proteins.",
)


def document_of(paragraphs: Sequence[str], *, course_id: str = "stars", document_id: str = "lesson") -> Document:
    """A document of paragraphs, without headings."""
    blocks, position = [], 0
    for paragraph in paragraphs:
        blocks.append(Block("paragraph", position, position + len(paragraph)))
        position += len(paragraph) + 2
    text = "\n\n".join(paragraphs)
    return Document(course_id, document_id, document_id.title(), text, (), tuple(blocks), f"{document_id}.md", "0" * 64)


def course_of(paragraphs: Sequence[str], *, course_id: str = "stars") -> Course:
    """A course of one document."""
    return Course(course_id, course_id.title(), (document_of(paragraphs, course_id=course_id),))


def chunks_of(document: Document) -> tuple[Chunk, ...]:
    """One passage per paragraph."""
    return tuple(
        Chunk(
            chunk_id=f"{document.course_id}-{number}",
            course_id=document.course_id,
            document_id=document.document_id,
            document_title=document.title,
            kind="passage",
            heading_path=(document.title,),
            text=document.text[block.char_start : block.char_end],
            char_start=block.char_start,
            char_end=block.char_end,
            sentences=(Span(block.char_start, block.char_end),),
        )
        for number, block in enumerate(document.blocks)
    )


def definition(
    chunk_id: str, term: str, *aliases: str, text: str = "It means this.", found_by: FoundBy = "definition_list"
) -> Chunk:
    """A definition chunk; only its term, aliases and id matter here."""
    return Chunk(
        chunk_id=chunk_id,
        course_id="stars",
        document_id="lesson",
        document_title="Lesson",
        kind="definition",
        heading_path=("Lesson",),
        text=text,
        char_start=0,
        char_end=len(text),
        sentences=(Span(0, len(text)),),
        term=term,
        aliases=aliases,
        found_by=found_by,
    )


def contents_of(course: Course, embedder: HashingEmbedder) -> Contents:
    """The contents of a generation of a course, one chunk per paragraph."""
    chunks = tuple(chunk for document in course.documents for chunk in chunks_of(document))
    return Contents(
        documents=course.documents,
        chunks=chunks,
        embedding_keys=tuple(chunk.chunk_id for chunk in chunks),
        vectors=FaissStore.from_matrix(np.stack([embedder.embed_query(chunk.text) for chunk in chunks])),
        lexical=LexicalIndex.build([chunk.text for chunk in chunks], Analyzer()),
    )


def manifest_of(course: Course, contents: Contents, embedder: HashingEmbedder, generation: str = "first") -> Manifest:
    """The manifest of a generation that is not published yet."""
    return Manifest(
        format=FORMAT,
        course_id=course.course_id,
        title=course.title,
        description="",
        language="en",
        licence="",
        suggested_questions=("What is a star?",),
        generation=generation,
        created="2026-01-01T00:00:00+00:00",
        embedder=embedder.fingerprint,
        n_documents=len(contents.documents),
        n_chunks=len(contents.chunks),
        n_vectors=len(contents.vectors),
        files=(),
    )


@contextmanager
def full_disk(room: int = 64) -> Iterator[None]:
    """While it lasts, no file of this process can grow beyond ``room`` bytes: writing more fails, as on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def damage(path: Path, how: str, chance: random.Random) -> None:
    """Do to a file what disks and people do; "zero" may hit zeros."""
    content = bytearray(path.read_bytes())
    at = chance.randrange(len(content))
    match how:
        case "flip":
            content[at] ^= 1 << chance.randrange(8)
        case "truncate":
            del content[at:]
        case "zero":
            end = min(len(content), at + chance.randrange(1, 4097))
            content[at:end] = bytes(end - at)
        case "grow":
            content += bytes(chance.randrange(1, 100))
        case _:
            path.unlink()
            return
    path.write_bytes(bytes(content))
