"""The index of a question set's own corpus, built once and built anew only where the corpus has changed."""

from pathlib import Path

from corpus.beir import read_beir_corpus
from index.builder import build_generation
from index.course_index import CourseIndex
from index.generations import open_current
from index.protocols import Embedder, Progress, Reranker


def evaluation_root(data_dir: Path) -> Path:
    """Where the indexes of evaluation and benchmarks lie: beside, never among, the courses that are served."""
    return data_dir / "evaluation"


def open_corpus_index(
    folder: Path,
    embedder: Embedder,
    root: Path,
    *,
    reranker: Reranker | None = None,
    progress: Progress | None = None,
) -> CourseIndex:
    """Index the corpus of a BEIR folder under ``root``, or take up the index that is there, and open it.

    Building goes by content: an unchanged corpus costs the reading of it, a changed one only its new chunks.

    Raises:
        CorpusError: The corpus cannot be read.
        IndexingError: The index cannot be built or opened.
    """
    course = read_beir_corpus(folder)
    build_generation(course, embedder, root, progress=progress)
    return open_current(root, course.course_id, embedder, reranker=reranker)
