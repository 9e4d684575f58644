"""The log ties what belongs together by ids, and holds no word of anybody and no secret, whatever goes wrong."""

import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from logged import logged
from service_samples import Sample, make_sample, running, shared_sample
from sqlalchemy.exc import OperationalError

from tutor.api.identity import Access
from tutor.logs import JsonLines
from tutor.observing.context import TraceParent, ids, working_on
from tutor.permissions import ADMIN
from tutor.records.asking import Asking

ASK = "/api/v1/courses/stars/ask"
TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
TRACEPARENT = f"00-{TRACE}-00f067aa0ba902b7-01"


@pytest.fixture(scope="module")
def sample() -> Sample:
    return shared_sample()


def test_a_question_has_a_line_of_its_own_with_the_request_its_outcome_and_its_stages(sample: Sample) -> None:
    with logged(logging.INFO) as log:
        answer = sample.post(ASK, {"question": "What is a nebula?"}, **{"x-request-id": "the-request"}).json()

    (asked,) = log.of("ask", request_id="the-request")
    (request,) = log.of("request", request_id="the-request")
    assert (asked["status"], asked["outcome"], asked["course"]) == ("answered", "answered", "stars")
    assert (asked["generation"], asked["answer_id"]) == (answer["generation"], answer["answer_id"])
    assert asked["stages_ms"].keys() == {"understand", "retrieve", "decide", "compose", "cite", "total"}
    assert (request["route"], request["status"]) == ("/api/v1/courses/{course}/ask", 200)


def test_the_callers_trace_is_in_every_line_of_the_request(sample: Sample) -> None:
    with logged(logging.INFO) as log:
        sample.post(ASK, {"question": "What is a nebula?"}, traceparent=TRACEPARENT)

    assert [each.get("trace_id") for each in log.entries if each["message"] in ("ask", "request")] == [TRACE, TRACE]


@pytest.mark.parametrize(
    "header",
    ["", "00", f"00-{'0' * 32}-00f067aa0ba902b7-01", f"00-{TRACE}-{'0' * 16}-01", f"ff-{TRACE}-00f067aa0ba902b7-01",
     f"00-{TRACE.upper()}-00f067aa0ba902b7-01", f"00-{TRACE}-00f067aa0ba902b7-01-more", "x" * 10_000],
)  # fmt: skip
def test_what_is_no_trace_is_left_out(header: str) -> None:
    assert TraceParent.of(header) is None


def test_a_later_version_of_the_header_may_say_more() -> None:
    assert TraceParent.of(f"01-{TRACE}-00f067aa0ba902b7-01-more") == TraceParent(TRACE, "00f067aa0ba902b7")


def test_a_job_carries_the_id_of_the_request_that_asked_for_it(tmp_path: Path) -> None:
    sample = make_sample(tmp_path)
    _, key = sample.make_key(permissions=ADMIN)

    with logged() as log:
        files = {"file": ("tides.md", b"# Tides\n\nThe tide is the rise and fall of the sea.\n")}
        job = sample.ask(
            lambda http: http.post("/api/v1/courses/stars/sources", files=files),
            key=key,
            **{"x-request-id": "bringing"},
        ).json()["job"]
        sample.intake.indexer.wait_for([sample.intake.job("stars", job["job_id"])], progress=lambda *_: None)

    lines = [each for each in log.entries if each.get("job_id") == job["job_id"]]
    assert any("now answers from generation" in each["message"] for each in lines)
    assert {each["request_id"] for each in lines} == {"bringing"}


def test_a_line_names_its_worker_and_fields_win_over_ids() -> None:
    record = logging.LogRecord("x", logging.INFO, "", 0, "said", None, None)
    record.fields = {"status": 200}

    with working_on(request_id="r", trace_id=""):
        line = json.loads(JsonLines(3).format(record))
        inner = dict(ids())
    outside = dict(ids())

    assert (line["worker"], line["request_id"], line["status"]) == (3, "r", 200)
    assert (inner, outside) == ({"request_id": "r"}, {})


def test_what_passes_by_itself_is_a_warning_and_no_defect(sample: Sample, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: object) -> None:
        raise OperationalError("select", {}, Exception("db.internal refused"))

    monkeypatch.setattr(Access, "identify", away)
    with logged(logging.INFO) as log:
        reply = sample.get("/api/v1/me")

    assert (reply.status_code, reply.headers["retry-after"]) == (503, "2")
    assert [(each["level"], each["message"]) for each in log.entries] == [
        ("WARNING", "passing: OperationalError"), ("INFO", "request"),
    ]  # fmt: skip
    assert "db.internal" not in log.written.getvalue()


# --- what must never be in it -----------------------------------------------------------------------------------------

CANARIES = [f"canary{n:02}zzqx" for n in range(19)]


@pytest.fixture
def leaking(tmp_path: Path) -> Iterator[tuple[Sample, httpx.Client]]:
    sample = make_sample(tmp_path, metrics_token=f"{CANARIES[0]}-metrics-token")
    _, key = sample.make_key(permissions=ADMIN)
    headers = {"authorization": f"Bearer {key}"}
    with running(sample.service) as origin, httpx.Client(base_url=origin, headers=headers, timeout=30) as http:
        yield sample, http


def test_no_word_and_no_secret_is_logged_at_debug_whatever_is_sent_and_whatever_breaks(
    leaking: tuple[Sample, httpx.Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    sample, http = leaking
    link = sample.access.make_link()

    with logged() as log:
        _send_everything(http, link)
        monkeypatch.setattr(Asking, "ask", _break)
        broken = http.post(ASK, json={"question": CANARIES[1]})
        streamed = http.post(ASK, json={"question": CANARIES[1]}, headers={"accept": "text/event-stream"})
        sample.intake.indexer.wait_for(_jobs(sample, http), progress=lambda *_: None)
    text = log.written.getvalue()

    assert (broken.status_code, broken.json()["code"]) == (500, "internal_error")
    assert [canary for canary in CANARIES if canary in broken.text + streamed.text] == []
    assert len(log.of("request")) > 15
    assert any(each["message"].startswith("defect:") for each in log.entries)
    assert {each["level"] for each in log.entries} >= {"DEBUG", "INFO", "ERROR"}
    assert [canary for canary in CANARIES if canary in text] == []
    assert [secret for secret in (http.headers["authorization"][7:], link, sample.key) if secret in text] == []


def _break(asking: Asking, tutor: object, question: str, *arguments: object, **named: object) -> None:
    raise RuntimeError(f"cannot answer {question}")


def _send_everything(http: httpx.Client, link: str) -> None:
    """A canary in every place where a person or a program puts words or secrets."""
    c = CANARIES
    answer = http.post(ASK, json={"question": f"What is a nebula {c[1]}?"}).json()
    http.post(ASK, json={"question": f"And {c[2]}?", "history": [{"role": "user", "content": c[3]}]})
    http.post(ASK, content=f'{{"question": "{c[4]}', headers={"content-type": "application/json"})
    http.post(ASK, json={"question": c[4] * 1000})
    http.post("/api/v1/courses/stars/search", json={"query": c[5]})
    feedback = f"/api/v1/courses/stars/answers/{answer['answer_id']}/feedback"

    http.post(feedback, json={"verdict": "down", "comment": c[6]})
    http.get(f"/api/v1/courses?token={c[7]}")
    http.get("/login", params={"token": c[7]}, headers={"authorization": ""})
    http.get("/login", params={"token": link}, headers={"authorization": ""})
    http.get("/api/v1/me", headers={"authorization": f"Bearer {c[8]}"})
    http.get("/api/v1/me", headers={"authorization": "", "cookie": f"course_tutor={c[9]}"})
    http.get("/metrics", headers={"authorization": f"Bearer {c[0]}-metrics-token"})
    http.get("/api/v1/me", headers={"user-agent": c[10], "referer": f"https://lms.example.edu/?q={c[10]}"})
    http.post("/v1/chat/completions", json={"model": "stars", "messages": [{"role": "user", "content": c[11]}]})
    http.post("/oauth/token", data={"grant_type": "client_credentials", "client_id": c[12], "client_secret": c[12]})
    call: dict[str, Any] = {"name": "ask_course", "arguments": {"course_id": "stars", "question": c[13]}}
    mcp = {"accept": "application/json, text/event-stream", "mcp-protocol-version": "2025-06-18"}
    http.post("/mcp", json={"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": call}, headers=mcp)
    http.post("/lti/launch", data={"id_token": c[14], "state": c[14]})
    http.post("/api/v1/courses/stars/sources", files={"file": (f"{c[15]}.md", f"# {c[15]}\n\nA {c[15]} is a thing.")})
    http.post("/api/v1/courses/stars/sources", files={"file": (f"{c[15]}.pdf", b"%PDF-1.4 " + c[15].encode())})
    http.get(f"/api/v1/people/key:{c[16]}/export")
    http.delete(f"/api/v1/people/{c[16]}")
    http.get(f"/api/v1/courses/stars/documents/{c[17]}")
    http.get(f"/api/v1/courses/{c[17]}/ask/{c[18]}")
    http.get(f"/{c[18]}")
    http.post("/api/v1/courses/stars/verified", json={"question": c[1], "answer_id": answer["answer_id"]})


def _jobs(sample: Sample, http: httpx.Client) -> list[Any]:
    listed = http.get("/api/v1/courses/stars/jobs").json()["jobs"]
    return [sample.intake.job("stars", each["job_id"]) for each in listed]
