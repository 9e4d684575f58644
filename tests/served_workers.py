"""``course-tutor serve --workers 2`` as people start it, and a way to each worker past the port that they share."""

import json
import os
import signal
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from chosen_store import environment_at
from serving import COURSE_TUTOR, wait_until_ready

RECEIVED = json.dumps({"client": ["127.0.0.1", 50_000], "server": ["127.0.0.1", 80], "scheme": "http"})
LOOK_S, PATIENCE_S = 0.3, 90.0


@dataclass(frozen=True)
class Workers:
    """A service that runs."""

    process: "subprocess.Popen[str]"
    link: str

    @property
    def origin(self) -> str:
        return self.link.partition("/login")[0]

    @property
    def cookie_name(self) -> str:
        return f"course_tutor_{httpx.URL(self.origin).port}"

    def pids(self) -> dict[int, int]:
        """Process numbers by slot; of two in one slot, the younger."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        found = {int(pid): assignment for pid in children if (assignment := _assignment(int(pid)))}
        return {assignment["slot"]: pid for pid, assignment in found.items()}

    def at(self, slot: int, *, session: str = "") -> httpx.Client:
        """A client of one worker, by the socket that the others use."""
        folder = next(_assignment(pid)["sockets_folder"] for pid in self.pids().values())
        path = Path(folder) / f"{slot}.sock"
        return httpx.Client(
            transport=httpx.HTTPTransport(uds=str(path)),
            base_url="http://127.0.0.1",
            headers={"x-course-tutor-received": RECEIVED},
            cookies={self.cookie_name: session} if session else {},
            timeout=60,
        )

    def wait_for(
        self, n_workers: int, *, other_than: dict[int, int] | None = None, within_s: float = PATIENCE_S
    ) -> None:
        """Wait until so many serve, none of them one of these processes."""
        old = set((other_than or {}).values())
        for _ in range(int(within_s / LOOK_S)):
            pids = self.pids()
            if len(pids) == n_workers and not old & set(pids.values()) and all(map(self._is_ready, pids)):
                return
            threading.Event().wait(LOOK_S)
        raise AssertionError(f"there are not {n_workers} workers: {self.pids()}")

    def send(self, number: signal.Signals) -> None:
        self.process.send_signal(number)

    def _is_ready(self, slot: int) -> bool:
        try:
            with self.at(slot) as http:
                return http.get("/readyz", timeout=1).status_code == 200
        except httpx.HTTPError:
            return False


def _assignment(pid: int) -> dict[str, Any]:
    """What a worker was told at its start; empty for a process that is none, yet or any more."""
    arguments = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    return json.loads(arguments[-2]) if b"tutor.serving.worker" in arguments else {}


@contextmanager
def workers(data: Path, n_workers: int = 2, **settings: str) -> Iterator[Workers]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("TUTOR_")}
    environment |= environment_at(data) | {"TUTOR_WORKERS": str(n_workers), **settings}
    command = [str(COURSE_TUTOR), "serve", "--port", "0"]
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=data
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        served = Workers(process, process.stdout.readline().strip())
        for stream in (process.stdout, process.stderr):
            threading.Thread(target=stream.read, daemon=True).start()
        try:
            wait_until_ready(f"{served.origin}/readyz")
            served.wait_for(n_workers)
            yield served
        finally:
            if process.poll() is None:
                process.terminate()
            process.wait(timeout=40)
