"""The instructor's pages are the instructors': a student gets a calm page, and no handler by any other way."""

import asyncio
import json
from typing import Any

import httpx
import pytest
from instructed_api import Stub, instructed_app
from service_samples import Sample, shared_sample

from ui.mounts import INSTRUCTOR_RULES

PAGE = {"accept": "text/html,application/xhtml+xml"}
HANDLERS = ("courses", "draw", "act")


@pytest.fixture(scope="module")
def sample() -> Sample:
    return shared_sample()


def test_a_student_is_told_calmly_whose_pages_these_are(sample: Sample) -> None:
    reply = sample.get("/instructor/", key=None, cookie=sample.log_in("student"), **PAGE)

    assert reply.status_code == 403
    assert "for instructors" in reply.text
    assert "gradio" not in reply.text


@pytest.mark.parametrize("role", ["instructor", "admin"])
def test_whoever_teaches_gets_the_pages_under_a_policy(sample: Sample, role: Any) -> None:
    reply = sample.get("/instructor/", key=None, cookie=sample.log_in(role), **PAGE)

    assert reply.status_code == 200
    assert "'nonce-" in reply.headers["content-security-policy"]
    assert "img-src 'self'" in reply.headers["content-security-policy"]


def test_the_address_without_its_slash_leads_to_the_pages(sample: Sample) -> None:
    reply = sample.get("/instructor", key=None, cookie=sample.log_in("instructor"))

    assert (reply.status_code, reply.headers["location"]) == (307, "/instructor/")


def test_nobody_without_a_session_gets_in(sample: Sample) -> None:
    assert sample.get("/instructor/", key=None, **PAGE).status_code == 401
    assert sample.get("/instructor/").status_code == 403  # a key is for programs


def call(fn_name: str, data: Any, session: str = "mine") -> dict[str, Any]:
    return {"data": data, "component_id": 1, "fn_name": fn_name, "session_hash": session}


def test_a_student_reaches_no_path_of_the_pages_by_plain_requests(sample: Sample) -> None:
    cookie = sample.log_in("student")
    paths = [rule.pattern.replace("\\", "").replace(".+", "x").replace("/?", "") for rule in INSTRUCTOR_RULES]

    statuses = {}
    for path in paths[1:]:  # the first only leads to the second
        statuses[path, "GET"] = sample.get(path, key=None, cookie=cookie).status_code
        for handler in HANDLERS:
            statuses[path, handler] = sample.post(path, call(handler, {}), key=None, cookie=cookie).status_code

    assert set(statuses.values()) <= {403, 405}
    assert statuses["/instructor/gradio_api/component_server", "draw"] == 403
    assert statuses["/instructor/gradio_api/queue/join", "draw"] == 403


def test_another_instructors_session_hash_is_not_ones_own(sample: Sample) -> None:
    mine, theirs = sample.log_in("instructor"), sample.log_in("instructor")
    path = "/instructor/gradio_api/component_server"
    sample.post(path, call("courses", {}, "hash-of-one"), key=None, cookie=mine)

    reply = sample.post(path, call("courses", {}, "hash-of-one"), key=None, cookie=theirs)

    assert reply.status_code == 404


# --- handlers without the gate: the API refuses, whatever the page would let through ----------------------------------


class InMemory(httpx.AsyncBaseTransport):
    """Leads to an application in this process, for the browser and for the pages' own way to the API."""

    app: Any = None

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        return await httpx.ASGITransport(self.app).handle_async_request(request)


def component_id(document: str) -> int:
    config = json.loads(document.split("window.gradio_config = ", 1)[1].split(";</script>", 1)[0])
    return next(part["id"] for part in config["components"] if part["type"] == "html")


def ask_handler(stub: Stub, fn_name: str, data: Any, cookie: str) -> dict[str, Any]:
    """Call a handler as a browser with this cookie could by hand."""

    async def exchange() -> dict[str, Any]:
        in_memory = InMemory()
        in_memory.app = await instructed_app(stub, in_memory)("http://stub")
        async with httpx.AsyncClient(transport=in_memory, base_url="http://stub", headers={"cookie": cookie}) as http:
            document = (await http.get("/instructor/")).text
            body = {**call(fn_name, data), "component_id": component_id(document)}
            reply = await http.post("/instructor/gradio_api/component_server", json=body)
            return dict(reply.json())

    return asyncio.run(exchange())


ACTIONS: tuple[dict[str, Any], ...] = (
    {"act": "remove_source", "source": "s1"},
    {"act": "publish", "kind": "rebuild"},
    {"act": "hide", "chunk": "c1"},
    {"act": "add_alias", "term": "a", "alias": "b"},
    {"act": "add_note", "text": "mine"},
    {"act": "verify", "question": "q", "pieces": []},
    {"act": "accept", "generation": "g"},
)


@pytest.mark.parametrize("action", ACTIONS, ids=lambda action: action["act"])
def test_the_api_refuses_a_students_action_and_nothing_changes(action: dict[str, Any]) -> None:
    stub = Stub()

    reply = ask_handler(stub, "act", {"course": "medicine", "action": action}, "role=student")

    assert reply["ok"] is False
    assert "for the instructors" in reply["words"]
    assert len(stub.refused) == 1
    assert stub.changes == []


@pytest.mark.parametrize("page", ["sources", "questions", "receipt", "correct", "gaps", "versions"])
def test_the_api_refuses_a_student_every_page(page: str) -> None:
    reply = ask_handler(
        Stub(), "draw", {"course": "medicine", "page": page, "params": {"answer": "a0"}}, "role=student"
    )

    assert reply["ok"] is False
    assert "html" not in reply


def test_a_student_teaches_no_course() -> None:
    assert ask_handler(Stub(), "courses", {}, "role=student") == {"ok": True, "courses": []}


def test_an_instructor_is_served_by_the_same_handlers() -> None:
    stub = Stub()

    assert [c["course_id"] for c in ask_handler(stub, "courses", {}, "")["courses"]] == ["medicine", "stars"]
    assert ask_handler(stub, "act", {"course": "medicine", "action": ACTIONS[2]}, "")["ok"] is True
    assert stub.changes == [("POST", "hidden", {"chunk_id": "c1", "reason": ""})]


@pytest.mark.parametrize(
    "sent",
    [
        None,
        [],
        "x",
        {},
        {"course": "", "action": ACTIONS[2]},
        {"course": "medicine", "action": {"act": "drop_tables"}},
        {"course": "medicine", "action": {**ACTIONS[2], "course": "stars"}},
        {"course": "medicine", "action": {"act": "verify", "question": "q", "pieces": [{"document": "d"}] * 40}},
        {"course": "../../admin", "action": {"act": "hide", "chunk": ""}},
    ],
)
def test_what_no_page_of_ours_sends_is_not_understood(sent: Any) -> None:
    stub = Stub()

    reply = ask_handler(stub, "act", sent, "")

    assert reply == {"ok": False, "words": "The page sent something unreadable. Please reload it."}
    assert stub.changes == []


def test_an_id_that_looks_like_a_path_stays_one_segment() -> None:
    stub = Stub()

    ask_handler(stub, "act", {"course": "medicine", "action": {"act": "unhide", "chunk": "../verified/v1"}}, "")

    assert [(method, path) for method, path, _ in stub.changes] == [("DELETE", "hidden/../verified/v1")]
