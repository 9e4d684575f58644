"""What a measurement was made on: numbers of two machines, or of a busy one, do not compare."""

import os
import platform
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

_PACKAGES = ("course-tutor", "onnxruntime", "torch", "sentence-transformers", "faiss-cpu", "bm25s", "numpy")


@dataclass(frozen=True, slots=True)
class Machine:
    """Facts about the machine and the software on it."""

    processor: str
    cores: int  # that this process may use
    load_average: float  # of the minute before measuring: work that others had the machine do
    system: str
    python: str
    packages: dict[str, str]


def describe_machine() -> Machine:
    """Look at the machine this runs on."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return Machine(
        processor=_processor(),
        cores=cores,
        load_average=round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else 0.0,
        system=f"{platform.system()} {platform.machine()}",
        python=platform.python_version(),
        packages={name: found for name in _PACKAGES if (found := _version(name))},
    )


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:  # not Linux
        return platform.processor() or "unknown"
    named = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(named, platform.processor() or "unknown")


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""
