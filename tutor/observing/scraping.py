"""One scrape: what was counted, by all workers of this node, and how the installation stands at this moment."""

import shutil
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from prometheus_client import CollectorRegistry
from prometheus_client.exposition import choose_encoder
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector
from sqlalchemy.exc import SQLAlchemyError

from tutor.observing.metrics import are_shared, metrics
from tutor.observing.node import reading_shared_numbers
from tutor.observing.sampling import Sampler
from tutor.state.database import Database
from tutor.state.standing import Published, jobs_left, live_generations, n_courses, waiting_since

# Three series a course; a Prometheus server takes millions. Beyond this the sums remain and the courses are left out.
MAX_COURSES_NAMED = 2000


class Scrape:
    """Writes everything down in the format a Prometheus server asks for.

    Args:
        database: What the installation keeps.
        data_dir: On whose disk room is needed.
        sampler: Looks at this process.
    """

    def __init__(self, database: Database, data_dir: Path, sampler: Sampler) -> None:
        self.sampler = sampler
        self._standing = _Standing(database, data_dir)
        self._one_at_a_time = threading.Lock()  # many scrapes at once would take the processor from those who ask

    def written(self, accept: str) -> tuple[bytes, str]:
        """The numbers and their media type; reads the database, so never on the event loop.

        Args:
            accept: The header of whoever scrapes.
        """
        encode, media_type = choose_encoder(accept)
        with self._one_at_a_time:
            self.sampler.sample()
            # Before the lock, which the supervisor waits for on its event loop: a database may take its time.
            standing = _Given(tuple(self._standing.collect()))
            with reading_shared_numbers():
                registry = CollectorRegistry()
                if are_shared():
                    MultiProcessCollector(registry)
                else:
                    registry.register(_ThisProcess())
                registry.register(standing)
                return encode(registry), media_type


class _ThisProcess(Collector):
    """What this process counted."""

    def collect(self) -> Iterable[Metric]:
        return metrics().registry.collect()

    def describe(self) -> Iterable[Metric]:
        return ()  # else the registry would collect once more to learn the names


@dataclass(frozen=True, eq=False)  # a registry keeps it as a key
class _Given(Collector):
    """What was collected before."""

    numbers: tuple[Metric, ...]

    def collect(self) -> Iterable[Metric]:
        return self.numbers


class _Standing:
    """What is looked up: the same whichever worker of whichever node does it, the disk excepted."""

    def __init__(self, database: Database, data_dir: Path) -> None:
        self._database = database
        self._data_dir = data_dir

    def collect(self) -> Iterable[Metric]:
        info = GaugeMetricFamily("course_tutor_info", "The version that serves.", labels=["version"])
        info.add_metric([version("course-tutor")], 1)
        yield info
        disk = shutil.disk_usage(self._data_dir)
        yield _gauge("course_tutor_data_free_bytes", "Room left where the data lies.", disk.free)
        yield _gauge("course_tutor_data_size_bytes", "Room in all where the data lies.", disk.total)
        try:
            looked_up = list(self._looked_up())
        except SQLAlchemyError:
            looked_up = [_gauge("course_tutor_database_answers", "1 while the database answers.", 0)]
        yield from looked_up

    def _looked_up(self) -> Iterable[Metric]:
        with self._database.reading() as connection:
            live, left = live_generations(connection), jobs_left(connection)
            courses, oldest = n_courses(connection), waiting_since(connection)
        yield _gauge("course_tutor_database_answers", "1 while the database answers.", 1)
        yield _gauge("course_tutor_courses", "Courses, with or without an index.", courses)
        yield _gauge("course_tutor_courses_published", "Courses with an index that answers.", len(live))
        yield _gauge("course_tutor_chunks", "Chunks in all indexes that answer.", sum(each.n_chunks for each in live))
        published = [each.published_at.timestamp() for each in live if each.published_at]
        if published:
            yield _gauge("course_tutor_last_publish_timestamp_seconds", "When an index last went live.", max(published))
        queue = GaugeMetricFamily("course_tutor_jobs_left", "Background jobs that have not ended.", labels=["state"])
        for state in ("queued", "running"):
            queue.add_metric([state], left.get(state, 0))
        yield queue
        if oldest is not None:
            yield _gauge(
                "course_tutor_oldest_job_timestamp_seconds", "When the job waiting longest was queued.",
                oldest.timestamp(),
            )  # fmt: skip
        if len(live) <= MAX_COURSES_NAMED:
            yield from _by_course(live)


def _by_course(live: Sequence[Published]) -> Iterable[Metric]:
    generation = GaugeMetricFamily(
        "course_tutor_generation_info", "The generation that answers.", labels=["course", "generation"]
    )
    chunks = GaugeMetricFamily("course_tutor_course_chunks", "Chunks of the course's index.", labels=["course"])
    published = GaugeMetricFamily(
        "course_tutor_generation_published_timestamp_seconds", "When the course's index went live.", labels=["course"]
    )
    for each in live:
        generation.add_metric([each.course_id, each.generation], 1)
        chunks.add_metric([each.course_id], each.n_chunks)
        if each.published_at:
            published.add_metric([each.course_id], each.published_at.timestamp())
    return (generation, chunks, published)


def _gauge(name: str, what: str, value: float) -> Metric:
    return GaugeMetricFamily(name, what, value=value)
