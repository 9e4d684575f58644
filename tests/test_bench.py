"""The benchmark: asking and embedding in turns, on this machine, in one run."""

import json
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from evaluation_samples import make_answer
from hashing_embedder import HashingEmbedder
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from index.types import Vector
from tutor.cli.main import app
from tutor.evaluation.bench_answers import N_ROUNDS, N_WARM_UP, measure_answers, measure_throughput
from tutor.evaluation.bench_questions import evenly, read_bench_questions
from tutor.evaluation.bench_runtimes import measure_runtimes
from tutor.evaluation.durations import Percentiles
from tutor.evaluation.errors import QuestionSetInvalid
from tutor.evaluation.machine import describe_machine
from tutor.types import Answer


class Diary:
    """A tutor and an embedder that write down who was called with what."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, str]] = []
        self.embedder = DiaryEmbedder(self)

    def ask(self, question: str) -> Answer:
        self.calls.append(("ask", question))
        return replace(make_answer(), timing_ms={"retrieve": 2.0, "total": 3.0})


class DiaryEmbedder(HashingEmbedder):
    def __init__(self, diary: Diary) -> None:
        super().__init__()
        self.diary = diary

    def embed_query(self, query: str) -> Vector:
        self.diary.calls.append(("embed", query))
        return super().embed_query(query)


def test_asking_and_embedding_take_turns_and_so_does_who_goes_first() -> None:
    diary = Diary()

    speed = measure_answers(diary, diary.embedder, ["a", "b"])

    assert diary.calls[4:] == [("ask", "a"), ("embed", "a"), ("embed", "b"), ("ask", "b")]
    assert (speed.ask.n, speed.embedding.n) == (2, 2)
    assert speed.stages["retrieve"].p50_ms == 2.0


def test_warming_up_is_not_measured() -> None:
    diary = Diary()
    questions = [str(number) for number in range(20)]

    speed = measure_answers(diary, diary.embedder, questions)

    assert len(diary.calls) == 2 * (N_WARM_UP + 20)
    assert speed.ask.n == 20


def test_every_asker_waits_for_its_own_answer_while_the_others_ask() -> None:
    everybody = threading.Barrier(4, timeout=10)

    class Meeting(Diary):
        def ask(self, question: str) -> Answer:
            everybody.wait()
            return super().ask(question)

    meeting = Meeting()

    (measured,) = measure_throughput(meeting, meeting.embedder, ["q"] * 8, [4], at_once=4)

    assert (measured.askers, measured.ask.n, measured.embedding.n) == (4, 8 * N_ROUNDS, 8 * N_ROUNDS)
    assert measured.ask_per_s > 0


@given(st.lists(st.floats(0, 1e4), min_size=1))
def test_percentiles_lie_among_what_was_measured(durations_ms: list[float]) -> None:
    found = Percentiles.of(durations_ms)

    assert min(durations_ms) - 1e-3 <= found.p50_ms <= found.p95_ms <= max(durations_ms) + 1e-3


@given(st.integers(1, 30), st.integers(1, 60))
def test_as_many_questions_are_asked_as_wanted_none_twice_before_all_were_once(available: int, wanted: int) -> None:
    chosen = evenly(tuple(str(number) for number in range(available)), wanted)

    assert len(chosen) == wanted
    assert len(set(chosen)) == min(available, wanted)


@pytest.mark.parametrize(
    ("name", "content"), [("q.jsonl", '{"text": "Why?"}\n\n{"text": "How?"}\n'), ("q.txt", "Why?\nHow?\n")]
)
def test_questions_come_from_json_lines_or_plain_lines(tmp_path: Path, name: str, content: str) -> None:
    (tmp_path / name).write_text(content, encoding="utf-8")

    assert read_bench_questions(tmp_path / name) == ("Why?", "How?")


@pytest.mark.parametrize(
    ("name", "content"), [("q.jsonl", "[]"), ("q.jsonl", "{"), ("q.txt", "\n"), ("gone.txt", None)]
)
def test_a_file_without_questions_is_named(tmp_path: Path, name: str, content: str | None) -> None:
    if content is not None:
        (tmp_path / name).write_text(content, encoding="utf-8")

    with pytest.raises(QuestionSetInvalid, match=name):
        read_bench_questions(tmp_path / name)


def test_the_machine_is_described_so_that_numbers_can_be_read() -> None:
    machine = describe_machine()

    assert machine.cores >= 1
    assert machine.processor
    assert {"onnxruntime", "torch", "faiss-cpu", "numpy"} <= machine.packages.keys()


def test_the_command_measures_the_bundled_course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TUTOR_DATA_DIR", str(tmp_path))

    result = CliRunner().invoke(app, ["bench", "--json", "-n", "10", "--index-chunks", "10", "--askers", "1,2"])

    assert result.exit_code == 0, result.output
    measured = json.loads(result.stdout)
    assert measured["course_id"] == "deep-learning-in-medicine"
    assert measured["answers"]["ask"]["n"] == 10
    assert measured["answers"]["ratio_p50"] > 0
    assert [found["askers"] for found in measured["throughput"]] == [1, 2]
    assert measured["indexing"]["index_per_s"] > 0
    steps = [step["name"] for step in measured["process"]["steps"]]
    assert steps == ["interpreter", "imports", "model", "index", "tutor", "first ask"]
    assert measured["process"]["settled"]["rss_mb"] > 50
    assert measured["process"]["ready_s"] == pytest.approx(sum(s["seconds"] for s in measured["process"]["steps"][:5]))


def test_runtimes_take_turns_and_are_compared_with_the_first() -> None:
    diary = Diary()
    runtimes = {"one": diary.embedder, "other": DiaryEmbedder(diary)}

    one, other = measure_runtimes(runtimes, ["a", "b"], ["c", "d", "e"])

    assert [text for _, text in diary.calls[2:]] == ["a", "a", "b", "b"]
    assert (one.name, one.query_ratio, one.passages_ratio, one.least_cosine) == ("one", 1.0, 1.0, 1.0)
    assert (other.name, other.query.n) == ("other", 2)


def test_a_runtime_whose_vectors_differ_is_told() -> None:
    class Negated(HashingEmbedder):
        def embed_query(self, query: str) -> Vector:
            return -super().embed_query(query)

    _, negated = measure_runtimes({"one": HashingEmbedder(), "negated": Negated()}, ["a"], ["b"])

    assert negated.least_cosine == -1.0


def test_the_command_compares_the_runtimes_when_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TUTOR_DATA_DIR", str(tmp_path))
    small = ["-n", "10", "--index-chunks", "5", "--part", "asking"]

    result = CliRunner().invoke(app, ["bench", "--runtimes", *small])

    assert result.exit_code == 0, result.output
    assert "ONNX Runtime" in result.stdout
    assert "least cosine" in result.stdout
    assert "Askers at once" not in result.stdout


def test_a_course_that_is_not_there_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TUTOR_DATA_DIR", str(tmp_path))

    result = CliRunner().invoke(app, ["bench", "--course", "no-such-course"])

    assert result.exit_code == 2
    assert "no-such-course" in result.stderr
