"""F04: the disk is full, to several degrees, while files are brought; later there is room again."""

import os
import signal
from contextlib import ExitStack
from pathlib import Path

import pytest
from abilities import FULL, LEVEL, filled, small_disk
from brought import all_serve, brought
from invariants import all_hold

ROOMS = (0, 4_096, 20_000, 60_000, 200_000, 1_000_000) if FULL else (0, 60_000)


def test_a_full_disk_refuses_files_with_a_reason_answers_on_and_loses_nothing(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", 24) as disk, brought(disk / "data") as (server, oracle):
        refused = 0
        for room in ROOMS:
            with filled(disk, but=room):
                for _ in range(6 if FULL else 3):
                    before = oracle.counts.copy()
                    oracle.upload()
                    refused += oracle.counts["507"] - before["507"]
                    assert oracle.ask() is not None, f"no answer with {room} bytes free: {oracle.counts - before}"
            oracle.retry_failed()
            assert all_hold(server, [oracle]) == []
        assert refused, "no upload was ever refused"
        assert all_hold(server, [oracle], thorough=True) == []
        print(f"\n{len(ROOMS)} degrees of full, {refused} uploads refused, {dict(oracle.counts)}")  # noqa: T201


@pytest.mark.skipif(LEVEL not in ("full", "short"), reason="two services, half a minute: make faults")
@pytest.mark.parametrize("n_workers", [1, 2])
def test_a_full_folder_for_temporary_files_ends_no_process(n_workers: int, tmp_path: Path) -> None:
    with ExitStack() as held:
        temporary = held.enter_context(small_disk(tmp_path / "temporary", 16))
        settings = {"TMPDIR": str(temporary)}
        server, oracle = held.enter_context(brought(tmp_path / "data", n_workers=n_workers, settings=settings))
        before = server.answering()
        with filled(temporary):
            for _ in range(3):
                oracle.upload()
                assert oracle.ask() is not None
                # What was never asked before is counted under a new name, in a file of the full folder.
                oracle.http.get("/api/v1/me")
                oracle.http.get(f"{oracle.path}/usage")
            oracle.wait_until_settled()
            assert server.answering() == before
            if n_workers > 1:  # a new one has no room to begin with
                os.kill(before[0], signal.SIGKILL)
                all_serve(server, other_than=before[:1])
                oracle.reconnect()
                assert oracle.ask() is not None
        oracle.retry_failed()
        assert all_hold(server, [oracle], thorough=True) == []
        assert oracle.counts["cut"] == 0, oracle.counts
