"""The one place where parts are chosen and joined: settings in, a library of tutors out."""

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import as_file, files
from pathlib import Path

from corpus.reading_process import read_in_child
from index.bundled_model import BUNDLED
from index.cross_encoders import CrossEncoderReranker
from index.embedders import SentenceTransformerEmbedder
from index.folder_generations import FolderGenerations
from index.generation_store import GenerationStore
from index.onnx_embedder import OnnxEmbedder
from index.protocols import Embedder, Reranker
from tutor.errors import SettingsError
from tutor.ingest.bundled import import_bundled
from tutor.ingest.course_jobs import CourseJobs
from tutor.ingest.election import Election
from tutor.ingest.gate import RegressionSet
from tutor.ingest.indexer import Indexer
from tutor.ingest.intake import UPLOADS_FOLDER, Intake
from tutor.ingest.page_pictures import PICTURES_FOLDER, PagePictures
from tutor.ingest.publishing import Publisher
from tutor.ingest.readings import ReadSource
from tutor.ingest.recovery import Recovery
from tutor.library import Library
from tutor.records.asking import Asking
from tutor.records.checking import CheckRunner
from tutor.records.recorder import Recorder
from tutor.records.regression import VerifiedRegression
from tutor.records.suggesting import Suggester
from tutor.settings import Settings
from tutor.state import opening
from tutor.state.blobs import BlobStore
from tutor.state.database import Database
from tutor.state.key_file import import_key_file
from tutor.state.sql_blobs import SqlBlobs
from tutor.tutor import Tutor

BLOB_CONNECTIONS = 4  # of a process; a file is written or read over one, a megabyte at a time
COPIES_FOLDER = "copies"
BUNDLED_COURSE = "deep-learning-in-medicine"


def index_root(settings: Settings) -> Path:
    """Where the index generations lie, a folder a course."""
    return settings.data_dir / "index"


def open_generations(settings: Settings) -> GenerationStore:
    """Where the index generations live; to be closed.

    Raises:
        SettingsError: In the database, and its driver is not installed.
        IndexUnreachable, IndexOutdated: It cannot be used.
    """
    if settings.store == "embedded":
        return FolderGenerations(index_root(settings))
    try:
        # Only here: the driver is an extra that an embedded store does without.
        from index.pg_connection import PgDatabase  # noqa: PLC0415
        from index.pg_generations import PgGenerations  # noqa: PLC0415
    except ImportError as error:
        raise SettingsError("TUTOR_STORE=pgvector needs a driver: pip install 'course-tutor[postgres]'") from error
    address = opening.postgresql_address(settings.database_url)
    return PgGenerations(PgDatabase(address, prepare=settings.prepared_statements))


def evaluation_root(settings: Settings) -> Path:
    """Where indexes of question sets' own corpora lie, apart from the courses that are served."""
    return settings.data_dir / "evaluation"


def open_database(settings: Settings, *, is_checked: bool = False) -> Database:
    """Open the database that the settings name, checked (unless somebody just did) and with today's schema."""
    database = opening.open_database(
        settings.data_dir, settings.database_url, prepare=settings.prepared_statements, is_checked=is_checked
    )
    import_key_file(database, settings.data_dir)
    return database


def open_blobs(settings: Settings) -> BlobStore:
    """The stored original files."""
    if settings.store == "pgvector":
        # Connections of their own: a file is looked for while the database is held for something else.
        address = opening.postgresql_address(settings.database_url)
        database = Database(address, pool_size=BLOB_CONNECTIONS, prepare=settings.prepared_statements)
        return SqlBlobs(database, settings.data_dir / COPIES_FOLDER)
    return opening.blobs_of(settings.data_dir)


def build_embedder(settings: Settings) -> Embedder:
    """Load the embedding model that the settings name: the bundled one by ONNX Runtime, any other by torch."""
    return OnnxEmbedder() if settings.model == BUNDLED else SentenceTransformerEmbedder(settings.model)


def bundled_model_runtimes() -> Mapping[str, Embedder]:
    """The bundled model in every runtime, the one that serves first: for comparisons."""
    return {"ONNX Runtime": OnnxEmbedder(), "torch": SentenceTransformerEmbedder(BUNDLED)}


def build_reranker(settings: Settings) -> Reranker | None:
    """Load the cross-encoder that the settings name; None when they name none, which is the default."""
    return CrossEncoderReranker(settings.reranker) if settings.reranker else None


def bundled_course_folders(settings: Settings) -> Sequence[Path]:
    """The course folders to index when they have no index yet: the operator's, else the bundled ones."""
    root = settings.courses_dir
    if root is None:
        with as_file(files("corpus") / "courses") as bundled:
            root = bundled
    return sorted(folder for folder in root.iterdir() if folder.is_dir()) if root.is_dir() else ()


@dataclass(frozen=True, slots=True)
class Parts:
    """Everything that one process works with, joined."""

    library: Library
    intake: Intake
    database: Database
    blobs: BlobStore
    generations: GenerationStore

    def close(self) -> None:
        """Stop the indexer and let go of the database."""
        self.intake.indexer.stop()
        self.generations.close()
        self.blobs.close()
        self.database.close()


def open_parts(
    settings: Settings,
    *,
    database: Database | None = None,
    open_embedder: Callable[[], Embedder] | None = None,
    bundled: Sequence[Path] | None = None,
    read: ReadSource | None = None,
    regression: RegressionSet | None = None,
) -> Parts:
    """Join settings, state, model, indexes and the indexer; the caller decides when to load and to start.

    Args:
        settings: The deployment's.
        database: Opened already.
        open_embedder: Loads another model than the settings name.
        bundled: Other course folders to import than the settings name.
        read: Reads files otherwise than in a child process.
        regression: The verified answers that every new generation must still give.
    """
    database = database or open_database(settings)
    blobs, generations = open_blobs(settings), open_generations(settings)
    embedder = _Once(open_embedder or (lambda: build_embedder(settings)))
    publisher = Publisher(database, blobs, generations, embedder, regression or VerifiedRegression(database))
    pictures = PagePictures(settings.data_dir / PICTURES_FOLDER, blobs)
    course_jobs = CourseJobs(database, blobs, publisher, read or read_in_child)
    recovery = Recovery(database, blobs, generations, publisher, settings.data_dir / UPLOADS_FOLDER)
    indexer = _build_indexer(settings, database, course_jobs, recovery, pictures)
    intake = Intake(
        database, blobs, publisher, indexer, pictures, settings.data_dir / UPLOADS_FOLDER, settings.max_upload_bytes
    )
    folders = bundled_course_folders(settings) if bundled is None else bundled
    library = Library(
        generations,
        embedder,
        database=database,
        prepare=lambda progress: import_bundled(intake, folders, progress=progress),
        max_question_chars=settings.max_question_chars,
        open_reranker=lambda: build_reranker(settings),
        max_open_chunks=settings.open_chunks,
    )
    publisher.serve_next = library.serve_next
    indexer.add_runner("check", CheckRunner(database, library.tutor))
    return Parts(library, intake, database, blobs, generations)


def open_asking(settings: Settings, database: Database, *, is_open: Callable[[Tutor], bool] = lambda _: True) -> Asking:
    """The way to ask that every channel shares; to be closed. ``is_open`` is as the suggester says."""
    return Asking(database, Recorder(database), Suggester(is_open), log_questions=settings.log_questions)


def open_library(settings: Settings) -> Library:
    """Join settings, state, model and indexes; the caller decides when to ``load``, which takes seconds."""
    return open_parts(settings).library


def _build_indexer(
    settings: Settings, database: Database, course_jobs: CourseJobs, recovery: Recovery, pictures: PagePictures
) -> Indexer:
    def between_jobs() -> None:
        recovery.between_jobs()
        pictures.forget_deleted()

    election = Election(settings.data_dir, database)
    return Indexer(
        database,
        election,
        {"ingest": course_jobs, "publish": course_jobs},
        tidy_up=recovery,
        between_jobs=between_jobs,
        elsewhere=pictures.forget_deleted,
    )


class _Once:
    """Loads the model at the first call, once, whichever thread comes first."""

    def __init__(self, load: Callable[[], Embedder]) -> None:
        self._load = load
        self._loaded: Embedder | None = None
        self._loading = threading.Lock()

    def __call__(self) -> Embedder:
        with self._loading:
            if self._loaded is None:
                self._loaded = self._load()
            return self._loaded
