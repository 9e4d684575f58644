"""The layout is the architecture diagram: these contracts keep it true."""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
PACKAGES = ("corpus", "index", "tutor", "ui")
MODULES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))


def test_imports_point_back_along_the_pipeline_and_third_parties_have_one_door() -> None:
    lint = [str(Path(sys.executable).with_name("lint-imports")), "--no-logo", "--no-cache"]

    result = subprocess.run(lint, cwd=ROOT, capture_output=True, text=True, check=False)

    assert result.returncode == 0, result.stdout + result.stderr
    assert "0 broken" in result.stdout


def test_every_module_says_what_it_does() -> None:
    silent = [str(path.relative_to(ROOT)) for path in MODULES if not path.read_text("utf-8").lstrip().startswith('"""')]

    assert silent == []


def test_a_file_has_one_subject_and_fits_on_a_few_screens() -> None:
    long = {
        str(path.relative_to(ROOT)): n
        for path in MODULES
        if path.parent.name != "versions"  # generated
        and (n := len(path.read_text("utf-8").splitlines())) > 300
    }

    assert long == {}


def test_no_module_is_a_heap() -> None:
    heaps = {"utils", "util", "common", "helpers", "helper", "misc", "manager"}

    assert [str(path.relative_to(ROOT)) for path in MODULES if path.stem in heaps] == []


def test_nothing_is_unpickled_and_no_remote_code_is_trusted() -> None:
    forbidden = re.compile(
        r"^\s*(?:import|from) (?:pickle|joblib|shelve|marshal)\b|allow_pickle=True|trust_remote_code=True", re.M
    )

    assert [str(path.relative_to(ROOT)) for path in MODULES if forbidden.search(path.read_text("utf-8"))] == []
