"""Runs the queued jobs, one after another, in the one process that is elected to; brings every job to an end."""

import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from index.errors import IndexingError
from index.protocols import Progress
from tutor.errors import TutorError
from tutor.ingest.course_jobs import JobResult
from tutor.ingest.election import Election
from tutor.ingest.job_report import JobReport, Stopped, heart_beating
from tutor.observing.context import working_on
from tutor.observing.metrics import metrics
from tutor.observing.traces import job_span
from tutor.state.database import Database
from tutor.state.ids import new_id
from tutor.state.jobs import (
    ENDED,
    MAX_ATTEMPTS,
    REQUEST_ID,
    JobKind,
    JobRecord,
    claim,
    find_job,
    finish,
    left_running,
    next_queued,
    queue_again,
)

logger = logging.getLogger(__name__)

LOOK_EVERY_S = 1.0  # for jobs of other processes; those of our own wake us
POLL_EVERY_S = 0.2  # how often somebody who waits for a job looks


class JobRunner(Protocol):
    """Does the work of one kind of job."""

    def __call__(self, job: JobRecord, progress: Progress) -> JobResult:
        """Run the job to its end; what it raises is the job's error."""
        ...

    def give_up(self, job: JobRecord, reason: str) -> None:
        """Clean up after a job that will not be tried again."""
        ...


class Indexer:
    """The queue's worker: a thread of the server, or whoever waits for a job where there is no server.

    Args:
        database: Holds the queue.
        election: Says whether this process may run jobs.
        runners: By kind of job.
        tidy_up: Called once whenever this process is elected: what a crash left behind is put right.
        between_jobs: Called whenever there is no job to run; for work that nobody waits for.
        elsewhere: Called every now and then while another process runs the jobs.
    """

    def __init__(
        self,
        database: Database,
        election: Election,
        runners: Mapping[JobKind, JobRunner],
        *,
        tidy_up: Callable[[], None] = lambda: None,
        between_jobs: Callable[[], None] = lambda: None,
        elsewhere: Callable[[], None] = lambda: None,
    ) -> None:
        self._database = database
        self._election = election
        self._runners = dict(runners)
        self._tidy_up = tidy_up
        self._between_jobs = between_jobs
        self._elsewhere = elsewhere
        self._worker = new_id()
        self._wanted = threading.Event()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def add_runner(self, kind: JobKind, runner: JobRunner) -> None:
        """Learn another kind of job, before the start."""
        self._runners[kind] = runner

    def start(self) -> None:
        """Run jobs in the background from now on."""
        self._stopping.clear()
        self._thread = threading.Thread(target=self._run, name="indexer", daemon=True)
        self._thread.start()

    def stop(self, *, timeout_s: float = 10.0) -> None:
        """End soon; the running job is given back and goes on with the next start."""
        self._stopping.set()
        self._wanted.set()
        if self._thread is not None:
            self._thread.join(timeout_s)
            self._thread = None
        self._election.resign()

    def wake(self) -> None:
        """There is a new job."""
        self._wanted.set()

    def wait_for(self, jobs: Sequence[JobRecord], *, progress: Progress) -> tuple[JobRecord, ...]:
        """Wait until jobs have ended, running them here if nobody else does.

        Returns:
            The jobs as they ended, in the order given.

        Raises:
            Stopped: The process is asked to end; the jobs go on with the next start.
        """
        told: tuple[str, int, int] = ("", 0, 0)
        self.wake()
        while True:
            now = [self._now(job) for job in jobs]
            running = next((job for job in now if job.state not in ENDED), None)
            if running is None:
                return tuple(now)
            if self._stopping.is_set():
                raise Stopped
            if self._thread is None and self._elected():
                try:
                    self._work_off(progress)
                finally:
                    self._election.resign()
                continue
            step = (running.stage, running.done, running.total)
            if running.stage and step != told:
                progress(*step)
                told = step
            time.sleep(POLL_EVERY_S)

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                if self._elected():
                    self._work_off(_tell_nobody)
                else:
                    self._elsewhere()
            except Exception:  # the thread's last line: a disk that is full for a minute must not end indexing for ever
                logger.exception("the indexer met a defect; it goes on")
                self._election.resign()  # being elected anew finds the job that could not even be said to have failed
            self._wanted.wait(LOOK_EVERY_S)
            self._wanted.clear()

    def _elected(self) -> bool:
        if self._election.won:
            return self._election.still_holds()
        if not self._election.stand():
            return False
        self._recover()
        return True

    def _recover(self) -> None:
        """Nobody else can be at a job now: what is said to run was left by a process that died."""
        self._tidy_up()
        with self._database.writing() as connection:
            left = left_running(connection)
            for job in left:
                if job.attempts < MAX_ATTEMPTS:
                    queue_again(connection, job)
        for job in left:
            if job.attempts >= MAX_ATTEMPTS:
                self._runners[job.kind].give_up(job, _killed(job))
                with self._database.writing() as connection:
                    finish(connection, job, "failed", error=_killed(job))

    def _work_off(self, progress: Progress) -> None:
        while not self._stopping.is_set():
            with self._database.writing() as connection:
                waiting = next_queued(connection)
                job = claim(connection, waiting, self._worker) if waiting else None
            if job is None:
                self._between_jobs()
                return
            with working_on(**_ids_of(job)):
                self._run_one(job, progress)

    def _run_one(self, job: JobRecord, progress: Progress) -> None:
        report = JobReport(self._database, job, self._stopping)
        started = time.perf_counter()

        def tell(stage: str, done: int, total: int) -> None:
            progress(stage, done, total)
            report(stage, done, total)

        try:
            with job_span(job.kind, _ids_of(job)), heart_beating(self._database, job):
                ended = self._runners[job.kind](job, tell)
        except Stopped:
            with self._database.writing() as connection:
                queue_again(connection, job, attempts=job.attempts - 1)
        except Exception as error:  # a job always ends, whatever its work does
            self._fail(job, error)
            metrics().job_ended(job.kind, "failed", time.perf_counter() - started)
        else:
            with self._database.writing() as connection:
                finish(connection, job, ended.state, result=ended.result)
            metrics().job_ended(job.kind, ended.state, time.perf_counter() - started)

    def _fail(self, job: JobRecord, error: Exception) -> None:
        if isinstance(error, OSError):
            reason = error.strerror or type(error).__name__
        elif isinstance(error, IndexingError | TutorError):
            reason = str(error)
        else:
            logger.error("job %s met a defect", job.job_id, exc_info=error)
            reason = f"a defect ({type(error).__name__}); it is logged with the job's id"
        logger.warning("job %s failed: %s", job.job_id, type(error).__name__)
        self._runners[job.kind].give_up(job, reason)
        with self._database.writing() as connection:
            finish(connection, job, "failed", error=reason)

    def _now(self, job: JobRecord) -> JobRecord:
        with self._database.reading() as connection:
            return find_job(connection, job.course_id, job.job_id) or _vanished(job)


def _ids_of(job: JobRecord) -> dict[str, str]:
    return {"job_id": job.job_id, "course": job.course_id, "request_id": str(job.params.get(REQUEST_ID, ""))}


def _killed(job: JobRecord) -> str:
    return f"the service was ended {job.attempts} times while it worked on this; retry it, or bring a smaller file"


def _vanished(job: JobRecord) -> JobRecord:
    raise TutorError(f"job {job.job_id} went away with its course {job.course_id!r}")


def _tell_nobody(stage: str, done: int, total: int) -> None:
    """Nobody watches; the job's row tells."""
