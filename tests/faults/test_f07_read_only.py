"""F07: the file system becomes read-only, or the database immutable; answers go on, writes say why not."""

from pathlib import Path

from abilities import command, disk_of_its_own, mended, only_on_demand, turned_read_only
from brought import brought
from instance import Instance, wait_until
from invariants import all_hold
from oracle import Oracle

pytestmark = only_on_demand


def state(server: Instance) -> str:
    """What it says of itself."""
    with server.client() as http:
        return str(http.get("/readyz").json()["status"])


def writes_are_refused_and_answers_go_on(server: Instance, oracle: Oracle) -> None:
    oracle.counts.clear()
    for _ in range(5):
        oracle.upload()
        assert oracle.ask() is not None
    assert oracle.counts["202"] == 0
    assert oracle.counts["507"] == 5, oracle.counts
    assert not {status for status in oracle.counts if status.startswith("50")} - {"507"}
    wait_until(lambda: state(server) == "degraded", "it says that nothing can be written")


def test_a_disk_that_turns_read_only_answers_on_and_has_everything_once_it_is_mended(tmp_path: Path) -> None:
    with disk_of_its_own(tmp_path / "disk", 64) as disk, brought(disk / "data") as (server, oracle):
        turned_read_only(disk)
        writes_are_refused_and_answers_go_on(server, oracle)
        code, _ = server.terminate()
        assert code == 0
        mended(disk)
        server.start()
        oracle.reconnect()
        assert all_hold(server, [oracle], thorough=True) == []


def test_an_immutable_database_degrades_and_heals(tmp_path: Path) -> None:
    with disk_of_its_own(tmp_path / "disk", 64) as disk, brought(disk / "data") as (server, oracle):
        # Not the -shm: it is mapped, and the kernel ends whoever touches a page of an immutable map (SIGBUS).
        files = [str(disk / "data" / name) for name in ("state.sqlite3", "state.sqlite3-wal")]
        command("chattr", "+i", *files)
        try:
            writes_are_refused_and_answers_go_on(server, oracle)
        finally:
            command("chattr", "-i", *files)
        assert all_hold(server, [oracle], thorough=True) == []
        wait_until(lambda: state(server) == "ready", "it says that all is well again")
