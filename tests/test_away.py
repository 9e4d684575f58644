"""What passes by itself is told to come back; a defect is not."""

import errno

import pytest
from sqlalchemy.exc import OperationalError

from index.errors import GenerationGone
from tutor.api.away import away_response

SCOPE = {"type": "http", "path": "/", "headers": [], "state": {}}


def caused_by(cause: Exception) -> Exception:
    error = RuntimeError("cannot open the index")
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    "error",
    [
        OperationalError("select 1", {}, Exception("connection to db.internal refused")),
        GenerationGone("stars", "g1"),
        OSError(errno.EMFILE, "Too many open files"),
        caused_by(OSError(errno.ENFILE, "Too many open files in system")),
    ],
    ids=lambda error: type(error).__name__,
)
def test_what_passes_by_itself_is_a_503_that_names_no_host(error: Exception) -> None:
    response = away_response(error, SCOPE)

    assert response is not None
    assert (response.status_code, response.headers["retry-after"]) == (503, "2")
    assert b"internal" not in bytes(response.body)


@pytest.mark.parametrize("error", [KeyError("x"), OSError(errno.ENOENT, "No such file"), caused_by(ValueError())])
def test_a_defect_is_none(error: Exception) -> None:
    assert away_response(error, SCOPE) is None
