"""What a search system is to the comparison, and which there are. Imports none of them before it is asked for."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from tutor.evaluation.peers.task import Passage, Task

Runtime = Literal["onnx", "torch"]
Way = Literal["search", "ask", "held-out", "vector", "hybrid", "faiss"]
Search = Callable[
    [str, int], Sequence[str]
]  # question, how many -> passages' ids, best first, with their texts at hand

Vectors = NDArray[np.float32]  # (n, dim), rows of length 1

OURS = "course-tutor"
_BOTH_RUNTIMES = frozenset({OURS, "txtai"})  # in one environment


class System(Protocol):
    """One toolkit with the model loaded. What it keeps on disk lies in the folder that it is given."""

    def build(self, passages: Sequence[Passage], store: Path, vectors: Vectors | None) -> None:
        """Embed and index passages, for vector and for word search, and write all of it to an empty folder.

        With ``vectors``, of the passages in their order, nothing is embedded; that is never timed.
        """
        ...

    def open(self, store: Path, way: Way) -> Search:
        """Open what ``build`` wrote, in another process, and give the search."""
        ...


@dataclass(frozen=True, slots=True)
class Entry:
    """A row of the comparison: a system, what computes its embeddings, and how it searches."""

    system: str
    runtime: Runtime
    way: Way

    @property
    def environment(self) -> str:
        """The virtual environment it runs in: runtimes of one toolkit may need different releases of others."""
        return self.system if self.system in _BOTH_RUNTIMES else f"{self.system}-{self.runtime}"

    @property
    def store(self) -> str:
        """The folder of its index; ways of searching share one, runtimes do too: they give the same vectors."""
        return self.system


_MODULES = {
    OURS: "tutor.evaluation.peers.course_tutor",
    "llama-index": "tutor.evaluation.peers.llama_index_peer",
    "haystack": "tutor.evaluation.peers.haystack_peer",
    "txtai": "tutor.evaluation.peers.txtai_peer",
}

ENTRIES: tuple[Entry, ...] = (
    Entry(OURS, "onnx", "search"),
    Entry(OURS, "onnx", "ask"),
    Entry("llama-index", "torch", "vector"),
    Entry("llama-index", "torch", "hybrid"),
    Entry("llama-index", "onnx", "vector"),
    Entry("llama-index", "onnx", "hybrid"),
    Entry("llama-index", "onnx", "faiss"),
    Entry("haystack", "torch", "vector"),
    Entry("haystack", "torch", "hybrid"),
    Entry("haystack", "onnx", "vector"),
    Entry("haystack", "onnx", "hybrid"),
    Entry("txtai", "torch", "vector"),
    Entry("txtai", "torch", "hybrid"),
    Entry("txtai", "onnx", "vector"),
    Entry("txtai", "onnx", "hybrid"),
)

HELD_OUT = Entry(OURS, "onnx", "held-out")  # judged only: it is as fast as the search


def load_system(name: str, runtime: Runtime, task: Task, exported: Path) -> System:
    """Import a toolkit and load the model into it.

    Args:
        name: One of the entries' systems.
        runtime: What computes the embeddings.
        task: Names the weights.
        exported: Folder for the model as ONNX Runtime reads it, made there if it is missing.
    """
    system: System = import_module(_MODULES[name]).load(runtime, task, exported)
    return system
