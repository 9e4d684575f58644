"""The numbers of this process, counted where things happen. With ``scraping.py``, the one door to prometheus-client.

Labels come from closed sets (outcomes, channels, stages, route templates, problem codes): never a word of a learner, a
person, a request's path or an id of one. That bounds their number, too.

One process counts in memory. Where several workers share ``PROMETHEUS_MULTIPROC_DIR`` (see ``node.py``), each counts in
files of its own there, and any of them can add all of them up.
"""

import functools
import logging
import os
from collections.abc import Mapping
from pathlib import Path

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, disable_created_metrics, values

SHARED_FOLDER = "PROMETHEUS_MULTIPROC_DIR"
# Room for the files of one process. They are written through memory, and the kernel kills whoever touches a page for
# which a full disk has no room (SIGBUS): so all of it is taken at once. 220 routes with 14 statuses each fill .7 MB.
LASTING_BYTES = {"counter": 1 << 20, "histogram": 1 << 20}
_PASSING_BYTES = dict.fromkeys(("gauge_livesum", "gauge_livemin", "gauge_livemax"), 1 << 16)

# A question takes 5 to 50 ms on one idle processor, of which most stages take less than one.
_ASK_BUCKETS_S = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
_REQUEST_BUCKETS_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0, 60.0)
_JOB_BUCKETS_S = (0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0, 1800.0, 7200.0)

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})

_MS = 1000.0

logger = logging.getLogger(__name__)


class Metrics:
    """Everything that is counted or measured while it happens; what is looked up at a scrape is in ``scraping.py``."""

    def __init__(self) -> None:
        disable_created_metrics()  # a second series for each, which nothing here needs
        if are_shared():
            _share_or_count_alone()
        self.registry = CollectorRegistry()
        self._count_asking()
        self._count_requests()
        self._count_work()
        self._sample()

    def asked(self, outcome: str, channel: str, stages_ms: Mapping[str, float], whole_s: float) -> None:
        """Count one question.

        Args:
            outcome: answered, partly, refused, verified or error.
            channel: The way it came.
            stages_ms: Milliseconds by stage, ``total`` left out.
            whole_s: From the question to the answer with its suggestions.
        """
        self._asks.labels(outcome, channel).inc()
        for stage, taken_ms in stages_ms.items():
            if stage != "total":
                self._ask_seconds.labels(stage).observe(taken_ms / _MS)
        self._ask_seconds.labels("whole").observe(whole_s)

    def requested(self, method: str, route: str, status: int, taken_s: float) -> None:
        """Count one request by the template of its route."""
        self._requests.labels(method if method in _METHODS else "other", route, str(status)).inc()
        self._request_seconds.labels(route).observe(taken_s)

    def rejected(self, reason: str) -> None:
        """Count one request that was turned away for now, with 429 or 503."""
        self._rejected.labels(reason).inc()

    def job_ended(self, kind: str, state: str, taken_s: float) -> None:
        """Count one background job at its end."""
        self._jobs_ended.labels(kind, state).inc()
        self._job_seconds.labels(kind).observe(taken_s)

    def _count_asking(self) -> None:
        self._asks = Counter(
            "course_tutor_asks", "Questions, by what became of them and the way they came.", ["outcome", "channel"],
            registry=self.registry,
        )  # fmt: skip
        self._ask_seconds = Histogram(
            "course_tutor_ask_seconds", "Time of a question by stage; whole has them all, and the suggestions.",
            ["stage"], buckets=_ASK_BUCKETS_S, registry=self.registry,
        )  # fmt: skip
        self.records_lost = Counter(
            "course_tutor_records_lost", "Records of questions that could not be kept.", registry=self.registry
        )

    def _count_requests(self) -> None:
        self._requests = Counter(
            "course_tutor_http_requests", "Requests, by template of the route.", ["method", "route", "status"],
            registry=self.registry,
        )  # fmt: skip
        self._request_seconds = Histogram(
            "course_tutor_http_request_seconds", "Time of a request, streams included.", ["route"],
            buckets=_REQUEST_BUCKETS_S, registry=self.registry,
        )  # fmt: skip
        self._rejected = Counter(
            "course_tutor_rejected", "Requests turned away for now (429, 503), by problem code.", ["reason"],
            registry=self.registry,
        )  # fmt: skip
        self.requests_in_flight = self._gauge("course_tutor_http_requests_in_flight", "Requests being served.")
        self.streams_open = self._gauge("course_tutor_streams_open", "Endless replies that are open.")

    def _count_work(self) -> None:
        self.work_running = self._gauge("course_tutor_work_running", "Questions and searches being worked on.")
        self.work_waiting = self._gauge("course_tutor_work_waiting", "Questions and searches that wait for a thread.")
        self.work_capacity = self._gauge("course_tutor_work_capacity", "Most that may run and wait; then 503.")
        self.work_wait_seconds = Histogram(
            "course_tutor_work_wait_seconds", "How long a question or search waited for a thread.",
            buckets=_ASK_BUCKETS_S, registry=self.registry,
        )  # fmt: skip
        self._jobs_ended = Counter(
            "course_tutor_jobs_ended", "Background jobs that ended, by kind and state.", ["kind", "state"],
            registry=self.registry,
        )  # fmt: skip
        self._job_seconds = Histogram(
            "course_tutor_job_seconds", "How long a background job ran.", ["kind"], buckets=_JOB_BUCKETS_S,
            registry=self.registry,
        )  # fmt: skip

    def _sample(self) -> None:
        """What ``sampling.py`` looks at now and then."""
        self.records_waiting = self._gauge("course_tutor_records_waiting", "Records that wait to be kept.")
        self.sql_in_use = self._gauge("course_tutor_sql_connections_in_use", "Connections to the database in use.")
        self.sql_pooled = self._gauge("course_tutor_sql_connections_pooled", "Connections to the database kept open.")
        self.memory = Gauge(
            "course_tutor_memory_bytes", "Resident memory: anonymous is each process's own, file is shared if mapped.",
            ["kind"], registry=self.registry, multiprocess_mode="livesum",
        )  # fmt: skip
        self.ready = self._gauge("course_tutor_ready", "1 when every worker can answer.", mode="livemin")
        self.startup_seconds = self._gauge(
            "course_tutor_startup_seconds", "From the start of the process until it could answer.", mode="livemax"
        )
        self.workers = self._gauge("course_tutor_workers", "Processes that serve.")

    def _gauge(self, name: str, what: str, *, mode: str = "livesum") -> Gauge:
        return Gauge(name, what, registry=self.registry, multiprocess_mode=mode)  # type: ignore[arg-type]  # a Literal


@functools.cache
def metrics() -> Metrics:
    """This process's numbers, made at the first call."""
    return Metrics()


def are_shared() -> bool:
    """Whether this process is one of several whose numbers are added up."""
    return bool(os.environ.get(SHARED_FOLDER))


def take_room(folder: Path, number: int, bytes_by_kind: Mapping[str, int]) -> None:
    """Make the files in which a process of this number counts, with room on the disk for all that they will hold.

    Raises:
        OSError: There is no room.
    """
    for kind, n_bytes in bytes_by_kind.items():
        with (folder / f"{kind}_{number}.db").open("ab") as file:
            if hasattr(os, "posix_fallocate"):  # which macOS lacks
                os.posix_fallocate(file.fileno(), 0, n_bytes)


def _share_or_count_alone() -> None:
    folder, number = Path(os.environ[SHARED_FOLDER]), os.getpid()
    try:
        take_room(folder, number, LASTING_BYTES | _PASSING_BYTES)
    except OSError as error:
        logger.warning("%s has no room for the numbers of this worker, which it keeps to itself: %s", folder, error)
        for kind in LASTING_BYTES | _PASSING_BYTES:
            (folder / f"{kind}_{number}.db").unlink(missing_ok=True)
        del os.environ[SHARED_FOLDER]
        values.ValueClass = values.MutexValue
