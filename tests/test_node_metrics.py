"""Several workers of one node are one to whoever scrapes; one that dies takes none of its counts along."""

import os
import resource
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from scraped import Numbers, number, read_numbers

from tutor.observing.node import NodeMetrics

WORKER = """
import resource, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), resource.RLIM_INFINITY))
from tutor.observing.metrics import metrics
numbers = metrics()
numbers.work_capacity.set(18)
numbers.ready.set(int(sys.argv[1]))
for line in sys.stdin:
    numbers.asked("answered", "chat", {"retrieve": 4.0, "total": 5.0}, 0.005)
    print(line.strip(), flush=True)
"""
SCRAPER = """
import sys
from pathlib import Path
from tutor.observing.sampling import Sampler
from tutor.observing.scraping import Scrape
from tutor.state.opening import open_database
database = open_database(Path(sys.argv[1]))
sampler = Sampler(database, n_waiting=lambda: 0, is_ready=lambda: True)
print(Scrape(database, Path(sys.argv[1]), sampler).written("")[0].decode())
"""


class Worker:
    """A process that counts one question for each line it is sent."""

    def __init__(self, node: NodeMetrics, *, ready: bool = True, largest_file: int = resource.RLIM_INFINITY) -> None:
        environment = {**os.environ, **node.environment}
        self.process = subprocess.Popen(
            [sys.executable, "-c", WORKER, str(int(ready)), str(largest_file)], env=environment, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip

    def ask(self, times: int = 1) -> None:
        assert self.process.stdin
        assert self.process.stdout
        for _ in range(times):
            self.process.stdin.write("asked\n")
            self.process.stdin.flush()
            assert self.process.stdout.readline() == "asked\n"

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.communicate()


@pytest.fixture
def node() -> Iterator[NodeMetrics]:
    node = NodeMetrics()
    yield node
    node.close()
    assert not node.folder.exists()


def scrape(node: NodeMetrics, data: object) -> Numbers:
    """What one further worker of the node tells."""
    command = [sys.executable, "-c", SCRAPER, str(data)]
    told = subprocess.run(command, env={**os.environ, **node.environment}, capture_output=True, text=True, check=True)
    return read_numbers(told.stdout)


def asks(numbers: Numbers) -> float:
    return number(numbers, "course_tutor_asks_total", outcome="answered", channel="chat")


def test_one_scrape_gives_the_numbers_of_the_whole_node_and_dead_workers_counts_stay(
    node: NodeMetrics, tmp_path_factory: pytest.TempPathFactory
) -> None:
    data = tmp_path_factory.mktemp("data")
    first, second = Worker(node), Worker(node, ready=False)
    first.ask(2)
    second.ask(3)

    both = scrape(node, data)
    second.kill()
    node.forget(second.process.pid)
    left = scrape(node, data)
    third = Worker(node)
    third.ask(1)
    first.kill()
    node.forget(first.process.pid)
    node.forget(first.process.pid)  # once more does no harm
    last = scrape(node, data)
    third.kill()

    assert (asks(both), asks(left), asks(last)) == (5, 5, 6)
    assert number(both, "course_tutor_ask_seconds_count", stage="retrieve") == 5
    assert number(last, "course_tutor_ask_seconds_count", stage="retrieve") == 6
    assert number(last, "course_tutor_ask_seconds_bucket", stage="retrieve", le="0.005") == 6
    assert [number(each, "course_tutor_work_capacity") for each in (both, left, last)] == [36, 18, 18]
    assert [number(each, "course_tutor_ready") for each in (both, left)] == [0, 1], "one that cannot answer shows"
    assert [each for each in (first, second) if (node.folder / f"counter_{each.process.pid}.db").exists()] == []


def test_a_worker_without_room_for_its_numbers_keeps_them_to_itself_and_goes_on(
    node: NodeMetrics, tmp_path: Path
) -> None:
    with_room, without = Worker(node), Worker(node, largest_file=4096)
    with_room.ask(2)
    without.ask(3)

    left = [path.name for path in node.folder.glob(f"*_{without.process.pid}.db")]
    told = scrape(node, tmp_path)
    for each in (with_room, without):
        each.kill()
        node.forget(each.process.pid)

    assert left == []
    assert asks(told) == 2


def test_every_page_of_the_numbers_has_room_on_the_disk_before_it_is_written_to(node: NodeMetrics) -> None:
    worker = Worker(node)
    worker.ask()

    files = list(node.folder.glob("*.db"))
    holes = [path.name for path in files if path.stat().st_blocks * 512 < path.stat().st_size]
    worker.kill()

    assert len(files) == 7
    assert holes == []
