"""What passes by itself: the database does not answer, or the process has no file left to open. 503, not 500."""

from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.responses import Response
from starlette.types import Scope

from index.errors import GenerationGone, IndexUnreachable
from tutor.api.problems import NOT_READY, problem_response
from tutor.errors import NO_FILE
from tutor.state.errors import DatabaseUnreachable

# The database is away for a moment, or the generation that was asked is: the same request will do soon.
AWAY: tuple[type[Exception], ...] = (
    IndexUnreachable, GenerationGone, DatabaseUnreachable, OperationalError, PoolTimeout,
)  # fmt: skip

_AWAY_DETAIL = "the database does not answer at the moment; try again"
_NO_FILE_DETAIL = "the service has too many files and connections open at the moment; try again"
_RETRY_AFTER = {"retry-after": "2"}


def away_detail(error: BaseException) -> str:
    """What a client is told of an error that passes by itself; empty for any other error.

    What the driver says names hosts, and is not told.
    """
    if isinstance(error, AWAY):
        return _AWAY_DETAIL
    return _NO_FILE_DETAIL if _has_no_file(error) else ""


def away_response(error: BaseException, scope: Scope) -> Response | None:
    """The reply to a request that met an error that passes by itself; None for any other error."""
    if detail := away_detail(error):
        return problem_response(NOT_READY, detail, scope, headers=_RETRY_AFTER)
    return None


def _has_no_file(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, OSError) and error.errno in NO_FILE:
            return True
        error = error.__cause__ or error.__context__
    return False
