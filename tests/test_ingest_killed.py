"""``kill -9`` of a real server and of the child that reads: what was acknowledged is there, and ends indexed."""

import os
import re
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import httpx
import pytest
from chosen_store import environment_at
from ingest_samples import GIANTS, NEBULA
from pdf_samples import book
from serving import COURSE_TUTOR

FULL = os.environ.get("TUTOR_FAULTS") == "full"
PATIENCE_S = 90.0
STARS = "/api/v1/courses/stars"


def wait_until(holds: Callable[[], Any]) -> None:
    give_up = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < give_up, "it did not happen in time"
        time.sleep(0.05)


@contextmanager
def served(data_dir: Path) -> Iterator[tuple[subprocess.Popen[str], httpx.Client]]:
    """A server in a process of its own, which the test may kill, and an admin's browser."""
    (data_dir / "no-courses").mkdir(parents=True, exist_ok=True)
    environment = {**os.environ, **environment_at(data_dir), "TUTOR_COURSES_DIR": str(data_dir / "no-courses")}
    environment.pop("TUTOR_FAULTS", None)
    command = [str(COURSE_TUTOR), "serve", "--port", "0"]
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        link = re.search(r"http://\S+", process.stdout.readline())
        for stream in (process.stdout, process.stderr):
            threading.Thread(target=stream.read, daemon=True).start()
        try:
            assert link, "serve printed no link"
            url = httpx.URL(link[0])
            with httpx.Client(base_url=f"http://127.0.0.1:{url.port}", timeout=30) as client:
                client.get(url)
                wait_until(lambda: "still being loaded" not in client.get("/readyz").text)
                yield process, client
        finally:
            with suppress(ProcessLookupError):
                process.kill()
            process.wait()


def children_that_read(server: int) -> list[int]:
    """Processes of the server's that read a file."""
    found = subprocess.run(
        ["pgrep", "-P", str(server), "-f", "reading_child"], capture_output=True, text=True, check=False
    )
    return [int(pid) for pid in found.stdout.split()]


def statuses(client: httpx.Client) -> dict[str, str]:
    return {source["name"]: source["status"] for source in client.get(f"{STARS}/sources").json()["sources"]}


def settled(client: httpx.Client) -> bool:
    return all(job["state"] in ("done", "failed", "held") for job in client.get(f"{STARS}/jobs").json()["jobs"])


def is_reading(client: httpx.Client) -> bool:
    return "reading" in {job["stage"] for job in client.get(f"{STARS}/jobs").json()["jobs"]}


def test_what_a_killed_server_acknowledged_is_there_and_ends_indexed(tmp_path: Path) -> None:
    acknowledged: set[str] = set()
    for round_ in range(5 if FULL else 1):
        with served(tmp_path / "data") as (server, client):
            if round_ == 0:
                made = client.post("/api/v1/courses", json={"title": "Stars", "course_id": "stars"})
                assert made.status_code == 201, made.text
            for number in range(3):
                name = f"{round_}-{number}.md"
                lesson = f"# Lesson {name}\n\nThis is lesson {name} about light.\n"
                sent = client.post(f"{STARS}/sources", files=[("file", (name, lesson.encode()))])
                assert sent.status_code == 202, sent.text
                acknowledged.add(name)
            wait_until(
                lambda client=client: "reading" in {j["stage"] for j in client.get(f"{STARS}/jobs").json()["jobs"]}
            )
            server.send_signal(signal.SIGKILL)
            server.wait()

    with served(tmp_path / "data") as (_, client):
        wait_until(lambda: settled(client))
        assert statuses(client) == dict.fromkeys(acknowledged, "indexed")
        hits = client.post(f"{STARS}/search", json={"query": "lesson", "top_k": 50}).json()["hits"]
        assert len({hit["document_id"] for hit in hits}) == len(acknowledged)


def test_a_killed_reader_fails_its_file_and_no_other(tmp_path: Path) -> None:
    if not Path("/proc").is_dir():
        pytest.skip("processes cannot be found here")
    data, _ = book(120, 4)
    with served(tmp_path / "data") as (server, client):
        client.post("/api/v1/courses", json={"title": "Stars", "course_id": "stars"})
        files = [("clouds.md", NEBULA.encode()), ("book.pdf", data), ("giants.md", GIANTS.encode())]
        sent = client.post(f"{STARS}/sources", files=[("file", file) for file in files])
        assert sent.status_code == 202, sent.text
        wait_until(lambda: statuses(client)["book.pdf"] == "reading" and children_that_read(server.pid))
        for child in children_that_read(server.pid):
            os.kill(child, signal.SIGKILL)
        wait_until(lambda: settled(client))

        found = {s["name"]: (s["status"], s["reason"]) for s in client.get(f"{STARS}/sources").json()["sources"]}
        assert found["book.pdf"][0] == "failed"
        assert found["book.pdf"][1]
        assert found["clouds.md"] == found["giants.md"] == ("indexed", "")
        assert client.post(f"{STARS}/ask", json={"question": "What is a nebula?"}).json()["status"] == "answered"


def test_a_command_lets_the_server_do_the_work(tmp_path: Path) -> None:
    lesson = tmp_path / "clouds.md"
    lesson.write_text(NEBULA)
    with served(tmp_path / "data") as (_, client):
        environment = {**os.environ, **environment_at(tmp_path / "data")}
        environment.pop("TUTOR_FAULTS", None)
        command = [str(COURSE_TUTOR), "add", "stars", str(lesson), "--title", "Stars"]

        ended = subprocess.run(
            command, env=environment, capture_output=True, text=True, timeout=PATIENCE_S, check=False
        )

        assert ended.returncode == 0, ended.stderr
        assert "indexed clouds.md" in ended.stdout
        assert client.post(f"{STARS}/ask", json={"question": "What is a nebula?"}).json()["status"] == "answered"
