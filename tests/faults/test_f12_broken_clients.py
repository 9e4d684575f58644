"""F12: half heads, bodies of a byte a second, uploads that are cut, readers that leave in the middle of an answer."""

import socket
import threading
import time
from contextlib import closing, suppress
from pathlib import Path

import pytest
from abilities import FULL
from brought import brought
from instance import wait_until
from invariants import all_hold, left_over
from slow_clients import connected, cut_upload, head, leave_in_mid_answer, reset

N_SLOW = 500 if FULL else 40
N_TRICKLING = 20 if FULL else 3  # of the slow ones that sent a head
N_LEAVING = 1000 if FULL else 40
SLOW_FOR_S = 60.0 if FULL else 2.0
HEAD_DEADLINE_S, BODY_DEADLINE_S = 10.0, 30.0
P95_S = 1.0 if FULL else 10.0  # a timing is a claim about an idle machine


def trickle(connection: socket.socket, ends: threading.Event) -> None:
    """The body of a request, a byte a second, until the server has enough of it."""
    with suppress(OSError):
        while not ends.wait(1.0):
            connection.sendall(b" ")


def test_slow_cut_and_leaving_clients_leave_nothing_and_hold_up_nobody(tmp_path: Path) -> None:
    with brought(tmp_path / "data") as (server, oracle):
        slow = [connected(server.origin) for _ in range(N_SLOW)]
        began = time.monotonic()
        for n, connection in enumerate(slow):
            whole = head("POST", f"{oracle.path}/ask", server.key, content_type="application/json", content_length=4000)
            connection.sendall((b"", b"GET /livez HTTP/1.1\r\nHost: local", whole + b"{")[n % 3])
        ends = threading.Event()
        trickling = [threading.Thread(target=trickle, args=(one, ends)) for one in slow[2 : 3 * N_TRICKLING : 3]]
        for thread in trickling:
            thread.start()
        took = []
        while time.monotonic() - began < SLOW_FOR_S:
            started = time.monotonic()
            assert oracle.ask() is not None
            took.append(time.monotonic() - started)
        assert sorted(took)[int(len(took) * 0.95)] < P95_S
        if FULL:
            closed = [(got := connection.recv(100)) == b"" or b" 408 " in got for connection in slow]
            assert all(closed), f"{closed.count(False)} of {len(closed)} got something else"
            assert time.monotonic() - began < SLOW_FOR_S + BODY_DEADLINE_S
        ends.set()
        for thread in trickling:
            thread.join()
        for connection in slow:
            reset(connection)

        for n, share in enumerate((0.1, 0.5, 0.99)):
            cut_upload(server.origin, f"{oracle.path}/sources", server.key, f"cut-{n}.md", b"x" * 300_000, after=share)
        wait_until(lambda: not left_over(server), "nothing is left of cut uploads", 20)

        words = [lesson.word for lesson in oracle.lessons.values()]
        found: list[bytes] = []

        def leave(first: int) -> None:
            for n in range(first, N_LEAVING, 4):
                question = f"What is a {words[n % len(words)]}?"
                found.append(
                    leave_in_mid_answer(
                        server.origin, f"{oracle.path}/ask", server.key, question, stream=n % 2 == 0, read=n * 13 % 900
                    )
                )

        before_mb = server.memory_mb()
        leaving = [threading.Thread(target=leave, args=(n,)) for n in range(4)]
        for thread in leaving:
            thread.start()
        for thread in leaving:
            thread.join()
        assert len(found) == N_LEAVING
        assert oracle.foreign_words(str(found)) == []
        assert not [name for name in (each["name"] for each in oracle.sources()) if name.startswith("cut-")]
        assert all_hold(server, [oracle]) == []
        print(f"\n{N_SLOW} slow, p95 {sorted(took)[int(len(took) * 0.95)] * 1000:.0f} ms; {N_LEAVING} left; "  # noqa: T201
              f"memory {before_mb:.0f} -> {server.memory_mb():.0f} MB")  # fmt: skip


@pytest.mark.skipif(not FULL, reason="waits for the real deadline: TUTOR_FAULTS=full; test_serve.py has a short one")
def test_a_connection_that_is_only_opened_is_closed(tmp_path: Path) -> None:
    with brought(tmp_path / "data") as (server, _), closing(connected(server.origin)) as silent:
        started = time.monotonic()
        assert silent.recv(10) == b""
        assert time.monotonic() - started < HEAD_DEADLINE_S + 5
