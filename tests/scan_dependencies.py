"""Looks up known vulnerabilities of every dependency: ``python tests/scan_dependencies.py``; ends with 0 if it is well.

pip-audit passes over what its service does not know, and over everything where a mirror has no such service; then it
says that nothing was found. Here, what could not be looked up is a failure, and is said.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from dependencies import DEVELOPED, closure, version_of

# By id, each with the reason why it does not concern us and a date by which to look again.
ACCEPTED: Mapping[str, str] = {}


def audited(names: Mapping[str, str]) -> Sequence[Mapping[str, Any]]:
    """What pip-audit says of each distribution.

    Raises:
        RuntimeError: It could not do its work.
    """
    with tempfile.TemporaryDirectory() as folder:
        listed = Path(folder) / "installed.txt"
        listed.write_text("".join(f"{name}=={version}\n" for name, version in sorted(names.items())))
        options = ["--disable-pip", "--no-deps", "--format", "json", "--progress-spinner", "off"]
        command = [sys.executable, "-m", "pip_audit", "--requirement", str(listed), *options]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    try:
        return list(json.loads(done.stdout)["dependencies"])
    except (ValueError, KeyError):
        raise RuntimeError(f"pip-audit could not do its work: {done.stderr.strip().splitlines()[-1:]}") from None


def failures(found: Sequence[Mapping[str, Any]], names: Mapping[str, str]) -> list[str]:
    """Why the scan is not passed."""
    looked_up = {each["name"].lower() for each in found if "skip_reason" not in each}
    unknown = sorted(set(names) - looked_up)
    faults = [f"not looked up, {len(unknown)} of {len(names)}: {', '.join(unknown)}"] if unknown else []
    return faults + [
        f"{each['name']} {each['version']}: {known['id']}, fixed in {known['fix_versions']}"
        for each in found
        for known in each.get("vulns", ())
        if not ACCEPTED.keys() & {known["id"], *known.get("aliases", ())}
    ]


def main() -> int:
    """Scan, and say what was found."""
    names = {name: version_of(distribution) for name, distribution in closure(DEVELOPED).items()}
    try:
        faults = failures(audited(names), names)
    except RuntimeError as error:
        faults = [str(error)]
    for fault in faults:
        print(f"FAILED: {fault}")  # noqa: T201
    print(f"{len(names)} dependencies, {len(faults)} failures")  # noqa: T201
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
