"""Writes requirements.lock: ``python tests/lock_dependencies.py``. What a service needs, each file by its hash.

Every file of each version is listed, so the lock fits every system. torch is not in it, nor the libraries of its CUDA
builds: which build is right depends on the machine, and pyproject.toml pins its version.
"""

import re
import subprocess
import sys
from pathlib import Path

from dependencies import SERVED

ROOT = Path(__file__).parents[1]
LOCK = ROOT / "requirements.lock"
OF_TORCH = re.compile(r"(?:torch|triton|setuptools|nvidia-[\w-]+|cuda-[\w-]+)==")
HEAD = """# What a service needs but torch, each file by its hash; written by make lock. To install exactly this:
#   pip install --no-deps --require-hashes -r requirements.lock && pip install .
"""


def main() -> None:
    """Resolve what pyproject.toml asks for, keeping the versions that are locked already where they still fit."""
    before = LOCK.read_text("utf-8") if LOCK.exists() else ""
    pinned = LOCK.with_suffix(".before")
    pinned.write_text("".join(f"{line}\n" for line in re.findall(r"^[\w.-]+==[^\s;]+", before, re.M)))
    extras = [part for extra in SERVED for part in ("--extra", extra)]
    command = [sys.executable, "-m", "uv", "pip", "compile", "pyproject.toml", *extras, "--constraint", str(pinned)]
    options = ["--generate-hashes", "--no-header", "--no-annotate", "--no-emit-index-url", "--no-emit-find-links"]
    try:
        done = subprocess.run(
            [*command, *options, "--python-version", "3.11", "--quiet"],
            cwd=ROOT, capture_output=True, text=True, check=True,
        )  # fmt: skip
    finally:
        pinned.unlink()
    blocks = re.split(r"\n(?=\S)", done.stdout.strip())
    LOCK.write_text(HEAD + "".join(f"{block}\n" for block in blocks if not OF_TORCH.match(block)), "utf-8")


if __name__ == "__main__":
    main()
