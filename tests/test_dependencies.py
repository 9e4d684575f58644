"""What we depend on: its licences, its lock, and a scan that does not pass what it could not look at."""

import json
import re
from collections.abc import Mapping
from importlib.metadata import Distribution
from pathlib import Path

import pytest
from dependencies import DEVELOPED, SERVED, closure, ours, plain, version_of
from packaging.version import Version
from scan_dependencies import failures
from write_sbom import served_only

ROOT = Path(__file__).parents[1]
LOCK = (ROOT / "requirements.lock").read_text("utf-8")

# Everybody may use, change and pass on what stands under these, together with ours; by SPDX, and as older metadata say.
ALLOWED = {
    "0BSD", "Apache-2.0", "Apache-2.0 WITH LLVM-exception", "BSD-2-Clause", "BSD-3-Clause", "BSL-1.0", "CC0-1.0",
    "CNRI-Python", "ISC", "MIT", "MIT-0", "MIT-CMU", "PSF-2.0", "Zlib",
    "Apache 2.0", "Apache 2.0 License", "Apache Software License", "BSD", "BSD 2-Clause License", "BSD License",
    "3-Clause BSD License", "ISC License (ISCL)", "MIT License", "Python Software Foundation License",
}  # fmt: skip

# Each with the reason why it may stay.
ODD: Mapping[str, str] = {
    "axe-playwright-python": "MIT by the LICENSE file in the package; for tests only",
    "certifi": "MPL-2.0: a list of certificates, used as it is; its own files stay under it",
    "fqdn": "MPL-2.0: for tests only",
    "frozendict": "LGPL-3.0, by way of genanki: imported as it is and exchangeable, which is all that the LGPL asks",
    "hypothesis": "MPL-2.0: for tests only",
    "orjson": "MPL-2.0 and MIT or Apache-2.0, by way of Gradio: used as it is; its own files stay under it",
    "pathspec": "MPL-2.0: for development only",
    "psycopg": "LGPL-3.0, an extra: imported as it is and exchangeable, which is all that the LGPL asks",
    "psycopg-binary": "LGPL-3.0, an extra: likewise",
    "pypdfium2": "BSD-3-Clause and Apache-2.0, and the permissive licences of what PDFium brings",
    "tqdm": "MPL-2.0 and MIT: used as it is; its own files stay under it",
}


def licences(distribution: Distribution) -> list[str]:
    """What a distribution says of itself; alternatives of one expression are one entry."""
    metadata = distribution.metadata
    if expression := metadata.get("License-Expression"):
        return [part.strip(" ()") for part in re.split(r" AND ", str(expression))]
    named = [c.rpartition(" :: ")[2] for c in metadata.get_all("Classifier", []) if c.startswith("License :: ")]
    return named or [str(metadata.get("License") or "none")]


def test_every_dependency_is_under_a_licence_that_we_allow() -> None:
    strange = {
        name: said
        for name, distribution in closure(DEVELOPED).items()
        if name not in ODD
        and (said := [each for each in licences(distribution) if not ALLOWED & set(re.split(r" OR ", each))])
    }

    assert strange == {}


def test_no_exception_is_made_for_what_is_not_there() -> None:
    assert set(ODD) - set(closure(DEVELOPED)) <= {"axe-playwright-python", "psycopg", "psycopg-binary"}


def locked() -> dict[str, str]:
    return {plain(name): version for name, version in re.findall(r"^([\w.-]+)==([^\s;\\]+)", LOCK, re.M)}


def test_the_lock_has_all_that_a_service_needs_in_versions_that_we_ask_for() -> None:
    of_torch = {"torch", "setuptools", "triton"}
    needed = {name for name in closure(SERVED) if name not in of_torch and not name.startswith(("nvidia-", "cuda-"))}
    unfit = {
        requirement.name: locked()[plain(requirement.name)]
        for requirement in ours(SERVED)
        if requirement.name != "torch" and Version(locked()[plain(requirement.name)]) not in requirement.specifier
    }

    assert needed - set(locked()) == set()
    assert unfit == {}


def test_every_file_in_the_lock_has_a_hash_and_no_place_is_named() -> None:
    blocks = re.split(r"\n(?=[\w])", LOCK.partition("pip install .\n")[2].strip())

    assert [
        block
        for block in blocks
        if not re.fullmatch(r"\S+==\S+(?: ;.*?)?(?: \\\n +--hash=sha256:[0-9a-f]{64})+", block)
    ] == []
    assert "://" not in LOCK
    assert "index-url" not in LOCK


NAMES = {"here": "1.0", "there": "2.0"}
HERE = {"name": "here", "version": "1.0", "vulns": []}


@pytest.mark.parametrize(
    ("found", "said"),
    [
        ([HERE, {"name": "There", "version": "2.0", "vulns": []}], []),
        ([HERE, {"name": "there", "skip_reason": "not found on PyPI"}], ["not looked up, 1 of 2: there"]),
        ([HERE], ["not looked up, 1 of 2: there"]),
        ([], ["not looked up, 2 of 2: here, there"]),
        (
            [HERE, {"name": "there", "version": "2.0", "vulns": [{"id": "CVE-1", "fix_versions": ["2.1"]}]}],
            ["there 2.0: CVE-1, fixed in ['2.1']"],
        ),
    ],
)
def test_a_scan_passes_only_what_was_looked_up_and_is_sound(found: list[dict[str, object]], said: list[str]) -> None:
    assert failures(found, NAMES) == said


def test_a_version_is_the_same_in_every_build() -> None:
    class Torch:
        version = "2.13.0+cpu"

    assert version_of(Torch()) == "2.13.0"  # type: ignore[arg-type]


def test_the_bill_of_materials_has_what_a_service_needs_with_a_licence_and_no_place_of_this_machine() -> None:
    served = {name: distribution for name, distribution in closure(SERVED).items() if name in ("fastapi", "protobuf")}
    names = ("FastAPI", "protobuf", "pytest")
    whole = {
        "bomFormat": "CycloneDX",
        "metadata": {"component": {"bom-ref": "root"}},
        "components": [
            {"name": name, "bom-ref": name, "externalReferences": [{"url": "file:///home"}, {"url": "https://x.org"}]}
            for name in names
        ],
        "dependencies": [{"ref": "root", "dependsOn": list(names)}, {"ref": "pytest"}],
    }

    bill = served_only(whole, served)

    assert [each["name"] for each in bill["components"]] == ["FastAPI", "protobuf"]
    assert bill["components"][1]["licenses"] == [{"license": {"name": "3-Clause BSD License"}}]
    assert bill["dependencies"] == [{"ref": "root", "dependsOn": ["FastAPI", "protobuf"]}]
    assert "file:" not in json.dumps(bill)
