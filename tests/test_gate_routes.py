"""Default deny: what is reachable is what the table says, whatever routes the applications behind the gate have."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from raw_requests import send_raw
from service_samples import Sample, shared_sample

from tutor.api.policy import API_RULES
from ui.mounts import CHAT_RULES, INSTRUCTOR_RULES

RULES = (*API_RULES, *CHAT_RULES, *INSTRUCTOR_RULES)

OPEN_TO_ANYONE = {"/livez", "/readyz", "/", "/chat", "/instructor", "/login", "/lti/jwks.json"}

GUESSED = """
/admin /api /api/ /api/v1 /api/v1/ /api/v2/courses /api/v1/keys /api/v1/users /api/v1/settings /docs /redoc
/openapi.yaml /swagger.json /health /healthz /status /debug /config /.env /.git/config /keys.json /index
/static /static/x /assets/x /favicon.ico /robots.txt /manifest.json /theme.css /login/ /logout /token /user
/gradio_api/info /gradio_api/queue/join /gradio_api/queue/data /queue/join /queue/data /run/predict /call/ask
/file=/etc/passwd /chat/file=/etc/passwd /chat/gradio_api/file=/etc/passwd /chat/gradio_api/file/etc/passwd
/chat/gradio_api/proxy=http://127.0.0.1 /chat/gradio_api/upload /chat/gradio_api/run/ask /chat/gradio_api/call/ask
/chat/gradio_api/api/ask /chat/gradio_api/startup-events /chat/gradio_api/heartbeat/x /chat/gradio_api/app_id
/chat/gradio_api/token /chat/gradio_api/user /chat/gradio_api/reset /chat/gradio_api/info /chat/gradio_api/mcp/sse
/chat/gradio_api/deep_link /chat/gradio_api/vibe-edit /chat/gradio_api/runs /chat/config /chat/login /chat/monitoring
/chat/monitoring/summary /chat/robots.txt /chat/manifest.json /chat/../openapi.json /chat//livez /livez/ /livez/x
//livez /%2e%2e/livez /LIVEZ /livez%00 /api/v1/courses/ /api/v1/courses/stars/ask/x /chatx /chat/x
""".split()  # noqa: SIM905  (a list would take eighty lines)


@pytest.fixture(scope="module")
def sample() -> Sample:
    return shared_sample()


def routes(holder: Any, prefix: str = "") -> Iterator[tuple[str, frozenset[str]]]:
    """Every route of an application, those of its routers and mounted applications too."""
    for route in holder.routes:
        if inner := getattr(route, "original_router", None):
            yield from routes(inner, prefix)
        elif hasattr(route, "methods"):
            yield prefix + route.path, frozenset(route.methods or ())
        else:
            yield from routes(route, prefix + route.path)


def served_routes(sample: Sample) -> dict[str, frozenset[str]]:
    """Paths with every parameter filled in, and their methods."""
    found: dict[str, frozenset[str]] = {}
    for path, methods in routes(sample.service.app._app):  # type: ignore[attr-defined]  # what the gate protects
        filled = re.sub(r"\{[^}]*\}", "x", path)
        found[filled] = found.get(filled, frozenset()) | methods
    return found


def test_the_walk_sees_the_api_and_gradio(sample: Sample) -> None:
    found = served_routes(sample)

    assert {"/livez", "/openapi.json", "/api/v1/courses/x/ask", "/api/v1/courses/x/documents/x/source"} <= set(found)
    assert {"/chat/gradio_api/queue/join", "/chat/gradio_api/call/x/x", "/chat/config"} <= set(found)
    assert len(found) > 80


def test_nobody_without_a_name_gets_in_anywhere(sample: Sample) -> None:
    paths = served_routes(sample) | dict.fromkeys(GUESSED, frozenset({"GET", "POST"}))

    entered = []
    for path, methods in paths.items():
        for method in sorted({*methods, "GET", "POST", "PUT"}):
            status = send_raw(sample.service.app, path, method=method).status
            if status < 400 and path not in OPEN_TO_ANYONE:
                entered.append((method, path, status))

    assert entered == []


@pytest.mark.parametrize("path", GUESSED)
def test_what_is_not_in_the_table_does_not_exist_for_a_key_either(sample: Sample, path: str) -> None:
    headers = [(b"host", b"127.0.0.1"), (b"authorization", f"Bearer {sample.key}".encode())]

    assert send_raw(sample.service.app, path, headers=headers).status == 404


def test_every_route_of_ours_is_in_the_table(sample: Sample) -> None:
    unlisted = [
        path
        for path in served_routes(sample)
        if not path.startswith(("/chat/", "/instructor/")) and not any(rule.matches(path) for rule in RULES)
    ]

    assert unlisted == []


@pytest.mark.parametrize("mount", ["/chat", "/instructor"])
def test_of_gradios_routes_these_and_no_others_are_open(sample: Sample, mount: str) -> None:
    reachable = {
        path.removeprefix(mount)
        for path in served_routes(sample)
        if path.startswith(f"{mount}/") and any(rule.matches(path) for rule in RULES)
    }

    assert reachable == {
        "/",
        "/assets/x",
        "/static/x",
        "/theme.css",
        "/gradio_api/queue/join",
        "/gradio_api/queue/data",
        "/gradio_api/cancel",
        "/gradio_api/component_server",
        "/gradio_api/component_server/",
    }


def test_gradios_other_routes_are_shut_for_sessions_too(sample: Sample) -> None:
    cookie = sample.log_in()
    shut = [path for path in served_routes(sample) if not any(rule.matches(path) for rule in RULES)]

    headers = [(b"host", b"127.0.0.1"), (b"cookie", f"{sample.access.cookie_name}={cookie}".encode())]

    statuses = {
        send_raw(sample.service.app, path, method=method, headers=headers).status
        for path in shut
        for method in ("GET", "POST")
    }

    assert len(shut) > 50
    assert statuses == {404}


def test_a_key_does_not_open_the_chat(sample: Sample) -> None:
    assert sample.get("/chat/").status_code == 403
    assert sample.post("/chat/gradio_api/queue/join", {"session_hash": "x"}).status_code == 403


def test_health_is_for_anyone(sample: Sample) -> None:
    assert sample.get("/livez", key=None).json() == {"status": "alive"}
    assert sample.get("/readyz", key=None).json() == {"status": "ready", "reasons": []}
    assert sample.ask(lambda http: http.head("/livez"), key=None).status_code == 200


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "TRACE", "BREW"])
def test_a_method_that_is_not_offered_is_a_problem_405(sample: Sample, method: str) -> None:
    reply = sample.ask(lambda http: http.request(method, "/api/v1/courses"))

    assert reply.status_code == 405
    assert reply.json()["code"] == "method_not_allowed"
    assert reply.headers["allow"] == "GET"
