"""A service that runs, with one course in it and the oracle that knows what is there."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from instance import Instance, instance
from oracle import Oracle


@contextmanager
def brought(data_dir: Path, n_files: int = 2, **named: Any) -> Iterator[tuple[Instance, Oracle]]:
    """Started, a course made and files brought, all of them indexed."""
    with instance(data_dir, **named) as server:
        server.start()
        oracle = Oracle(server, "stars", 20261124, ("rivers",))
        with closing(oracle):
            oracle.make_course()
            while sum(map(bool, oracle.acknowledged.values())) < n_files:
                oracle.upload()
            assert oracle.verify() == []
            yield server, oracle
