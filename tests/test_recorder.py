"""Records are kept behind the answer's back, in order, and a database that fails costs records, never answers."""

import threading
from collections.abc import Iterator

import pytest
from asking_samples import asked
from sqlalchemy import Connection, text

from tutor.records import recorder as recorder_module
from tutor.records.recorder import Recorder
from tutor.state import questions
from tutor.state.database import Database

pytest_plugins = ["postgres_server"]


@pytest.fixture
def recorder(database: Database) -> Iterator[Recorder]:
    recorder = Recorder(database)
    yield recorder
    recorder.close()


def kept(database: Database) -> list[str]:
    with database.reading() as connection:
        found = questions.listed(connection, "stars", questions.Filter(), sort="oldest", limit=10_000)
    return [one.record.answer_id for one in found or ()]


def write(answer_id: str, minute: int = 0) -> recorder_module.Write:
    return lambda connection: questions.add(connection, [asked(answer_id, minute=minute)])


def broken(connection: Connection) -> None:
    connection.execute(text("SELECT * FROM nowhere"))


def test_what_was_handed_over_is_kept_once_it_has_settled(database: Database, recorder: Recorder) -> None:
    for minute in range(200):
        assert recorder.later(write(f"a{minute:03}", minute))

    assert recorder.settle()
    assert kept(database) == [f"a{minute:03}" for minute in range(200)]


def test_nothing_to_wait_for_is_settled_at_once(recorder: Recorder) -> None:
    assert recorder.settle(timeout_s=0)


def test_handing_over_does_not_wait_for_the_database(database: Database, recorder: Recorder) -> None:
    if not database.is_sqlite:
        pytest.skip("PostgreSQL has more than one writer")
    with database.writing():  # somebody else holds the write lock meanwhile
        assert recorder.later(write("a"))
        assert not recorder.settle(timeout_s=0.05)

    assert recorder.settle()
    assert kept(database) == ["a"]


def test_one_bad_record_does_not_take_the_others_along(database: Database, recorder: Recorder) -> None:
    hold = threading.Event()
    recorder.later(lambda _: hold.wait(5) and None)  # so that the rest makes one batch
    for work in (write("a"), broken, write("a"), write("b", 1)):
        recorder.later(work)
    hold.set()
    recorder.settle()

    assert kept(database) == ["a", "b"]
    assert recorder.n_lost >= 1


def test_a_record_is_worked_out_while_others_may_write(database: Database, recorder: Recorder) -> None:
    def prepare() -> recorder_module.Write:
        with database.writing() as connection:  # would wait for itself inside of the recorder's transaction
            questions.add(connection, [asked("of-others")])
        return write("a", 1)

    recorder.prepared_later(prepare)
    recorder.settle(timeout_s=30)

    assert (kept(database), recorder.trouble) == (["of-others", "a"], "")


def test_a_record_that_cannot_be_worked_out_does_not_take_the_others_along(
    database: Database, recorder: Recorder
) -> None:
    def prepare() -> recorder_module.Write:
        raise KeyError("a learner's word")

    hold = threading.Event()
    recorder.later(lambda _: hold.wait(5) and None)  # so that the rest makes one batch
    recorder.later(write("a"))
    recorder.prepared_later(prepare)
    recorder.later(write("b", 1))
    hold.set()
    recorder.settle()

    assert kept(database) == ["a", "b"]
    assert recorder.n_lost == 1


def test_a_full_queue_says_so_and_loses_the_newest(
    database: Database, recorder: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recorder_module, "MAX_WAITING", 3)
    small, hold, busy = Recorder(database), threading.Event(), threading.Event()
    small.later(lambda _: busy.set() or (hold.wait(5) and None))
    assert busy.wait(5)

    accepted = [small.later(write(name, minute)) for minute, name in enumerate("abcd")]
    hold.set()
    small.close()

    assert accepted == [True, True, True, False]
    assert kept(database) == ["a", "b", "c"]
    assert (small.n_lost, "waiting" in small.trouble) == (1, False), "trouble is over once a record is kept"


def test_a_database_that_fails_is_told_and_forgotten_when_it_works_again(
    database: Database, recorder: Recorder
) -> None:
    recorder.later(broken)
    recorder.settle()
    trouble = recorder.trouble
    recorder.later(write("a"))
    recorder.settle()

    assert trouble
    assert (recorder.n_lost, recorder.trouble) == (1, "")


def test_closing_keeps_what_is_waiting_and_it_can_begin_again(database: Database, recorder: Recorder) -> None:
    for minute in range(50):
        recorder.later(write(f"a{minute:02}", minute))
    recorder.close()

    assert len(kept(database)) == 50
    recorder.later(write("b", 60))
    recorder.close()
    assert kept(database)[-1] == "b"
