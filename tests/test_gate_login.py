"""The printed link lets one browser in, once; sessions and visitors after that."""

import logging
import re

import httpx
import pytest
from service_samples import Sample, make_sample, shared_sample

from tutor.state import keys

PAGE = {"accept": "text/html,application/xhtml+xml"}


@pytest.fixture(scope="module")
def sample() -> Sample:
    return shared_sample()


def login(sample: Sample, token: str, **client: str) -> httpx.Response:
    return sample.get(f"/login?token={token}", key=None, **PAGE, **client)


def cookie_of(reply: httpx.Response) -> str:
    return reply.headers["set-cookie"].partition("=")[2].partition(";")[0]


def test_the_link_starts_a_session_and_leaves_the_token_behind(sample: Sample) -> None:
    token = sample.access.make_link()

    reply = login(sample, token)

    assert reply.status_code == 303
    assert reply.headers["location"] == "/chat/"
    assert token not in str(reply.headers)
    assert re.fullmatch(r"[^=]+=[\w-]{43}; Path=/; HttpOnly; SameSite=Lax", reply.headers["set-cookie"])
    assert sample.get("/chat/", key=None, cookie=cookie_of(reply)).status_code == 200
    assert sample.get("/api/v1/courses", key=None, cookie=cookie_of(reply)).status_code == 200


def test_the_cookie_is_for_https_only_where_there_is_https(sample: Sample) -> None:
    async def over_https(http: httpx.AsyncClient) -> httpx.Response:
        return await http.get(f"https://127.0.0.1/login?token={sample.access.make_link()}")

    reply = sample.ask(over_https, key=None)

    assert "; Secure" in reply.headers["set-cookie"]
    assert reply.headers["strict-transport-security"]


@pytest.mark.parametrize("token", ["", "x", "a" * 43, "%00", "%ff", "ключ"])
def test_a_wrong_token_starts_nothing(sample: Sample, token: str) -> None:
    sample.access.make_link()

    reply = login(sample, token)

    assert reply.status_code == 403
    assert "set-cookie" not in reply.headers


def test_a_used_link_shows_a_page_that_says_what_to_do(sample: Sample) -> None:
    token = sample.access.make_link()
    login(sample, token)

    reply = login(sample, token)

    assert reply.status_code == 403
    assert reply.headers["content-type"].startswith("text/html")
    assert "new link" in reply.text
    assert "set-cookie" not in reply.headers


def test_whoever_is_in_already_may_open_the_used_link_again(sample: Sample) -> None:
    token = sample.access.make_link()
    cookie = cookie_of(login(sample, token))

    assert login(sample, token, cookie=cookie).status_code == 303


def test_a_look_at_the_link_does_not_use_it_up(sample: Sample) -> None:
    token = sample.access.make_link()
    sample.ask(lambda http: http.head(f"/login?token={token}"), key=None)

    assert login(sample, token).status_code == 303


def test_without_the_link_a_person_sees_a_page_and_a_program_a_problem(sample: Sample) -> None:
    person = sample.get("/chat/", key=None, **PAGE)
    program = sample.get("/chat/", key=None, accept="*/*")

    assert (person.status_code, program.status_code) == (401, 401)
    assert "one-time token" in person.text
    assert program.json()["code"] == "unauthenticated"
    assert program.headers["www-authenticate"].startswith("Bearer")


# --- bearer keys ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("scheme", ["Basic {}", "{}", "Bearer", "Bearer x{}", "Token {}", "Bearer {} x"])
def test_what_is_not_a_key_is_refused_even_with_a_session(sample: Sample, scheme: str) -> None:
    cookie = sample.log_in()
    authorization = scheme.format(sample.key)

    reply = sample.get("/api/v1/courses", key=None, cookie=cookie, authorization=authorization)

    assert reply.status_code == 401


def test_a_revoked_key_is_refused_at_once(sample: Sample) -> None:
    key, secret = sample.make_key()
    before = sample.get("/api/v1/courses", key=secret).status_code

    with sample.access.database.writing() as connection:
        keys.revoke(connection, key.key_id)

    assert (before, sample.get("/api/v1/courses", key=secret).status_code) == (200, 401)


def test_to_a_bound_key_other_courses_do_not_exist(sample: Sample) -> None:
    _, bound = sample.make_key("stars")

    listed = sample.get("/api/v1/courses", key=bound).json()["courses"]
    foreign, absent = (
        [
            sample.get(f"/api/v1/courses/{course}", key=bound),
            sample.get(f"/api/v1/courses/{course}/glossary", key=bound),
            sample.get(f"/api/v1/courses/{course}/documents", key=bound),
            sample.get(f"/api/v1/courses/{course}/documents/lesson", key=bound),
            sample.get(f"/api/v1/courses/{course}/documents/lesson/source?start=0&end=1", key=bound),
            sample.post(f"/api/v1/courses/{course}/ask", {"question": "x"}, key=bound),
            sample.post(f"/api/v1/courses/{course}/ask", {"question": "x"}, key=bound, accept="text/event-stream"),
            sample.post(f"/api/v1/courses/{course}/search", {"query": "x"}, key=bound),
        ]
        for course in ("cells", "abcde")
    )

    assert [course["course_id"] for course in listed] == ["stars"]
    assert sample.get("/api/v1/courses/stars", key=bound).status_code == 200
    for one, other in zip(foreign, absent, strict=True):
        assert one.status_code == other.status_code == 404
        assert without_ids(one).replace("cells", "abcde") == without_ids(other)


def without_ids(reply: httpx.Response) -> str:
    return reply.text.replace(reply.headers["x-request-id"], "")


# --- open to all ------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def open_sample(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    return make_sample(tmp_path_factory.mktemp("open"), library=shared_sample().library, open_to_all=True)


def test_an_open_service_lets_anyone_read_and_ask(open_sample: Sample) -> None:
    assert open_sample.get("/chat/", key=None).status_code == 200
    assert open_sample.get("/api/v1/courses", key=None).status_code == 200
    assert open_sample.post("/api/v1/courses/stars/ask", {"question": "x"}, key=None).status_code == 200


def test_an_open_service_gives_a_browser_a_name_of_its_own(open_sample: Sample) -> None:
    first = open_sample.get("/chat/", key=None)
    second = open_sample.get("/chat/", key=None)
    known = open_sample.get("/chat/", key=None, cookie=cookie_of(first))

    assert cookie_of(first) != cookie_of(second)
    assert "set-cookie" not in known.headers


def test_an_open_service_still_refuses_a_wrong_key(open_sample: Sample) -> None:
    assert open_sample.get("/api/v1/courses", key="ct_wrong").status_code == 401


# --- what must not be told --------------------------------------------------------------------------------------------


def test_no_secret_and_no_question_reaches_the_log(sample: Sample, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    token = sample.access.make_link()
    cookie = cookie_of(login(sample, token))
    login(sample, token)
    sample.get("/api/v1/courses?cursor=canary-query", key=None, cookie=cookie)
    sample.post("/api/v1/courses/stars/ask", {"question": "canary-question"})

    told = "\n".join(
        record.getMessage() + repr(record.__dict__) for record in caplog.records if "httpx" not in record.name
    )
    assert "tutor.api.access_log" in told
    for secret in (token, cookie, sample.key, "canary-query", "canary-question"):
        assert secret not in told
