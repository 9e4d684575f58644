"""F15 with several workers: one is stopped for a while, one for good, all are renewed; the service goes on."""

import os
import signal
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import httpx
from abilities import FULL, only_on_demand
from brought import all_serve, brought
from instance import N_WORKERS, Instance, alive, wait_until
from invariants import all_hold
from oracle import Oracle

pytestmark = only_on_demand

AT_LEAST_TWO = max(2, N_WORKERS)
STOPPED_S = 30.0 if FULL else 5.0  # less than the 40 s after which a worker counts as hung


@contextmanager
def asked_by_newcomers(server: Instance, oracle: Oracle) -> Iterator[Counter[str]]:
    """Three people who ask on a connection of their own each time; what became of their questions."""
    ends, found = threading.Event(), Counter[str]()
    question = {"question": f"What is a {next(iter(oracle.lessons.values())).word}?"}

    def ask() -> None:
        while not ends.wait(0.05):
            try:
                with server.client() as http:
                    found[str(http.post(f"{oracle.path}/ask", json=question).status_code)] += 1
            except httpx.TransportError as error:
                found[type(error).__name__] += 1

    asking = [threading.Thread(target=ask) for _ in range(3)]
    for thread in asking:
        thread.start()
    try:
        yield found
    finally:
        ends.set()
        for thread in asking:
            thread.join()


def test_a_worker_that_is_stopped_for_a_while_keeps_no_newcomer_waiting(tmp_path: Path) -> None:
    with brought(tmp_path / "data", n_workers=AT_LEAST_TWO) as (server, oracle):
        before = server.answering()
        for stopped in before:  # the one that indexes is among them
            with asked_by_newcomers(server, oracle) as found:
                os.kill(stopped, signal.SIGSTOP)
                time.sleep(STOPPED_S)
                answered = found["200"]
                os.kill(stopped, signal.SIGCONT)
            # A connection that it had taken before it was stopped waits for it, and is answered then.
            assert set(found) == {"200"}, found
            assert answered > STOPPED_S, "the others hardly answered"
            oracle.reconnect()
            oracle.upload()
            assert all_hold(server, [oracle]) == []
        assert server.answering() == before


def test_a_worker_that_is_stopped_for_good_is_replaced(tmp_path: Path) -> None:
    with brought(tmp_path / "data", n_workers=AT_LEAST_TWO) as (server, oracle):
        for stopped in server.answering() if FULL else server.answering()[:1]:
            with asked_by_newcomers(server, oracle) as found:
                os.kill(stopped, signal.SIGSTOP)
                all_serve(server, other_than=[stopped])
            # What it had in hand when it was stopped is lost with it.
            assert sum(n for status, n in found.items() if status != "200") <= 3, found
            assert found["200"] > STOPPED_S
            oracle.reconnect()
            oracle.upload()
            assert all_hold(server, [oracle], thorough=True) == []


def _wait_until_gone(processes: Sequence[int]) -> None:
    wait_until(lambda: not any(map(alive, processes)), "the last of the old ones takes its leave")


def test_renewing_all_workers_fails_no_question_and_no_upload(tmp_path: Path) -> None:
    with brought(tmp_path / "data", n_workers=AT_LEAST_TWO) as (server, oracle):
        for _ in range(3 if FULL else 1):
            ends, before = threading.Event(), server.answering()
            acting = threading.Thread(target=oracle.act_until, args=(ends, 0.1))
            oracle.reconnect()
            oracle.counts.clear()
            acting.start()
            with asked_by_newcomers(server, oracle) as found:
                server.process.send_signal(signal.SIGHUP)
                all_serve(server, other_than=before)
                wait_until(
                    lambda old=tuple(before): not any(map(alive, old)), "the last of the old ones takes its leave"
                )
            ends.set()
            acting.join()
            assert set(found) == {"200"}, found
            assert not {what for what in oracle.counts if what in ("cut", "500", "503")}, oracle.counts
            assert all_hold(server, [oracle], thorough=True) == []
            print(f"\nrenewed: {dict(found)}, {dict(oracle.counts)}")  # noqa: T201
