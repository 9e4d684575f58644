"""Whether somebody computes alone, or others do so, too, and would wait for every core that he takes."""

import threading
import time
from types import TracebackType

# Who asks again and again is met again and again: two who ask without pause meet every few milliseconds.
REMEMBERED_S = 0.05


class Company:
    """Knows who is there at the moment, and that there were several a moment ago; safe to share between threads.

    ``with company as alone`` says whether one is, and has been.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._n_here = 0
        self._met_until = 0.0

    def __enter__(self) -> bool:
        with self._lock:
            self._n_here += 1
            if self._n_here > 1:
                self._met_until = time.monotonic() + REMEMBERED_S
                return False
            return time.monotonic() >= self._met_until

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        with self._lock:
            self._n_here -= 1
