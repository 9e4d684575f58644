"""F05: the Nth write, fsync or rename of a running server fails, SQLite's own included, once or from then on.

``tests/test_ingest_faults.py`` has every call of Python fail in a publish; here the kernel refuses, in any thread
of any worker.
"""

from pathlib import Path

import pytest
from abilities import FULL, calls_that_fail, only_on_demand
from brought import brought
from invariants import all_hold

pytestmark = only_on_demand

SYNCING = ("fsync", "fdatasync")
# SQLite writes with pwrite64, Python its files with write, as it does lines of the log and wake-ups of threads.
WRITING = ("pwrite64", "write")
NTH = range(1, 16) if FULL else (1, 4)  # strace counts each thread's calls on their own


@pytest.mark.parametrize(
    ("calls", "error"),
    [
        (SYNCING, "EIO"),
        (SYNCING, "ENOSPC"),
        (("pwrite64",), "EIO"),
        (("pwrite64",), "ENOSPC"),
        (("rename",), "EIO"),
        (WRITING, "EIO"),
        (WRITING, "ENOSPC"),
    ],
)
@pytest.mark.parametrize("from_then_on", [False, True], ids=["once", "from then on"])
def test_a_call_that_fails_loses_nothing_and_is_never_taken_for_success(
    calls: tuple[str, ...], error: str, from_then_on: bool, tmp_path: Path
) -> None:
    with brought(tmp_path / "data") as (server, oracle):
        for nth in NTH:
            when = f"when={nth}+" if from_then_on else f"when={nth}"
            with calls_that_fail(server.answering(), calls, f"error={error}:{when}", tmp_path / "trace"):
                for _ in range(3):
                    oracle.upload()
                    oracle.ask()
                oracle.delete()
            oracle.retry_failed()
            wrong = all_hold(server, [oracle])
            assert wrong == [], f"{calls} {error} {when}"
        assert all_hold(server, [oracle], thorough=True) == []
        server.kill()  # and what is on the disk is what it said
        server.start()
        oracle.reconnect()
        assert all_hold(server, [oracle]) == []
        print(f"\n{len(NTH)} x {calls} {error}: {dict(oracle.counts)}")  # noqa: T201
