"""Building an index: only what is new is embedded, and until the end the generation before answers."""

import logging
import sys
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from conftest import BUNDLED_COURSE
from hashing_embedder import HashingEmbedder
from index_samples import full_disk

from corpus.course_folder import read_course
from corpus.types import Course
from index.builder import build_generation
from index.course_index import CourseIndex
from index.errors import AnotherWriter, IndexingError, IndexNotBuilt, NothingToIndex
from index.generations import open_current
from index.onnx_embedder import OnnxEmbedder
from index.types import Matrix
from index.writer_lock import WriterLock

LESSONS = {
    "stars.md": "# Stars\n\nStars fuse hydrogen into helium, so they shine.\n\n# Giants\n\nA red giant is cool.\n",
    "cells.md": "# Cells\n\n- **nucleus**: the part of a cell with its genome.\n\n- **ribosome**: makes proteins.\n",
}


def course_in(folder: Path, lessons: dict[str, str] = LESSONS) -> Course:
    folder.mkdir(exist_ok=True)
    for name, text in lessons.items():
        (folder / name).write_text(text, encoding="utf-8")
    return replace(read_course(folder), course_id="science")


@pytest.fixture
def course(tmp_path: Path) -> Course:
    return course_in(tmp_path / "science")


@pytest.fixture
def changed(tmp_path: Path) -> Course:
    """The same course with one sentence changed."""
    text = LESSONS["stars.md"].replace("is cool", "is cool and large")
    return course_in(tmp_path / "changed", LESSONS | {"stars.md": text})


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "index"


def current(root: Path) -> CourseIndex:
    return open_current(root, "science", HashingEmbedder())


def test_a_built_course_can_be_asked(course: Course, root: Path) -> None:
    report = build_generation(course, HashingEmbedder(), root)

    index = current(root)
    assert (report.generation, report.n_documents, report.n_chunks) == (index.generation, 2, len(index.chunks))
    assert report.n_embedded == report.n_chunks
    assert index.retrieve("Why do stars shine?")[0].chunk.heading_path[-1] == "Stars"
    assert [entry.term for entry in index.glossary.find("the nucleus and the ribosomes")] == ["nucleus", "ribosome"]
    for chunk in index.chunks:
        assert index.documents[chunk.document_id].text[chunk.char_start : chunk.char_end] == chunk.text


def test_an_unchanged_course_is_left_alone(course: Course, root: Path) -> None:
    first = build_generation(course, HashingEmbedder(), root)
    pointer = (root / "science" / "CURRENT").stat()
    embedder = HashingEmbedder()

    second = build_generation(course, embedder, root)

    assert embedder.embedded == []
    assert (second.generation, second.n_embedded, second.n_reused) == (first.generation, 0, first.n_chunks)
    assert (root / "science" / "CURRENT").stat().st_mtime_ns == pointer.st_mtime_ns


def test_only_a_changed_chunk_is_embedded(course: Course, changed: Course, root: Path, tmp_path: Path) -> None:
    first = build_generation(course, HashingEmbedder(), root)
    embedder = HashingEmbedder()

    second = build_generation(changed, embedder, root)

    assert len(embedder.embedded) == second.n_embedded == 1
    assert "cool and large" in embedder.embedded[0]
    assert second.n_reused == second.n_chunks - 1
    assert second.generation != first.generation
    build_generation(changed, HashingEmbedder(), tmp_path / "from nothing")
    again = current(tmp_path / "from nothing")
    assert (current(root).vectors_of(again.chunks) == again.vectors_of(again.chunks)).all()


def test_the_same_course_gets_the_same_generation_name_anywhere(course: Course, tmp_path: Path) -> None:
    names = {build_generation(course, HashingEmbedder(), tmp_path / place).generation for place in ("here", "there")}

    assert len(names) == 1


def test_a_new_title_is_published_without_embedding(course: Course, root: Path) -> None:
    build_generation(course, HashingEmbedder(), root)
    embedder = HashingEmbedder()

    build_generation(replace(course, title="Science for all", suggested_questions=("What is it?",)), embedder, root)

    assert embedder.embedded == []
    assert current(root).title == "Science for all"
    assert current(root).suggested_questions == ("What is it?",)


def test_another_embedder_embeds_everything(course: Course, root: Path) -> None:
    build_generation(course, HashingEmbedder(), root)
    other = HashingEmbedder(name="other")

    report = build_generation(course, other, root)

    assert report.n_reused == 0
    assert open_current(root, "science", other).generation == report.generation


def test_a_text_that_occurs_twice_is_embedded_once(tmp_path: Path, root: Path) -> None:
    lesson = "# Safety\n\nWear goggles in the laboratory.\n"
    course = course_in(tmp_path / "science", {"one.md": lesson, "two.md": lesson})
    embedder = HashingEmbedder()

    report = build_generation(course, embedder, root)

    assert report.n_chunks == report.n_embedded == 2
    assert len(embedder.embedded) == 1


def test_a_damaged_generation_is_built_anew(course: Course, root: Path, caplog: pytest.LogCaptureFixture) -> None:
    first = build_generation(course, HashingEmbedder(), root)
    vectors = root / "science" / first.generation / "vectors.faiss"
    vectors.write_bytes(bytes(vectors.stat().st_size))

    with caplog.at_level(logging.WARNING):
        second = build_generation(course, HashingEmbedder(), root)

    assert second.n_reused == 0
    assert "damaged" in caplog.text
    assert current(root).generation == second.generation != first.generation


def test_a_rebuild_trusts_nothing_that_is_there(course: Course, root: Path) -> None:
    first = build_generation(course, HashingEmbedder(), root)

    second = build_generation(course, HashingEmbedder(), root, rebuild=True)

    assert second.n_embedded == second.n_chunks
    assert second.generation == f"{first.generation}-2"
    assert build_generation(course, HashingEmbedder(), root).generation == second.generation


def test_a_course_without_text_is_a_clear_error(course: Course, root: Path) -> None:
    with pytest.raises(NothingToIndex, match="'science' has no text"):
        build_generation(replace(course, documents=()), HashingEmbedder(), root)

    with pytest.raises(IndexNotBuilt):
        current(root)


class PowerCut(HashingEmbedder):
    """Fails in the middle of embedding."""

    def embed_passages(self, texts: Sequence[str], *, progress: Callable[[int, int], None] | None = None) -> Matrix:
        raise RuntimeError("out of memory")


def test_a_failure_while_embedding_leaves_the_old_generation(course: Course, changed: Course, root: Path) -> None:
    first = build_generation(course, HashingEmbedder(), root)

    with pytest.raises(RuntimeError, match="out of memory"):
        build_generation(changed, PowerCut(), root)

    assert current(root).generation == first.generation
    assert build_generation(changed, HashingEmbedder(), root).n_embedded == 1  # and the lock is free again


@pytest.mark.parametrize("room", [0, 64, 400, 900])
def test_a_full_disk_leaves_the_old_generation(course: Course, changed: Course, root: Path, room: int) -> None:
    first = build_generation(course, HashingEmbedder(), root)

    with full_disk(room), pytest.raises((OSError, IndexingError)):
        build_generation(changed, HashingEmbedder(), root)

    assert current(root).generation == first.generation
    assert {path.name for path in (root / "science").iterdir()} == {"CURRENT", first.generation}


def test_a_second_writer_is_refused(course: Course, root: Path) -> None:
    with WriterLock(root), pytest.raises(AnotherWriter, match="wait until it ends"):
        build_generation(course, HashingEmbedder(), root)


def test_progress_runs_from_stage_to_stage_and_each_to_its_end(course: Course, root: Path) -> None:
    told: list[tuple[str, int, int]] = []

    report = build_generation(course, HashingEmbedder(), root, progress=lambda *step: told.append(step))

    assert list(dict.fromkeys(stage for stage, _, _ in told)) == ["chunking", "embedding", "indexing"]
    assert ("chunking", 2, 2) in told
    assert told[-1] == ("indexing", report.n_chunks, report.n_chunks)
    assert all(0 <= done <= total for _, done, total in told)


def test_learners_are_answered_while_the_course_is_built_anew(course: Course, changed: Course, root: Path) -> None:
    build_generation(course, HashingEmbedder(), root)
    done = threading.Event()
    asked: list[bool] = []

    def ask() -> None:
        while not done.is_set():
            index = current(root)
            asked.append(all(index.chunk(s.chunk.chunk_id) == s.chunk for s in index.retrieve("why do stars shine")))

    learner = threading.Thread(target=ask)
    learner.start()
    for n in range(8):
        build_generation((course, changed)[n % 2], HashingEmbedder(), root)
    done.set()
    learner.join()

    assert asked
    assert all(asked)


def test_nothing_is_pickled_from_build_to_answer(course: Course, root: Path) -> None:
    unpickled: list[object] = []
    watching = threading.Event()
    watching.set()

    def watch(event: str, arguments: tuple[object, ...]) -> None:  # an audit hook stays for ever: it looks only now
        if event == "pickle.find_class" and watching.is_set():
            unpickled.append(arguments)

    sys.addaudithook(watch)

    build_generation(course, HashingEmbedder(), root)
    current(root).retrieve("stars")
    watching.clear()

    assert unpickled == []


def test_the_bundled_course_is_built_with_the_real_model(embedder: OnnxEmbedder, root: Path) -> None:
    course = read_course(BUNDLED_COURSE)

    report = build_generation(course, embedder, root)

    index = open_current(root, course.course_id, embedder)
    best = index.retrieve("What is radiomics?")[0].chunk
    assert (best.kind, best.term) == ("definition", "Radiomics")
    assert report.n_chunks == len(index.chunks) == index.manifest.n_vectors
    np.testing.assert_allclose(np.linalg.norm(index.vectors_of(index.chunks), axis=1), 1.0, atol=1e-5)
    assert build_generation(course, embedder, root).n_embedded == 0
