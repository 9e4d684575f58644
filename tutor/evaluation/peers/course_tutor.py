"""The tutor itself, through the same door as the toolkits it is compared with."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from corpus.types import Course
from index.builder import build_generation
from index.generations import open_current
from index.onnx_embedder import OnnxEmbedder
from index.protocols import Embedder
from tutor.evaluation.peers.held_out import open_with_held_out
from tutor.evaluation.peers.systems import Runtime, Search, Vectors, Way
from tutor.evaluation.peers.task import Passage, Task
from tutor.tutor import Tutor


@dataclass(frozen=True, slots=True)
class CourseTutor:
    """Builds from documents, not from passages: it chunks them within the time that is measured."""

    task: Task
    embedder: Embedder

    def build(self, passages: Sequence[Passage], store: Path, vectors: Vectors | None) -> None:  # noqa: ARG002  (alike)
        """Index the documents that these passages are the chunks of; the index of the whole set is there already."""
        index = open_current(Path(self.task.root), self.task.course_id, self.embedder)
        wanted = dict.fromkeys(passage.document_id for passage in passages)
        course = Course(index.course_id, index.title, tuple(index.documents[name] for name in wanted))
        build_generation(course, self.embedder, store)

    def open(self, store: Path, way: Way) -> Search:
        """Verify and open the index; ``ask`` is the whole way of a question, refusal and citations included."""
        if way == "held-out":
            index = open_with_held_out(store, self.task.course_id, self.embedder, self.task.folder)
        else:
            index = open_current(store, self.task.course_id, self.embedder)
        if way != "ask":
            return lambda question, k: [found.chunk.chunk_id for found in index.retrieve(question, top_k=k)]
        tutor = Tutor(index)
        return lambda question, k: [found.chunk.chunk_id for found in tutor.consider(question).ranking[:k]]


def load(runtime: Runtime, task: Task, exported: Path) -> CourseTutor:  # noqa: ARG001  (every system is loaded alike)
    """Load the bundled model; its graph is written down, not exported."""
    return CourseTutor(task, OnnxEmbedder())
