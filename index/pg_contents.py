"""What a generation consists of in PostgreSQL: its lines and rows, the records that vouch for them, and reading them.

Documents are the JSON lines that they are in a folder, byte for byte; chunks are without their texts, which are in the
documents. The vector and the BM25 weights of a chunk are one row, whose hash the database computes itself.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from corpus.document_rows import read_document
from corpus.types import Chunk, Document
from index.analysis import Analyzer
from index.contents import Contents, text_rows
from index.errors import EmbedderMismatch, IndexDamaged, IndexingError
from index.faiss_store import FaissStore
from index.generations import Pointer, parse_manifest
from index.lexical_rows import lexical_from_rows, row_weights, terms_of
from index.manifest import FileRecord, Manifest
from index.pg_connection import Session
from index.pg_rows import dimension_of, halfvecs, hash_of_rows, read_halfvecs, read_sparsevecs, read_vector, sparsevecs
from index.rows import embedding_key, read_chunk
from index.types import Vector

_DOCUMENTS, _CHUNKS, _TERMS, _ROWS = "documents.jsonl", "chunks.jsonl", "terms.json", "rows"

MANIFEST_OF = """select manifest from index_generations
    where course_id = %(course)s::text and generation = %(generation)s::text"""
_LINES_OF = """select part, line from index_lines
    where course_id = %(course)s::text and generation = %(generation)s::text order by part, number"""
_CHUNK_LINES_OF = """select line from index_lines
    where course_id = %(course)s::text and generation = %(generation)s::text and part = 'chunks.jsonl'
    order by number"""
# Put together again for that, so of at most 1 GB, which PostgreSQL takes in one value; a textbook has some megabytes.
_HASHES_OF_LINES = """select part, sum(length(line))::bigint,
        encode(sha256(string_agg(line, ''::bytea order by number)), 'hex')
    from index_lines
    where course_id = %(course)s::text and generation = %(generation)s::text and part <> 'chunks.jsonl'
    group by part"""
_EMBEDDINGS_OF = """select embedding from index_vectors
    where course_id = %(course)s::text and generation = %(generation)s::text order by row"""
_ROWS_OF = """select embedding, weights from index_vectors
    where course_id = %(course)s::text and generation = %(generation)s::text order by row"""
_HASH_OF_ROWS = """select count(*), avg(embedding::vector), encode(sha256(coalesce(string_agg(
        sha256(halfvec_send(embedding) || sparsevec_send(weights)), ''::bytea order by row), ''::bytea)), 'hex')
    from index_vectors where course_id = %(course)s::text and generation = %(generation)s::text"""

Fields = tuple[bytes, bytes]  # of a row: the vector as halfvec, the weights as sparsevec


@dataclass(frozen=True, slots=True)
class Texts:
    """All of a generation that is not a number. Row i of the vectors and weights belongs to ``chunks[i]``."""

    documents: tuple[Document, ...]
    chunks: tuple[Chunk, ...]
    embedding_keys: tuple[str, ...]
    terms: tuple[str, ...]  # of BM25; each one's number is its place


def lines_of(contents: Contents) -> dict[str, list[bytes]]:
    """The lines of each part."""
    documents, chunks = text_rows(contents.documents, contents.chunks, contents.embedding_keys)
    terms = json.dumps(terms_of(contents.lexical), ensure_ascii=False).encode() + b"\n"
    return {_DOCUMENTS: _split(documents), _CHUNKS: _split(chunks), _TERMS: [terms]}


def rows_of(contents: Contents) -> list[Fields]:
    """The vector and the weights of each chunk.

    Raises:
        IndexingError: The contents do not belong together.
        ValueError: A chunk has more different words than PostgreSQL takes.
    """
    vectors, weights = halfvecs(contents.vectors.matrix()), sparsevecs(row_weights(contents.lexical))
    if not len(vectors) == len(weights) == len(contents.chunks):
        counts = f"{len(contents.chunks)} chunks, {len(vectors)} vectors and {len(weights)} BM25 rows"
        raise IndexingError(f"{counts} do not match")
    return list(zip(vectors, weights, strict=True))


def record_of(name: str, lines: Sequence[bytes]) -> FileRecord:
    """What a manifest says of a part."""
    text = b"".join(lines)
    return FileRecord(name, len(text), hashlib.sha256(text).hexdigest())


def record_of_rows(rows: Sequence[Fields]) -> FileRecord:
    """What a manifest says of the rows; their size is their number."""
    return FileRecord(_ROWS, len(rows), hash_of_rows(rows))


def check_whole(session: Session, course_id: str, pointer: Pointer, fingerprint: str | None = None) -> Manifest:
    """Check a generation; its vectors are not sent for that.

    Raises:
        IndexDamaged, WrongCourse, IndexOutdated, EmbedderMismatch: It must not be used.
    """
    manifest = read_manifest(session, course_id, pointer, fingerprint)
    _read_lines(session, manifest)
    _check_rows(session, manifest)
    return manifest


def read_texts(session: Session, course_id: str, pointer: Pointer, fingerprint: str) -> tuple[Manifest, Texts, Vector]:
    """Check a generation and read all of it but its vectors and weights; of the vectors, their mean.

    Raises:
        IndexDamaged, WrongCourse, IndexOutdated, EmbedderMismatch: It must not be used.
    """
    manifest = read_manifest(session, course_id, pointer, fingerprint)
    lines = _read_lines(session, manifest)
    centre = _check_rows(session, manifest)
    return manifest, _texts(manifest, lines), centre


def read_whole(
    session: Session, course_id: str, pointer: Pointer, fingerprint: str | None = None
) -> tuple[Manifest, Contents]:
    """Check a generation and read all of it.

    Raises:
        IndexDamaged, WrongCourse, IndexOutdated, EmbedderMismatch: It must not be used.
    """
    manifest = read_manifest(session, course_id, pointer, fingerprint)
    texts = _texts(manifest, _read_lines(session, manifest))
    rows: list[Fields] = session.rows(_ROWS_OF, **_key(manifest))
    if record_of_rows(rows) not in manifest.files:
        raise _damaged(manifest, "its vectors or its word weights are not what its manifest says")
    weights = read_sparsevecs([weights for _, weights in rows], len(texts.terms))
    contents = Contents(
        documents=texts.documents,
        chunks=texts.chunks,
        embedding_keys=texts.embedding_keys,
        vectors=FaissStore.from_matrix(read_halfvecs([embedding for embedding, _ in rows], dimension_of(rows[0][0]))),
        lexical=lexical_from_rows(texts.terms, weights, Analyzer(manifest.language)),
    )
    if len(rows) != len(texts.chunks):
        raise _damaged(manifest, "it has not as many vectors as chunks")
    return manifest, contents


def read_vectors(
    session: Session, course_id: str, pointer: Pointer, fingerprint: str
) -> tuple[Manifest, Mapping[str, Vector]]:
    """Check a generation and read its vectors by their embedding keys, which is what the next one builds on.

    Neither documents nor weights are sent: of all but the chunks' lines the database computes the hashes.

    Raises:
        IndexDamaged, WrongCourse, IndexOutdated, EmbedderMismatch: It must not be used.
    """
    manifest = read_manifest(session, course_id, pointer, fingerprint)
    lines = [line for (line,) in session.rows(_CHUNK_LINES_OF, **_key(manifest))]
    others = [FileRecord(*record) for record in session.rows(_HASHES_OF_LINES, **_key(manifest))]
    _check_parts(manifest, [record_of(_CHUNKS, lines), *others])
    _check_rows(session, manifest)
    fields = [embedding for (embedding,) in session.rows(_EMBEDDINGS_OF, **_key(manifest))]
    if len(lines) != len(fields):
        raise _damaged(manifest, "it has not as many vectors as chunks")
    vectors = read_halfvecs(fields, dimension_of(fields[0]))
    return manifest, dict(zip(map(embedding_key, map(json.loads, lines)), vectors, strict=True))


def read_manifest(session: Session, course_id: str, pointer: Pointer, fingerprint: str | None = None) -> Manifest:
    """What a generation says of itself.

    Raises:
        IndexDamaged, WrongCourse, IndexOutdated, EmbedderMismatch: It must not be used.
    """
    found = session.rows(MANIFEST_OF, course=course_id, generation=pointer.generation)
    if not found:
        raise IndexDamaged(course_id, pointer.generation, "its manifest is missing")
    manifest = parse_manifest(found[0][0], course_id, pointer)
    if fingerprint is not None and manifest.embedder != fingerprint:
        raise EmbedderMismatch(course_id, manifest.embedder, fingerprint)
    return manifest


def _read_lines(session: Session, manifest: Manifest) -> Mapping[str, Sequence[bytes]]:
    lines: dict[str, list[bytes]] = {_DOCUMENTS: [], _CHUNKS: [], _TERMS: []}
    for part, line in session.rows(_LINES_OF, **_key(manifest)):
        lines.setdefault(part, []).append(line)
    _check_parts(manifest, [record_of(part, found) for part, found in lines.items()])
    return lines


def _check_parts(manifest: Manifest, found: Sequence[FileRecord]) -> None:
    expected = {record.name: record for record in manifest.files if record.name != _ROWS}
    for name in sorted({*expected, *(record.name for record in found)}):
        if [record for record in found if record.name == name] != [expected.get(name)]:
            raise _damaged(manifest, f"{name} is not what its manifest says")


def _check_rows(session: Session, manifest: Manifest) -> Vector:
    count, centre, found = session.rows(_HASH_OF_ROWS, **_key(manifest))[0]
    if FileRecord(_ROWS, count, found) not in manifest.files or count != manifest.n_chunks:
        raise _damaged(manifest, "its vectors or its word weights are not what its manifest says")
    return read_vector(centre)


def _texts(manifest: Manifest, lines: Mapping[str, Sequence[bytes]]) -> Texts:
    try:
        documents = [read_document(json.loads(line), manifest.course_id) for line in lines[_DOCUMENTS]]
        by_id = {document.document_id: document for document in documents}
        rows = [json.loads(line) for line in lines[_CHUNKS]]
        texts = Texts(
            documents=tuple(documents),
            chunks=tuple(read_chunk(row, by_id) for row in rows),
            embedding_keys=tuple(embedding_key(row) for row in rows),
            terms=tuple(json.loads(b"".join(lines[_TERMS]))),
        )
    except (ValueError, KeyError, TypeError) as error:
        raise _damaged(manifest, str(error)) from error
    if (len(documents), len(rows)) != (manifest.n_documents, manifest.n_chunks):
        raise _damaged(manifest, f"it holds {len(documents)} documents and {len(rows)} chunks, not what it says")
    return texts


def _key(manifest: Manifest) -> dict[str, str]:
    return {"course": manifest.course_id, "generation": manifest.generation}


def _damaged(manifest: Manifest, reason: str) -> IndexDamaged:
    return IndexDamaged(manifest.course_id, manifest.generation, reason)


def _split(text: bytes) -> list[bytes]:
    return [line + b"\n" for line in text.split(b"\n") if line]
