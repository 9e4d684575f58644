"""The comparison with other toolkits: what is ours always, the toolkits themselves where they are installed."""

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from corpus.course_folder import read_course
from index.builder import build_generation
from index.bundled_model import BundledModel
from index.onnx_embedder import OnnxEmbedder
from tutor.cli.main import app
from tutor.evaluation.machine import describe_machine
from tutor.evaluation.peers.comparison import Amounts, Comparison, Row
from tutor.evaluation.peers.report import behind, ranking_figures, speed_figures
from tutor.evaluation.peers.systems import ENTRIES, HELD_OUT, OURS, Entry
from tutor.evaluation.peers.task import Asked, Passage, Task, write_task
from tutor.evaluation.peers.tournament import Arena, PeerFailed, measure, rank
from tutor.tutor import Tutor

ROOT = Path(__file__).parents[1]
BUNDLED_COURSE = ROOT / "corpus" / "courses" / "deep-learning-in-medicine"
SEED_COURSE = ROOT / "tests" / "data" / "seed-course"
ENVIRONMENTS = os.environ.get("COURSE_TUTOR_PEERS", "")
OUR_SEARCH = Entry(OURS, "onnx", "search")

ROW = Row(OURS, "onnx", "search", 100.0, 0.5, 1.0, 4.0, 8.0, 250.0, 300.0, 350.0, 20.0, {"astronomy": 0.9})


def compared(*rows: Row) -> Comparison:
    machine, amounts = describe_machine(), Amounts(1, 10, 10)
    return Comparison(machine, "astronomy", {"astronomy": 100}, {"astronomy": 10}, amounts, rows, {}, {}, ())


@pytest.fixture
def task(bundled_tutor: Tutor, embedder: OnnxEmbedder, tmp_path: Path) -> Task:
    index = bundled_tutor.index
    build_generation(read_course(BUNDLED_COURSE), embedder, tmp_path)
    task = Task(tmp_path / "task", "bundled", index.course_id, str(tmp_path), str(BundledModel.open().folder))
    passages = [Passage(chunk.chunk_id, chunk.document_id, chunk.text) for chunk in index.chunks]
    write_task(task, passages, [Asked("1", "What is radiomics?"), Asked("2", "line\u2028break \u0085 and \ud7ff")])
    return task


def test_a_task_is_read_as_it_was_written(task: Task, bundled_tutor: Tutor) -> None:
    again = Task.read(task.folder)

    assert again == task
    assert [passage.passage_id for passage in again.passages] == [c.chunk_id for c in bundled_tutor.index.chunks]
    assert again.questions[1].text == "line\u2028break \u0085 and \ud7ff"


def test_ours_goes_through_the_door_that_the_toolkits_go_through(task: Task, tmp_path: Path) -> None:
    arena = Arena(tmp_path / "arena", tmp_path / "no environments")

    rankings = rank(arena, task, [OUR_SEARCH], no_progress)[OURS, "search"]
    (speeds,) = measure(arena, task, [OUR_SEARCH], rounds=1, sample=3, questions=2, report=no_progress)

    assert set(rankings) == {"1", "2"}
    assert speeds.served["p50_ms"] > 0
    assert speeds.built["n"] == 3
    assert speeds.packages["onnxruntime"]


def test_who_is_ahead_of_us_is_named_with_both_figures() -> None:
    faster = replace(ROW, system="txtai", way="hybrid", p50_ms=3.0, ndcg_at_10={"astronomy": 0.95})

    assert behind(compared(ROW, faster)) == (
        "p50: 4, behind txtai, vectors and BM25, onnx (3)",
        "nDCG@10 on astronomy: 0.9, behind txtai, vectors and BM25, onnx (0.95)",
    )
    assert behind(compared(ROW, replace(ROW, system="txtai", way="hybrid", p50_ms=5.0))) == ()


def test_runtimes_have_rows_of_their_own_for_speed_and_share_one_for_ranking() -> None:
    rows = [replace(ROW, system="txtai", way="vector", runtime=runtime) for runtime in ("onnx", "torch")]

    comparison = compared(ROW, *rows)

    assert len(speed_figures(comparison).rows) == 3
    assert [row[0] for row in ranking_figures(comparison).rows] == ["course-tutor: search", "txtai: vectors"]


def test_every_toolkit_has_its_requirements_and_torch_is_pinned_in_each() -> None:
    folder = ROOT / "tutor" / "evaluation" / "peers" / "requirements"
    files = {file.stem: file.read_text("utf-8") for file in folder.glob("*.txt")}

    assert set(files) == {entry.environment for entry in ENTRIES if entry.system != OURS}
    assert all("\ntorch==2.13.0\n" in text for text in files.values())
    assert HELD_OUT not in ENTRIES


def test_without_a_toolkit_the_command_says_how_to_get_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TUTOR_DATA_DIR", str(tmp_path))

    result = CliRunner().invoke(app, ["bench", "peers", str(tmp_path), str(SEED_COURSE)])

    assert result.exit_code == 2
    assert "make peers" in result.stderr


def test_a_toolkit_that_fails_is_named_with_what_it_said(task: Task, tmp_path: Path) -> None:
    arena = Arena(tmp_path / "arena", tmp_path)

    with pytest.raises(PeerFailed, match=r"course-tutor .* failed to serve: .*no index"):
        arena.run("serve", OUR_SEARCH, task, store=tmp_path / "nothing here")


@pytest.mark.skipif(not ENVIRONMENTS, reason="COURSE_TUTOR_PEERS names no folder of environments; make peers")
def test_every_toolkit_does_the_same_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TUTOR_DATA_DIR", str(tmp_path))
    small = ["--rounds", "1", "--sample", "10", "-n", "10", "--json"]

    result = CliRunner().invoke(app, ["bench", "peers", ENVIRONMENTS, str(SEED_COURSE), *small])

    assert result.exit_code == 0, result.output
    rows = json.loads(result.stdout)["rows"]
    assert len(rows) == len(ENTRIES)
    # The same weights on the same texts: wherever only vectors count, everybody ranks alike.
    assert len({row["ndcg_at_10"]["seed-course"] for row in rows if row["way"] in {"vector", "faiss"}}) == 1


def no_progress(stage: str, done: int, total: int) -> None:
    """Nobody looks."""
