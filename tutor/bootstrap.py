"""The one place where parts are chosen and joined: settings in, a library of tutors out."""

from collections.abc import Sequence
from importlib.resources import as_file, files
from pathlib import Path

from index.embedders import SentenceTransformerEmbedder
from index.protocols import Embedder
from tutor.library import Library
from tutor.settings import Settings
from tutor.state import opening
from tutor.state.blobs import BlobStore
from tutor.state.database import Database
from tutor.state.key_file import import_key_file

BUNDLED_COURSE = "deep-learning-in-medicine"


def index_root(settings: Settings) -> Path:
    """Where the index generations lie, a folder a course."""
    return settings.data_dir / "index"


def evaluation_root(settings: Settings) -> Path:
    """Where indexes of question sets' own corpora lie, apart from the courses that are served."""
    return settings.data_dir / "evaluation"


def open_database(settings: Settings) -> Database:
    """Open the database that the settings name, checked and with today's schema."""
    database = opening.open_database(settings.data_dir, settings.database_url)
    import_key_file(database, settings.data_dir)
    return database


def open_blobs(settings: Settings) -> BlobStore:
    """The stored original files."""
    return opening.blobs_of(settings.data_dir)


def build_embedder(settings: Settings) -> Embedder:
    """Load the embedding model that the settings name."""
    return SentenceTransformerEmbedder(settings.model)


def bundled_course_folders(settings: Settings) -> Sequence[Path]:
    """The course folders to index when they have no index yet: the operator's, else the bundled ones."""
    root = settings.courses_dir
    if root is None:
        with as_file(files("corpus") / "courses") as bundled:
            root = bundled
    return sorted(folder for folder in root.iterdir() if folder.is_dir()) if root.is_dir() else ()


def open_library(settings: Settings) -> Library:
    """Join settings, model and indexes; the caller decides when to ``load``, which takes seconds."""
    return Library(
        index_root(settings),
        lambda: build_embedder(settings),
        bundled=bundled_course_folders(settings),
        max_question_chars=settings.max_question_chars,
    )
