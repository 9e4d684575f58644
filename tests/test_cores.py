"""A process computes on the cores that it may use, not on all that the machine has."""

import os
from pathlib import Path

import pytest

from index import cores
from index.cores import usable_cores, usable_threads


@pytest.fixture
def quota(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(cores, "_CGROUP_QUOTA", tmp_path / "cpu.max")
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(8)), raising=False)
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    return tmp_path / "cpu.max"


@pytest.mark.parametrize(
    ("said", "n_cores"),
    [("200000 100000\n", 2), ("50000 100000\n", 1), ("max 100000\n", 8), ("9900000 100000\n", 8), ("nonsense", 8)],
)
def test_a_container_has_as_many_cores_as_its_time_is_worth(quota: Path, said: str, n_cores: int) -> None:
    quota.write_text(said)

    assert usable_cores() == n_cores


def test_without_a_limit_all_cores_that_the_process_may_run_on_are_usable(quota: Path) -> None:
    assert not quota.exists()
    assert usable_cores() == 8


@pytest.mark.parametrize(("told", "n_threads"), [("3", 3), ("0", 1), ("", 8), ("2,1", 8)])
def test_whoever_set_the_number_of_threads_knows_better(
    quota: Path, monkeypatch: pytest.MonkeyPatch, told: str, n_threads: int
) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", told)

    assert not quota.exists()
    assert usable_threads() == n_threads
