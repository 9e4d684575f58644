"""What a browser tab started at Gradio belongs to its browser: hashes and event ids are no use to anybody else."""

import itertools
import json
import socket
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from raw_requests import send_raw
from service_samples import HOST, Sample, make_sample, running, shared_sample
from starlette.responses import JSONResponse
from starlette.types import Receive, Scope, Send

from ui.session_binding import SessionBinding

JOIN, DATA, CANCEL, SERVER = (
    f"/chat/gradio_api/{name}" for name in ("queue/join", "queue/data", "cancel", "component_server/")
)


async def gradio(scope: Scope, receive: Receive, send: Send) -> None:
    """Answers everybody everything, and gives out event ids, as Gradio does."""
    await receive()
    await JSONResponse({"event_id": "event-of-" + scope["caller"]})(scope, receive, send)


class Calling:
    """Sends requests in somebody's name."""

    def __init__(self) -> None:
        self.binding = SessionBinding(
            gradio, owner_of=lambda scope: str(scope["caller"]), refuse=lambda _: JSONResponse({}, status_code=404)
        )

    def status(self, caller: str, path: str, body: object = None, query: str = "") -> int:
        async def named(scope: Scope, receive: Receive, send: Send) -> None:
            await self.binding({**scope, "caller": caller}, receive, send)

        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        return send_raw(
            named, path, method="GET" if body is None else "POST", pieces=[raw], query=query.encode()
        ).status


def test_nobody_reads_or_stops_what_somebody_else_began() -> None:
    calling = Calling()
    people = [f"person-{number}" for number in range(10)]
    for person in people:
        assert calling.status(person, JOIN, {"session_hash": f"hash-of-{person}"}) == 200

    stolen = [
        (thief, victim)
        for thief, victim in itertools.permutations(people, 2)
        if 200
        in (
            calling.status(thief, DATA, query=f"session_hash=hash-of-{victim}"),
            calling.status(thief, JOIN, {"session_hash": f"hash-of-{victim}"}),
            calling.status(thief, CANCEL, {"session_hash": f"hash-of-{victim}", "event_id": f"event-of-{thief}"}),
            calling.status(thief, CANCEL, {"session_hash": f"hash-of-{thief}", "event_id": f"event-of-{victim}"}),
            calling.status(thief, SERVER, {"session_hash": f"hash-of-{victim}", "fn_name": "source"}),
        )
    ]

    assert stolen == []
    for person in people:
        assert calling.status(person, DATA, query=f"session_hash=hash-of-{person}") == 200
        own = {"session_hash": f"hash-of-{person}", "event_id": f"event-of-{person}"}
        assert calling.status(person, CANCEL, own) == 200


@pytest.mark.parametrize(
    "query", ["", "session_hash=", "session_hash=b&session_hash=a", "session_hash=a&session_hash=b", "x=a"]
)
def test_a_request_must_name_one_session(query: str) -> None:
    calling = Calling()
    calling.status("A", JOIN, {"session_hash": "a"})
    calling.status("B", JOIN, {"session_hash": "b"})
    calling.status("A", DATA, query="session_hash=")

    assert calling.status("B", DATA, query=query) == 404


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"{}", b'{"session_hash": 1}', b'{"session_hash": null}', b"[" * 9999, b"\xff"]
)
def test_a_body_without_a_session_is_refused(body: bytes) -> None:
    assert Calling().status("A", JOIN, body) == 404


def test_of_two_equal_fields_the_one_that_gradio_reads_counts() -> None:
    calling = Calling()
    calling.status("A", JOIN, {"session_hash": "a"})

    assert calling.status("B", JOIN, b'{"session_hash": "b", "session_hash": "a"}') == 404


def test_visitors_without_cookies_share_what_cannot_be_guessed() -> None:
    calling = Calling()
    calling.status("visitor:", JOIN, {"session_hash": "unguessable"})
    calling.status("visitor:known", JOIN, {"session_hash": "private"})

    assert calling.status("visitor:", DATA, query="session_hash=unguessable") == 200
    assert calling.status("visitor:", DATA, query="session_hash=private") == 404


# --- with the real Gradio ---------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Sample, str]]:
    with socket.create_server((HOST, 0)) as free:
        port = free.getsockname()[1]
    folder: Path = tmp_path_factory.mktemp("sessions")
    sample = make_sample(folder, library=shared_sample().library, base_url=f"http://{HOST}:{port}")
    with running(sample.service, port=port) as origin:
        yield sample, origin


def browser(sample: Sample, origin: str) -> httpx.Client:
    cookies = {sample.access.cookie_name: sample.log_in()}
    return httpx.Client(base_url=origin, cookies=cookies, timeout=20)


def courses_of(http: httpx.Client, session_hash: str) -> httpx.Response:
    """What the page asks first: the chat's server function that lists the courses."""
    page = http.get("/chat/").text
    config = json.JSONDecoder().raw_decode(
        page, page.index("window.gradio_config = ") + len("window.gradio_config = ")
    )[0]
    element = next(part["id"] for part in config["components"] if part["props"].get("elem_id") == "course-tutor")
    body = {"data": None, "fn_name": "courses", "component_id": element, "session_hash": session_hash}
    return http.post(SERVER, json=body)


def test_the_chat_works_through_the_gate_and_speaks_to_the_api(served: tuple[Sample, str]) -> None:
    with browser(*served) as http:
        reply = courses_of(http, "tab-one")

    assert reply.status_code == 200, reply.text
    assert [course["course_id"] for course in reply.json()["courses"]] == ["cells", "stars"]


def test_another_browser_cannot_use_the_tab(served: tuple[Sample, str]) -> None:
    with browser(*served) as mine, browser(*served) as other:
        assert courses_of(mine, "tab-two").status_code == 200

        assert courses_of(other, "tab-two").status_code == 404
        assert other.get(DATA, params={"session_hash": "tab-two"}).status_code == 404
        assert other.post(JOIN, json={"data": [], "fn_index": 0, "session_hash": "tab-two"}).status_code == 404


def test_the_chat_may_see_what_the_person_may_and_no_more(served: tuple[Sample, str]) -> None:
    sample, origin = served
    cookies = {sample.access.cookie_name: sample.log_in("student", "stars")}
    with httpx.Client(base_url=origin, cookies=cookies, timeout=20) as http:
        reply = courses_of(http, "tab-of-a-student")

    assert [course["course_id"] for course in reply.json()["courses"]] == ["stars"]
