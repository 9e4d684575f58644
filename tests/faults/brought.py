"""A service that runs, with one course in it and the oracle that knows what is there."""

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from instance import Instance, instance
from oracle import Oracle
from served_workers import Workers


def all_serve(server: Instance, *, other_than: Sequence[int] = ()) -> None:
    """Wait until every worker serves, none of them one of these; a single process serves once it is ready."""
    if server.n_workers > 1:
        Workers(server.process, server.origin).wait_for(server.n_workers, other_than=dict(enumerate(other_than)))


@contextmanager
def brought(data_dir: Path, n_files: int = 2, **named: Any) -> Iterator[tuple[Instance, Oracle]]:
    """Started, every worker serving, a course made and files brought, all of them indexed."""
    with instance(data_dir, **named) as server:
        server.start()
        oracle = Oracle(server, "stars", 20261124, ("rivers",))
        with closing(oracle):
            oracle.make_course()
            all_serve(server)
            while sum(map(bool, oracle.acknowledged.values())) < n_files:
                oracle.upload()
            assert oracle.verify() == []
            yield server, oracle
