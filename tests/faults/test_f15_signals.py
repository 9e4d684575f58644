"""F15: SIGTERM while learners ask and streams are open; SIGHUP; SIGSTOP for a while, then SIGCONT."""

import json
import signal
import threading
import time
from collections import Counter
from pathlib import Path

import httpx
from abilities import FULL, one_process
from brought import brought
from instance import Instance, wait_until
from invariants import all_hold
from oracle import Oracle

N_ASKERS, N_STREAMS = (8, 20) if FULL else (3, 6)
STOPPED_S = 30.0 if FULL else 2.0
EXIT_WITHIN_S = 25.0


def ask_until(server: Instance, oracle: Oracle, ends: threading.Event, found: Counter[str], *, stream: bool) -> None:
    """Ask again and again; what came back by its status, or by what a stream ended with."""
    headers = {"accept": "text/event-stream"} if stream else {}
    question = {"question": f"What is a {next(iter(oracle.lessons.values())).word}?"}
    with server.client() as http:
        while not ends.is_set():
            began = False
            try:
                with http.stream("POST", f"{oracle.path}/ask", json=question, headers=headers) as reply:
                    began = True
                    reply.read()
            except httpx.TransportError as error:
                found[f"cut in the middle: {error}" if began else f"not taken: {type(error).__name__}"] += 1
                ends.wait(0.05)
                continue
            if stream and reply.status_code == 200:
                last, _, data = reply.text.rpartition("event: ")[2].partition("\n")
                code = json.loads(data.partition("data: ")[2]).get("code", "") if last == "error" else ""
                found[f"stream {last} {code}".strip()] += 1
            else:
                code = reply.json().get("code", "answered")
                found[f"{reply.status_code} {code}"] += 1


def test_sigterm_under_load_cuts_no_answer_that_began_and_ends_with_0(tmp_path: Path) -> None:
    with brought(tmp_path / "data") as (server, oracle):
        ends, found = threading.Event(), Counter[str]()
        asking = [
            threading.Thread(target=ask_until, args=(server, oracle, ends, found), kwargs={"stream": n < N_STREAMS})
            for n in range(N_ASKERS + N_STREAMS)
        ]
        for thread in asking:
            thread.start()
        wait_until(lambda: found["200 answered"] and found["stream done"], "somebody is answered")
        ends.wait(5.0 if FULL else 1.0)
        code, took_s = server.terminate()
        ends.set()
        for thread in asking:
            thread.join()

        allowed = {"200 answered", "503 shutting_down", "503 over_capacity", "429 too_many_streams", "stream done",
                   "stream error shutting_down", "not taken: ConnectError"}  # fmt: skip
        served = [json.loads(line) for line in server.log if '"message": "request"' in line]
        assert code == 0
        assert took_s < EXIT_WITHIN_S or not FULL  # a timing is a claim about an idle machine
        assert set(found) <= allowed, found
        assert served
        assert [each for each in served if each["status"] == 0] == []  # everything that was taken got a reply
        server.start()
        oracle.reconnect()
        assert all_hold(server, [oracle]) == []
        print(f"\nended after {took_s:.1f} s: {dict(found)}")  # noqa: T201


@one_process
def test_stopped_for_a_while_and_sent_sighup_it_goes_on(tmp_path: Path) -> None:
    with brought(tmp_path / "data") as (server, oracle):
        oracle.upload()
        server.process.send_signal(signal.SIGSTOP)
        time.sleep(STOPPED_S)
        server.process.send_signal(signal.SIGCONT)
        assert oracle.ask() is not None
        assert all_hold(server, [oracle]) == []
        if FULL:
            server.process.send_signal(signal.SIGHUP)  # a terminal that was closed
            code = server.process.wait(timeout=EXIT_WITHIN_S)
            print(f"\nSIGHUP ends it with {code}")  # noqa: T201
            server.start()
            oracle.reconnect()
            assert all_hold(server, [oracle]) == []
