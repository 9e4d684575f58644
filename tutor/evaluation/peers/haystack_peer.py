"""Haystack as its documentation sets it up: in-memory store, pipelines of embedder, retrievers and joiner."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from haystack import Document, Pipeline
from haystack.components.joiners import DocumentJoiner
from haystack.components.retrievers.in_memory import InMemoryBM25Retriever, InMemoryEmbeddingRetriever
from haystack.document_stores.in_memory import InMemoryDocumentStore
from haystack_integrations.components.embedders.sentence_transformers import (
    SentenceTransformersDocumentEmbedder,
    SentenceTransformersTextEmbedder,
)

from tutor.evaluation.peers.sentence_transformers_model import onnx_model
from tutor.evaluation.peers.systems import Runtime, Search, Vectors, Way
from tutor.evaluation.peers.task import Passage, Task

_BATCH = 32


@dataclass(frozen=True, slots=True)
class Haystack:
    """One store for both ways; embeddings are of unit length, so that its default, the dot product, is the cosine."""

    documents: Any  # embedder
    questions: Any  # embedder

    def build(self, passages: Sequence[Passage], store: Path, vectors: Vectors | None) -> None:
        """Embed, write to the store, which counts words for BM25 as it goes, and save it."""
        documents = [Document(id=passage.passage_id, content=passage.text) for passage in passages]
        if vectors is None:
            documents = self.documents.run(documents)["documents"]
        else:
            documents = [
                replace(document, embedding=vector)
                for document, vector in zip(documents, vectors.tolist(), strict=True)
            ]
        kept = InMemoryDocumentStore()
        kept.write_documents(documents)
        kept.save_to_disk(str(store / "store.json"))

    def open(self, store: Path, way: Way) -> Search:
        """Load the store and put the pipeline together."""
        kept = InMemoryDocumentStore.load_from_disk(str(store / "store.json"))
        pipeline = Pipeline()
        pipeline.add_component("embedder", self.questions)
        pipeline.add_component("by_vectors", InMemoryEmbeddingRetriever(kept, return_embedding=False))
        pipeline.connect("embedder.embedding", "by_vectors.query_embedding")
        if way == "hybrid":
            pipeline.add_component("by_words", InMemoryBM25Retriever(kept))
            pipeline.add_component("joiner", DocumentJoiner(join_mode="reciprocal_rank_fusion"))
            pipeline.connect("by_vectors", "joiner")
            pipeline.connect("by_words", "joiner")
        last = "joiner" if way == "hybrid" else "by_vectors"

        def search(question: str, k: int) -> list[str]:
            work: dict[str, Any] = {"embedder": {"text": question}, "by_vectors": {"top_k": k}}
            if way == "hybrid":
                work |= {"by_words": {"query": question, "top_k": k}, "joiner": {"top_k": k}}
            return [document.id for document in pipeline.run(work)[last]["documents"]]

        return search


def load(runtime: Runtime, task: Task, exported: Path) -> Haystack:
    """Load the model, once for passages and once for questions, as the toolkit wants it."""
    options: dict[str, Any] = {"model": task.model, "normalize_embeddings": True, "local_files_only": True}
    if runtime == "onnx":
        options |= {"model": onnx_model(task.model, exported), "backend": "onnx"}
    documents = SentenceTransformersDocumentEmbedder(batch_size=_BATCH, progress_bar=False, **options)
    questions = SentenceTransformersTextEmbedder(progress_bar=False, **options)
    documents.warm_up()
    questions.warm_up()
    return Haystack(documents, questions)
