"""What is not needed is not imported, and what is needed unpickles nothing."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from tutor.cli.commands import COMMANDS
from tutor.cli.main import app

ROOT = Path(__file__).parents[1]
HEAVY = ("torch", "sentence_transformers", "transformers", "gradio", "faiss", "onnxruntime", "mcp", "sqlalchemy")

HELP = """
import json, sys
from tutor.cli.main import app
try:
    app(["--help"])
except SystemExit as end:
    assert not end.code
print(json.dumps(sorted(sys.modules)))
"""

# Everything a service does with the bundled model, in one process: every format is read in it, too.
WORK = """
import json, sys
unpickled = []

def watch(event, arguments):
    if event == "pickle.find_class":
        frame, seen = sys._getframe(1), []
        while frame is not None:
            seen.append(frame.f_code.co_filename)
            frame = frame.f_back
        unpickled.append([*map(str, arguments), *seen[:12]])

sys.addaudithook(watch)
import pickle
assert pickle.loads(pickle.dumps(json.JSONDecodeError)) and unpickled, "the hook hears nothing"
unpickled.clear()

import asyncio
from pathlib import Path
from every_format import every_format
from tutor.api.identity import Access
from tutor.bootstrap import open_asking, open_parts
from tutor.ingest.readings import read_here
from tutor.records.asking import Asker
from tutor.settings import Settings
from tutor.observing.traces import start_traces_if_wanted
from ui.asgi import create_app

assert not start_traces_if_wanted()
data = Path(sys.argv[1])
for brought in every_format():
    path = data / "courses" / "sea" / brought.name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(brought.data)
settings = Settings(data_dir=data / "data", courses_dir=data / "courses")
parts = open_parts(settings, read=read_here)
parts.library.load()
asking = open_asking(settings, parts.database)
tutor = parts.library.tutor("sea")
answers = [asking.ask(tutor, brought.question, (), Asker("", "cli")).status for brought in every_format()]
asking.close()
access = Access(parts.database)

async def build():
    return create_app(settings, access, base_url="http://127.0.0.1:1", library=parts.library, intake=parts.intake)

asyncio.run(build())
access.close()
parts.close()
print(json.dumps({"answers": answers, "modules": sorted(sys.modules), "unpickled": unpickled}))
"""


def run(program: str, *arguments: str) -> Any:
    """What a program prints last, as JSON; it runs in a fresh interpreter."""
    command = [sys.executable, "-c", program, *arguments]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("OTEL_")}
    done = subprocess.run(command, cwd=ROOT / "tests", env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


@pytest.fixture(scope="module")
def worked(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return dict(run(WORK, str(tmp_path_factory.mktemp("data"))))


def test_help_imports_nothing_heavy() -> None:
    imported = run(HELP)

    assert [name for name in HEAVY if name in imported] == []


def test_the_list_of_commands_says_what_each_says_itself() -> None:
    group = get_command(app)

    with group.make_context("course-tutor", ["courses"]) as context:
        own = {
            name: command.make_context(name, ["--help"], parent=context, resilient_parsing=True).command.help
            for name, command in group.commands.items()  # type: ignore[attr-defined]
        }

    assert {name: (text or "").partition("\n")[0] for name, text in own.items()} == {
        name: subcommand.says for name, subcommand in COMMANDS.items()
    }


def test_serving_the_bundled_model_needs_no_torch(worked: dict[str, Any]) -> None:
    assert "answered" in worked["answers"]
    assert "onnxruntime" in worked["modules"]
    assert [name for name in ("torch", "sentence_transformers", "transformers") if name in worked["modules"]] == []


def test_traces_that_nobody_collects_are_not_even_imported(worked: dict[str, Any]) -> None:
    assert [name for name in worked["modules"] if name.startswith("opentelemetry.") and "sdk" in name] == []


def test_nothing_is_unpickled_while_every_format_is_indexed_and_asked(worked: dict[str, Any]) -> None:
    assert worked["answers"].count("answered") >= len(worked["answers"]) - 1
    assert worked["unpickled"] == []
