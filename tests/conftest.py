"""What many tests share: the real model and the bundled course, each loaded once."""

import os
from collections.abc import Iterator
from pathlib import Path

import course_scope
import migrated_template
import pytest
from chosen_store import IN_POSTGRESQL, cleared_away, index_at
from hypothesis import HealthCheck, settings

from corpus.course_folder import read_course
from index.onnx_embedder import OnnxEmbedder
from tutor.tutor import Tutor

os.environ.setdefault("HF_HUB_OFFLINE", "1")
# Imported by some, a plugin of others.
pytest.register_assert_rewrite("postgres_server", "ingest_samples", "backup_samples", "held_answers")
course_scope.watch()
migrated_template.copy_instead()
# How long an example takes says how busy the machine is.
settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")


def pytest_configure(config: pytest.Config) -> None:
    """Let the connections of services go that tests make in their own process, and drop without ending them."""
    config.addinivalue_line("filterwarnings", "ignore:.*was deleted while still open:ResourceWarning")


BUNDLED_COURSE = Path(__file__).parents[1] / "corpus" / "courses" / "deep-learning-in-medicine"


@pytest.fixture
def made_step_by_step(monkeypatch: pytest.MonkeyPatch) -> None:
    """A new database is made by every step there is, as outside of tests."""
    monkeypatch.setattr("tutor.state.opening._embedded", migrated_template.MADE_STEP_BY_STEP)


@pytest.fixture(scope="session")
def embedder() -> OnnxEmbedder:
    return OnnxEmbedder()


@pytest.fixture(scope="session")
def bundled_tutor(embedder: OnnxEmbedder, tmp_path_factory: pytest.TempPathFactory) -> Tutor:
    return Tutor(index_at(tmp_path_factory.mktemp("bundled"), read_course(BUNDLED_COURSE), embedder))


@pytest.fixture(autouse=IN_POSTGRESQL)
def _cleared_away() -> Iterator[None]:
    with cleared_away():
        yield


@pytest.fixture(params=["embedded", "pgvector"])
def store(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Whatever opens its parts during the test keeps generations and files there; gives the name of the store."""
    name: str = request.param
    if name == "pgvector":
        from postgres_server import new_store

        monkeypatch.setenv("TUTOR_DATABASE_URL", new_store())
    monkeypatch.setenv("TUTOR_STORE", name)
    with cleared_away():
        yield name
