"""F13: learning platforms and receivers of webhooks that refuse, hang, trickle, never end or lead elsewhere.

There is no language model in this product, so the part of F13 that is about one has nothing to fail. What calls out are
the keys, names and scores of learning platforms and the webhooks, all of them through ``tutor.outbound``.
"""

import socket
import threading
import time
from contextlib import ExitStack, closing
from pathlib import Path

import pytest
from abilities import FULL, only_on_demand
from brought import brought
from faulty_services import FAULTS, faulty, own_certificate, redirecting_to
from instance import wait_until
from invariants import all_hold

from tutor.outbound import CallFailed, Outbound

GIVES_UP_WITHIN_S = 25.0  # ten seconds of silence, or ten for the whole; a busy machine takes longer to notice
QUICK = ("500", "429", "no JSON", "cut")


def fails(url: str) -> tuple[CallFailed, float]:
    """How a call ends, and after how long; for keys and for messages alike."""
    started = time.monotonic()
    with closing(Outbound()) as outbound, pytest.raises(CallFailed) as failed:
        outbound.get(url)
    return failed.value, time.monotonic() - started


@pytest.mark.parametrize("fault", list(FAULTS) if FULL else QUICK)
def test_another_system_that_misbehaves_is_given_up_in_time(fault: str) -> None:
    with faulty(FAULTS[fault]) as (url, received):
        _, took_s = fails(url)

    assert took_s < GIVES_UP_WITHIN_S
    assert len(received) == 1


def test_nobody_there_is_said_at_once() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]

    _, took_s = fails(f"http://127.0.0.1:{port}/")

    assert took_s < GIVES_UP_WITHIN_S


def test_a_redirect_is_not_followed_and_a_certificate_of_nobody_is_not_trusted(tmp_path: Path) -> None:
    with faulty(FAULTS["500"]) as (inside, reached):
        with faulty(redirecting_to(inside)) as (url, _):
            fails(url)
        with faulty(FAULTS["no JSON"], certificate=own_certificate(tmp_path)) as (url, sent):
            fails(url)

    assert reached == []
    assert sent == []


@only_on_demand
def test_receivers_of_webhooks_that_misbehave_hold_up_nobody(tmp_path: Path) -> None:
    with ExitStack() as services, brought(tmp_path / "data", settings={"TUTOR_WEBHOOK_HOSTS": "127.0.0.1"}) as found:
        server, oracle = found
        received = []
        for serve in FAULTS.values():
            url, got = services.enter_context(faulty(serve))
            received.append(got)
            made = oracle.http.post("/api/v1/webhooks", json={"url": url, "events": ["feedback.created"]})
            assert made.status_code == 201, made.text
        ends = threading.Event()
        judging = threading.Thread(target=oracle.act_until, args=(ends, 0.2))
        judging.start()
        ends.wait(60 if FULL else 15)
        ends.set()
        judging.join()
        wait_until(lambda: all(received), "every receiver is called")
        before_mb = server.memory_mb()
        assert all_hold(server, [oracle]) == []
        code, took_s = server.terminate()

    assert code == 0
    assert took_s < GIVES_UP_WITHIN_S
    print(f"\n{[len(got) for got in received]} calls, {before_mb:.0f} MB, ended after {took_s:.1f} s")  # noqa: T201
