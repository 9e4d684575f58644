"""F04: the disk is full, to several degrees, while files are brought; later there is room again."""

from pathlib import Path

from abilities import FULL, filled, small_disk
from brought import brought
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
