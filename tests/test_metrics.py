"""What operators measure: asks, stages, requests, rejections, work, jobs, generations; and who may read it."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from raw_requests import send_raw
from scraped import admin_key, names, number, read_numbers, scrape
from service_samples import Sample, make_sample, shared_sample
from sqlalchemy import Connection

from tutor.api.work import Workers
from tutor.observing.metrics import Metrics
from tutor.observing.scraping import MAX_COURSES_NAMED
from tutor.settings import Settings, SettingsError
from tutor.state.courses import CourseRecord, insert_course
from tutor.state.generations import GenerationRecord, put_generation
from tutor.state.standing import Published

ASK = "/api/v1/courses/stars/ask"
TOKEN = "a-token-of-a-prometheus-server"


@pytest.fixture(scope="module")
def sample() -> Sample:
    return shared_sample()


def test_an_answer_and_a_refusal_are_counted_by_outcome_and_channel_and_timed_by_stage(sample: Sample) -> None:
    before = scrape(sample)

    for question in ("What is a nebula?", "What is a nebula?", "Who won the football match yesterday?"):
        assert sample.post(ASK, {"question": question}).status_code == 200
    after = scrape(sample)

    def more(name: str, **labels: str) -> float:
        return number(after, name, **labels) - number(before, name, **labels)

    assert more("course_tutor_asks_total", outcome="answered", channel="api") == 2
    assert more("course_tutor_asks_total", outcome="refused", channel="api") == 1
    for stage in ("understand", "retrieve", "decide", "compose", "cite", "whole"):
        assert more("course_tutor_ask_seconds_count", stage=stage) == 3, stage
    assert more("course_tutor_ask_seconds_sum", stage="whole") >= more("course_tutor_ask_seconds_sum", stage="retrieve")
    assert more("course_tutor_work_wait_seconds_count") == 3
    assert number(after, "course_tutor_work_running") == number(before, "course_tutor_work_running")
    assert number(after, "course_tutor_work_waiting") == number(before, "course_tutor_work_waiting")


def test_requests_are_counted_by_template_and_never_by_path(sample: Sample) -> None:
    canary = "canary-in-a-path"
    before = scrape(sample)

    sample.get(f"/api/v1/courses/stars/documents/{canary}")
    sample.get(f"/{canary}")
    sample.get(f"/api/v1/courses/{canary}/jobs/{canary}", key=None)
    sample.ask(lambda http: http.request(canary.upper(), "/livez"))
    text = sample.get("/metrics", key=admin_key(sample)).text
    after = read_numbers(text)

    def more(route: str, status: str, method: str = "GET") -> float:
        labels = {"route": route, "status": status, "method": method}
        name = "course_tutor_http_requests_total"
        return number(after, name, **labels) - number(before, name, **labels)

    assert more("/api/v1/courses/{course}/documents/{document_id:path}", "404") == 1
    assert more("none", "404") == 1
    assert more("/api/v1/courses/{}/jobs/{}", "401") == 1
    assert more("/livez", "405", "other") == 1
    assert canary not in text.lower()


def test_what_is_turned_away_for_now_is_counted_by_reason(tmp_path: Path) -> None:
    sample = make_sample(tmp_path, key_asks_per_minute=1)
    before = scrape(sample)

    statuses = [sample.post(ASK, {"question": "What is a nebula?"}).status_code for _ in range(3)]
    after = scrape(sample)

    name = "course_tutor_rejected_total"
    assert statuses == [200, 429, 429]
    assert number(after, name, reason="too_many_asks") - number(before, name, reason="too_many_asks") == 2


def test_a_question_for_which_there_is_no_room_is_counted_under_its_route(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Workers, "is_full", True)
    monkeypatch.setattr(Workers, "has_room_for", lambda *_: False)
    sample = make_sample(tmp_path, library=shared_sample().library)
    before = scrape(sample)

    refused = sample.post(ASK, {"question": "What is a nebula?"})
    other = sample.post("/api/v1/courses/stars/roster", {})
    after = scrape(sample)

    labels = {"route": "/api/v1/courses/{}/ask", "status": "503", "method": "POST"}
    name = "course_tutor_http_requests_total"
    assert (refused.status_code, refused.json()["code"]) == (503, "over_capacity")
    assert other.status_code != 503, "only questions wait"
    assert number(after, name, **labels) - number(before, name, **labels) == 1


def test_the_courses_their_generations_and_the_process_are_told(sample: Sample) -> None:
    found = scrape(sample)

    info = sample.library.courses()
    generation = {each.course_id: each.generation for each in info}
    chunks = sum(each.n_chunks for each in info)
    assert number(found, "course_tutor_generation_info", course="stars", generation=generation["stars"]) == 1
    assert number(found, "course_tutor_chunks") == chunks > 0
    assert number(found, "course_tutor_courses") == len(info)
    published = number(found, "course_tutor_generation_published_timestamp_seconds", course="stars")
    assert 1.7e9 < published <= number(found, "course_tutor_last_publish_timestamp_seconds")
    assert number(found, "course_tutor_ready") == 1
    assert number(found, "course_tutor_memory_bytes", kind="anonymous") > 1e7
    assert number(found, "course_tutor_jobs_left", state="queued") == 0
    assert number(found, "course_tutor_jobs_ended_total", kind="ingest", state="done") >= 2
    assert number(found, "course_tutor_data_free_bytes") > 0
    assert number(found, "course_tutor_database_answers") == 1
    assert {"course_tutor_sql_connections_in_use", "course_tutor_records_waiting"} <= names(found)


def test_thousands_of_courses_are_summed_up_and_not_named(tmp_path: Path) -> None:
    sample = make_sample(tmp_path)
    with sample.access.database.writing() as connection:
        for n in range(MAX_COURSES_NAMED):
            insert_course(connection, CourseRecord(f"c{n}", "Many"))
            put_generation(connection, published_generation(f"c{n}"))

    found = scrape(sample)

    assert number(found, "course_tutor_courses_published") == MAX_COURSES_NAMED + 2
    assert "course_tutor_generation_info" not in names(found)


def published_generation(course_id: str) -> GenerationRecord:
    now = datetime.now(UTC)
    return GenerationRecord(course_id, "0" * 16, "live", "", "", 1, 1, (), {}, "", now, now)


def test_a_database_that_does_not_answer_costs_only_what_is_looked_up_in_it(
    sample: Sample, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sqlalchemy.exc import OperationalError

    from tutor.observing import scraping

    def fail(_: object) -> None:
        raise OperationalError("select", {}, Exception())

    monkeypatch.setattr(scraping, "live_generations", fail)
    found = scrape(sample)

    assert ("course_tutor_database_answers", frozenset()) in found
    assert number(found, "course_tutor_database_answers") == 0
    assert "course_tutor_http_requests_total" in names(found)


def test_nobody_waits_for_the_nodes_numbers_while_the_database_is_asked(
    sample: Sample, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tutor.observing import scraping

    held, seen = [False], []
    look_up = scraping.live_generations

    @contextmanager
    def holding() -> Iterator[None]:
        held[0] = True
        yield
        held[0] = False

    def looked_up(connection: Connection) -> Sequence[Published]:
        seen.append(held[0])
        return look_up(connection)

    monkeypatch.setattr(scraping, "reading_shared_numbers", holding)
    monkeypatch.setattr(scraping, "live_generations", looked_up)
    found = scrape(sample)

    assert seen == [False]
    assert number(found, "course_tutor_database_answers") == 1


def test_no_label_can_hold_what_somebody_wrote() -> None:
    labels = {label for metric in Metrics().registry._collector_to_names for label in metric._labelnames}  # type: ignore[attr-defined]

    assert labels == {"outcome", "channel", "stage", "method", "route", "status", "reason", "kind", "state"}


# --- who may read it --------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sample]:
    yield make_sample(tmp_path_factory.mktemp("watched"), metrics_token=TOKEN, metrics_on_loopback=False)


def test_by_default_only_a_key_that_administers_everything_reads_the_numbers(sample: Sample) -> None:
    _, student = sample.make_key()
    _, here_only = sample.make_key("stars", permissions=frozenset({"read", "administer"}))

    assert sample.get("/metrics", key=None).status_code == 401
    assert sample.get("/metrics", key=TOKEN).status_code == 401
    assert sample.get("/metrics", key=student).status_code == 403
    assert sample.get("/metrics", key=here_only).status_code == 403
    assert sample.get("/metrics", key=None, cookie=sample.log_in("admin")).status_code == 403
    assert sample.get("/metrics", key=admin_key(sample)).status_code == 200
    assert sample.post("/metrics", {}, key=admin_key(sample)).status_code == 405


def test_a_service_that_is_open_to_all_does_not_open_its_numbers(tmp_path: Path) -> None:
    assert make_sample(tmp_path, open_to_all=True).get("/metrics", key=None).status_code == 403


def test_the_token_opens_the_numbers_and_nothing_else(watched: Sample) -> None:
    assert watched.get("/metrics", key=TOKEN).status_code == 200
    assert watched.get("/metrics", key=TOKEN + "x").status_code == 401
    assert watched.get("/metrics", key=None).status_code == 401
    assert watched.get("/api/v1/courses", key=TOKEN).status_code == 401
    assert watched.post(ASK, {"question": "What is a nebula?"}, key=TOKEN).status_code == 401


@pytest.mark.parametrize(
    ("client", "more", "status"),
    [
        ("127.0.0.1", [], 200),
        ("::1", [], 200),
        ("192.0.2.7", [], 401),
        ("127.0.0.1", [(b"x-forwarded-for", b"192.0.2.7")], 401),
        ("127.0.0.1", [(b"via", b"1.1 proxy")], 401),
        ("127.0.0.1", [(b"authorization", b"Bearer wrong")], 401),
    ],
)
def test_programs_on_this_machine_need_no_token_where_that_is_said(
    tmp_path: Path, client: str, more: list[tuple[bytes, bytes]], status: int
) -> None:
    sample = make_sample(tmp_path, metrics_on_loopback=True)
    headers = [(b"host", b"127.0.0.1"), *more]

    assert send_raw(sample.service.app, "/metrics", headers=headers, client=client).status == status
    assert send_raw(sample.service.app, "/api/v1/courses", headers=headers, client=client).status == 401


@pytest.mark.parametrize(
    "token", ["short", "with a space in the middle", "líne-of-other-letters", "line\nbreak-in-a-token"]
)
def test_a_token_that_can_be_guessed_or_not_be_sent_is_refused(token: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TUTOR_METRICS_TOKEN", token)

    with pytest.raises(SettingsError, match="TUTOR_METRICS_TOKEN") as refused:
        Settings.from_environment()

    assert not re.search(re.escape(token), str(refused.value))
