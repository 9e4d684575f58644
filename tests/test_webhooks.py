"""Word to other systems: written with the event, signed, sent until it is taken, and never to a private address."""

import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest
from service_samples import Sample, make_sample

from tutor.outbound import CallFailed, Outbound
from tutor.permissions import ADMIN, INSTRUCTOR
from tutor.state import audit, jobs, people, privacy, webhooks
from tutor.state.database import Database
from tutor.state.webhooks import BACK_OFF, DeliveryRecord
from tutor.webhooks.courier import Courier
from tutor.webhooks.public_only import PublicOnly

pytest_plugins = ["postgres_server"]

HOOKS = "/api/v1/webhooks"
NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)


@dataclass
class Receiver:
    """Another system: keeps what it gets, and answers as it is told."""

    url: str = ""
    status: int = 204
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)


@contextmanager
def receiving() -> Iterator[Receiver]:
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            receiver.got.append(({name.lower(): value for name, value in self.headers.items()}, body))
            self.send_response(receiver.status)
            self.send_header("location", "http://127.0.0.1:1/elsewhere")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        receiver.url = f"http://127.0.0.1:{server.server_port}/hook"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield receiver
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as receiver:
        yield receiver


@contextmanager
def courier_of(database: Database, *named: str) -> Iterator[Courier]:
    outbound = Outbound(PublicOnly(frozenset(named or ("127.0.0.1",))))
    yield Courier(database, outbound)
    outbound.close()


def registered(database: Database, url: str, *events: Any, courses: tuple[str, ...] = ()) -> webhooks.WebhookRecord:
    with database.writing() as connection:
        return webhooks.create(connection, url, events or webhooks.EVENTS, courses, created_by="tests")


def happen(database: Database, event: Any = "import.completed", course_id: str = "stars") -> None:
    with database.writing() as connection:
        webhooks.enqueue(connection, course_id, event, {"job_id": "j1"})


def messages(database: Database, webhook: webhooks.WebhookRecord) -> tuple[DeliveryRecord, ...]:
    with database.reading() as connection:
        return webhooks.deliveries(connection, webhook.webhook_id)


def test_a_message_is_signed_as_the_standard_says(database: Database, receiver: Receiver) -> None:
    webhook = registered(database, receiver.url)
    happen(database)
    with courier_of(database) as courier:
        assert courier.send_due(datetime.now(UTC)) == 1
        assert courier.send_due(datetime.now(UTC)) == 0

    ((headers, body),) = receiver.got
    key = base64.b64decode(webhook.secret.removeprefix("whsec_"))
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    expected = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{expected}"
    assert json.loads(body)["type"] == "import.completed"
    assert json.loads(body)["data"] == {"course_id": "stars", "job_id": "j1"}
    assert messages(database, webhook)[0].state == "delivered"


def test_the_example_of_the_standard_has_its_signature() -> None:
    from tutor.webhooks.signing import signed_headers

    headers = signed_headers(
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}'
    )

    assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_what_was_rolled_back_is_not_told(database: Database) -> None:
    webhook = registered(database, "https://lms.example.edu/hook")
    with pytest.raises(RuntimeError), database.writing() as connection:
        webhooks.enqueue(connection, "stars", "import.completed", {})
        raise RuntimeError

    assert messages(database, webhook) == ()


def test_each_is_told_of_its_events_in_its_courses(database: Database) -> None:
    everything = registered(database, "https://a.example.edu/")
    bound = registered(database, "https://b.example.edu/", "import.failed", courses=("cells",))
    for event, course_id in [("import.failed", "stars"), ("import.failed", "cells"), ("privacy.erased", "-")]:
        happen(database, event, course_id)

    assert len(messages(database, everything)) == 3
    assert [each.course_id for each in messages(database, bound)] == ["cells"]


@pytest.mark.parametrize("status", [500, 404, 302, 429])
def test_it_is_tried_again_later_and_later_and_then_given_up(
    database: Database, receiver: Receiver, status: int
) -> None:
    webhook = registered(database, receiver.url)
    happen(database)
    receiver.status, now = status, datetime.now(UTC)
    with courier_of(database) as courier:
        for wait in (timedelta(0), *BACK_OFF):
            now += wait + timedelta(seconds=1)
            assert courier.send_due(now) == 1
            assert courier.send_due(now) == 0
        assert courier.send_due(now + timedelta(days=30)) == 0

    (message,) = messages(database, webhook)
    assert (message.state, message.attempts) == ("dead", 1 + len(BACK_OFF))
    assert message.last_error == f"answered with status {status}"
    assert len({headers["webhook-id"] for headers, _ in receiver.got}) == 1


def test_a_receiver_that_is_gone_is_not_tried_again(database: Database, receiver: Receiver) -> None:
    webhook = registered(database, receiver.url)
    happen(database)
    receiver.status = 410
    with courier_of(database) as courier:
        courier.send_due(datetime.now(UTC))

    assert messages(database, webhook)[0].state == "dead"


def test_a_message_is_claimed_by_one_and_by_another_when_that_died(database: Database) -> None:
    registered(database, "https://lms.example.edu/hook")
    happen(database)
    now = datetime.now(UTC)

    def claimed(at: datetime) -> int:
        with database.writing() as connection:
            return len(webhooks.claim_due(connection, at, limit=10))

    assert (claimed(now), claimed(now)) == (1, 0)
    assert claimed(now + webhooks.CLAIM + timedelta(seconds=1)) == 1


def test_what_ended_is_forgotten_after_a_week_and_what_waits_is_not(database: Database, receiver: Receiver) -> None:
    webhook = registered(database, receiver.url)
    happen(database)
    with courier_of(database) as courier:
        courier.send_due(datetime.now(UTC))
    happen(database)
    with database.writing() as connection:
        webhooks.forget(connection, datetime.now(UTC) + timedelta(days=8))

    assert [each.state for each in messages(database, webhook)] == ["pending"]


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.0.0.1", "192.168.1.1", "169.254.169.254", "::1", "fe80::1", "fc00::1", "::ffff:10.0.0.1",
     "100.64.0.1", "224.0.0.1", "2002:7f00:1::"],
)  # fmt: skip
def test_a_name_with_a_private_address_is_not_called(address: str) -> None:
    called: list[httpx.Request] = []
    inner = httpx.MockTransport(lambda request: called.append(request) or httpx.Response(204))
    for resolved in ([address], ["203.0.114.9", address]):
        outbound = Outbound(PublicOnly(resolve=lambda *_, found=resolved: found, inner=inner))
        with pytest.raises(CallFailed, match="PrivateAddress"):
            outbound.post_message("https://hook.example.edu/", b"{}", {})

    assert called == []


def test_the_address_that_was_checked_is_the_one_that_is_called() -> None:
    called: list[httpx.Request] = []
    inner = httpx.MockTransport(lambda request: called.append(request) or httpx.Response(204))
    outbound = Outbound(PublicOnly(resolve=lambda *_: ["93.184.216.34"], inner=inner))

    assert outbound.post_message("https://hook.example.edu/x", b"{}", {}) == 204
    assert called[0].url.host == "93.184.216.34"
    assert called[0].headers["host"] == "hook.example.edu"
    assert called[0].extensions["sni_hostname"] == "hook.example.edu"


def test_this_machine_is_called_only_where_it_is_named(database: Database, receiver: Receiver) -> None:
    webhook = registered(database, receiver.url)
    happen(database)
    with courier_of(database, "lms.example.edu") as courier:
        courier.send_due(datetime.now(UTC))

    assert receiver.got == []
    assert "PrivateAddress" in messages(database, webhook)[0].last_error


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    return make_sample(tmp_path_factory.mktemp("service"), webhook_hosts="127.0.0.1")


@pytest.fixture(scope="module")
def admin(sample: Sample) -> str:
    return sample.make_key(permissions=ADMIN)[1]


WANTED = {"url": "https://lms.example.edu/hook", "events": ["import.completed"]}


def test_administrators_make_list_and_delete_webhooks(sample: Sample, admin: str) -> None:
    made = sample.post(HOOKS, WANTED, key=admin)
    listed = sample.get(HOOKS, key=admin).json()["webhooks"]
    path = f"{HOOKS}/{made.json()['webhook_id']}"
    gone = sample.ask(lambda http: http.delete(path), key=admin)

    assert made.status_code == 201
    assert made.json()["secret"].startswith("whsec_")
    assert [each["url"] for each in listed] == [WANTED["url"]]
    assert "secret" not in listed[0]
    assert gone.status_code == 204
    assert sample.get(f"{path}/deliveries", key=admin).json()["code"] == "unknown_webhook"
    with sample.access.database.reading() as connection:
        actions = [each.action for each in audit.events(connection, audit.INSTALLATION)]
    assert {"webhook.create", "webhook.delete"} <= set(actions)


def test_nobody_else_may(sample: Sample) -> None:
    for key in (sample.key, sample.make_key(permissions=INSTRUCTOR)[1], sample.make_key("stars", permissions=ADMIN)[1]):
        assert sample.get(HOOKS, key=key).status_code == 403
        assert sample.post(HOOKS, WANTED, key=key).status_code == 403


@pytest.mark.parametrize(
    "wrong",
    [
        {"url": "http://lms.example.edu/hook"},
        {"url": "ftp://lms.example.edu"},
        {"url": "https://user:password@lms.example.edu"},
        {"url": "nonsense"},
        {"events": []},
        {"events": ["question.asked"]},
    ],
)
def test_what_cannot_be_told_is_refused(sample: Sample, admin: str, wrong: dict[str, Any]) -> None:
    assert sample.post(HOOKS, {**WANTED, **wrong}, key=admin).status_code == 422


def test_a_message_can_be_sent_again(sample: Sample, admin: str, receiver: Receiver) -> None:
    webhook = sample.post(HOOKS, {**WANTED, "url": receiver.url}, key=admin).json()
    happen(sample.access.database)
    path = f"{HOOKS}/{webhook['webhook_id']}/deliveries"
    with courier_of(sample.access.database) as courier:
        courier.send_due(datetime.now(UTC))
        (message,) = sample.get(path, key=admin).json()["deliveries"]
        again = sample.post(f"{path}/{message['delivery_id']}/replay", None, key=admin)
        courier.send_due(datetime.now(UTC))

    assert (message["state"], again.status_code, again.json()["state"]) == ("delivered", 202, "pending")
    assert receiver.got[0][1] == receiver.got[1][1]
    assert sample.post(f"{path}/msg_none/replay", None, key=admin).status_code == 404


def test_imports_and_erasure_are_told(tmp_path: Path) -> None:
    database = make_sample(tmp_path).access.database
    webhook = registered(database, "https://lms.example.edu/hook")
    with database.writing() as connection:
        for kind, state in (("ingest", "done"), ("ingest", "failed"), ("publish", "done")):
            job = jobs.enqueue(connection, "stars", kind, params={}, created_by="tests")
            jobs.finish(connection, job, state)
        people.see(connection, "ada", now=NOW)
        privacy.erase(connection, "ada")

    told = sorted((each.event, json.loads(each.body)["data"].get("person_id")) for each in messages(database, webhook))
    assert told == [("import.completed", None), ("import.failed", None), ("privacy.erased", "ada")]


def test_feedback_is_told_without_its_words(sample: Sample) -> None:
    webhook = registered(sample.access.database, "https://lms.example.edu/hook", "feedback.created", "answer.flagged")
    answer = sample.post("/api/v1/courses/stars/ask", {"question": "What is a nebula?"}).json()
    path = f"/api/v1/courses/stars/answers/{answer['answer_id']}/feedback"

    reply = sample.post(path, {"verdict": "wrong_source", "comment": "My private words."})

    assert reply.status_code == 200
    told = messages(sample.access.database, webhook)
    assert {each.event for each in told} == {"feedback.created", "answer.flagged"}
    assert not any("private" in each.body for each in told)
