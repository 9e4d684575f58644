"""A generation on disk: whatever happens to its files is found before it answers, and the old one answers meanwhile."""

import random
import shutil
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from hashing_embedder import HashingEmbedder
from index_samples import CELLS, STARS, contents_of, course_of, damage, full_disk, manifest_of

from corpus.types import Course
from index import durable, publishing
from index.course_index import CourseIndex
from index.errors import (
    AnotherWriter,
    EmbedderMismatch,
    IndexDamaged,
    IndexingError,
    IndexNotBuilt,
    IndexOutdated,
    WrongCourse,
)
from index.folder_generations import FolderGenerations
from index.generation_store import publish
from index.generations import list_courses, open_current, read_pointer, verify
from index.writer_lock import WriterLock

EMBEDDER = HashingEmbedder()


def publish_course(root: Path, course: Course, generation: str = "first") -> str:
    contents = contents_of(course, EMBEDDER)
    return publish(FolderGenerations(root), manifest_of(course, contents, EMBEDDER, generation), contents).generation


def answer(index: CourseIndex) -> list[tuple[str, str, float]]:
    return [(s.chunk.chunk_id, s.chunk.text, round(s.score, 5)) for s in index.retrieve("a cool star", top_k=4)]


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two courses; the first has a generation before the current one."""
    root = tmp_path_factory.mktemp("index")
    publish_course(root, course_of(STARS[:3]), "old")
    publish_course(root, course_of(STARS), "new")
    publish_course(root, course_of(CELLS, course_id="cells"), "new")
    return root


@pytest.fixture
def root(published: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(published, tmp_path / "index"))


def test_a_published_generation_is_opened_as_it_was_built(root: Path) -> None:
    index = open_current(root, "stars", EMBEDDER)

    assert list_courses(root) == ("cells", "stars")
    assert index.generation == "new"
    assert index.suggested_questions == ("What is a star?",)
    assert [chunk.text for chunk in index.chunks] == list(STARS)
    for chunk in index.chunks:
        assert index.documents[chunk.document_id].text[chunk.char_start : chunk.char_end] == chunk.text
    assert index.retrieve("what is a nebula?")[0].chunk.text == STARS[3]


@pytest.mark.parametrize("course_id", ["unknown", "", "..", "../stars", "stars/../cells", "/", "a\0b"])
def test_a_course_without_an_index_is_not_built(root: Path, course_id: str) -> None:
    with pytest.raises(IndexNotBuilt, match="course-tutor index"):
        open_current(root, course_id, EMBEDDER)


def current_files(root: Path) -> list[Path]:
    stars = root / "stars"
    return [stars / "CURRENT", *sorted(path for path in (stars / "new").rglob("*") if path.is_file())]


@pytest.mark.parametrize("how", ["flip", "truncate", "zero", "grow", "delete"])
def test_whatever_happens_to_a_file_is_found_before_it_answers(root: Path, how: str) -> None:
    chance = random.Random(f"damage by {how}")
    before = answer(open_current(root, "stars", EMBEDDER))
    files = current_files(root)
    for trial in range(60):
        path = files[trial % len(files)]
        sound = path.read_bytes()

        damage(path, how, chance)

        if path.exists() and path.read_bytes() == sound:  # zeroing zeros
            assert answer(open_current(root, "stars", EMBEDDER)) == before
        else:
            with pytest.raises((IndexDamaged, IndexNotBuilt), match="course-tutor index"):
                open_current(root, "stars", EMBEDDER)
        path.write_bytes(sound)
    assert answer(open_current(root, "stars", EMBEDDER)) == before


def test_a_file_of_another_course_or_an_older_generation_is_found(root: Path) -> None:
    new = root / "stars" / "new"
    for path in (path for path in sorted(new.rglob("*")) if path.is_file()):
        sound = path.read_bytes()
        for other in (root / "stars" / "old", root / "cells" / "new"):
            foreign = (other / path.relative_to(new)).read_bytes()
            path.write_bytes(foreign)

            if foreign == sound:
                open_current(root, "stars", EMBEDDER)
            else:
                with pytest.raises(IndexDamaged):
                    open_current(root, "stars", EMBEDDER)
        path.write_bytes(sound)


def test_two_courses_whose_folders_were_swapped_are_found(root: Path) -> None:
    (root / "stars").rename(root / "aside")
    (root / "cells").rename(root / "stars")
    (root / "aside").rename(root / "cells")

    for course_id in ("stars", "cells"):
        with pytest.raises(WrongCourse, match="--rebuild"):
            open_current(root, course_id, EMBEDDER)


def test_a_pointer_of_another_course_is_found(root: Path) -> None:
    shutil.copy(root / "cells" / "CURRENT", root / "stars" / "CURRENT")

    with pytest.raises(IndexDamaged, match="CURRENT"):
        open_current(root, "stars", EMBEDDER)


def test_another_embedder_is_refused_before_any_file_is_read(root: Path) -> None:
    with pytest.raises(EmbedderMismatch, match=r"hashing@32.*other@32"):
        open_current(root, "stars", HashingEmbedder(name="other"))


def test_contents_that_do_not_match_are_never_published(root: Path) -> None:
    course, fewer = course_of(STARS), course_of(STARS[:3])
    contents, short = contents_of(course, EMBEDDER), contents_of(fewer, EMBEDDER)
    one_vector_short = replace(contents, vectors=short.vectors)

    with pytest.raises(IndexDamaged, match="4 chunks, 3 vectors and 4 BM25 rows"):
        publish(FolderGenerations(root), manifest_of(course, contents, EMBEDDER), one_vector_short)

    assert open_current(root, "stars", EMBEDDER).generation == "new"


def test_counts_that_do_not_match_are_found_even_when_every_hash_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    course = course_of(STARS)
    contents = contents_of(course, EMBEDDER)
    monkeypatch.setattr(publishing, "prove", lambda aside, manifest: None)  # a writer that looks away
    publish(
        FolderGenerations(tmp_path), replace(manifest_of(course, contents, EMBEDDER), n_chunks=5, n_vectors=5), contents
    )
    monkeypatch.undo()

    verify(tmp_path, "stars")
    with pytest.raises(IndexDamaged, match="not what its manifest says"):
        open_current(tmp_path, "stars", EMBEDDER)


def test_a_manifest_that_miscounts_is_never_published(tmp_path: Path) -> None:
    course = course_of(STARS)
    contents = contents_of(course, EMBEDDER)

    with pytest.raises(IndexDamaged, match="not what its manifest says"):
        publish(FolderGenerations(tmp_path), replace(manifest_of(course, contents, EMBEDDER), n_vectors=3), contents)


def test_an_index_of_another_format_asks_to_be_rebuilt(tmp_path: Path) -> None:
    course = course_of(STARS)
    contents = contents_of(course, EMBEDDER)
    publish(FolderGenerations(tmp_path), replace(manifest_of(course, contents, EMBEDDER), format=99), contents)

    with pytest.raises(IndexOutdated, match="format 99"):
        open_current(tmp_path, "stars", EMBEDDER)


def test_two_generations_are_kept_and_older_ones_deleted(tmp_path: Path) -> None:
    for n in range(4):
        publish_course(tmp_path, course_of(STARS[: n + 1]), f"g{n}")

    kept = {path.name for path in (tmp_path / "stars").iterdir()}

    assert kept == {"CURRENT", "g2", "g3"}


def test_a_generation_is_never_written_over(tmp_path: Path) -> None:
    names = [publish_course(tmp_path, course_of(STARS), "same") for _ in range(4)]

    assert names == ["same", "same-2", "same-3", "same"]  # the first was pruned by then
    assert open_current(tmp_path, "stars", EMBEDDER).generation == "same"


def test_an_open_generation_answers_on_when_it_is_pruned(tmp_path: Path) -> None:
    publish_course(tmp_path, course_of(STARS), "g0")
    index = open_current(tmp_path, "stars", EMBEDDER)
    before = answer(index)

    for n in (1, 2):
        publish_course(tmp_path, course_of(CELLS, course_id="stars"), f"g{n}")

    assert not (tmp_path / "stars" / "g0").exists()
    assert answer(index) == before


def test_a_full_disk_leaves_the_old_generation_answering(root: Path) -> None:
    before = answer(open_current(root, "stars", EMBEDDER))

    with full_disk(), pytest.raises((OSError, IndexingError)):
        publish_course(root, course_of(CELLS, course_id="stars"), "never")

    assert answer(open_current(root, "stars", EMBEDDER)) == before
    assert {path.name for path in (root / "stars").iterdir()} == {"CURRENT", "old", "new"}


@pytest.mark.parametrize("failing_call", range(1, 14))
def test_a_failing_disk_at_any_moment_leaves_a_whole_generation_answering(
    root: Path, monkeypatch: pytest.MonkeyPatch, failing_call: int
) -> None:
    calls = 0
    really_sync = durable.os.fsync

    def failing_sync(descriptor: int) -> None:
        nonlocal calls
        calls += 1
        if calls == failing_call:
            raise OSError(5, "Input/output error")
        really_sync(descriptor)

    monkeypatch.setattr(durable.os, "fsync", failing_sync)
    with pytest.raises(OSError, match="Input/output error"):
        publish_course(root, course_of(CELLS, course_id="stars"), "third")
    monkeypatch.undo()

    texts = [chunk.text for chunk in open_current(root, "stars", EMBEDDER).chunks]
    assert texts in (list(STARS), list(CELLS))
    assert read_pointer(root, "stars").generation == "new" or texts == list(CELLS)


def test_what_a_killed_writer_left_behind_is_swept_up(root: Path) -> None:
    left_over = root / "stars" / ".building-abc"
    left_over.mkdir()
    (left_over / "vectors.faiss").write_bytes(b"half")

    open_current(root, "stars", EMBEDDER)
    publish_course(root, course_of(STARS), "next")

    assert not left_over.exists()


def test_readers_see_whole_generations_while_a_writer_publishes(tmp_path: Path) -> None:
    courses = [course_of(STARS), course_of(CELLS, course_id="stars")]
    publish_course(tmp_path, courses[0], "g")
    whole = {STARS, CELLS}
    seen: list[tuple[str, ...]] = []
    failures: list[Exception] = []
    done = threading.Event()

    def read() -> None:
        while not done.is_set():
            try:
                seen.append(tuple(chunk.text for chunk in open_current(tmp_path, "stars", EMBEDDER).chunks))
            except Exception as failure:  # whatever it is, the test must tell it
                failures.append(failure)

    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    for n in range(10):
        publish_course(tmp_path, courses[n % 2], "g")
    done.set()
    for reader in readers:
        reader.join()

    assert failures == []
    assert len(seen) >= 3
    assert set(seen) <= whole


def test_a_second_writer_is_told_who_holds_the_lock(tmp_path: Path) -> None:
    hold = (
        "import sys, pathlib\n"
        "from index.writer_lock import WriterLock\n"
        "with WriterLock(pathlib.Path(sys.argv[1])):\n"
        "    print('held', flush=True)\n"
        "    sys.stdin.read()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", hold, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"

        with pytest.raises(AnotherWriter, match=str(holder.pid)), WriterLock(tmp_path):
            pass

        holder.kill()
    with WriterLock(tmp_path):  # free at once after kill -9
        pass
