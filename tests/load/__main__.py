"""``python tests/load FIGURE [--seconds S] [--n N] [--workers W] [--json FILE]``: one figure of a service under load.

It serves the bundled course and a small one in a data directory of its own, measures from a process of its own, and
prints a table. For figures to publish nothing else may run on the machine.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

TESTS = Path(__file__).parents[1]
sys.path[:0] = [str(TESTS), str(TESTS / "faults"), str(Path(__file__).parent)]

from brought import all_serve  # noqa: E402
from figures import (  # noqa: E402
    Figures,
    Load,
    concurrent_askers,
    leavers,
    memory,
    overload,
    slow_connections,
    start_up,
)
from instance import instance  # noqa: E402

BUNDLED, OTHER = "deep-learning-in-medicine", "stars"
FIGURES: dict[str, tuple[Callable[[Load], Figures], float, int]] = {  # what, seconds, how many
    "askers": (concurrent_askers, 60, 50),
    "memory": (memory, 0, 20_000),
    "overload": (overload, 60, 0),
    "slow": (slow_connections, 60, 500),
    "leavers": (leavers, 0, 1000),
    "startup": (start_up, 0, 5),
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python tests/load", description=__doc__)
    parser.add_argument("figure", nargs="+", choices=[*FIGURES, "all"])
    parser.add_argument("--seconds", type=float)
    parser.add_argument("--n", type=int)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--json", type=Path)
    wanted = parser.parse_args()
    names = list(FIGURES) if "all" in wanted.figure else wanted.figure
    found = {}
    with tempfile.TemporaryDirectory(prefix="course-tutor-load-") as folder:
        courses = Path(folder) / "courses"
        courses.mkdir()
        (courses / BUNDLED).symlink_to(TESTS.parent / "corpus" / "courses" / BUNDLED)
        (courses / OTHER).symlink_to(TESTS / "data" / OTHER)
        settings = {"TUTOR_COURSES_DIR": str(courses)}
        with instance(Path(folder) / "data", settings=settings, n_workers=wanted.workers) as server:
            server.start()
            all_serve(server)  # not only the first, which is ready long before the others
            for name in names:
                measure, seconds, n = FIGURES[name]
                load = Load(server, BUNDLED, _questions(), OTHER, ["What is a nebula?", "What is a red giant?"],
                            wanted.seconds or seconds, wanted.n or n)  # fmt: skip
                found[name] = measure(load)
                _show(name, found[name])
    if wanted.json:
        wanted.json.write_text(json.dumps(found, indent=2) + "\n")


def _questions() -> list[str]:
    lines = (TESTS / "data" / "seed-course" / "queries.jsonl").read_text().splitlines()
    return [json.loads(line)["text"] for line in lines]


def _show(name: str, figures: Figures) -> None:
    print(f"\n{name}")  # noqa: T201
    for what, figure in figures.items():
        if what != "points":
            print(f"  {what:38} {figure}")  # noqa: T201
    sys.stdout.flush()


if __name__ == "__main__":
    main()
