"""Writes the list of what a service consists of (CycloneDX 1.6): ``python tests/write_sbom.py dist/sbom.cdx.json``.

cyclonedx-bom lists whatever is installed beside us; what only development needs is left out here, and so are places on
this machine.
"""

import json
import subprocess
import sys
from collections.abc import Mapping
from importlib.metadata import Distribution
from pathlib import Path
from typing import Any

from dependencies import PYPROJECT, SERVED, closure, plain


def everything() -> dict[str, Any]:
    """What cyclonedx-bom lists, the same for the same environment."""
    options = ["--pyproject", str(PYPROJECT), "--of", "JSON", "--output-reproducible", "--output-file", "-"]
    command = [sys.executable, "-m", "cyclonedx_py", "environment", *options, sys.executable]
    return dict(json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout))


def served_only(whole: Mapping[str, Any], served: Mapping[str, Distribution]) -> dict[str, Any]:
    """The same list of what a service needs, each with some licence; where only a text names it, that."""
    kept = [each for each in whole["components"] if plain(each["name"]) in served]
    for each in kept:
        references = each.get("externalReferences", [])
        each["externalReferences"] = [one for one in references if not one["url"].startswith("file:")]
        said = str(served[plain(each["name"])].metadata.get("License") or "see its own files").partition("\n")[0]
        each.setdefault("licenses", [{"license": {"name": said}}])
    known = {each["bom-ref"] for each in kept} | {whole["metadata"]["component"]["bom-ref"]}
    edges = [each for each in whole["dependencies"] if each["ref"] in known]
    for edge in edges:
        edge["dependsOn"] = [ref for ref in edge.get("dependsOn", ()) if ref in known]
    return {**whole, "components": kept, "dependencies": edges}


def main() -> None:
    """Write it."""
    target = Path(sys.argv[1])
    target.parent.mkdir(parents=True, exist_ok=True)
    bill = served_only(everything(), closure(SERVED))
    target.write_text(json.dumps(bill, indent=1) + "\n", "utf-8")
    print(f"{target}: {len(bill['components'])} components")  # noqa: T201


if __name__ == "__main__":
    main()
