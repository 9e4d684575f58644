"""F07: the file system becomes read-only, or the database immutable; answers go on, writes say why not."""

import subprocess
from pathlib import Path

import pytest
from abilities import command, disk_of_its_own, only_on_demand
from brought import brought
from invariants import all_hold
from oracle import Oracle

pytestmark = only_on_demand


def writes_are_refused_and_answers_go_on(oracle: Oracle) -> None:
    oracle.counts.clear()
    for _ in range(5):
        oracle.upload()
        assert oracle.ask() is not None
    assert oracle.counts["202"] == 0
    assert oracle.counts["507"] == 5, oracle.counts
    assert not {status for status in oracle.counts if status.startswith("50")} - {"507"}


def test_a_read_only_disk_degrades_and_heals_without_a_restart(tmp_path: Path) -> None:
    with disk_of_its_own(tmp_path / "disk", 64) as disk, brought(disk / "data") as (server, oracle):
        ended = subprocess.run(["mount", "-o", "remount,ro", str(disk)], capture_output=True, text=True, check=False)
        if ended.returncode:
            pytest.skip(f"a file system in use cannot be made read-only here: {ended.stderr.strip()}")
        writes_are_refused_and_answers_go_on(oracle)
        command("mount", "-o", "remount,rw", str(disk))
        assert all_hold(server, [oracle], thorough=True) == []


def test_an_immutable_database_degrades_and_heals(tmp_path: Path) -> None:
    with disk_of_its_own(tmp_path / "disk", 64) as disk, brought(disk / "data") as (server, oracle):
        # Not the -shm: it is mapped, and the kernel ends whoever touches a page of an immutable map (SIGBUS).
        files = [str(disk / "data" / name) for name in ("state.sqlite3", "state.sqlite3-wal")]
        command("chattr", "+i", *files)
        try:
            writes_are_refused_and_answers_go_on(oracle)
        finally:
            command("chattr", "-i", *files)
        assert all_hold(server, [oracle], thorough=True) == []
