"""Spans of requests, questions and jobs, where somebody collects them; nothing of it, not even an import, elsewhere."""

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from service_samples import Sample, make_sample, shared_sample

from tutor.observing import traces
from tutor.permissions import ADMIN

ASK = "/api/v1/courses/stars/ask"
TRACE, PARENT = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"


class Collected:
    """The spans that ended, by name."""

    def __init__(self) -> None:
        self.exporter = InMemorySpanExporter()

    @property
    def spans(self) -> Mapping[str, ReadableSpan]:
        return {span.name: span for span in self.exporter.get_finished_spans()}

    @property
    def text(self) -> str:
        return "\n".join(span.to_json() for span in self.exporter.get_finished_spans())


@pytest.fixture
def collected() -> Iterator[Collected]:
    found = Collected()
    traces.start_traces(found.exporter, at_once=True)
    yield found
    traces.end_traces()


@pytest.fixture(scope="module")
def sample() -> Sample:
    return shared_sample()


def test_a_question_is_a_request_with_an_ask_with_its_stages_inside_the_callers_trace(
    sample: Sample, collected: Collected
) -> None:
    traceparent = f"00-{TRACE}-{PARENT}-01"

    reply = sample.post(ASK, {"question": "What is a nebula, canaryzzqx?"}, traceparent=traceparent)

    spans = collected.spans
    request, ask = spans["POST /api/v1/courses/{course}/ask"], spans["ask"]
    stages = [spans[name] for name in ("understand", "retrieve", "decide", "compose", "cite")]
    assert reply.status_code == 200
    assert {f"{span.context.trace_id:032x}" for span in spans.values()} == {TRACE}
    assert request.parent
    assert ask.parent
    assert f"{request.parent.span_id:016x}" == PARENT
    assert ask.parent.span_id == request.context.span_id
    assert {stage.parent.span_id for stage in stages if stage.parent} == {ask.context.span_id}
    for stage in stages:
        assert ask.start_time <= stage.start_time <= stage.end_time <= ask.end_time  # type: ignore[operator]
    assert (ask.attributes or {})["course"] == "stars"
    assert "canaryzzqx" not in collected.text


def test_a_request_that_breaks_has_a_span_without_words(
    sample: Sample, collected: Collected, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("canaryzzqx")

    monkeypatch.setattr("tutor.records.asking.Asking.ask", fail)

    assert sample.post(ASK, {"question": "canaryzzqx"}).status_code == 500
    request = collected.spans["POST /api/v1/courses/{course}/ask"]
    assert (request.attributes or {})["http.response.status_code"] == 500
    assert "canaryzzqx" not in collected.text


def test_a_job_is_a_span_without_the_names_of_files(tmp_path: Path, collected: Collected) -> None:
    sample = make_sample(tmp_path)
    _, key = sample.make_key(permissions=ADMIN)
    files = {"file": ("canaryzzqx.pdf", b"%PDF canaryzzqx")}
    job = sample.ask(lambda http: http.post("/api/v1/courses/stars/sources", files=files), key=key).json()["job"]

    sample.intake.indexer.wait_for([sample.intake.job("stars", job["job_id"])], progress=lambda *_: None)

    last = [span for span in collected.exporter.get_finished_spans() if span.name == "job ingest"][-1]
    assert (last.attributes or {})["job_id"] == job["job_id"]
    assert "canaryzzqx" not in collected.text


def test_without_an_endpoint_there_are_no_traces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(traces.ENDPOINT, raising=False)

    on = traces.start_traces_if_wanted()
    with traces.request_span("GET", f"00-{TRACE}-{PARENT}-01") as span, traces.job_span("ingest", {}):
        traces.trace_stages({"retrieve": 1.0}, 0.01, {})

    assert (on, span) == (False, None)


def test_an_endpoint_without_the_extra_is_said_and_no_obstacle(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv(traces.ENDPOINT, "http://127.0.0.1:9")
    monkeypatch.setitem(sys.modules, "opentelemetry.exporter.otlp.proto.http.trace_exporter", None)

    assert traces.start_traces_if_wanted() is False
    assert "course-tutor[telemetry]" in caplog.text


def test_an_endpoint_switches_traces_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(traces.ENDPOINT, "http://127.0.0.1:9")
    monkeypatch.setenv("OTEL_BSP_EXPORT_TIMEOUT", "1")

    on = traces.start_traces_if_wanted()
    traces.end_traces()  # nothing waits to be sent

    assert on is True
