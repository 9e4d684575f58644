"""The work that every system is given, as files: the same passages, the same questions, the same weights.

Only the standard library is imported here, because the toolkits are run in environments of their own, where nothing of
the tutor is installed.
"""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Passage:
    """A chunk as our own index has it, so that chunking makes no difference."""

    passage_id: str
    document_id: str
    text: str  # what our own encoder reads of the chunk


@dataclass(frozen=True, slots=True)
class Asked:
    """A question that stands on its own."""

    question_id: str
    text: str


@dataclass(frozen=True, slots=True)
class Task:
    """A folder with passages and questions; ``root`` and ``course_id`` are where our own index of them lies."""

    folder: Path
    name: str
    course_id: str
    root: str
    model: str  # folder with the weights, in the layout of sentence-transformers

    @property
    def passages(self) -> tuple[Passage, ...]:
        """Every passage, in the order of our own index."""
        return tuple(Passage(**row) for row in _rows(self.folder / "passages.jsonl"))

    @property
    def vectors(self) -> Path:
        """A NumPy file with the passages' vectors as our own index has them, row by row."""
        return self.folder / "vectors.npy"

    @property
    def questions(self) -> tuple[Asked, ...]:
        """Every question."""
        return tuple(Asked(**row) for row in _rows(self.folder / "questions.jsonl"))

    @classmethod
    def read(cls, folder: Path) -> "Task":
        """The task of a folder that ``write_task`` has filled."""
        return cls(folder, **json.loads((folder / "task.json").read_text("utf-8")))


def write_task(task: Task, passages: Iterable[Passage], questions: Iterable[Asked]) -> None:
    """Fill the task's folder."""
    task.folder.mkdir(parents=True, exist_ok=True)
    _write_rows(task.folder / "passages.jsonl", map(asdict, passages))
    _write_rows(task.folder / "questions.jsonl", map(asdict, questions))
    facts = {"name": task.name, "course_id": task.course_id, "root": task.root, "model": task.model}
    (task.folder / "task.json").write_text(json.dumps(facts), "utf-8")


def _rows(path: Path) -> list[dict[str, str]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def _write_rows(path: Path, rows: Iterable[dict[str, str]]) -> None:
    # ASCII only: splitlines() knows more line ends than JSON escapes.
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
