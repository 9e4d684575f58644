"""``course-tutor serve``, started as people start it, in a process of its own."""

import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from chosen_store import environment_at

COURSE_TUTOR = Path(sys.executable).with_name("course-tutor")
START_TIMEOUT_S = 90.0  # for the model; a cold machine reads 90 MB from disk


@contextmanager
def serving(data_dir: Path, *options: str, **settings: str) -> Iterator[str]:
    """``course-tutor serve`` in a process of its own; gives the link that it prints."""
    environment = os.environ | environment_at(data_dir) | settings
    command = [str(COURSE_TUTOR), "serve", "--port", "0", *options]
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        link = ""
        for stream in (process.stdout, process.stderr):
            if found := re.search(r"http://\S+", stream.readline()):
                link = found[0]
                break
        # Both pipes are read to the end, or the service would stop when they are full.
        for stream in (process.stdout, process.stderr):
            threading.Thread(target=stream.read, daemon=True).start()
        try:
            assert link, "serve printed no link"
            wait_until_ready(str(httpx.URL(link).join("/readyz")))
            yield link
        finally:
            process.terminate()
            process.wait(timeout=30)


def wait_until_ready(url: str) -> None:
    """Wait until a service can answer."""
    transport = httpx.HTTPTransport(retries=5)
    with httpx.Client(transport=transport, timeout=5) as client:
        for _ in range(int(START_TIMEOUT_S / 0.5)):
            if client.get(url).status_code == 200:
                return
            threading.Event().wait(0.5)
    pytest.fail("the service did not get ready in time")
