"""Whether the service can answer, and if not, why."""

import logging
import threading
from collections.abc import Callable

from corpus.errors import CorpusError
from index.errors import IndexingError
from index.protocols import Progress
from tutor.api.access_log import log_defect
from tutor.api.drain import Drain
from tutor.api.service import Loading
from tutor.errors import TutorError
from tutor.ingest.job_report import Stopped
from tutor.library import Library
from tutor.observing.metrics import metrics
from tutor.observing.sampling import seconds_since_start

logger = logging.getLogger(__name__)


class Readiness:
    """Loads the library in the background and knows how far that is.

    Args:
        library: Ready when the index of every course that there is room for is verified and open.
        drain: A service that is ending is not ready.
        once_loaded: Told the id of each course that is open, in the loading thread.
    """

    def __init__(self, library: Library, drain: Drain, *, once_loaded: Callable[[str], None] = lambda _: None) -> None:
        self._library = library
        self._once_loaded = once_loaded
        self._drain = drain
        self._failure = ""
        self._loaded = False
        self._thread: threading.Thread | None = None

    def load(self, *, progress: Progress | None = None) -> None:
        """Load the library in a thread of its own, so that ``/livez`` answers meanwhile."""
        self._thread = threading.Thread(target=self._load, args=(progress,), name="library", daemon=True)
        self._thread.start()

    def close(self, *, timeout_s: float = 10.0) -> None:
        """Wait for the loading thread; stop the indexer first, which it may be waiting for.

        A thread that is inside the model's library when the interpreter ends takes the whole process down with it.
        """
        if self._thread is not None:
            self._thread.join(timeout_s)

    def reasons(self) -> tuple[str, ...]:
        """Why the service is not ready; empty when it is."""
        if self._drain.begun:
            return ("the service is shutting down",)
        return (self._failure,) if self._failure else self._library.problems()

    def loading(self) -> Loading:
        """How far the loading thread is."""
        return "failed" if self._failure else "loaded" if self._loaded else "loading"

    def _load(self, progress: Progress | None) -> None:
        try:
            self._library.load(progress=progress)
        except Stopped:
            logger.info("loading was broken off: the service is shutting down")
        except Exception as error:  # the thread's last line: without it the service would wait for ever, unexplained
            log_defect(error, "library")
            ours = isinstance(error, CorpusError | IndexingError | TutorError)
            self._failure = f"loading failed: {error if ours else type(error).__name__ + '; see the log'}"
        else:
            metrics().startup_seconds.set(seconds_since_start())
            opened = self._library.opened()
            logger.info("loaded %d courses", len(opened))
            for course_id in opened:
                self._once_loaded(course_id)
            self._loaded = True
