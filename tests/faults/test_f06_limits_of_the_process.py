"""F06: no more open files than a few, or no file larger than so much, set on a server that runs."""

import resource
import threading
from pathlib import Path

import httpx
from abilities import one_process, only_on_demand
from brought import brought
from invariants import all_hold

pytestmark = [only_on_demand, one_process]


def test_too_few_open_files_refuse_and_pass(tmp_path: Path) -> None:
    with brought(tmp_path / "data") as (server, oracle):
        before = resource.prlimit(server.process.pid, resource.RLIMIT_NOFILE)
        n_open = len(list(Path(f"/proc/{server.process.pid}/fd").iterdir()))
        resource.prlimit(server.process.pid, resource.RLIMIT_NOFILE, (n_open + 6, before[1]))
        statuses: list[int] = []

        def ask() -> None:
            try:
                with server.client(timeout=20) as http:
                    statuses.append(http.post(f"{oracle.path}/ask", json={"question": "What is it?"}).status_code)
            except httpx.TransportError:
                statuses.append(0)

        threads = [threading.Thread(target=ask) for _ in range(24)]
        for thread in threads:
            thread.start()
        oracle.upload()
        for thread in threads:
            thread.join()
        resource.prlimit(server.process.pid, resource.RLIMIT_NOFILE, before)

        assert len(statuses) == 24  # nobody hangs
        assert set(statuses) <= {200, 503, 0}  # 0: there was no file left to accept the connection with
        oracle.problems.clear()  # what failed for want of a file was injected
        oracle.retry_failed()
        assert oracle.ask() is not None
        assert all_hold(server, [oracle], thorough=True) == []
        print(f"\nasked with few files: {sorted(statuses)}")  # noqa: T201


def test_a_file_size_limit_refuses_uploads_and_kills_nothing(tmp_path: Path) -> None:
    with brought(tmp_path / "data") as (server, oracle):
        before = resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (64, before[1]))
        oracle.counts.clear()
        oracle.upload()
        assert oracle.counts == {"507": 1}
        assert oracle.ask() is not None
        resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, before)
        oracle.retry_failed()
        assert all_hold(server, [oracle], thorough=True) == []
