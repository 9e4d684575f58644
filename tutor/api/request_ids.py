"""One id for each request, so that a reply, a log line and a report of trouble can be matched."""

import re
import uuid

from starlette.datastructures import Headers
from starlette.types import Scope

HEADER = "x-request-id"

_PLAIN = re.compile(r"[A-Za-z0-9._-]{1,64}")


def assign_request_id(scope: Scope) -> str:
    """Take the caller's id when it is plain, else make one; remember it in the scope."""
    sent = Headers(scope=scope).get(HEADER, "")
    chosen = sent if _PLAIN.fullmatch(sent) else uuid.uuid4().hex
    scope.setdefault("state", {})["request_id"] = chosen
    return chosen


def request_id(scope: Scope) -> str:
    """The id given by ``assign_request_id``; empty where no gate stands in front."""
    state = scope.get("state") or {}
    return str(state.get("request_id", ""))
