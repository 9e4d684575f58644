"""F10: a second server, and a restore, on a data directory that a server holds."""

import time
from pathlib import Path

from brought import brought
from instance import COURSE_TUTOR
from invariants import all_hold


def test_a_second_server_and_a_restore_are_refused_and_harm_nothing(tmp_path: Path) -> None:
    with brought(tmp_path / "data") as (server, oracle):
        archive = tmp_path / "backup.tar"
        assert server.run("backup", str(archive)).returncode == 0

        started = time.monotonic()
        second = server.run("serve", "--port", "0")
        took_s = time.monotonic() - started
        restore = server.run("restore", str(archive), "--replace")

        assert (second.returncode, second.stdout) == (2, "")
        assert str(server.process.pid) in second.stderr
        assert restore.returncode == 2, restore.stderr
        assert str(server.process.pid) in restore.stderr
        assert all_hold(server, [oracle]) == []
        print(f"\n{COURSE_TUTOR.name} serve, the second, ended after {took_s:.1f} s")  # noqa: T201
