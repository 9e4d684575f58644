"""F09: pages of the database are flipped, its journal is cut, its index of the journal is gone."""

import random
from pathlib import Path

import pytest
from abilities import FULL, only_on_demand
from brought import brought
from instance import Instance
from invariants import all_hold

pytestmark = only_on_demand


def refused_at_start(server: Instance) -> str:
    """Why the database is not opened; empty if it is."""
    ended = server.run("keys", "list")  # opens the database as serve does, and ends
    return " ".join(ended.stderr.split()) if ended.returncode == 2 else ""


def test_flipped_pages_are_refused_and_a_restore_brings_everything_back(tmp_path: Path) -> None:
    with brought(tmp_path / "data", n_files=4) as (server, oracle):
        archive = tmp_path / "backup.tar"
        assert server.run("backup", str(archive)).returncode == 0
        server.terminate()
        database = server.data_dir / "state.sqlite3"
        sound = database.read_bytes()
        chance, found, silent = random.Random(9), 0, 0
        for _ in range(20 if FULL else 4):
            damaged = bytearray(sound)
            page = chance.randrange(1, len(sound) // 4096)
            damaged[page * 4096 : page * 4096 + 64] = chance.randbytes(64)  # the page's own header
            database.write_bytes(damaged)
            reason = refused_at_start(server)
            found += bool(reason)
            silent += not reason
            assert not reason or "restore" in reason, reason
            assert database.read_bytes() == damaged, "a damaged database was changed"
        restored = server.run("restore", str(archive), "--replace")
        assert restored.returncode == 0, restored.stderr
        server.start()
        oracle.reconnect()
        assert all_hold(server, [oracle], thorough=True) == []
        print(f"\n{found} flipped pages refused, {silent} were of no structure")  # noqa: T201
        assert silent == 0  # none of these pages is a free one, of which nobody would miss anything


@pytest.mark.parametrize("part", ["-shm", "-wal"])
def test_a_lost_index_of_the_journal_loses_nothing_and_a_cut_journal_only_its_end(part: str, tmp_path: Path) -> None:
    with brought(tmp_path / "data") as (server, oracle):
        server.kill()
        path = server.data_dir / f"state.sqlite3{part}"
        if part == "-shm":
            path.unlink(missing_ok=True)
        elif path.exists():
            with path.open("r+b") as file:
                file.truncate(path.stat().st_size // 2)
        server.start()
        oracle.reconnect()
        if part == "-shm":
            assert all_hold(server, [oracle], thorough=True) == []
        else:  # it looks like a crash before the last transactions; what is there hangs together
            oracle.verify()
            assert all_hold(server, [oracle], thorough=True) == []
