"""The documents name what there is, and nothing that is not."""

import io
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from chosen_store import environment_at
from rich.console import Console
from typer.main import get_command
from typer.testing import CliRunner

from tutor.cli.main import app
from tutor.settings import Settings

ROOT = Path(__file__).parents[1]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), ROOT / "corpus/README.md", ROOT / "index/README.md"])
OF_THE_TESTS = ("TUTOR_FAULTS", "TUTOR_FUZZ", "TUTOR_TEST_WORKERS")  # variables that no service reads


def test_env_example_names_every_setting_and_no_other() -> None:
    named = set(re.findall(r"^#?(TUTOR_[A-Z_]+)=", (ROOT / ".env.example").read_text("utf-8"), re.M))

    assert named == {f"TUTOR_{name.upper()}" for name in Settings.model_fields}


def test_the_list_of_commands_names_every_one() -> None:
    listed = (ROOT / "docs/commands.md").read_text("utf-8")
    commands = get_command(app).commands  # type: ignore[attr-defined]  # a typer app with subcommands is a click group

    assert [name for name in commands if f"course-tutor {name}" not in listed] == []


def test_make_help_lists_every_target() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    (phony,) = re.findall(r"^\.PHONY: (.*)$", makefile, re.M)
    described = set(re.findall(r"^([a-z]+):.*##", makefile, re.M))

    assert described == set(phony.split())


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_and_named_files_exist(document: Path) -> None:
    text = document.read_text("utf-8")
    links = [target for target in re.findall(r"\]\(([^)#\s]+)", text) if "://" not in target]
    named = re.findall(r"`((?:corpus|index|tutor|ui|tests|docs|deploy)/[\w./-]+\.(?:py|md|json|toml))(?::\w+)?`", text)

    missing = [target for target in links if not (document.parent / target).exists()]
    missing += [name for name in named if not (ROOT / name).exists()]

    assert missing == []


def test_no_document_holds_two_versions_of_itself() -> None:
    marks = re.compile(r"^(?:<{7} |={7}$|>{7} )", re.M)

    assert [path.name for path in DOCUMENTS if marks.search(path.read_text("utf-8"))] == []


def test_the_licence_is_the_one_the_package_states() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]

    assert project["license"] == "Apache-2.0"
    assert "Apache License" in (ROOT / "LICENSE").read_text("utf-8")


def test_nothing_of_the_workplace_is_in_the_documents() -> None:
    forbidden = re.compile(r"/(?:work|root|tmp)/|\.\./shared|https?://[^\s)]*/simple", re.I)
    everything = [*DOCUMENTS, ROOT / "Makefile", ROOT / "Dockerfile", ROOT / "pyproject.toml", ROOT / ".ci/run"]

    assert [str(path) for path in everything if path.exists() and forbidden.search(path.read_text("utf-8"))] == []


def test_the_examples_of_the_readme_are_what_the_program_prints(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (shown,) = re.findall(r"```console\n(.*?)```", (ROOT / "README.md").read_text("utf-8"), re.S)
    printed = io.StringIO()
    monkeypatch.setattr("tutor.cli.ask.out", Console(file=printed, width=120))

    for question in re.findall(r'^\$ course-tutor ask "(.*)"$', shown, re.M):
        printed.write(f'$ course-tutor ask "{question}"\n')
        result = CliRunner().invoke(app, ["ask", question], env=environment_at(tmp_path))
        assert result.exit_code == 0, result.output
        printed.write("\n")

    assert [line.rstrip() for line in printed.getvalue().strip().split("\n")] == shown.strip().split("\n")


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_commands_targets_and_settings_that_are_named_exist(document: Path) -> None:
    code = "\n".join(re.findall(r"```.*?```|`[^`\n]+`", document.read_text("utf-8"), re.S))
    makefile = (ROOT / "Makefile").read_text("utf-8")
    commands: dict[str, Any] = get_command(app).commands  # type: ignore[attr-defined]  # as above
    settings = {f"TUTOR_{name.upper()}" for name in Settings.model_fields} | set(OF_THE_TESTS)

    code = code.replace("--namespace course-tutor", "")
    named = re.findall(r"(?<![\w/'-])course-tutor ([a-z][a-z-]+)(?: ([a-z][a-z-]+))?", code)
    unknown = [first for first, _ in named if first not in commands]
    unknown += [f"{first} {second}" for first, second in named if is_unknown(commands.get(first), second)]
    unknown += [name for name in re.findall(r"\bmake ([a-z]+)", code) if f"\n{name}:" not in makefile]
    unknown += [name for name in re.findall(r"\bTUTOR_[A-Z_]+", code) if name not in settings]

    assert unknown == []


def is_unknown(command: Any, word: str) -> bool:
    """Whether a command of several takes the word for one of them; where it may be an argument, it may be anything."""
    choices = getattr(command, "commands", None)
    return bool(word and choices) and word not in choices and not command.invoke_without_command
