"""Another system's page shows the chat: one course, one browser, one frame, once."""

from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from service_samples import Sample, make_sample

from tutor.state import keys

TOKENS = "/api/v1/embed-tokens"
PAGE = "https://lms.example.edu"
WANTED = {"course": "stars", "origin": PAGE, "user": "4711"}


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    return make_sample(tmp_path_factory.mktemp("service"))


def frame_url(sample: Sample, key: str = "", **wanted: Any) -> str:
    reply = sample.post(TOKENS, {**WANTED, **wanted}, key=key)
    assert reply.status_code == 201, reply.text
    parts = urlsplit(reply.json()["url"])
    return f"{parts.path}?{parts.query}"


def opened(sample: Sample, url: str, **headers: str) -> tuple[httpx.Response, str]:
    """What a browser sees in the frame, and the session it has afterwards."""
    reply = sample.get(url, key=None, **{"sec-fetch-dest": "iframe"} | headers)
    cookie = reply.headers.get("set-cookie", "").partition("=")[2].partition(";")[0]
    return reply, cookie


def me(sample: Sample, cookie: str) -> dict[str, Any]:
    found: dict[str, Any] = sample.get("/api/v1/me", key=None, cookie=cookie).json()
    return found


def test_the_frame_opens_the_chat_of_its_course_as_a_student(sample: Sample) -> None:
    reply, cookie = opened(sample, frame_url(sample))

    assert (reply.status_code, reply.headers["location"]) == (303, "/chat/?course=stars")
    assert all(word in reply.headers["set-cookie"] for word in ("Partitioned", "SameSite=None", "Secure", "HttpOnly"))
    assert me(sample, cookie)["permissions"] == {"stars": ["ask", "read"]}
    assert sample.get("/api/v1/courses/cells", key=None, cookie=cookie).status_code == 404


def test_only_the_named_page_may_show_it_and_only_this_session(sample: Sample) -> None:
    _, embedded = opened(sample, frame_url(sample))

    inside = sample.get("/chat/", key=None, cookie=embedded).headers["content-security-policy"]
    others = sample.get("/chat/", key=None, cookie=sample.log_in("student")).headers["content-security-policy"]

    assert f"frame-ancestors 'self' {PAGE}" in inside
    assert PAGE not in others


def test_an_address_works_once(sample: Sample) -> None:
    url = frame_url(sample)
    assert opened(sample, url)[0].status_code == 303

    again, cookie = opened(sample, url)

    assert (again.status_code, cookie) == (403, "")
    assert "Reload that page" in again.text


def test_outside_of_a_frame_it_opens_nothing_and_is_not_used_up(sample: Sample) -> None:
    url = frame_url(sample)

    assert opened(sample, url, **{"sec-fetch-dest": "document"})[0].status_code == 403
    assert opened(sample, url)[0].status_code == 303


def test_the_same_user_is_the_same_person_also_with_the_next_key_of_that_name(sample: Sample) -> None:
    def person(key: str, **wanted: Any) -> str:
        return str(me(sample, opened(sample, frame_url(sample, key, **wanted))[1])["person_id"])

    with sample.access.database.writing() as connection:
        secrets = [keys.create(connection, name)[1] for name in ("moodle", "moodle", "canvas")]
    first, successor, other = (person(key) for key in secrets)

    assert first == successor
    assert len({first, other, person(secrets[0], user="4712"), person(secrets[0], user="")}) == 4
    assert "4711" not in first


def test_revoking_the_key_ends_the_addresses_it_made(sample: Sample) -> None:
    made, secret = sample.make_key()
    url = frame_url(sample, secret)
    with sample.access.database.writing() as connection:
        keys.revoke(connection, made.key_id)

    assert opened(sample, url)[0].status_code == 403


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "ct_key"])
def test_what_is_no_token_opens_nothing(sample: Sample, token: str) -> None:
    assert opened(sample, f"/embed?token={token}")[0].status_code == 403


def test_tokens_for_the_api_and_for_frames_are_not_mixed_up(sample: Sample) -> None:
    token = frame_url(sample).partition("token=")[2]

    assert sample.get("/api/v1/courses", key=token).status_code == 401


def test_a_key_lets_in_only_to_its_own_courses_and_a_browser_lets_in_nobody(sample: Sample) -> None:
    bound = sample.make_key("cells")[1]

    assert sample.post(TOKENS, WANTED, key=bound).status_code == 404
    assert sample.post(TOKENS, {**WANTED, "course": "none"}).status_code == 404
    assert sample.post(TOKENS, WANTED, key=None, cookie=sample.log_in("admin")).status_code == 403
    assert sample.post(TOKENS, WANTED, key=None).status_code == 401


@pytest.mark.parametrize(
    "wanted",
    [
        {"origin": "http://lms.example.edu"},
        {"origin": "https://lms.example.edu/page"},
        {"origin": "https://*"},
        {"origin": "https://a b"},
        {"origin": "https://a;script-src"},
        {"origin": "https://lms.example.edu:99999"},
        {"origin": "*"},
        {"ttl_s": 3601},
        {"ttl_s": 0},
        {"user": "x" * 256},
    ],
)
def test_what_cannot_be_embedded_is_refused(sample: Sample, wanted: dict[str, Any]) -> None:
    assert sample.post(TOKENS, {**WANTED, **wanted}).status_code == 422


def test_pages_on_this_machine_need_no_encryption(sample: Sample) -> None:
    assert frame_url(sample, origin="http://localhost:3000")
