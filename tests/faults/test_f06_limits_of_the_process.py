"""F06: no more open files than a few, or no file larger than so much, set on every process that answers."""

import resource
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
from abilities import only_on_demand
from brought import brought
from instance import Instance
from invariants import all_hold

pytestmark = only_on_demand

MORE_FILES = 6  # than a process has open


@contextmanager
def limited(server: Instance, limit: int, *, to: int = 0) -> Iterator[None]:
    """A limit on every process that answers; without ``to``, a few more files than it has."""
    before = {pid: resource.prlimit(pid, limit) for pid in server.answering()}
    for pid, (_, most) in before.items():
        soft = to or len(list(Path(f"/proc/{pid}/fd").iterdir())) + MORE_FILES
        resource.prlimit(pid, limit, (soft, most))
    try:
        yield
    finally:
        for pid, both in before.items():
            resource.prlimit(pid, limit, both)


def test_too_few_open_files_refuse_and_pass(tmp_path: Path) -> None:
    with brought(tmp_path / "data") as (server, oracle):
        statuses: list[int] = []

        def ask() -> None:
            try:
                with server.client(timeout=20) as http:
                    statuses.append(http.post(f"{oracle.path}/ask", json={"question": "What is it?"}).status_code)
            except httpx.TransportError:
                statuses.append(0)

        threads = [threading.Thread(target=ask) for _ in range(24)]
        with limited(server, resource.RLIMIT_NOFILE):
            for thread in threads:
                thread.start()
            oracle.upload()
            for thread in threads:
                thread.join()

        assert len(statuses) == 24  # nobody hangs
        assert 200 in statuses
        assert set(statuses) <= {200, 503, 0}  # 0: there was no file left to accept the connection with
        oracle.problems.clear()  # what failed for want of a file was injected
        oracle.retry_failed()
        assert oracle.ask() is not None
        assert all_hold(server, [oracle], thorough=True) == []
        print(f"\nasked with few files: {sorted(statuses)}")  # noqa: T201


def test_a_file_size_limit_refuses_uploads_and_kills_nothing(tmp_path: Path) -> None:
    with brought(tmp_path / "data") as (server, oracle):
        with limited(server, resource.RLIMIT_FSIZE, to=64):
            oracle.counts.clear()
            oracle.upload()
            assert oracle.counts == {"507": 1}
            assert oracle.ask() is not None
        oracle.retry_failed()
        assert all_hold(server, [oracle], thorough=True) == []
