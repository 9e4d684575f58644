"""``course-tutor serve`` as a process: its link, its ports, its log, its end."""

import asyncio
import json
import os
import re
import selectors
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.metadata import entry_points
from pathlib import Path

import httpx
import pytest
from chosen_store import environment_at
from service_samples import HOST, running, shared_sample, write_courses

from tutor.api.http_protocol import PunctualH11Protocol
from tutor.api.service import ENTRY_POINTS
from tutor.serving.listening import listen
from ui.asgi import create_app

COMMAND = [sys.executable, "-c", "from tutor.cli.main import main; main()", "serve"]
START_S = 90.0


@dataclass
class Served:
    """A running server process; ``lines`` is what it printed on standard output."""

    process: "subprocess.Popen[str]"
    data: Path
    lines: list[str] = field(default_factory=list)

    @property
    def link(self) -> str:
        """The first one that it printed."""
        return self.lines[0]

    @property
    def origin(self) -> str:
        return self.link.partition("/login")[0]

    def line(self) -> str:
        """The next line on standard output."""
        assert self.process.stdout
        with selectors.DefaultSelector() as output:
            output.register(self.process.stdout, selectors.EVENT_READ)
            assert output.select(START_S), "the server printed nothing"
        self.lines.append(self.process.stdout.readline().strip())
        return self.lines[-1]

    def end(self, signal_number: int = signal.SIGTERM) -> tuple[int, str]:
        """Ask the process to end; its exit code and all that it logged."""
        self.process.send_signal(signal_number)
        _, log = self.process.communicate(timeout=40)
        return self.process.returncode, log


@contextmanager
def serve(data: Path, *arguments: str, **settings: str) -> Iterator[Served]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("TUTOR_")}
    write_courses(data / "courses")
    environment |= environment_at(data) | {"TUTOR_COURSES_DIR": str(data / "courses"), **settings}
    process = subprocess.Popen(
        [*COMMAND, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment, cwd=data
    )
    try:
        yield Served(process, data)
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


def wait_until_ready(http: httpx.Client) -> None:
    give_up = time.monotonic() + START_S
    while http.get("/readyz").status_code != 200:
        assert time.monotonic() < give_up, http.get("/readyz").text
        time.sleep(0.05)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server on a new data directory, whose first printed link nobody has used yet; a test below ends it."""
    with serve(tmp_path_factory.mktemp("served"), "--port", "0") as served:
        served.line()
        yield served


def test_the_printed_link_opens_the_chat(served: Served) -> None:
    with httpx.Client(base_url=served.origin, timeout=30) as http:
        assert http.get("/livez").status_code == 200
        assert http.get("/chat/").status_code == 401
        assert http.get(served.link, follow_redirects=True).url.path == "/chat/"
        assert http.get("/chat/").status_code == 200
        wait_until_ready(http)
        answer = http.post("/api/v1/courses/stars/ask", json={"question": "What is a nebula?"}).json()
        document = http.get(f"/api/v1/courses/stars/documents/{answer['citations'][0]['document_id']}").json()
        again = httpx.get(served.link)
        served.process.send_signal(signal.SIGUSR1)
        another = httpx.get(served.line())

    citation = answer["citations"][0]
    assert document["text"][citation["char_start"] : citation["char_end"]] == citation["quote"]
    assert again.status_code == 403
    assert another.status_code == 303


def test_commands_work_beside_a_running_server_and_a_revoked_key_is_refused_by_it(served: Served) -> None:
    def command(*arguments: str) -> str:
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("TUTOR_")}
        environment = inherited | environment_at(served.data)
        run = [*COMMAND[:-1], *arguments]
        return subprocess.run(run, env=environment, capture_output=True, text=True, check=True).stdout.strip()

    link = command("link", "--role", "student", "--course", "stars")
    key = command("keys", "create")
    key_id = command("keys", "list").splitlines()[-1].split()[0]
    with httpx.Client(timeout=30) as browser:
        entered = browser.get(link)
        me = browser.get(f"{served.origin}/api/v1/me").json()
    headers = {"authorization": f"Bearer {key}"}
    before = httpx.get(f"{served.origin}/api/v1/me", headers=headers).status_code
    command("keys", "revoke", key_id)
    after = httpx.get(f"{served.origin}/api/v1/me", headers=headers).status_code

    assert link.startswith(served.origin)
    assert entered.status_code == 303
    assert me["permissions"] == {"stars": ["ask", "read"]}
    assert (before, after) == (200, 401)


def test_the_process_ends_in_order_and_its_log_is_json_whatever_path_was_asked_for(served: Served) -> None:
    link = httpx.URL(served.link)
    with socket.create_connection((link.host, link.port or 80), timeout=20) as raw:
        raw.sendall(b"GET /livez%0d%0aforged%e2%80%a8%1b[31m HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        assert b" 404 " in raw.recv(1000)
    code, log = served.end()

    entries = [line for line in log.splitlines() if "The link lets one browser in" not in line]
    parsed = [json.loads(line) for line in entries]
    assert code == 0
    assert [(entry["method"], entry["route"]) for entry in parsed if entry.get("status") == 404] == [("GET", "none")]
    assert all(line.isascii() for line in entries)
    for never_logged in (link.params["token"], "nebula", "forged", "Traceback"):
        assert never_logged not in log


@pytest.mark.parametrize("after_s", [0.3, 1.0])
def test_a_server_that_is_still_loading_ends_in_order(tmp_path: Path, after_s: float) -> None:
    with serve(tmp_path, "--port", "0") as served:
        alive = httpx.URL(served.line()).join("/livez")
        assert httpx.get(alive, timeout=30).status_code == 200
        threading.Event().wait(after_s)  # somewhere in the middle of loading the model and of the first index
        code, log = served.end()

    assert code == 0
    assert "terminate" not in log
    assert "defect" not in log


def test_a_taken_port_is_said_in_one_line(tmp_path: Path) -> None:
    with socket.create_server((HOST, 0)) as taken, serve(tmp_path, "--port", str(taken.getsockname()[1])) as served:
        out, err = served.process.communicate(timeout=START_S)

    assert served.process.returncode == 2
    assert out == ""
    assert "--port 0" in err
    assert "Traceback" not in err


def test_replies_do_not_wait_for_nagles_algorithm() -> None:
    async def accepted_has_no_delay(listener: socket.socket) -> bool:
        seen: asyncio.Future[bool] = asyncio.get_running_loop().create_future()

        async def accept(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            accepted = writer.get_extra_info("socket")
            seen.set_result(bool(accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)))
            writer.close()
            await writer.wait_closed()

        async with await asyncio.start_server(accept, sock=listener):
            with socket.create_connection(listener.getsockname()):
                return await seen

    with listen(HOST, 0) as listener:
        assert asyncio.run(accepted_has_no_delay(listener))


def test_a_second_server_on_the_same_data_ends_at_once_and_names_the_first(tmp_path: Path) -> None:
    with serve(tmp_path, "--port", "0") as first:
        first.line()
        with serve(tmp_path, "--port", "0") as second:
            out, err = second.process.communicate(timeout=START_S)
        first.process.kill()  # kill -9: the lock must be free all the same
        first.process.wait()
        with serve(tmp_path, "--port", "0") as third:
            assert "/login?token=" in third.line()

    assert (second.process.returncode, out) == (2, "")
    assert f"process {first.process.pid} serves the data directory" in " ".join(err.split())
    assert first.origin in err
    assert "Traceback" not in err


def test_a_misspelt_setting_is_refused(tmp_path: Path) -> None:
    with serve(tmp_path, TUTOR_ALOWED_HOSTS="x") as served:
        _, err = served.process.communicate(timeout=START_S)

    assert served.process.returncode == 2
    assert "TUTOR_ALOWED_HOSTS" in err


def test_an_open_service_says_that_it_is_open(tmp_path: Path) -> None:
    with serve(tmp_path, "--open", "--port", "0", "--host", "0.0.0.0") as served:  # noqa: S104  (what is tested)
        address = served.line()
        reply = httpx.get(address, timeout=30)
        code, log = served.end(signal.SIGINT)

    assert re.fullmatch(r"http://127\.0\.0\.1:\d+/chat/", address)
    assert reply.status_code == 200
    assert "anyone who can reach this address" in " ".join(log.split())
    assert "TUTOR_ALLOWED_HOSTS" in log
    assert code == 0


def test_the_user_interface_is_found_without_being_imported() -> None:
    (found,) = entry_points(group=ENTRY_POINTS)

    assert found.load() is create_app


# --- slow clients -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "sent", [b"", b"G", b"GET /livez HTTP/1.1\r\nHost: local", b"GET /livez HTTP/1.1\r\nHost: localhost\r\n"]
)
def test_a_connection_that_brings_no_whole_head_is_closed(sent: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(PunctualH11Protocol, "head_deadline_s", 0.1)

    with running(shared_sample().service) as origin, connection(origin) as raw:
        raw.sendall(sent)

        assert raw.recv(100) == b""


def test_a_second_head_must_be_whole_in_time_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(PunctualH11Protocol, "head_deadline_s", 0.3)

    with running(shared_sample().service) as origin, connection(origin) as raw:
        ask_whether_alive(raw)
        raw.sendall(b"GET /livez HTT")

        assert raw.recv(100) == b""


def test_a_reply_that_takes_longer_than_a_head_may_is_not_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(PunctualH11Protocol, "head_deadline_s", 0.2)
    body = b'{"question": "What is a nebula?"}'
    head = "\r\n".join(
        (
            "POST /api/v1/courses/stars/ask HTTP/1.1",
            "Host: localhost",
            "Content-Type: application/json",
            f"Authorization: Bearer {shared_sample().key}",
            f"Content-Length: {len(body)}",
            "\r\n",
        )
    )

    with running(shared_sample().service) as origin, connection(origin) as raw:
        raw.sendall(head.encode() + body[:5])
        time.sleep(0.5)  # longer than the head's deadline
        raw.sendall(body[5:])

        assert raw.recv(100).startswith(b"HTTP/1.1 200")


def test_a_connection_too_many_is_closed_and_those_there_are_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(PunctualH11Protocol, "max_connections", 2)

    with running(shared_sample().service) as origin, connection(origin) as one, connection(origin) as two:
        ask_whether_alive(one)
        ask_whether_alive(two)
        with connection(origin) as too_many:
            assert too_many.recv(100) == b""

        ask_whether_alive(one)


def ask_whether_alive(raw: socket.socket) -> None:
    raw.sendall(b"GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n")
    received = b""
    while b'"alive"' not in received:
        piece = raw.recv(4000)
        assert piece, "closed"
        received += piece


def connection(origin: str) -> socket.socket:
    url = httpx.URL(origin)
    return socket.create_connection((url.host, url.port or 80), timeout=20)
