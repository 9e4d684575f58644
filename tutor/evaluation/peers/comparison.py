"""The tutor and the toolkits on one question set: how well they rank, how fast, and with what memory."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from corpus.chunking import embedding_text
from index.bundled_model import BundledModel
from index.protocols import Embedder, Progress
from tutor.evaluation.beir_questions import read_question_set
from tutor.evaluation.corpus_index import open_corpus_index
from tutor.evaluation.errors import EvaluationError
from tutor.evaluation.machine import Machine, describe_machine
from tutor.evaluation.peers.held_out import fit_rankers, keep
from tutor.evaluation.peers.systems import ENTRIES, HELD_OUT, OURS, Entry
from tutor.evaluation.peers.task import Asked, Passage, Task, write_task
from tutor.evaluation.peers.tournament import Arena, Speeds, build_stores, measure, rank
from tutor.evaluation.ranking_scores import mean_scores, score_rankings


@dataclass(frozen=True, slots=True)
class Amounts:
    """How much is measured."""

    rounds: int = 3
    sample: int = 500  # passages that are indexed when that is timed
    questions: int = 150


@dataclass(frozen=True, slots=True)
class Row:
    """One system, runtime and way of searching."""

    system: str
    runtime: str
    way: str
    index_per_s: float
    load_s: float  # importing the toolkit and loading the model
    open_s: float
    p50_ms: float
    p95_ms: float
    per_s: float  # eight clients
    rss_mb: float  # serving, after all questions
    build_peak_mb: float
    disk_mb: float
    ndcg_at_10: dict[str, float]  # by question set


@dataclass(frozen=True, slots=True)
class Comparison:
    """Everything that one run compared."""

    machine: Machine
    speed_set: str
    n_passages: dict[str, int]  # by question set
    n_questions: dict[str, int]
    amounts: Amounts
    rows: tuple[Row, ...]
    held_out: dict[str, float]  # nDCG@10 of our search with a ranker that never saw the set; empty if not fitted
    packages: dict[str, dict[str, str]]  # by environment
    missing: tuple[str, ...]  # environments that are not there


@dataclass(frozen=True, slots=True)
class _Set:
    task: Task
    relevance: dict[str, dict[str, int]]
    n_passages: int


def compare_with_peers(  # noqa: PLR0913  (what is compared, where, how much of it)
    folders: Sequence[Path],
    arena: Arena,
    embedder: Embedder,
    root: Path,
    amounts: Amounts,
    *,
    held_out: bool,
    report: Progress,
) -> Comparison:
    """Build and judge on every question set, then measure on the first one.

    Args:
        folders: Question sets in BEIR layout.
        arena: Where the systems run.
        embedder: Ours, for our own indexes.
        root: Where our own indexes of question sets lie.
        amounts: How much is measured.
        held_out: Whether to judge our ranker as it is where it never saw a set, too.
        report: Told how far it is.

    Raises:
        EvaluationError: No toolkit is there, or one of them failed.
    """
    machine = describe_machine()
    entries = tuple(entry for entry in ENTRIES if arena.has(entry))
    missing = tuple(dict.fromkeys(entry.environment for entry in ENTRIES if not arena.has(entry)))
    if all(entry.system == OURS for entry in entries):
        raise EvaluationError(f"{arena.environments} has no environment of a toolkit; make them: make peers")
    sets = [_prepare(folder, arena.folder, embedder, root, report) for folder in folders]
    stores = [build_stores(arena, found.task, entries, report) for found in sets]
    judged = (*entries, HELD_OUT) if held_out else entries
    for name, trees in (fit_rankers(folders, embedder, root) if held_out else {}).items():
        keep(trees, next(found.task.folder for found in sets if found.task.name == name))
    scores = {found.task.name: _judge(found, arena, judged, report) for found in sets}
    speeds = measure(
        arena,
        sets[0].task,
        entries,
        rounds=amounts.rounds,
        sample=amounts.sample,
        questions=amounts.questions,
        report=report,
    )
    return Comparison(
        machine=machine,
        speed_set=sets[0].task.name,
        n_passages={found.task.name: found.n_passages for found in sets},
        n_questions={found.task.name: len(found.relevance) for found in sets},
        amounts=amounts,
        rows=tuple(_row(speed, stores[0], scores) for speed in speeds),
        held_out={name: found[OURS, HELD_OUT.way] for name, found in scores.items()} if held_out else {},
        packages={speed.entry.environment: dict(speed.packages) for speed in speeds},
        missing=missing,
    )


def _prepare(folder: Path, kept: Path, embedder: Embedder, root: Path, report: Progress) -> _Set:
    """A set as a task. Follow-ups are left out: alone they mean nothing, and the toolkits read no conversations."""
    index = open_corpus_index(folder, embedder, root, progress=report)
    questions = [q for q in read_question_set(folder).questions if q.relevance and not q.history]
    name = folder.resolve().name
    passages = [Passage(chunk.chunk_id, chunk.document_id, embedding_text(chunk)) for chunk in index.chunks]
    asked = [Asked(question.question_id, question.text) for question in questions]
    # The same work has the same folder, and what the toolkits have made of it there is taken up again.
    work = hashlib.sha256(repr((passages, asked)).encode()).hexdigest()[:12]
    task = Task(kept / f"{name}-{work}", name, index.course_id, str(root), str(BundledModel.open().folder))
    write_task(task, passages, asked)
    np.save(task.vectors, index.vectors_of(index.chunks))
    return _Set(task, {q.question_id: dict(q.relevance) for q in questions}, len(index.chunks))


def _judge(found: _Set, arena: Arena, entries: Sequence[Entry], report: Progress) -> dict[tuple[str, str], float]:
    scores = {}
    for key, rankings in rank(arena, found.task, entries, report).items():
        mean = mean_scores(list(score_rankings(rankings, found.relevance).values()))
        scores[key] = round(mean.ndcg_at_10, 4) if mean else 0.0
    return scores


def _row(speeds: Speeds, stores: dict[str, dict[str, Any]], scores: dict[str, dict[tuple[str, str], float]]) -> Row:
    entry, served, built = speeds.entry, speeds.served, speeds.built
    return Row(
        entry.system,
        entry.runtime,
        entry.way,
        index_per_s=round(built["n"] / built["index_s"], 1),
        load_s=served["load_s"],
        open_s=served["open_s"],
        p50_ms=served["p50_ms"],
        p95_ms=served["p95_ms"],
        per_s=round(served["per_s"], 1),
        rss_mb=served["rss_mb"],
        build_peak_mb=built["peak_mb"],
        disk_mb=round(stores[entry.system]["disk_mb"], 1),
        ndcg_at_10={name: found[entry.system, entry.way] for name, found in scores.items()},
    )
