"""txtai as its documentation sets it up: an embeddings index, hybrid where words count, too."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from txtai import Embeddings
from txtai.pipeline import HFOnnx

from tutor.evaluation.peers.systems import Runtime, Search, Vectors, Way
from tutor.evaluation.peers.task import Passage, Task

_LONGEST = 256  # tokens that the model reads of a text; the toolkit does not ask the model


@dataclass(frozen=True, slots=True)
class Txtai:
    """Without a content database, which is its fastest setting: ids come back, and texts are looked up by them."""

    settings: dict[str, Any]

    def build(self, passages: Sequence[Passage], store: Path, vectors: Vectors | None) -> None:
        """Embed, index for vectors and for words, and save."""
        embeddings = Embeddings(hybrid=True, content=False, **self.settings)
        if vectors is not None:
            known = dict(zip((passage.text for passage in passages), vectors, strict=True))
            embeddings.model.encode = lambda texts, _category: np.stack([known[text] for text in texts])
        embeddings.index((passage.passage_id, passage.text) for passage in passages)
        embeddings.save(str(store / "embeddings"))

    def open(self, store: Path, way: Way) -> Search:
        """Load what was saved, with the model of this process's runtime."""
        embeddings = Embeddings()
        embeddings.load(str(store / "embeddings"), config=self.settings)
        if way == "vector":
            embeddings.scoring = None  # as if built without hybrid: words are not looked up at all

        def search(question: str, k: int) -> list[str]:
            return [passage_id for passage_id, _ in embeddings.search(question, k)]

        return search


def load(runtime: Runtime, task: Task, exported: Path) -> Txtai:
    """Say where the model is; it is loaded with the index."""
    settings: dict[str, Any] = {"path": task.model, "tokenizer": task.model, "maxlength": _LONGEST, "gpu": False}
    if runtime == "onnx":
        graph = exported / "txtai" / "embeddings.onnx"
        if not graph.is_file():
            graph.parent.mkdir(parents=True, exist_ok=True)
            HFOnnx()(task.model, "pooling", str(graph), quantize=False)
        settings |= {"path": str(graph), "tokenizer": f"{task.model}/tokenizer.json"}
    return Txtai(settings)
