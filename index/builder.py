"""A course becomes an index generation: chunked, embedded, indexed, published. Knows no files of its own."""

import hashlib
import json
import logging
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import TypeAlias

import numpy as np

from corpus.chunking import chunk_document, embedding_text
from corpus.types import Chunk, Course
from index.analysis import Analyzer
from index.contents import Contents, text_rows
from index.errors import IndexingError, IndexNotBuilt, NothingToIndex
from index.faiss_store import FaissStore
from index.folder_generations import FolderGenerations
from index.generation_store import GenerationStore, GenerationWriter, replace_current
from index.generations import Pointer
from index.lexical import LexicalIndex
from index.manifest import FORMAT, Manifest
from index.protocols import Embedder, Progress
from index.types import BuildReport, Matrix, Vector

logger = logging.getLogger(__name__)

Aliases: TypeAlias = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Built:
    """A generation that lies beside the live one, or is the live one because nothing has changed."""

    pointer: Pointer
    is_live: bool
    report: BuildReport


def build_generation(
    course: Course, embedder: Embedder, root: Path, *, progress: Progress | None = None, rebuild: bool = False
) -> BuildReport:
    """Build and publish a generation in a folder: ``publish_course`` of a store of its own."""
    return publish_course(course, embedder, FolderGenerations(root), progress=progress, rebuild=rebuild)


def publish_course(
    course: Course,
    embedder: Embedder,
    store: GenerationStore,
    *,
    progress: Progress | None = None,
    rebuild: bool = False,
) -> BuildReport:
    """Build and publish an index generation of a course; until the last moment the one before answers.

    Args:
        course: What to index.
        embedder: Embeds the chunks, and must later embed the queries.
        store: Where the generations are.
        progress: Told ("chunking" | "embedding" | "indexing", done, total).
        rebuild: Trust nothing that is there: embed every chunk and publish anew.

    Raises:
        NothingToIndex: If the course has no chunk.
        AnotherWriter: If another process writes there.
        OSError, IndexingError: If the disk is full or fails; the generation before then still answers.
    """
    with store.writing() as writer:
        built = build_aside(course, embedder, store, writer, progress=progress, rebuild=rebuild)
        if not built.is_live:
            replace_current(store, writer, course.course_id, built.pointer)
    return built.report


def build_aside(  # noqa: PLR0913  (three of them by name)
    course: Course,
    embedder: Embedder,
    store: GenerationStore,
    writer: GenerationWriter,
    *,
    aliases: Aliases = MappingProxyType({}),
    progress: Progress | None = None,
    rebuild: bool = False,
) -> Built:
    """Build a generation beside the live one.

    Vectors of chunks whose embedded text is unchanged are taken from the current generation. A course that is indexed
    already, chunk for chunk, is left alone.

    Args:
        course: What to index.
        embedder: Embeds the chunks, and must later embed the queries.
        store: Where the generations are.
        writer: Writes there.
        aliases: Further names of terms, by the term in ``casefold``; whoever defines the term gets them.
        progress: Told ("chunking" | "embedding" | "indexing", done, total).
        rebuild: Trust nothing that is there: embed every chunk anew.

    Raises:
        NothingToIndex: If the course has no chunk.
        OSError, IndexingError: If the disk is full or fails.
    """
    started = time.perf_counter()
    tell = progress or _tell_nobody
    chunks = _with_aliases(_chunk(course, embedder, tell), aliases)
    texts = [embedding_text(chunk) for chunk in chunks]
    keys = [_embedding_key(text, embedder.fingerprint) for text in texts]
    wanted = _content_hash(course, chunks, keys, embedder.fingerprint)
    before = None if rebuild else _current(store, course.course_id, embedder)
    is_live = before is not None and before[0].partition("-")[0] == wanted
    if is_live:
        pointer, n_embedded = store.pointer(course.course_id), 0
    else:
        known = dict(before[1]) if before is not None else {}
        new = {key: text for key, text in zip(keys, texts, strict=True) if key not in known}
        vectors = known | _embed(new, embedder, tell)
        contents = _index(course, chunks, keys, np.stack([vectors[key] for key in keys]), tell)
        pointer = writer.write(_manifest(course, contents, wanted, embedder.fingerprint), contents)
        n_embedded = sum(key in new for key in keys)
    seconds = time.perf_counter() - started
    logger.info("course %s: %d chunks, %d embedded, %.1f s", course.course_id, len(chunks), n_embedded, seconds)
    counts = (len(course.documents), len(chunks), n_embedded, len(chunks) - n_embedded)
    return Built(pointer, is_live, BuildReport(pointer.generation, *counts, seconds))


def _chunk(course: Course, embedder: Embedder, tell: Progress) -> tuple[Chunk, ...]:
    chunks: list[Chunk] = []
    for done, document in enumerate(course.documents, start=1):
        chunks += chunk_document(document, count_tokens=embedder.count_tokens, max_tokens=embedder.max_tokens)
        tell("chunking", done, len(course.documents))
    if not chunks:
        raise NothingToIndex(course.course_id)
    return tuple(chunks)


def _with_aliases(chunks: Sequence[Chunk], aliases: Aliases) -> tuple[Chunk, ...]:
    if not aliases:
        return tuple(chunks)
    return tuple(
        replace(chunk, aliases=tuple(dict.fromkeys((*chunk.aliases, *further))))
        if chunk.kind == "definition" and (further := aliases.get(chunk.term.casefold()))
        else chunk
        for chunk in chunks
    )


def _embedding_key(text: str, fingerprint: str) -> str:
    return hashlib.sha256(f"{fingerprint}\n{text}".encode()).hexdigest()


def _content_hash(course: Course, chunks: Sequence[Chunk], keys: Sequence[str], fingerprint: str) -> str:
    """Names the generation: the same course, chunked and embedded alike, gives the same name."""
    about = [FORMAT, fingerprint, course.course_id, course.title, course.description, course.language, course.licence]
    digest = hashlib.sha256(json.dumps([*about, course.suggested_questions]).encode())
    for rows in text_rows(course.documents, chunks, keys):
        digest.update(rows)
    return digest.hexdigest()[:16]


def _current(store: GenerationStore, course_id: str, embedder: Embedder) -> tuple[str, Mapping[str, Vector]] | None:
    """The generation that answers now, if it is sound and of this embedder, and its vectors by their keys."""
    try:
        return store.reusable(course_id, embedder.fingerprint)
    except IndexNotBuilt:
        return None
    except IndexingError as error:
        logger.warning("building anew: %s", error)
        return None


def _embed(text_by_key: Mapping[str, str], embedder: Embedder, tell: Progress) -> dict[str, Vector]:
    if not text_by_key:
        return {}
    matrix = embedder.embed_passages(
        list(text_by_key.values()), progress=lambda done, total: tell("embedding", done, total)
    )
    return dict(zip(text_by_key, matrix, strict=True))


def _index(course: Course, chunks: Sequence[Chunk], keys: Sequence[str], matrix: Matrix, tell: Progress) -> Contents:
    tell("indexing", 0, len(chunks))
    contents = Contents(
        documents=course.documents,
        chunks=tuple(chunks),
        embedding_keys=tuple(keys),
        vectors=FaissStore.from_matrix(matrix),
        lexical=LexicalIndex.build([lexical_text(chunk) for chunk in chunks], Analyzer(course.language)),
    )
    tell("indexing", len(chunks), len(chunks))
    return contents


def lexical_text(chunk: Chunk) -> str:
    """What BM25 reads of a chunk: its heading path, then its text."""
    return "\n".join((*chunk.heading_path, chunk.text))


def _manifest(course: Course, contents: Contents, generation: str, fingerprint: str) -> Manifest:
    return Manifest(
        format=FORMAT,
        course_id=course.course_id,
        title=course.title,
        description=course.description,
        language=course.language,
        licence=course.licence,
        suggested_questions=course.suggested_questions,
        generation=generation,
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        embedder=fingerprint,
        n_documents=len(contents.documents),
        n_chunks=len(contents.chunks),
        n_vectors=len(contents.vectors),
        files=(),
    )


def _tell_nobody(stage: str, done: int, total: int) -> None:
    """No progress wanted."""
