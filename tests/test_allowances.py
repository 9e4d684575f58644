"""Limits on questions: counted by everybody together, exact, and never stuck."""

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from service_samples import Sample, make_sample
from sqlalchemy import create_engine, func, select, text
from sqlalchemy.exc import OperationalError

from tutor.state.allowance_tables import spent_allowances
from tutor.state.allowances import AllowanceSpent, Charge, Limit, Standing, forget, spend
from tutor.state.columns import metadata
from tutor.state.database import Database
from tutor.state.opening import open_database

pytest_plugins = ["postgres_server"]

MINUTE = Limit("person-minute", 5, 60)
DAY = Limit("person-day", 7, 86_400)
NOON = 1_800_000_000.0 - 1_800_000_000.0 % 86_400


def use(database: Database, now: float, *limits: Limit, subject: str = "ada") -> tuple[Standing, ...]:
    with database.counting() as connection:
        return spend(connection, [Charge(limit, subject) for limit in limits or (MINUTE,)], now)


def refused(database: Database, now: float, *limits: Limit, subject: str = "ada") -> AllowanceSpent:
    with pytest.raises(AllowanceSpent) as found:
        use(database, now, *limits, subject=subject)
    return found.value


def test_so_many_are_taken_and_no_more(database: Database) -> None:
    left = [use(database, NOON)[0].remaining for _ in range(5)]

    assert left == [4, 3, 2, 1, 0]
    assert refused(database, NOON).limit == MINUTE
    assert use(database, NOON, subject="grace")[0].remaining == 4


def test_what_is_refused_counts_against_no_limit(database: Database) -> None:
    for _ in range(5):
        use(database, NOON, MINUTE, DAY)
    for _ in range(10):
        refused(database, NOON, MINUTE, DAY)

    later = NOON + 120
    assert [use(database, later, MINUTE, DAY)[1].remaining for _ in range(2)] == [1, 0]
    assert refused(database, later, MINUTE, DAY).limit == DAY


def test_a_windows_end_does_not_give_twice_the_limit(database: Database) -> None:
    for _ in range(5):
        use(database, NOON + 59)

    assert refused(database, NOON + 61).limit == MINUTE


@given(
    waits=st.lists(st.floats(0, 200), max_size=40),
    quota=st.integers(1, 6),
)
def test_whoever_waits_as_told_is_taken(waits: list[float], quota: int) -> None:
    limit, now = Limit("test", quota, 60), NOON
    engine = create_engine("sqlite://")
    metadata.create_all(engine, [spent_allowances])
    for wait in waits:
        now += wait
        try:
            with engine.begin() as connection:
                spend(connection, [Charge(limit, "ada")], now)
        except AllowanceSpent as spent:
            assert 1 <= spent.retry_after_s <= 120
            now += spent.retry_after_s
            with engine.begin() as connection:
                spend(connection, [Charge(limit, "ada")], now)
    engine.dispose()


@pytest.mark.parametrize("jump_s", [-400 * 86_400, -7200, 7200, 400 * 86_400])
def test_a_clock_that_jumps_refuses_nobody_for_longer_than_a_window(database: Database, jump_s: int) -> None:
    for _ in range(5):
        use(database, NOON)

    assert use(database, NOON + jump_s)[0].remaining == 4
    back = NOON + 3
    assert back + refused(database, back).retry_after_s <= NOON + 2 * MINUTE.window_s


def test_counts_are_forgotten_when_no_limit_looks_at_them(database: Database) -> None:
    for now in (NOON, NOON + 400 * 86_400, NOON + 3 * 86_400):
        use(database, now)

    with database.writing() as connection:
        forget(connection, NOON + 3 * 86_400)
        assert connection.execute(select(func.count()).select_from(spent_allowances)).scalar_one() == 1


_COUNT = """
import sys
from pathlib import Path
from tutor.state.allowances import AllowanceSpent, Charge, Limit, spend
from tutor.state.database import Database
database, taken = Database(sys.argv[1]), 0
for _ in range(150):
    try:
        with database.counting() as connection:
            spend(connection, [Charge(Limit("person-minute", 200, 60), "ada"), Charge(Limit("a", 900, 60), "b")], 1e9)
        taken += 1
    except AllowanceSpent:
        pass
print(taken)
"""


def test_two_processes_count_together(database: Database) -> None:
    url = database.url.render_as_string(hide_password=False)
    running = [
        subprocess.Popen([sys.executable, "-c", _COUNT, url], stdout=subprocess.PIPE, text=True) for _ in range(2)
    ]
    taken = [int(process.communicate(timeout=120)[0]) for process in running]

    assert sum(taken) == 200
    assert min(taken) > 0


def test_a_long_write_does_not_make_a_question_wait(tmp_path: Path) -> None:
    database = open_database(tmp_path)
    with database.writing(), pytest.raises(OperationalError, match="locked"):
        use(database, NOON)
    database.close()


@pytest.fixture
def sample(tmp_path: Path) -> Sample:
    return make_sample(
        tmp_path, asks_per_minute=2, key_asks_per_minute=3, address_asks_per_minute=4, course_asks_per_day=100
    )


ASK = "/api/v1/courses/stars/ask"
QUESTION = {"question": "What is a nebula?"}
COMPLETION = {"model": "tutor/stars", "messages": [{"role": "user", "content": "What is a nebula?"}]}


def test_a_key_is_told_how_it_stands_and_refused_beyond_its_limit(sample: Sample) -> None:
    first = sample.post(ASK, QUESTION)
    others = [sample.post("/api/v1/courses/stars/search", {"query": "nebula"}), sample.post(ASK, QUESTION)]
    refusal = sample.post(ASK, QUESTION)

    assert first.headers["ratelimit-policy"] == (
        '"key-minute";q=3;w=60, "key-day";q=50000;w=86400, "course-day";q=100;w=86400'
    )
    assert first.headers["ratelimit"].startswith('"key-minute";r=2;t=')
    assert [reply.status_code for reply in others] == [200, 200]
    assert (refusal.status_code, refusal.json()["code"]) == (429, "too_many_asks")
    assert 1 <= int(refusal.headers["retry-after"]) <= 120
    assert refusal.headers["ratelimit"].startswith('"key-minute";r=0;t=')
    assert "ratelimit" not in sample.get("/api/v1/courses").headers


def test_another_key_and_other_persons_are_not_refused(sample: Sample) -> None:
    while sample.post(ASK, QUESTION).status_code == 200:
        pass

    assert sample.post(ASK, QUESTION, key=sample.make_key()[1]).status_code == 200
    assert sample.post(ASK, QUESTION, key=None, cookie=sample.log_in("student")).status_code == 200


def test_openai_clients_are_refused_in_their_own_words(sample: Sample) -> None:
    while (reply := sample.post("/v1/chat/completions", COMPLETION)).status_code == 200:
        assert reply.headers["ratelimit"]

    assert reply.status_code == 429
    assert reply.json()["error"]["type"] == "rate_limit_error"
    assert reply.json()["error"]["code"] == "too_many_asks"
    assert int(reply.headers["retry-after"]) >= 1


def test_a_stream_that_is_refused_does_not_begin(sample: Sample) -> None:
    cookie = sample.log_in("student")
    replies = [sample.post(ASK, QUESTION, key=None, cookie=cookie, accept="text/event-stream") for _ in range(3)]

    assert [reply.status_code for reply in replies] == [200, 200, 429]
    assert replies[2].headers["content-type"] == "application/problem+json"


def test_a_course_has_a_quota_whoever_asks(tmp_path: Path) -> None:
    sample = make_sample(tmp_path, course_asks_per_day=2)
    keys = [sample.make_key()[1] for _ in range(3)]

    assert [sample.post(ASK, QUESTION, key=key).status_code for key in keys] == [200, 200, 429]
    assert sample.post("/api/v1/courses/cells/ask", QUESTION, key=keys[0]).status_code == 200


def test_visitors_who_change_their_cookie_share_their_address(tmp_path: Path) -> None:
    sample = make_sample(tmp_path, open_to_all=True, address_asks_per_minute=4)

    statuses = [sample.post(ASK, QUESTION, key=None, cookie=f"{n}").status_code for n in range(6)]
    forwarded = sample.post(ASK, QUESTION, key=None, **{"x-forwarded-for": "192.0.2.7", "forwarded": "for=192.0.2.8"})

    assert statuses == [200, 200, 200, 200, 429, 429]
    assert forwarded.status_code == 429


def test_limits_can_be_switched_off(tmp_path: Path) -> None:
    off = dict.fromkeys(("key_asks_per_minute", "key_asks_per_day", "course_asks_per_day"), 0)
    sample = make_sample(tmp_path, **off)

    reply = sample.post(ASK, QUESTION)

    assert reply.status_code == 200
    assert "ratelimit" not in reply.headers


def test_a_service_that_cannot_count_still_answers(sample: Sample, caplog: pytest.LogCaptureFixture) -> None:
    with sample.access.database.writing() as connection:  # which alone keeps others from SQLite
        if not sample.access.database.is_sqlite:
            connection.execute(text("LOCK TABLE spent_allowances IN ACCESS EXCLUSIVE MODE"))
        reply = sample.post(ASK, QUESTION)

    assert reply.status_code == 200
    assert "not counted" in caplog.text
