"""``course-tutor eval`` from end to end, with the real model."""

import json
from pathlib import Path

import ir_measures
import pytest
from click.testing import Result
from typer.testing import CliRunner

from tutor.cli.main import app

SEED = Path(__file__).parent / "data" / "seed-course"


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("data")


@pytest.fixture(autouse=True)
def _data_dir_is_set(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TUTOR_DATA_DIR", str(data_dir))


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, ["eval", *map(str, arguments)])


def test_the_seed_set_gives_the_scores_that_clients_read_and_a_run_that_scores_the_same(tmp_path: Path) -> None:
    result = run(SEED, "--json", "--run", tmp_path / "seed.run", "--save", tmp_path / "seed.json")

    assert result.exit_code == 0, result.output
    card = json.loads(result.stdout)
    assert card["set"] == "seed-course"
    assert card["overall"]["n"] == 60
    assert card["refusal"]["n_refuse"] == 30
    assert card["citations"]["verbatim"] == 1.0
    assert card["latency_ms"]["p50"] > 0
    assert json.loads((tmp_path / "seed.json").read_text(encoding="utf-8")) == card
    qrels: dict[str, dict[str, int]] = {}
    for line in (SEED / "qrels.tsv").read_text(encoding="utf-8").splitlines()[1:]:
        question_id, document_id, grade = line.split("\t")
        qrels.setdefault(question_id, {})[document_id] = int(grade)
    scored = ir_measures.calc_aggregate(
        [ir_measures.nDCG @ 10], qrels, list(ir_measures.read_trec_run(str(tmp_path / "seed.run")))
    )
    assert scored[ir_measures.nDCG @ 10] == pytest.approx(card["overall"]["ndcg@10"], abs=1e-4)


def test_the_same_scores_pass_the_comparison_and_better_ones_before_do_not(tmp_path: Path) -> None:
    run(SEED, "--limit", "20", "--save", tmp_path / "before.json")
    better = json.loads((tmp_path / "before.json").read_text(encoding="utf-8"))
    better["overall"]["ndcg@10"] += 0.1
    (tmp_path / "better.json").write_text(json.dumps(better), encoding="utf-8")

    same = run(SEED, "--limit", "20", "--against", tmp_path / "before.json")
    worse = run(SEED, "--limit", "20", "--against", tmp_path / "better.json")

    assert same.exit_code == 0, same.output
    assert worse.exit_code == 1
    assert "worse" in worse.stdout


def test_the_worst_questions_go_to_standard_error_when_json_is_wanted() -> None:
    result = run(SEED, "--limit", "30", "--worst", "2", "--json")

    assert json.loads(result.stdout)["set"] == "seed-course"
    assert "Ranked worst" in result.stderr or "Answered, though" in result.stderr


def test_an_instructors_csv_is_scored_on_a_course(tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    path.write_text(
        "question;expected\nWhat is radiomics?;Radiomics\nWhat does the course cost?;refuse\n", encoding="utf-8-sig"
    )

    result = run(path, "--course", "deep-learning-in-medicine", "--json")

    assert result.exit_code == 0, result.output
    card = json.loads(result.stdout)
    assert (card["set"], card["overall"]["n"], card["refusal"]["n_refuse"]) == ("mine", 1, 1)
    assert card["overall"]["success@1"] == 1.0
    assert card["citations"]["recall"] == 1.0


def test_a_wrong_term_in_a_csv_is_named_with_its_row(tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    path.write_text("question,expected\nWhat is radiomics?,Radiomix\n", encoding="utf-8")

    result = run(path, "--course", "deep-learning-in-medicine")

    assert result.exit_code == 2
    assert "row 2" in result.stderr
    assert "Radiomics" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["nowhere"], "nowhere"),
        (["nowhere.csv"], "--course"),
        ([str(SEED), "--against", "gone.json"], "gone.json"),
        ([str(SEED), "--course", "some-course"], "--course"),
        ([str(SEED.parent)], "qrels.tsv"),
        ([str(SEED), "--save", "no-such-folder/seed.json"], "no-such-folder"),
    ],
)
def test_what_is_missing_is_named(arguments: list[str], named: str) -> None:
    result = run(*arguments)

    assert result.exit_code == 2
    assert named in result.stderr
