"""What many tests share: the real model and the bundled course, each loaded once."""

import os
from pathlib import Path

import course_scope
import migrated_template
import pytest
from hypothesis import HealthCheck, settings

from corpus.course_folder import read_course
from index.builder import build_generation
from index.generations import open_current
from index.onnx_embedder import OnnxEmbedder
from tutor.tutor import Tutor

os.environ.setdefault("HF_HUB_OFFLINE", "1")
# Imported by some, a plugin of others.
pytest.register_assert_rewrite("postgres_server", "ingest_samples", "backup_samples")
course_scope.watch()
migrated_template.copy_instead()
# How long an example takes says how busy the machine is.
settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")

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
    root = tmp_path_factory.mktemp("index")
    course = read_course(BUNDLED_COURSE)
    build_generation(course, embedder, root)
    return Tutor(open_current(root, course.course_id, embedder))
