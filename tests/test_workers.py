"""Several processes on one port are one service: sessions, limits and chats are shared; one may end and all go on."""

import itertools
import json
import os
import re
import signal
import socket
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from chosen_store import database_at
from observed import OpenPage
from scraped import Numbers, number, read_numbers
from served_workers import Workers, workers
from service_samples import write_courses

from tutor.api.identity import Access
from tutor.state import keys, login_links

pytest_plugins = ["browser"]

ASK = "/api/v1/courses/stars/ask"
NEBULA = {"question": "What is a nebula?"}
PERSON_PER_MINUTE = 6
MONITOR = "the-token-of-whoever-measures"
SETTINGS = {
    "TUTOR_METRICS_TOKEN": MONITOR,
    "TUTOR_KEY_ASKS_PER_MINUTE": "0",
    "TUTOR_COURSE_ASKS_PER_DAY": "0",
    "TUTOR_ASKS_PER_MINUTE": str(PERSON_PER_MINUTE),
}


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data: Path = tmp_path_factory.mktemp("workers")
    write_courses(data / "courses")
    return data


@pytest.fixture(scope="module")
def key(data: Path) -> str:
    database = database_at(data)
    with database.writing() as connection:
        _, secret = keys.create(connection, "tests")
    database.close()
    return secret


@pytest.fixture(scope="module")
def two(data: Path, key: str) -> Iterator[Workers]:
    with workers(data, TUTOR_COURSES_DIR=str(data / "courses"), **SETTINGS) as served:
        yield served


def new_link(data: Path) -> str:
    database = database_at(data)
    with database.writing() as connection:
        token = login_links.create(connection, "student", (), now=datetime.now(UTC))
    database.close()
    return f"/login?token={token}"


def enter(two: Workers, slot: int, data: Path, *, instead_of: str = "") -> str:
    """A new session, started at one worker; its secret."""
    with two.at(slot, session=instead_of) as http:
        reply = http.get(new_link(data))
    assert reply.status_code == 303
    return str(reply.headers["set-cookie"]).partition("=")[2].partition(";")[0]


def who(two: Workers, slot: int, secret: str) -> int:
    with two.at(slot, session=secret) as http:
        return http.get("/api/v1/me").status_code


def test_a_session_is_good_at_every_worker_and_its_end_too(two: Workers, data: Path) -> None:
    secret = enter(two, 0, data)
    good = [who(two, slot, secret) for slot in (0, 1)]

    another = enter(two, 1, data, instead_of=secret)

    assert good == [200, 200]
    assert [who(two, slot, secret) for slot in (0, 1)] == [401, 401]
    assert [who(two, slot, another) for slot in (0, 1)] == [200, 200]


def test_a_link_lets_one_browser_in_whichever_worker_it_meets(two: Workers, data: Path) -> None:
    link = new_link(data)

    with two.at(0) as one, two.at(1) as other:
        statuses = [http.get(link).status_code for http in (one, other)]

    assert statuses == [303, 403]


def test_what_a_person_may_ask_is_counted_across_workers(two: Workers, data: Path) -> None:
    secret = enter(two, 0, data)

    with two.at(0, session=secret) as one, two.at(1, session=secret) as other:
        turns = itertools.islice(itertools.cycle((one, other)), PERSON_PER_MINUTE + 2)
        replies = [http.post(ASK, json=NEBULA) for http in turns]

    assert [reply.status_code for reply in replies] == [200] * PERSON_PER_MINUTE + [429, 429]
    assert all(reply.headers["retry-after"] for reply in replies[-2:])


def test_a_chat_tab_is_served_by_its_own_process_whichever_takes_the_request(two: Workers, data: Path) -> None:
    mine, strangers = enter(two, 0, data), enter(two, 0, data)
    tabs = [f"tab-{number}" for number in range(6)]  # some at home in either process
    received: dict[str, str] = {}
    stolen: list[int] = []

    with two.at(0, session=mine) as one, two.at(1, session=mine) as other, two.at(1, session=strangers) as stranger:
        handler = ask_handler(one.get("/chat/").text)
        for tab in tabs:
            asked = {"turn": 1, "course": "stars", **NEBULA, "history": [], "document": ""}
            join = {"data": [], "event_data": asked, "fn_index": handler, "session_hash": tab, "trigger_id": 1}
            assert one.post("/chat/gradio_api/queue/join", json=join).status_code == 200
            data_of_tab = f"/chat/gradio_api/queue/data?session_hash={tab}"
            stolen.append(stranger.get(data_of_tab).status_code)
            received[tab] = other.get(data_of_tab).text

    assert stolen == [404] * len(tabs)
    assert all("cloud of gas and dust" in received[tab] for tab in tabs)


def ask_handler(page: str) -> int:
    """The number of the function that answers, from the page's own configuration."""
    config = json.loads(re.search(r"window\.gradio_config = (\{.*?\});</script>", page, re.DOTALL)[1])
    return next(each["id"] for each in config["dependencies"] if any(event == "ask" for _, event in each["targets"]))


def numbers_of(two: Workers, slot: int) -> Numbers:
    with two.at(slot) as http:
        return read_numbers(http.get("/metrics", headers={"authorization": f"Bearer {MONITOR}"}).text)


def asks_of(numbers: Numbers) -> float:
    return number(numbers, "course_tutor_asks_total", outcome="answered", channel="api")


def test_whichever_worker_is_scraped_tells_the_numbers_of_all_and_those_of_the_dead_stay(
    two: Workers, key: str
) -> None:
    before = asks_of(numbers_of(two, 0))
    for slot in (0, 1, 1):
        with two.at(slot) as http:
            http.post(ASK, json=NEBULA, headers={"authorization": f"Bearer {key}"}).raise_for_status()
    after = [numbers_of(two, slot) for slot in (0, 1)]
    pids = two.pids()

    os.kill(pids[1], signal.SIGKILL)
    two.wait_for(2, other_than={1: pids[1]})
    last = numbers_of(two, 1)

    assert [asks_of(each) - before for each in (*after, last)] == [3, 3, 3]
    assert {number(each, "course_tutor_workers") for each in (*after, last)} == {2}


# --- what ends and comes again ----------------------------------------------------------------------------------------


@contextmanager
def asked_all_the_time(origin: str, key: str) -> Iterator[Counter[str]]:
    """Four clients ask, two of them for a stream; what became of the questions."""
    seen: Counter[str] = Counter()
    enough = threading.Event()

    def ask(number: int) -> None:
        headers = {"authorization": f"Bearer {key}", "accept": "text/event-stream" if number % 2 else "*/*"}
        with httpx.Client(base_url=origin, headers=headers, timeout=60) as http:
            while not enough.is_set():
                try:
                    reply = http.post(ASK, json=NEBULA)
                    whole = "event: done" in reply.text if number % 2 else "citations" in reply.json()
                    seen["answered" if reply.status_code == 200 and whole else f"status {reply.status_code}"] += 1
                except httpx.HTTPError as error:
                    seen[type(error).__name__] += 1
                    enough.wait(0.2)
                enough.wait(0.01)

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    try:
        yield seen
    finally:
        enough.set()
        for thread in threads:
            thread.join()


def n_connections(pid: int) -> int:
    """How many sockets a process has open."""
    n = 0
    for descriptor in Path(f"/proc/{pid}/fd").iterdir():
        with suppress(FileNotFoundError):  # closed meanwhile
            n += str(descriptor.readlink()).startswith("socket:")
    return n


def test_a_crowd_that_keeps_its_connections_is_shared_out_evenly(two: Workers) -> None:
    url = httpx.URL(two.origin)
    pids = two.pids().values()
    before = [n_connections(pid) for pid in pids]

    with ExitStack() as held:
        for _ in range(60):
            held.enter_context(socket.create_connection((url.host, url.port)))
        while sum(more := [n_connections(pid) - n for pid, n in zip(pids, before, strict=True)]) < 60:
            threading.Event().wait(0.05)

    assert abs(more[0] - more[1]) <= 20, more


def test_a_killed_worker_is_replaced_and_only_what_it_had_in_hand_is_lost(two: Workers, key: str) -> None:
    before = two.pids()

    with asked_all_the_time(two.origin, key) as seen:
        os.kill(before[0], signal.SIGKILL)
        two.wait_for(2, other_than={0: before[0]})

    assert two.pids()[1] == before[1]
    assert sum(n for what, n in seen.items() if what != "answered") <= 4
    assert seen["answered"] > 4


def test_a_rolling_restart_fails_no_question(two: Workers, key: str) -> None:
    before = two.pids()

    with asked_all_the_time(two.origin, key) as seen:
        two.send(signal.SIGHUP)
        two.wait_for(2, other_than=before)
        threading.Event().wait(1.5)  # until the last of the old ones has taken its leave

    assert set(seen) == {"answered"}


@pytest.mark.browser
def test_the_chat_goes_on_when_a_worker_is_killed(two: Workers, data: Path, open_page: OpenPage) -> None:
    chat = open_page(f"{two.origin}{new_link(data)}")
    chat.wait_until_ready()
    answers = []
    for victim in (None, None, 0):
        if victim is not None:
            os.kill(two.pids()[victim], signal.SIGKILL)
        chat.ask("What is a mitochondrion?")
        answers.append("turns sugar into energy" in chat.answer)

    assert answers == [True, True, True]


def test_the_end_cuts_nobody_off_and_sessions_outlive_it(two: Workers, data: Path, key: str) -> None:
    secret = enter(two, 1, data)

    with asked_all_the_time(two.origin, key) as seen:
        threading.Event().wait(0.5)
        two.send(signal.SIGTERM)
        code = two.process.wait(timeout=40)
    database = database_at(data)
    still_in = Access(database).sessions.find(secret)
    database.close()

    assert code == 0
    assert set(seen) <= {"answered", "ConnectError"}, seen
    assert seen["answered"]
    assert still_in is not None
