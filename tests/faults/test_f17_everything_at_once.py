"""F17: files are brought, replaced and deleted, courses are built anew, learners ask, backups are made, all at once.

Twenty seconds by default, ten minutes with TUTOR_FAULTS=full. Every backup is then restored on its own and examined.
"""

import os
import sqlite3
import threading
import time
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from abilities import FULL, only_on_demand
from instance import Instance, instance
from invariants import all_hold
from oracle import Oracle, Sha256

pytestmark = only_on_demand

LASTS_S = float(os.environ.get("TUTOR_TEST_LASTS_S", "600" if FULL else "20"))
N_ASKERS = 3
PAUSE_S = 10.0 if FULL else 4.0  # between two backups


@dataclass
class Asker:
    """Asks a course for what its oracle brought, and knows what was gone before the question was sent."""

    oracle: Oracle
    took_s: list[float] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def ask_until(self, ends: threading.Event) -> None:
        turn = 0
        with self.oracle.instance.client() as http:
            while not ends.is_set():
                lessons = list(self.oracle.lessons.items())
                sha256, lesson = lessons[turn % len(lessons)]
                turn += 7
                # What the oracle knows now was so before the question is sent.
                gone = self.oracle.is_gone(sha256)
                started = time.perf_counter()
                reply = http.post(f"{self.oracle.path}/ask", json={"question": f"What is a {lesson.word}?"})
                self.took_s.append(time.perf_counter() - started)
                if reply.status_code != 200:
                    self.problems.append(f"a question got {reply.status_code}: {reply.text[:200]}")
                    continue
                self.problems += self.oracle.foreign_words(reply.text)
                said = " ".join(statement["text"] for statement in reply.json()["statements"])
                if gone and lesson.word in said:
                    self.problems.append(f"{lesson.name} {lesson.number} was gone and was answered from")


@dataclass
class Backup:
    """A backup, and for each file what it may hold: what was so at its begin, or was done while it was made."""

    archive: Path
    may_hold: dict[str, set[Sha256]]


def back_up_until(server: Instance, oracle: Oracle, folder: Path, ends: threading.Event, made: list[Backup]) -> None:
    while not ends.wait(PAUSE_S):
        archive = folder / f"{len(made)}.tar"
        may_hold = {
            name: {sha256, *oracle.possible.get(name, ())} for name, sha256 in dict(oracle.acknowledged).items()
        }
        before = len(oracle.history)
        ended = server.run("backup", str(archive))
        assert ended.returncode == 0, ended.stderr
        for name, sha256 in oracle.history[before:]:
            may_hold.setdefault(name, {None}).add(sha256)
        made.append(Backup(archive, may_hold))


def what_is_wrong_with(backup: Backup, course: str, folder: Path) -> list[str]:
    """Restore it and look."""
    with instance(folder / "scratch") as elsewhere:
        restored = folder / "restored"
        ended = elsewhere.run("restore", str(backup.archive), "--data-dir", str(restored))
        if ended.returncode:
            return [f"{backup.archive.name} cannot be restored: {ended.stderr}"]
    with instance(restored) as there:
        wrong = [f"{backup.archive.name}: {finding['detail']}" for finding in there.doctor()]
    with closing(sqlite3.connect(restored / "state.sqlite3")) as rows:
        statement = "select name, sha256 from sources where course_id = ? and deleted_at is null"
        held: dict[str, Sha256] = dict(rows.execute(statement, (course,)).fetchall())
    other = [n for n in {*held, *backup.may_hold} if held.get(n) not in backup.may_hold.get(n, {None})]
    return wrong + [f"{backup.archive.name} holds another {name} than there was" for name in sorted(other)]


def test_everything_at_once_loses_nothing_mixes_nothing_and_is_backed_up(tmp_path: Path) -> None:
    (tmp_path / "backups").mkdir()
    ends, backups = threading.Event(), list[Backup]()
    with instance(tmp_path / "data") as server:
        server.start()
        names = ("stars", "rivers")
        oracles = [Oracle(server, name, n, tuple(set(names) - {name})) for n, name in enumerate(names)]
        for oracle in oracles:
            oracle.make_course()
            oracle.upload()
            assert oracle.verify() == []
        askers = [Asker(oracles[n % 2]) for n in range(N_ASKERS)]
        busy = [threading.Thread(target=oracle.act_until, args=(ends, 0.3)) for oracle in oracles]
        busy += [threading.Thread(target=asker.ask_until, args=(ends,)) for asker in askers]
        busy.append(
            threading.Thread(target=back_up_until, args=(server, oracles[0], tmp_path / "backups", ends, backups))
        )
        for thread in busy:
            thread.start()
        ends.wait(LASTS_S)
        ends.set()
        for thread in busy:
            thread.join()

        wrong = [problem for asker in askers for problem in asker.problems]
        wrong += all_hold(server, oracles, thorough=True)
        for oracle in oracles:
            oracle.close()
    for n, backup in enumerate(backups):
        wrong += what_is_wrong_with(backup, oracles[0].course, tmp_path / f"restore-{n}")
    took = sorted(seconds for asker in askers for seconds in asker.took_s)
    acts = sum(oracle.counts["acknowledged"] for oracle in oracles)
    told = f"{len(took)} asks, p95 {took[int(len(took) * 0.95)] * 1000:.0f} ms, {acts} acknowledged changes"
    print(f"\n{told}, {len(backups)} backups restored")  # noqa: T201
    assert wrong == []
    assert backups
