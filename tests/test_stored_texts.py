"""Documents and chunks are read from the disk one at a time, and are what was written."""

from dataclasses import replace
from pathlib import Path

import pytest
from hashing_embedder import HashingEmbedder
from index_samples import CELLS, STARS, contents_of, course_of, document_of, manifest_of

from index.errors import IndexDamaged
from index.folder_generations import FolderGenerations
from index.generation_store import publish
from index.generations import open_current
from index.mapped_files import MappedLines
from index.mask import Mask
from index.stored_texts import StoredChunks, StoredDocuments

EMBEDDER = HashingEmbedder()


def test_chunks_are_a_sequence_like_any_other(tmp_path: Path) -> None:
    chunks = contents_of(course_of(STARS), EMBEDDER).chunks
    StoredChunks.write(tmp_path / "chunks.jsonl", chunks, [chunk.chunk_id for chunk in chunks])

    stored = StoredChunks.load(tmp_path / "chunks.jsonl", chunks[0].course_id)

    assert tuple(stored) == chunks
    assert (stored[-1], stored[1:3], stored[::-1]) == (chunks[-1], chunks[1:3], chunks[::-1])
    assert list(stored.embedding_keys()) == [chunk.chunk_id for chunk in chunks]
    for place in (len(chunks), -len(chunks) - 1):
        with pytest.raises(IndexError):
            stored[place]


def test_documents_are_found_by_their_ids_in_reading_order(tmp_path: Path) -> None:
    documents = [document_of(STARS, document_id="zeta"), document_of(CELLS, document_id="älpha")]
    StoredDocuments.write(tmp_path / "documents.jsonl", documents)

    stored = StoredDocuments.load(tmp_path / "documents.jsonl", documents[0].course_id)

    assert list(stored) == ["zeta", "älpha"]
    assert list(stored.values()) == documents
    for unknown in ("", "zet", "zeta\0", "\ud800"):
        assert unknown not in stored
        assert stored.get(unknown) is None


def test_lines_that_do_not_end_where_they_should_are_refused(tmp_path: Path) -> None:
    MappedLines.write(tmp_path / "rows.jsonl", [{"a": 1}, {"b": 2}])
    (tmp_path / "rows.jsonl").write_bytes(b'{"a":1}\n')

    with pytest.raises(ValueError, match="its last line ends"):
        MappedLines.load(tmp_path / "rows.jsonl")


def test_a_chunk_that_its_document_does_not_hold_is_never_published(tmp_path: Path) -> None:
    course = course_of(STARS)
    contents = contents_of(course, EMBEDDER)
    invented = replace(contents.chunks[0], text="Nobody wrote this.")

    with pytest.raises(IndexDamaged, match="is not what stands in document"):
        publish(
            FolderGenerations(tmp_path),
            manifest_of(course, contents, EMBEDDER),
            replace(contents, chunks=(invented, *contents.chunks[1:])),
        )

    assert not list((tmp_path / "stars").iterdir())


def test_a_mask_over_a_stored_generation_leaves_the_rest_as_it_was(tmp_path: Path) -> None:
    course = course_of(STARS)
    contents = contents_of(course, EMBEDDER)
    publish(FolderGenerations(tmp_path), manifest_of(course, contents, EMBEDDER), contents)
    index = open_current(tmp_path, "stars", EMBEDDER)
    hidden = index.chunks[1]

    masked = index.without(Mask(chunk_ids=frozenset({hidden.chunk_id})))

    assert tuple(masked.chunks) == (contents.chunks[0], *contents.chunks[2:])
    assert masked.chunks[-1] == contents.chunks[-1]
    assert masked.find_chunk(hidden.chunk_id) is None
    assert hidden not in masked.chunks_in(hidden.document_id)
    assert hidden not in tuple(masked.of_kind(hidden.kind))
    assert index.find_chunk(hidden.chunk_id) == hidden
