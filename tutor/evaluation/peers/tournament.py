"""Runs every system in processes of its own, in turns, and takes medians. Knows none of the toolkits."""

import json
import os
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import tutor
from index.protocols import Progress
from tutor.evaluation.errors import EvaluationError
from tutor.evaluation.peers.systems import OURS, Entry
from tutor.evaluation.peers.task import Task

# No system may look for anything outside this machine, nor report to its makers.
_OFFLINE = {
    "HF_HUB_OFFLINE": "1",
    "TRANSFORMERS_OFFLINE": "1",
    "HAYSTACK_TELEMETRY_ENABLED": "False",
    "PYTHONUNBUFFERED": "1",
}
_LONGEST_S = 1800  # the slowest: embedding a textbook by torch on a busy machine

Json = dict[str, Any]


class PeerFailed(EvaluationError):
    """A system in its own process ended without a result."""

    def __init__(self, entry: Entry, work: str, said: str) -> None:
        last = said.strip().splitlines()[-1:] or ["it said nothing"]
        super().__init__(f"{entry.system} ({entry.runtime}, {entry.way}) failed to {work}: {last[0]}")


@dataclass(frozen=True, slots=True)
class Arena:
    """Where the systems run: a folder for what they keep, and a folder of virtual environments."""

    folder: Path
    environments: Path

    def python(self, entry: Entry) -> Path:
        """The interpreter of a system; ours is the one that runs this."""
        if entry.system == OURS:
            return Path(sys.executable)
        return self.environments / entry.environment / "bin" / "python"

    def has(self, entry: Entry) -> bool:
        """Whether the system's environment is there."""
        return self.python(entry).is_file()

    def run(self, work: str, entry: Entry, task: Task, *, store: Path | None = None, limit: int = 0) -> Json:
        """Let a system do one piece of work in a fresh process; see ``contestant``.

        Raises:
            PeerFailed: It ended with an error, or said nothing.
        """
        command = [
            str(self.python(entry)), "-m", "tutor.evaluation.peers.contestant", work,
            "--task", str(task.folder), "--system", entry.system, "--runtime", entry.runtime, "--way", entry.way,
            "--exported", str(self.folder / "exported"), "--limit", str(limit),
            *(("--store", str(store)) if store else ()),
        ]  # fmt: skip
        environment = {**os.environ, **_OFFLINE}
        if entry.system != OURS:
            environment["PYTHONPATH"] = str(self._source())
        done = subprocess.run(  # noqa: S603  (our own module, by an interpreter that the operator named)
            command, env=environment, capture_output=True, text=True, timeout=_LONGEST_S, check=False
        )
        if done.returncode or not done.stdout.strip():
            raise PeerFailed(entry, work, done.stderr)
        result: Json = json.loads(done.stdout.strip().splitlines()[-1])
        return result

    def _source(self) -> Path:
        """A folder with our package and nothing else, whatever lies beside it where we are installed."""
        source = self.folder / "source"
        source.mkdir(parents=True, exist_ok=True)
        link = source / "tutor"
        link.unlink(missing_ok=True)  # of an earlier run, and of a package that may be gone
        link.symlink_to(Path(next(iter(tutor.__path__))).resolve(), target_is_directory=True)
        return source


def build_stores(arena: Arena, task: Task, entries: Sequence[Entry], report: Progress) -> dict[str, Json]:
    """Have every system index the whole task, once; what is there already is kept.

    Each is given our vectors of the same texts, which its own equal to a rounding: embedding a textbook by every
    toolkit would take half an hour, and is timed on a sample anyway.

    Returns:
        By system, what indexing took; of use are the size on disk and the number of passages, for others may have been
        at work on the machine.
    """
    builders = _one_of_each(entries, lambda entry: entry.system, prefer="onnx")
    found: dict[str, Json] = {}
    for done, entry in enumerate(builders):
        report(f"indexing {task.name}", done, len(builders))
        store = store_of(task, entry)
        kept = store.parent / f"{store.name}.json"
        if entry.system == OURS:
            found[entry.system] = {"disk_mb": _size_mb(Path(task.root) / task.course_id)}
            continue
        if not kept.is_file():
            kept.write_text(json.dumps(arena.run("build", entry, task, store=store)), "utf-8")
        found[entry.system] = json.loads(kept.read_text("utf-8"))
    report(f"indexing {task.name}", len(builders), len(builders))
    return found


def rank(arena: Arena, task: Task, entries: Sequence[Entry], report: Progress) -> dict[tuple[str, str], Json]:
    """Rankings by system and way of searching; runtimes give the same vectors, so one of them is asked."""
    asked = _one_of_each(entries, lambda entry: f"{entry.system} {entry.way}", prefer="onnx")
    found: dict[tuple[str, str], Json] = {}
    for done, entry in enumerate(asked):
        report(f"ranking {task.name}", done, len(asked))
        kept = task.folder / f"rankings-{entry.system}-{entry.way}.json"
        if entry.system == OURS or not kept.is_file():
            result = arena.run("rank", entry, task, store=store_of(task, entry))
            kept.write_text(json.dumps(result["rankings"]), "utf-8")
        found[entry.system, entry.way] = json.loads(kept.read_text("utf-8"))
    report(f"ranking {task.name}", len(asked), len(asked))
    return found


@dataclass(frozen=True, slots=True)
class Speeds:
    """What was measured of one row, each the median over the rounds."""

    entry: Entry
    served: Mapping[str, float]
    built: Mapping[str, float]  # of a sample of the passages, by the same system and runtime
    packages: Mapping[str, str]


def measure(  # noqa: PLR0913  (what is to be measured, on what, how often)
    arena: Arena, task: Task, entries: Sequence[Entry], *, rounds: int, sample: int, questions: int, report: Progress
) -> tuple[Speeds, ...]:
    """Serve and index in fresh processes, round by round; the order turns around, so that nobody is always last."""
    builders = _one_of_each(entries, lambda entry: f"{entry.system} {entry.runtime}", prefer="onnx")
    served: dict[Entry, list[Json]] = {entry: [] for entry in entries}
    built: dict[tuple[str, str], list[Json]] = {(entry.system, entry.runtime): [] for entry in builders}
    total, done = rounds * (len(entries) + len(builders)), 0
    for number in range(rounds):
        turn = -1 if number % 2 else 1
        for entry in entries[::turn]:
            served[entry].append(arena.run("serve", entry, task, store=store_of(task, entry), limit=questions))
            report("side by side", done := done + 1, total)
        for entry in builders[::turn]:
            built[entry.system, entry.runtime].append(arena.run("build", entry, task, limit=sample))
            report("side by side", done := done + 1, total)
    return tuple(
        Speeds(
            entry,
            served=_medians(served[entry]),
            built=_medians(built[entry.system, entry.runtime]),
            packages=served[entry][0]["packages"],
        )
        for entry in entries
    )


def store_of(task: Task, entry: Entry) -> Path:
    """Where a system keeps its index of the whole task."""
    return Path(task.root) if entry.system == OURS else task.folder / "stores" / entry.store


def _one_of_each(entries: Iterable[Entry], key: Any, *, prefer: str) -> list[Entry]:  # noqa: ANN401
    chosen: dict[str, Entry] = {}
    for entry in entries:
        if key(entry) not in chosen or (chosen[key(entry)].runtime != prefer and entry.runtime == prefer):
            chosen[key(entry)] = entry
    return list(chosen.values())


def _medians(results: Sequence[Json]) -> dict[str, float]:
    return {
        name: round(median(float(result[name]) for result in results), 3)
        for name, value in results[0].items()
        if isinstance(value, int | float)
    }


def _size_mb(folder: Path) -> float:
    return round(sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) / 2**20, 1)
