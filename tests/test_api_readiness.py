"""Alive at once, ready when every course is; and if not, why."""

import threading
import time
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from chosen_store import generations_at
from hashing_embedder import HashingEmbedder
from service_samples import Sample, make_library, make_parts, make_sample, running
from store_samples import cut_documents

from index.protocols import Embedder
from tutor.api.drain import Drain
from tutor.api.readiness import Readiness


def wait_for(http: httpx.Client, state: Callable[[httpx.Response], bool]) -> httpx.Response:
    """Ask /readyz until it says so."""
    give_up = time.monotonic() + 20
    while not state(ready := http.get("/readyz")):
        assert time.monotonic() < give_up, ready.text
        time.sleep(0.01)
    return ready


def test_a_service_is_alive_before_its_courses_are_loaded_and_says_what_it_waits_for(tmp_path: Path) -> None:
    may_load = threading.Event()

    def slow_embedder() -> Embedder:
        assert may_load.wait(20)
        return HashingEmbedder()

    library = make_parts(tmp_path, open_embedder=slow_embedder).library
    sample = make_sample(tmp_path, library=library)
    key = {"authorization": f"Bearer {sample.key}"}

    with running(sample.service) as origin, httpx.Client(base_url=origin, headers=key, timeout=20) as http:
        alive, early = http.get("/livez"), http.get("/readyz")
        asked_early = http.post("/api/v1/courses/stars/ask", json={"question": "What is a nebula?"})
        may_load.set()
        wait_for(http, lambda ready: ready.status_code == 200)
        asked = http.post("/api/v1/courses/stars/ask", json={"question": "What is a nebula?"})

    assert alive.status_code == 200
    assert early.status_code == 503
    assert early.json()["status"] == "not_ready"
    assert "loaded" in early.json()["reasons"][0]
    assert early.headers["retry-after"]
    assert asked_early.status_code == 503
    assert asked_early.json()["code"] == "not_ready"
    assert asked.status_code == 200


def test_the_end_waits_for_what_is_still_loading(tmp_path: Path) -> None:
    begun, may_load = threading.Event(), threading.Event()

    def slow_embedder() -> Embedder:
        begun.set()
        assert may_load.wait(20)
        return HashingEmbedder()

    library = make_parts(tmp_path, open_embedder=slow_embedder).library
    readiness = Readiness(library, Drain())
    readiness.load()
    assert begun.wait(20)
    ending = threading.Thread(target=readiness.close)
    ending.start()

    ending.join(0.2)
    waited = ending.is_alive()
    may_load.set()
    ending.join(20)

    assert waited
    assert not ending.is_alive()
    assert library.tutor("stars").index.course_id == "stars"


@pytest.fixture
def damaged(tmp_path: Path) -> Sample:
    make_library(tmp_path)
    store = generations_at(tmp_path)
    cut_documents(store, "cells", store.pointer("cells").generation)
    return make_sample(tmp_path)


def test_a_damaged_index_keeps_the_service_from_being_ready_and_the_reason_names_the_cure(damaged: Sample) -> None:
    ready = damaged.get("/readyz", key=None)

    assert ready.status_code == 503
    assert "cells" in ready.json()["reasons"][0]
    assert "course-tutor index" in ready.json()["reasons"][0]


def test_the_other_courses_answer_all_the_same(damaged: Sample) -> None:
    well = damaged.post("/api/v1/courses/stars/ask", {"question": "What is a nebula?"})
    ill = damaged.post("/api/v1/courses/cells/ask", {"question": "What is a cell?"})

    assert well.status_code == 200
    assert ill.status_code == 503
    assert ill.json()["code"] == "not_ready"
    assert ill.headers["retry-after"]
    listed = {course["course_id"]: course for course in damaged.get("/api/v1/courses").json()["courses"]}
    assert listed["stars"]["ready"]
    assert not listed["cells"]["ready"]
    assert listed["cells"]["reason"]


def test_a_model_that_cannot_be_loaded_is_a_reason_not_a_wait_for_ever(tmp_path: Path) -> None:
    def broken() -> Embedder:
        raise OSError("canary path")

    library = make_parts(tmp_path, open_embedder=broken).library
    sample = make_sample(tmp_path, library=library)

    with running(sample.service) as origin, httpx.Client(base_url=origin, timeout=20) as http:
        reasons = wait_for(http, lambda ready: "loading failed" in ready.text).text

    assert "OSError" in reasons
    assert "canary" not in reasons


def test_a_service_whose_records_cannot_be_kept_answers_and_says_that_it_is_degraded(tmp_path: Path) -> None:
    sample = make_sample(tmp_path)
    question = {"question": "What is a nebula?"}
    with (
        running(sample.service) as origin,
        httpx.Client(base_url=origin, headers={"authorization": f"Bearer {sample.key}"}, timeout=20) as http,
    ):
        wait_for(http, lambda ready: ready.status_code == 200)
        keep_none, keep_all = (
            (
                "create trigger closed before insert on questions begin select raise(abort, 'no'); end",
                "drop trigger closed",
            )
            if sample.access.database.is_sqlite
            else (
                "alter table questions add constraint closed check (false) not valid",
                "alter table questions drop constraint closed",
            )
        )
        with sample.access.database.writing() as connection:
            connection.exec_driver_sql(keep_none)
        asked = http.post("/api/v1/courses/stars/ask", json=question)
        degraded = wait_for(http, lambda ready: ready.json()["status"] != "ready")
        with sample.access.database.writing() as connection:
            connection.exec_driver_sql(keep_all)
        http.post("/api/v1/courses/stars/ask", json=question)
        well = wait_for(http, lambda ready: ready.json()["status"] == "ready")

    assert asked.status_code == 200
    assert (degraded.status_code, degraded.json()["status"]) == (200, "degraded")
    assert "not recorded" in degraded.json()["reasons"][0]
    assert (well.status_code, well.json()["reasons"]) == (200, [])
