"""What is installed because of us: the distributions that ours needs, theirs, and so on; by name, as installed here."""

import re
import tomllib
from collections.abc import Iterable, Mapping
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement

PYPROJECT = Path(__file__).parents[1] / "pyproject.toml"
SERVED = ("postgres", "telemetry")  # extras that a service may run with
DEVELOPED = (*SERVED, "dev")


def plain(name: str) -> str:
    """A distribution's name as registries compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def closure(extras: Iterable[str]) -> Mapping[str, Distribution]:
    """Every distribution that ours brings along with some extras; those that are not installed are left out."""
    found: dict[str, Distribution] = {}
    seen: set[tuple[str, str]] = set()
    left = [each for needed in ours(extras) for each in _wanted(needed, "")]
    while left:
        name, extra = left.pop()
        if (name, extra) in seen:
            continue
        seen.add((name, extra))
        try:
            found[name] = distribution(name)
        except PackageNotFoundError:  # for another system, or an extra that nobody installed
            continue
        left += [each for text in found[name].requires or () for each in _wanted(Requirement(text), extra)]
    return found


def ours(extras: Iterable[str]) -> list[Requirement]:
    """What pyproject.toml asks for."""
    project = tomllib.loads(PYPROJECT.read_text("utf-8"))["project"]
    optional = project["optional-dependencies"]
    return [Requirement(text) for text in (*project["dependencies"], *(t for extra in extras for t in optional[extra]))]


def _wanted(needed: Requirement, extra: str) -> list[tuple[str, str]]:
    if needed.marker is not None and not needed.marker.evaluate({"extra": extra}):
        return []
    return [(plain(needed.name), each) for each in ("", *needed.extras)]


def version_of(distribution: Distribution) -> str:
    """Its version, without the part that only names a build of it (torch's ``+cpu``)."""
    return distribution.version.partition("+")[0]
