"""One log line for each request, and a calm reply for each defect of ours.

The line has the path, never the query string (a one-time token or a question may stand there), never a header, and a
defect's line has its type and where it happened, never its message, which may hold a learner's words.
"""

import logging
import time
import traceback

from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tutor.api.callers import caller_of
from tutor.api.problems import INTERNAL, problem_response
from tutor.api.request_ids import request_id

logger = logging.getLogger(__name__)

_PROBES = frozenset({"/livez", "/readyz"})


class AccessLog:
    """Logs what came and what went; turns an exception that nobody caught into a problem of status 500."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        started = time.perf_counter()
        status, n_bytes, ended = 0, 0, False

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
            log_defect(error, request_id(scope))
            if not status:
                await defect_response(scope)(scope, receive, counted)
            elif not ended:
                raise  # the server can only cut the reply
        finally:
            fields = {
                "request_id": request_id(scope),
                "method": scope["method"],
                "path": scope["path"],
                "status": status,
                "bytes": n_bytes,
                "ms": round((time.perf_counter() - started) * 1000, 1),
                "caller": caller_of(scope).kind,
            }
            # An orchestrator asks every few seconds, which would bury everything else.
            level = logging.DEBUG if scope["path"] in _PROBES else logging.INFO
            logger.log(level, "request", extra={"fields": fields})


def defect_response(scope: Scope) -> Response:
    """What a client is told of a defect of ours."""
    return problem_response(INTERNAL, "the defect is logged under this request_id", scope)


def log_defect(error: BaseException, request: str) -> None:
    """Log an unexpected exception without its message."""
    frames = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(error.__traceback__)]
    fields = {"request_id": request, "error": type(error).__name__, "frames": frames[-12:]}
    logger.error("defect: %s at %s", type(error).__name__, frames[-1] if frames else "?", extra={"fields": fields})
