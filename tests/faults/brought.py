"""A service that runs, with one course in it and the oracle that knows what is there."""

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from instance import Instance, instance
from oracle import Oracle
from served_workers import Workers

WORKERS_WITHIN_S = 300.0  # one after another; a busy machine is no fault


def all_serve(server: Instance, *, other_than: Sequence[int] = ()) -> None:
    """Wait until every worker serves, none of them one of these; a single process serves once it is ready."""
    if server.n_workers > 1:
        old = dict(enumerate(other_than))
        Workers(server.process, server.origin).wait_for(server.n_workers, other_than=old, within_s=WORKERS_WITHIN_S)


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
