"""The parts of the benchmark, each in small: memory, serving over HTTP, growth, plots."""

import json
import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest
import typer
from hypothesis import given
from hypothesis import strategies as st
from typer.main import get_command
from typer.testing import CliRunner

from tutor.cli.bench import bench_app
from tutor.cli.bench_output import whole_numbers
from tutor.cli.main import app
from tutor.evaluation.bench_load import recall_at
from tutor.evaluation.bench_serving import Address, ServiceNotReady, measure_served
from tutor.evaluation.figures import Figures
from tutor.evaluation.plots import Line, Panel, draw
from tutor.evaluation.process_memory import memory_of
from tutor.tutor import Tutor

ROOT = Path(__file__).parents[1]
SEED_COURSE = ROOT / "tests" / "data" / "seed-course"


class StandIn(BaseHTTPRequestHandler):
    """Answers every question, but for one in five, which is told to wait; "broken" breaks it."""

    asked = 0
    counting = threading.Lock()
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        with self.counting:
            StandIn.asked += 1
            turned_away = StandIn.asked % 5 == 0
        self.send_response(500 if body["question"] == "broken" else 429 if turned_away else 200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *args: object) -> None: ...


@pytest.fixture
def service() -> Iterator[Address]:
    StandIn.asked = 0
    with ThreadingHTTPServer(("127.0.0.1", 0), StandIn) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield Address(f"http://127.0.0.1:{server.server_port}", "astronomy")
        server.shutdown()


def no_progress(stage: str, done: int, total: int) -> None:
    """Nobody looks."""


def test_a_service_is_asked_by_one_and_by_more_and_those_told_to_wait_are_counted(service: Address) -> None:
    one, four = measure_served(service, ["q"] * 40, [1, 4], no_progress)

    assert (one.askers, four.askers) == (1, 4)
    assert one.refused + four.refused == 16
    assert one.per_s > 0
    assert one.p50_ms <= one.p95_ms


def test_a_service_that_breaks_is_not_measured(service: Address) -> None:
    with pytest.raises(ServiceNotReady, match=r"answered \[500\]"):
        measure_served(service, ["broken"] * 10, [2], no_progress)


def test_the_command_asks_a_service_that_runs_already(service: Address, tmp_path: Path) -> None:
    options = ["--url", service.url, "--course", "astronomy", "-n", "10", "--askers", "1,2", "--plots", str(tmp_path)]

    document = tmp_path / "figures.md"
    document.write_text("Before\n<!-- course-tutor bench serving -->\nof before\n<!-- end -->\nafter\n", "utf-8")

    result = CliRunner().invoke(app, ["bench", "serving", *options, "--into", str(document)])

    assert result.exit_code == 0, result.output
    assert "Over HTTP" in result.stdout
    written = document.read_text("utf-8")
    assert "| Over HTTP | answers/s |" in written
    assert "of before" not in written
    assert written.startswith("Before\n<!-- course-tutor bench serving -->\n")
    assert written.endswith("<!-- end -->\nafter\n")
    assert (tmp_path / "bench-serving.svg").read_text("utf-8").startswith("<?xml")


def test_the_command_grows_a_course_and_measures_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TUTOR_DATA_DIR", str(tmp_path))
    options = ["--sizes", "60", "-n", "10", "--plots", str(tmp_path), "--json"]

    result = CliRunner().invoke(app, ["bench", "growth", str(SEED_COURSE), *options])

    assert result.exit_code == 0, result.output
    (size,) = json.loads(result.stdout)["sizes"]
    assert size["n_chunks"] == 60
    assert size["ask_ms"]["total"][0] > 0
    assert (size["recall_on_topic"]["mean"], size["recall_off_topic"]["mean"]) == (1.0, 1.0)
    assert (tmp_path / "bench-growth.svg").is_file()


def test_recall_falls_where_near_chunks_are_not_found(bundled_tutor: Tutor) -> None:
    index = bundled_tutor.index

    class OneInTwo:
        """A search that overlooks every other chunk."""

        chunks = index.chunks
        vectors_of = index.vectors_of

        def candidates(self, query: str, **options: object) -> object:
            found = index.candidates(query, **options)  # type: ignore[arg-type]
            return found.only(np.argsort(-found.dense)[::2])

    recall = recall_at(10, OneInTwo(), index._embedder, ["What is radiomics?"])  # type: ignore[arg-type]

    assert recall is not None
    assert recall.mean == 0.5


def test_memory_that_is_taken_is_seen() -> None:
    before = memory_of("self")

    taken = np.ones(100 * 2**20, dtype=np.uint8)
    after = memory_of("self")

    assert len(taken) == 100 * 2**20
    assert 90 <= (after - before).private_mb <= 150
    assert after.pss_mb <= after.rss_mb


def test_a_document_without_a_place_for_the_tables_is_refused_before_anything_is_measured(tmp_path: Path) -> None:
    document = tmp_path / "figures.md"
    document.write_text("<!-- course-tutor bench -->\n<!-- end -->\n", "utf-8")

    result = CliRunner().invoke(app, ["bench", "growth", str(SEED_COURSE), "--into", str(document)])

    assert result.exit_code == 2
    assert "no place for the tables" in result.stderr


def test_the_document_names_commands_and_options_that_exist_and_has_a_place_for_each() -> None:
    document = (ROOT / "docs" / "benchmarks.md").read_text("utf-8")
    bench = get_command(bench_app)
    options = {name for command in (bench, *bench.commands.values()) for p in command.params for name in p.opts}

    named = set(re.findall(r"course-tutor bench ([a-z]+)", document))
    places = re.findall(r"<!-- course-tutor (bench[a-z ]*) -->\n(?:.*?)<!-- end -->", document, re.S)

    assert named == set(bench.commands)
    assert places == ["bench", *(f"bench {name}" for name in ("serving", "growth", "peers"))]
    assert set(re.findall(r"(?<=[ `])--[a-z][a-z-]*", document)) <= options


def test_a_folder_to_draw_into_must_be_there_before_anything_is_measured(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["bench", "growth", str(SEED_COURSE), "--plots", str(tmp_path / "gone")])

    assert result.exit_code == 2
    assert "there is no such folder" in result.stderr


@given(st.lists(st.integers(1, 64), min_size=1))
def test_numbers_are_read_each_once_from_small_to_large(numbers: list[int]) -> None:
    assert whole_numbers(",".join(map(str, numbers)), most=64) == tuple(sorted(set(numbers)))


@pytest.mark.parametrize("text", ["", "0", "1,,2", "a", "-1", "65", "1.5"])
def test_what_is_no_list_of_numbers_is_refused(text: str) -> None:
    with pytest.raises(typer.BadParameter, match="whole numbers"):
        whole_numbers(text, most=64)


def test_the_same_figures_give_the_same_plot(tmp_path: Path) -> None:
    panel = Panel("An ask", "chunks", "milliseconds", [Line("median", [1, 10], [2.0, 3.0])], logarithmic=True)
    bars = Panel("Eight clients", "queries a second", "", bars=[("course-tutor", 3.0), ("another", 2.0)])

    for name in ("a.svg", "b.svg"):
        draw([panel, bars], tmp_path / name)

    assert (tmp_path / "a.svg").read_bytes() == (tmp_path / "b.svg").read_bytes()


def test_figures_are_a_table_of_markdown_whatever_they_are_called() -> None:
    figures = Figures(("Name", "ms"), [("a|b", "1")])

    assert figures.for_document() == "| Name | ms |\n| --- | ---: |\n| a/b | 1 |\n"
