"""What lives as long as the process is left out when Python looks for garbage, which stops everything meanwhile.

The courses' texts and words are a million objects. Looking through all of them took a third of a second, twice in ten
seconds of many questions, and whoever asked or was refused then waited for it.
"""

import gc
import time
from collections.abc import Callable

# Not tuned. A course that was replaced may leave garbage among what is left out; it is looked through again so often.
AGAIN_AFTER_S = 3600.0


class LongLived:
    """Leaves out what there is once all is loaded, and again now and then.

    Args:
        is_loaded: Whether all courses are.
        clock: Seconds, from any beginning.
    """

    def __init__(self, is_loaded: Callable[[], bool], clock: Callable[[], float] = time.monotonic) -> None:
        self._is_loaded = is_loaded
        self._clock = clock
        self._due: float | None = None

    def look(self) -> None:
        """Do it if it is time."""
        now = self._clock()
        if self._due is None:
            if not self._is_loaded():
                return
            gc.freeze()  # at once: people ask already, and what little garbage there is can wait for an hour
        elif now < self._due:
            return
        else:
            gc.unfreeze()
            gc.collect()
            gc.freeze()
        self._due = now + AGAIN_AFTER_S
