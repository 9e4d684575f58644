"""Who may do what to whose answers: every endpoint, every kind of caller, own and foreign things."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from instructor_endpoints import ENDPOINTS, Endpoint
from service_samples import Sample, make_sample

from tutor.permissions import INSTRUCTOR

VISITOR_COOKIE = "a-browser-of-somebody"


@dataclass(frozen=True)
class House:
    """A service open to all, and every kind of caller to it."""

    sample: Sample
    callers: dict[str, dict[str, Any]]

    def person_of(self, caller: str) -> str:
        """Under which name the caller's answers are kept."""
        if caller == "key of cells":
            return f"key:{self.key_id}"
        return str(self.sample.get("/api/v1/me", **self.callers[caller]).json()["person_id"])

    @property
    def key_id(self) -> str:
        return str(self.callers["key of cells"]["key_id"])

    def client(self, caller: str) -> dict[str, Any]:
        return {name: value for name, value in self.callers[caller].items() if name != "key_id"}


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    folder: Path = tmp_path_factory.mktemp("house")
    sample = make_sample(folder, open_to_all=True)
    key, secret = sample.make_key("cells", permissions=INSTRUCTOR)
    return House(
        sample,
        {
            "visitor": {"key": None, "cookie": VISITOR_COOKIE},
            "student": {"key": None, "cookie": sample.log_in("student", "stars")},
            "instructor": {"key": None, "cookie": sample.log_in("instructor", "stars")},
            "admin": {"key": None, "cookie": sample.log_in("admin")},
            "key of cells": {"key": secret, "key_id": key.key_id},
        },
    )


# caller -> what it may do in which course
MAY = {
    "visitor": {"stars": {"ask"}, "cells": {"ask"}},
    "student": {"stars": {"ask"}, "cells": set()},
    "instructor": {"stars": {"ask", "instruct"}, "cells": set()},
    "admin": {"stars": {"ask", "instruct"}, "cells": {"ask", "instruct"}},
    "key of cells": {"stars": set(), "cells": {"ask", "instruct"}},
}


def may(caller: str, course_id: str, endpoint: Endpoint) -> bool:
    return endpoint.needs in MAY[caller][course_id]


@pytest.mark.parametrize("course_id", ["stars", "cells"])
@pytest.mark.parametrize("caller", MAY)
@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=lambda e: f"{e.method} {e.path}")
def test_every_endpoint_lets_in_whom_it_should(house: House, endpoint: Endpoint, caller: str, course_id: str) -> None:
    thing = endpoint.make(house.sample, course_id, house.person_of(caller)) if endpoint.make else ""

    reply = endpoint.send(house.sample, course_id, thing, **house.client(caller))

    if may(caller, course_id, endpoint):
        assert reply.status_code in (200, 201, 202, 204, 409), reply.text
        assert reply.status_code != 409 or reply.json()["code"] == "already_there"
    elif endpoint.needs == "instruct" and caller in ("visitor", "student"):
        assert reply.status_code == 403, "whichever course it is"
    else:
        assert (reply.status_code, reply.json()["code"]) == (404, "unknown_course")


@pytest.mark.parametrize("endpoint", [e for e in ENDPOINTS if e.make], ids=lambda e: f"{e.method} {e.path}")
@pytest.mark.parametrize("caller", MAY)
def test_a_thing_of_another_course_looks_like_none(house: House, endpoint: Endpoint, caller: str) -> None:
    for course_id, other in (("stars", "cells"), ("cells", "stars")):
        if not may(caller, course_id, endpoint):
            continue
        assert endpoint.make is not None
        foreign = endpoint.make(house.sample, other, house.person_of(caller))

        reply = endpoint.send(house.sample, course_id, foreign, **house.client(caller))
        absent = endpoint.send(house.sample, course_id, "f" * len(foreign), **house.client(caller))

        assert (reply.status_code, reply.json()["code"]) == (404, "unknown_record")
        assert seen(reply.json(), foreign) == seen(absent.json(), "f" * len(foreign))


def seen(problem: dict[str, Any], thing: str) -> str:
    return str({name: value for name, value in problem.items() if name != "request_id"}).replace(thing, "?")


@pytest.mark.parametrize("endpoint", [e for e in ENDPOINTS if "/feedback" in e.path], ids=lambda e: e.method)
@pytest.mark.parametrize("caller", MAY)
def test_nobody_judges_the_answer_of_somebody_else(house: House, endpoint: Endpoint, caller: str) -> None:
    course_id = "cells" if caller == "key of cells" else "stars"
    assert endpoint.make is not None
    theirs = endpoint.make(house.sample, course_id, "somebody-else")

    assert endpoint.send(house.sample, course_id, theirs, **house.client(caller)).status_code == 404


def test_a_visitor_whose_browser_keeps_nothing_is_nobody_and_judges_nothing(house: House) -> None:
    asked = house.sample.post("/api/v1/courses/stars/ask", {"question": "What is a nebula?"}, key=None).json()

    reply = house.sample.post(
        f"/api/v1/courses/stars/answers/{asked['answer_id']}/feedback", {"verdict": "up"}, key=None
    )

    assert reply.status_code == 404


def test_a_course_that_is_not_theirs_looks_like_one_that_is_not_there(house: House) -> None:
    for endpoint in ENDPOINTS:
        foreign = endpoint.send(house.sample, "cells", "x", **house.client("instructor"))
        absent = endpoint.send(house.sample, "nowhere", "x", **house.client("instructor"))

        assert seen(foreign.json(), "cells") == seen(absent.json(), "nowhere")
