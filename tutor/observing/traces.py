"""Traces by OpenTelemetry, where ``OTEL_EXPORTER_OTLP_ENDPOINT`` says where to send them and the extra is installed.

The one door to OpenTelemetry, which is imported only when it is switched on. Attributes are ids of courses and jobs,
outcomes, templates and numbers; never what anybody wrote, and no id of a person.
"""

import logging
import os
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import SpanExporter
    from opentelemetry.trace import Span, Tracer

logger = logging.getLogger(__name__)

ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT"
SERVICE = "course-tutor"

_NS_PER_MS = 1_000_000


class _Switch:
    """Off until somebody switches it on."""

    def __init__(self) -> None:
        self.tracer: Tracer | None = None
        self.provider: TracerProvider | None = None


_switch = _Switch()


def start_traces_if_wanted() -> bool:
    """Switch traces on where the environment asks for them; True if they are on."""
    if not os.environ.get(ENDPOINT):
        return False
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter  # noqa: PLC0415
    except ImportError:
        logger.warning("%s is set, but traces need the extra: pip install 'course-tutor[telemetry]'", ENDPOINT)
        return False
    start_traces(OTLPSpanExporter())
    return True


def start_traces(exporter: "SpanExporter", *, at_once: bool = False) -> None:
    """Switch traces on.

    Args:
        exporter: Where to; its own settings are OpenTelemetry's environment variables.
        at_once: Whether each span is sent when it ends instead of many together, from a thread; for tests.
    """
    from opentelemetry.sdk.resources import Resource  # noqa: PLC0415
    from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415
    from opentelemetry.sdk.trace.export import BatchSpanProcessor, SimpleSpanProcessor  # noqa: PLC0415

    named = os.environ.get("OTEL_SERVICE_NAME", SERVICE)
    resource = Resource.create({"service.name": named, "service.version": version("course-tutor")})
    _switch.provider = TracerProvider(resource=resource, shutdown_on_exit=False)
    _switch.provider.add_span_processor(SimpleSpanProcessor(exporter) if at_once else BatchSpanProcessor(exporter))
    _switch.tracer = _switch.provider.get_tracer(SERVICE)


def end_traces() -> None:
    """Send what waits, and switch traces off."""
    provider, _switch.provider, _switch.tracer = _switch.provider, None, None
    if provider is not None:
        provider.shutdown()


@contextmanager
def request_span(method: str, traceparent: str) -> Iterator["Span | None"]:
    """A span for one request, within the caller's trace if the header names one; None while traces are off."""
    if _switch.tracer is None:
        yield None
        return
    from opentelemetry.trace import SpanKind  # noqa: PLC0415
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator  # noqa: PLC0415

    parent = TraceContextTextMapPropagator().extract({"traceparent": traceparent} if traceparent else {})
    # An exception's message may hold what somebody wrote, so a span gets neither the exception nor its status.
    with _switch.tracer.start_as_current_span(
        method, context=parent, kind=SpanKind.SERVER, record_exception=False, set_status_on_exception=False
    ) as span:
        yield span


def name_request(span: "Span | None", method: str, route: str, status: int) -> None:
    """Complete a request's span with what is known at its end."""
    if span is not None:
        span.update_name(f"{method} {route}")
        span.set_attributes({"http.request.method": method, "http.route": route, "http.response.status_code": status})


def trace_id_of(span: "Span | None") -> str:
    """The id of the span's trace, as log lines give it; empty for none."""
    return f"{span.get_span_context().trace_id:032x}" if span is not None else ""


@contextmanager
def job_span(kind: str, attributes: Mapping[str, str]) -> Iterator[None]:
    """A span for one background job."""
    if _switch.tracer is None:
        yield
        return
    with _switch.tracer.start_as_current_span(
        f"job {kind}", attributes=dict(attributes), record_exception=False, set_status_on_exception=False
    ):
        yield


def trace_stages(stages_ms: Mapping[str, float], whole_s: float, attributes: Mapping[str, Any]) -> None:
    """Spans of a question and its stages, made from the stopwatch when it is over, so that asking takes no longer."""
    if _switch.tracer is None:
        return
    from opentelemetry.trace import set_span_in_context  # noqa: PLC0415

    ended = time.time_ns()
    at = ended - int(whole_s * 1000 * _NS_PER_MS)
    ask = _switch.tracer.start_span("ask", start_time=at, attributes=dict(attributes))
    inside = set_span_in_context(ask)
    for stage, taken_ms in stages_ms.items():
        if stage != "total":  # the stages follow one another from the beginning
            span = _switch.tracer.start_span(stage, context=inside, start_time=at)
            at += int(taken_ms * _NS_PER_MS)
            span.end(at)
    ask.end(ended)
