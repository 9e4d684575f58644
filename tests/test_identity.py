"""Who calls and what they may: roles of links, permissions of keys, and the chat in the name of the person."""

import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from service_samples import Sample, make_sample, shared_sample

from tutor.permissions import OF_ROLE, Permission, Role
from tutor.state import login_links, people
from tutor.state.database import Database

pytest_plugins = ["postgres_server"]

NOW = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)
PAGE = {"accept": "text/html"}


@pytest.fixture(scope="module")
def sample() -> Sample:
    return shared_sample()


def log_in(sample: Sample, token: str, **client: str) -> str:
    reply = sample.get(f"/login?token={token}", key=None, **PAGE, **client)
    assert reply.status_code == 303
    return reply.headers["set-cookie"].partition("=")[2].partition(";")[0]


# --- links ------------------------------------------------------------------------------------------------------------


def test_a_link_is_good_once_and_until_its_time_is_over(database: Database) -> None:
    with database.writing() as connection:
        token = login_links.create(connection, "instructor", ["stars"], now=NOW, lifetime=timedelta(hours=1))
        late = login_links.create(connection, "student", [], now=NOW, lifetime=timedelta(hours=1))

        assert login_links.redeem(connection, token, now=NOW) == login_links.LoginLink("instructor", ("stars",))
        assert login_links.redeem(connection, token, now=NOW) is None
        assert login_links.redeem(connection, late, now=NOW + timedelta(hours=1)) is None
        assert login_links.redeem(connection, "x", now=NOW) is None


def test_of_ten_browsers_at_once_one_gets_in(database: Database) -> None:
    with database.writing() as connection:
        token = login_links.create(connection, "admin", [], now=NOW)
    got: list[login_links.LoginLink | None] = []

    def redeem() -> None:
        with database.writing() as connection:
            got.append(login_links.redeem(connection, token, now=NOW))

    threads = [threading.Thread(target=redeem) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len([link for link in got if link]) == 1
    assert len(got) == 10


def test_a_new_link_of_the_server_makes_the_one_before_worthless_and_no_students(database: Database) -> None:
    with database.writing() as connection:
        first = login_links.create(connection, "admin", [], now=NOW)
        students = login_links.create(connection, "student", [], now=NOW)
        login_links.retire(connection, "admin")

        assert login_links.redeem(connection, first, now=NOW) is None
        assert login_links.redeem(connection, students, now=NOW) is not None


def test_the_role_of_a_link_becomes_the_session_and_is_kept_by_pseudonym(sample: Sample) -> None:
    cookie = log_in(sample, sample.access.make_link("instructor", ("stars",)))

    me = sample.get("/api/v1/me", key=None, cookie=cookie).json()

    assert me["kind"] == "session"
    assert me["permissions"] == {"stars": sorted(OF_ROLE["instructor"])}
    assert me["courses"] == ["stars"]
    with sample.access.database.reading() as connection:
        person = people.find(connection, me["person_id"])
    assert person is not None
    assert cookie not in me["person_id"]


def test_the_session_before_ends_when_a_browser_logs_in_again(sample: Sample) -> None:
    first = log_in(sample, sample.access.make_link("admin"))
    second = log_in(sample, sample.access.make_link("student", ("stars",)), cookie=first)

    assert sample.get("/api/v1/me", key=None, cookie=first).status_code == 401
    assert sample.get("/api/v1/me", key=None, cookie=second).json()["courses"] == ["stars"]


# --- permissions ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("permissions", "read", "asked"),
    [({"read", "ask"}, 200, 200), ({"read"}, 200, 403), ({"ask"}, 403, 404), (set(), 403, 403)],
)
def test_a_key_may_do_what_its_permissions_say(
    sample: Sample, permissions: set[Permission], read: int, asked: int
) -> None:
    _, key = sample.make_key(permissions=frozenset(permissions))

    assert sample.get("/api/v1/courses/stars", key=key).status_code == read
    reply = sample.post("/api/v1/courses/stars/ask", {"question": "What is a nebula?"}, key=key)
    assert reply.status_code == asked
    if asked == 403:
        assert reply.json()["code"] == "forbidden"


@pytest.mark.parametrize("role", ["student", "instructor", "admin"])
def test_every_role_may_read_and_ask_its_courses_and_no_others(sample: Sample, role: Role) -> None:
    cookie = sample.log_in(role, "stars")
    question = {"question": "What is a nebula?"}

    assert sample.post("/api/v1/courses/stars/ask", question, key=None, cookie=cookie).status_code == 200
    assert sample.post("/api/v1/courses/cells/ask", question, key=None, cookie=cookie).status_code == 404
    assert [
        course["course_id"] for course in sample.get("/api/v1/courses", key=None, cookie=cookie).json()["courses"]
    ] == ["stars"]


def test_a_visitor_of_an_open_service_reads_and_asks_and_nothing_else(tmp_path: Path) -> None:
    sample = make_sample(tmp_path, library=shared_sample().library, open_to_all=True)

    me = sample.get("/api/v1/me", key=None, cookie="chosen-by-the-browser").json()
    nobody = sample.get("/api/v1/me", key=None).json()

    assert (me["kind"], me["permissions"]) == ("visitor", {"*": ["ask", "read"]})
    assert len(me["person_id"]) == 32
    assert nobody["person_id"] == ""


def test_the_same_browser_is_the_same_person_and_another_installation_does_not_know_them(
    tmp_path: Path,
) -> None:
    one, other = (
        make_sample(tmp_path / name, library=shared_sample().library, open_to_all=True) for name in ("one", "other")
    )

    def person(sample: Sample, cookie: str) -> str:
        return str(sample.get("/api/v1/me", key=None, cookie=cookie).json()["person_id"])

    assert person(one, "a-browser") == person(one, "a-browser") != person(one, "b-browser")
    assert person(one, "a-browser") != person(other, "a-browser")


def test_the_service_itself_holds_no_key_to_the_api(sample: Sample) -> None:
    async def with_a_forged_caller(http: httpx.AsyncClient) -> httpx.Response:
        return await http.get("/api/v1/courses", headers={"authorization": "Bearer chat"})

    assert sample.ask(with_a_forged_caller, key=None).status_code == 401
