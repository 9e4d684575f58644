"""Other sites' pages: a fixed list of origins, never a reflection, and the Host header decides nothing here."""

import itertools

import pytest
from raw_requests import RawReply, send_raw
from service_samples import Sample, make_sample

ALLOWED = "https://lms.example.edu"
ORIGINS = [
    ALLOWED, "null", "https://evil.example", "https://lms.example.edu.evil.example", "https://evillms.example.edu",
    "http://lms.example.edu", "https://lms.example.edu:444", "HTTPS://LMS.EXAMPLE.EDU", "https://tutor.example.edu",
    "http://127.0.0.1:8000", "http://localhost", "file://",
]  # fmt: skip
HOSTS = ["127.0.0.1:8000", "localhost", "[::1]:8000", "tutor.example.edu", "lms.example.edu", "spoof.example"]
PATHS = ["/api/v1/courses", "/livez", "/chat/", "/chat/theme.css", "/nothing"]


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    folder = tmp_path_factory.mktemp("cors")
    return make_sample(folder, allowed_origins=ALLOWED + "/, ", allowed_hosts="tutor.example.edu")


def request(sample: Sample, path: str, origin: str, host: str, *, key: bool, method: str = "GET") -> RawReply:
    headers = [(b"host", host.encode()), (b"origin", origin.encode())]
    if key:
        headers.append((b"authorization", f"Bearer {sample.key}".encode()))
    if method == "OPTIONS":
        headers.append((b"access-control-request-method", b"POST"))
    return send_raw(sample.service.app, path, method=method, headers=headers)


@pytest.mark.parametrize(("origin", "host"), list(itertools.product(ORIGINS, HOSTS)))
def test_only_the_allowed_origin_is_named_and_only_where_it_may_call(sample: Sample, origin: str, host: str) -> None:
    for path, key, method in itertools.product(PATHS, (True, False), ("GET", "POST", "OPTIONS")):
        reply = request(sample, path, origin, host, key=key, method=method)

        offered = origin == ALLOWED and path.startswith("/api/")
        assert reply.header("access-control-allow-origin") == (ALLOWED if offered else None)
        assert reply.header("access-control-allow-credentials") is None
        assert reply.header("vary") == "Origin" or offered is False


def test_a_refusal_can_be_read_by_the_allowed_origin(sample: Sample) -> None:
    reply = request(sample, "/api/v1/courses", ALLOWED, "127.0.0.1", key=False)

    assert reply.status == 401
    assert reply.header("access-control-allow-origin") == ALLOWED


def test_a_preflight_of_the_allowed_origin_passes_and_no_other(sample: Sample) -> None:
    allowed = request(sample, "/api/v1/courses/stars/ask", ALLOWED, "127.0.0.1", key=False, method="OPTIONS")
    refused = request(
        sample, "/api/v1/courses/stars/ask", "https://evil.example", "127.0.0.1", key=False, method="OPTIONS"
    )

    assert allowed.status == 204
    assert "authorization" in (allowed.header("access-control-allow-headers") or "")
    assert refused.status == 403
    assert refused.header("access-control-allow-headers") is None


def test_gradio_does_not_reflect_behind_the_gate(sample: Sample) -> None:
    cookie = f"{sample.access.cookie_name}={sample.log_in()}".encode()
    headers = [(b"host", b"tutor.example.edu"), (b"origin", b"https://evil.example"), (b"cookie", cookie)]

    reply = send_raw(sample.service.app, "/chat/", headers=headers)

    assert reply.status == 200
    assert not [name for name, _ in reply.headers if name.startswith(b"access-control-")]


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", "http://127.0.0.1:8001", "http://127.0.0.1.evil.example"]
)
def test_a_foreign_page_cannot_use_a_browsers_session(sample: Sample, origin: str) -> None:
    cookie = sample.log_in()

    for path in ("/api/v1/courses/stars/ask", "/chat/gradio_api/queue/join"):
        reply = sample.post(path, {"question": "x"}, key=None, cookie=cookie, origin=origin)
        assert reply.status_code == 403
        assert reply.json()["code"] == "foreign_origin"


def test_our_own_page_can_use_its_session(sample: Sample) -> None:
    cookie = sample.log_in()

    reply = sample.post(
        "/api/v1/courses/stars/ask", {"question": "x"}, key=None, cookie=cookie, origin="http://127.0.0.1:8000"
    )

    assert reply.status_code == 200
