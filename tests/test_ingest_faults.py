"""Killed at any moment, on a failing or full disk: the old index answers or the new one, and nothing kept is lost.

A few moments by default; all of them with TUTOR_FAULTS=full (``make faults``).
"""

import os
import random
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from chosen_store import on_the_disk
from hashing_embedder import HashingEmbedder
from index_samples import damage
from ingest_samples import COURSE, DWARFS, GIANTS, NEBULA, Workplace, new_workplace, open_workplace
from publish_faults import ERRORS
from service_samples import make_sample, running

from index.course_index import CourseIndex
from index.errors import IndexingError
from index.generations import open_current
from tutor.state.sources import find_source_by_name

pytestmark = on_the_disk
FULL = os.environ.get("TUTOR_FAULTS") == "full"
ANSWERS = {frozenset({"clouds.md", "giants.md"}), frozenset({"clouds.md", "giants.md", "dwarfs.md"})}


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory with two generations of a course."""
    folder = tmp_path_factory.mktemp("published")
    place = new_workplace(folder)
    place.add(("clouds.md", NEBULA))
    place.add(("giants.md", GIANTS))
    place.parts.close()
    return folder


def publish_with_fault(folder: Path, how: str, at: int) -> subprocess.CompletedProcess[str]:
    script = Path(__file__).with_name("publish_faults.py")
    return subprocess.run(
        [sys.executable, str(script), str(folder), how, str(at)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def copy_of(published: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(published, tmp_path / "copy"))


def moments(published: Path, tmp_path: Path) -> int:
    ended = publish_with_fault(copy_of(published, tmp_path), "none", 0)
    assert ended.returncode == 0, ended.stderr
    return int(ended.stdout.split()[-1])


@pytest.fixture(scope="module")
def n_moments(published: Path, tmp_path_factory: pytest.TempPathFactory) -> int:
    return moments(published, tmp_path_factory.mktemp("counted"))


def some_of(n: int) -> Iterator[int]:
    wanted = range(1, n + 1)
    yield from wanted if FULL else sorted({1, n // 3, 2 * n // 3, n - 2, n})


def what_answers(place: Workplace) -> frozenset[str]:
    index = place.parts.library.tutor(COURSE).index
    for chunk in index.chunks:
        assert index.documents[chunk.document_id].text[chunk.char_start : chunk.char_end] == chunk.text
    assert place.parts.library.tutor(COURSE).ask("What is a nebula?").status == "answered"
    return frozenset(document.source_name for document in index.documents.values())


def test_killed_at_any_fsync_or_rename_of_an_upload_and_its_publish(
    published: Path, n_moments: int, tmp_path: Path
) -> None:
    ends: dict[frozenset[str], int] = dict.fromkeys(ANSWERS, 0)
    for at in some_of(n_moments):
        (scratch := tmp_path / str(at)).mkdir()
        folder = copy_of(published, scratch)

        killed = publish_with_fault(folder, "kill", at)

        assert killed.returncode == -9, killed.stderr
        place = open_workplace(folder)
        ends[what_answers(place)] += 1  # whatever else it is, is a KeyError
        with place.parts.database.reading() as connection:
            acknowledged = find_source_by_name(connection, COURSE, "dwarfs.md")
        place.run(place.parts.intake.publish(COURSE, rebuild=False, actor="test"))
        if acknowledged is not None:
            assert place.sources()["dwarfs.md"].status == "indexed"
            assert "dwarfs.md" in what_answers(place)
        place.parts.close()
        shutil.rmtree(scratch)
    print(f"\n{sum(ends.values())} of {n_moments} moments: {sorted(ends.values())} old or new")  # noqa: T201


@pytest.mark.parametrize("how", ERRORS)
def test_a_disk_that_fails_at_any_fsync_or_rename(published: Path, n_moments: int, tmp_path: Path, how: str) -> None:
    for at in some_of(n_moments):
        (scratch := tmp_path / str(at)).mkdir()
        folder = copy_of(published, scratch)

        ended = publish_with_fault(folder, how, at)

        assert ended.returncode == 0, (at, ended.stderr)
        place = open_workplace(folder)
        assert what_answers(place) in ANSWERS
        dwarfs = place.sources().get("dwarfs.md")
        assert dwarfs is None or dwarfs.status in ("failed", "indexed"), at
        if dwarfs is not None and dwarfs.status == "failed":  # the disk is well again: trying again is all it takes
            place.run(place.parts.intake.retry(COURSE, dwarfs.source_id, actor="test"))
            assert place.sources()["dwarfs.md"].status == "indexed"
        place.parts.close()
        shutil.rmtree(scratch)


SYSTEM_CALLS = ("fsync", "fdatasync", "rename")


def strace_works(folder: Path) -> bool:
    command = ["strace", "-f", "-o", str(folder / "trace"), "-e", "inject=fsync:signal=SIGKILL:when=1"]
    script = f"import os, sys; os.fsync(os.open({str(folder)!r}, os.O_RDONLY))"
    try:
        return subprocess.run([*command, sys.executable, "-c", script], check=False).returncode == -9
    except FileNotFoundError:
        return False


@pytest.mark.parametrize("call", SYSTEM_CALLS)
def test_killed_at_any_system_call_that_reaches_the_disk(published: Path, tmp_path: Path, call: str) -> None:
    """As above, SQLite's own calls included: strace counts each thread's calls, so every thread has its moments."""
    if not strace_works(tmp_path):
        pytest.skip("strace cannot trace here")
    script = Path(__file__).with_name("publish_faults.py")
    at, killed, old_or_new = 0, True, 0
    while killed and (FULL or at < 30):
        at += 1 if FULL else 7
        (scratch := tmp_path / str(at)).mkdir()
        folder = copy_of(published, scratch)
        inject = f"inject={call}:signal=SIGKILL:when={at}"
        trace = ["strace", "-f", "-o", "/dev/null", "-e", f"trace={call}", "-e", inject]
        command = [*trace, sys.executable, str(script), str(folder), "none", "0"]
        killed = subprocess.run(command, capture_output=True, timeout=120, check=False).returncode == -9
        place = open_workplace(folder)
        assert what_answers(place) in ANSWERS
        place.run(place.parts.intake.publish(COURSE, rebuild=False, actor="test"))
        assert {source.status for source in place.sources().values()} == {"indexed"}
        old_or_new += killed
        place.parts.close()
        shutil.rmtree(scratch)
    print(f"\n{call}: killed at {old_or_new} moments, each time the old index or the new one answers")  # noqa: T201


DAMAGE = ("flip", "truncate", "zero", "grow", "delete")


def test_200_damaged_indexes_are_200_times_detected(tmp_path: Path) -> None:
    place = new_workplace(tmp_path)
    place.add(("clouds.md", NEBULA))
    place.add(("giants.md", GIANTS))
    root = tmp_path / "data" / "index"
    live = place.parts.library.tutor(COURSE).index
    other = place_of_another_course(tmp_path / "other")
    folder = root / COURSE / live.generation
    older = next(path for path in (root / COURSE).iterdir() if path.is_dir() and path != folder)
    files = [root / COURSE / "CURRENT", *sorted(path for path in folder.rglob("*") if path.is_file())]
    chance = random.Random(20261124)
    detected = 0
    while detected < 200:
        path, how = chance.choice(files), chance.choice((*DAMAGE, "foreign"))
        sound = path.read_bytes()
        if how == "foreign":  # the file of that name of another course, or of an older index
            path.write_bytes(chance.choice([*older.rglob(path.name), *other.rglob(path.name)]).read_bytes())
        else:
            damage(path, how, chance)
        if path.exists() and path.read_bytes() == sound:  # it hit what was alike
            continue
        with pytest.raises(IndexingError):
            open_current(root, COURSE, HashingEmbedder())
        detected += 1
        path.write_bytes(sound)
    assert isinstance(open_current(root, COURSE, HashingEmbedder()), CourseIndex)
    print(f"\n{detected} of 200 damaged indexes were detected")  # noqa: T201


def place_of_another_course(folder: Path) -> Path:
    folder.mkdir()
    place = new_workplace(folder)
    place.add(("dwarfs.md", DWARFS))
    place.parts.close()
    return folder / "data" / "index"


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 3 MB."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(disk)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip(f"a small disk cannot be mounted here: {mounted.stderr.decode().strip()}")
    try:
        yield disk
    finally:
        subprocess.run(["umount", "-l", str(disk)], check=True)


def test_a_full_disk_loses_nothing_and_works_again_when_there_is_room(small_disk: Path) -> None:
    place = new_workplace(small_disk)
    place.add(("clouds.md", NEBULA))
    filler = small_disk / "filler"

    for room in (0, 40_000, 120_000, 300_000):
        free = os.statvfs(small_disk).f_bavail * os.statvfs(small_disk).f_frsize
        filler.write_bytes(bytes(max(0, free - room)))
        try:
            place.add((f"{room}.md", f"# Lesson {room}\n\n" + f"Lesson {room} is about stars. " * 300))
        except Exception as error:  # refused before anything was acknowledged
            assert "writ" in str(error) or "full" in str(error) or "space" in str(error).lower(), error
        assert what_answers(place) >= {"clouds.md"}
        filler.unlink()

    place.run(place.parts.intake.publish(COURSE, rebuild=True, actor="test"))
    assert {source.status for source in place.sources().values()} == {"indexed"}
    place.parts.close()


def test_asked_while_a_course_is_indexed_again_nobody_meets_an_error_or_a_mix(tmp_path: Path) -> None:
    sample = make_sample(tmp_path, max_concurrent_asks=2)
    ends = threading.Event()
    slow: dict[bool, list[float]] = {False: [], True: []}
    problems: list[object] = []
    busy = threading.Event()

    def ask(origin: str) -> None:
        headers = {"authorization": f"Bearer {sample.key}"}
        with httpx.Client(base_url=origin, headers=headers, timeout=30) as http:
            while not ends.is_set():
                during, started = busy.is_set(), time.perf_counter()
                reply = http.post("/api/v1/courses/stars/ask", json={"question": "What is a nebula?"})
                slow[during].append(time.perf_counter() - started)
                answer = reply.json()
                if reply.status_code != 200 or answer["status"] != "answered":
                    problems.append(answer)

    admin = {sample.access.cookie_name: sample.log_in("admin")}
    with running(sample.service) as origin, httpx.Client(base_url=origin, cookies=admin, timeout=60) as http:
        while http.get("/readyz").status_code != 200:
            ends.wait(0.05)
        learners = [threading.Thread(target=ask, args=(origin,)) for _ in range(2)]
        for learner in learners:
            learner.start()
        ends.wait(1)
        busy.set()
        for n in range(20 if FULL else 5):
            lesson = f"# Lesson {n}\n\nThis lesson {n} is about light.\n".encode()
            sent = http.post("/api/v1/courses/stars/sources", files=[("file", (f"{n % 3}.md", lesson))]).json()
            while http.get(sent["job"]["url"]).json()["state"] not in ("done", "failed"):
                ends.wait(0.02)
        ends.set()
        for learner in learners:
            learner.join()

    assert problems == []
    p95 = {during: sorted(times)[int(len(times) * 0.95)] * 1000 for during, times in slow.items()}
    print(f"\nask p95: {p95[False]:.0f} ms idle, {p95[True]:.0f} ms during {len(slow[True])} asks while indexing")  # noqa: T201
