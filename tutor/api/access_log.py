"""One log line for each request, and a calm reply for each defect of ours.

The line has the route's template, never the path (people and documents are named there) nor the query string (a
one-time token or a question may stand there), never a header. A defect's line has its type and where it happened, never
its message, which may hold a learner's words.
"""

import logging
import time
import traceback

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tutor.api.away import away_response
from tutor.api.callers import caller_of
from tutor.api.policy import rule_of
from tutor.api.problems import INTERNAL, problem_response
from tutor.api.request_ids import request_id
from tutor.api.siblings import is_from_sibling
from tutor.observing import traces
from tutor.observing.context import TraceParent, working_on
from tutor.observing.metrics import metrics

logger = logging.getLogger(__name__)

_PROBES = frozenset({"/livez", "/readyz", "/metrics"})


class AccessLog:
    """Logs what came and what went; turns an exception that nobody caught into a problem of status 500."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        method, came_from = scope["method"], Headers(scope=scope).get("traceparent", "")
        with traces.request_span(method, came_from) as span:
            trace_id = traces.trace_id_of(span) or _trace_id(came_from)
            with working_on(request_id=request_id(scope), trace_id=trace_id):
                status = await self._serve(scope, receive, send)
            traces.name_request(span, method, route_template(scope), status)

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> int:
        """Serve, log and count; gives the reply's status, 0 when there was none."""
        started = time.perf_counter()
        status, n_bytes, ended = 0, 0, False
        numbers = metrics()
        numbers.requests_in_flight.inc()

        async def counted(message: Message) -> None:
            nonlocal status, n_bytes, ended
            if message["type"] == "http.response.start":
                status = message["status"]
            n_bytes += len(message.get("body", b""))
            ended = message["type"] == "http.response.body" and not message.get("more_body", False)
            await send(message)

        try:
            await self._app(scope, receive, counted)
        except Exception as error:  # nothing above us would turn it into a reply that says what a client needs
            passing = away_response(error, scope)
            if passing is None:
                log_defect(error, request_id(scope))
            else:
                logger.warning("passing: %s", type(error).__name__)
            if not status:
                await (passing or defect_response(scope))(scope, receive, counted)
            elif not ended:
                raise  # the server can only cut the reply
        finally:
            taken_s, route = time.perf_counter() - started, route_template(scope)
            numbers.requests_in_flight.dec()
            if not is_from_sibling(scope):  # the process that received it counts it
                numbers.requested(scope["method"], route, status, taken_s)
            fields = {
                "request_id": request_id(scope),
                "method": scope["method"],
                "route": route,
                "status": status,
                "bytes": n_bytes,
                "ms": round(taken_s * 1000, 1),
                "caller": caller_of(scope).kind,
            }
            # An orchestrator asks every few seconds, which would bury everything else.
            level = logging.DEBUG if scope["path"] in _PROBES else logging.INFO
            logger.log(level, "request", extra={"fields": fields})
        return status


def route_template(scope: Scope) -> str:
    """The route that a request reached, parameters unfilled; where it reached none, the gate's rule about the path.

    Both come from tables of ours, whatever a client sends.
    """
    if path := getattr(scope.get("route"), "path", ""):
        return f"{scope.get('root_path', '')}{path}"
    rule = rule_of(scope)
    return rule.template if rule else "none"


def _trace_id(traceparent: str) -> str:
    parent = TraceParent.of(traceparent)
    return parent.trace_id if parent else ""


def defect_response(scope: Scope) -> Response:
    """What a client is told of a defect of ours."""
    return problem_response(INTERNAL, "the defect is logged under this request_id", scope)


def log_defect(error: BaseException, request: str) -> None:
    """Log an unexpected exception without its message."""
    frames = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(error.__traceback__)]
    fields = {"request_id": request, "error": type(error).__name__, "frames": frames[-12:]}
    logger.error("defect: %s at %s", type(error).__name__, frames[-1] if frames else "?", extra={"fields": fields})
