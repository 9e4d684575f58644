"""LlamaIndex as its documentation sets it up: vector store index, BM25 retriever, fusion of both by reciprocal rank."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import faiss
from llama_index.core import StorageContext, VectorStoreIndex, load_index_from_storage
from llama_index.core.llms import MockLLM
from llama_index.core.retrievers import QueryFusionRetriever
from llama_index.core.schema import TextNode
from llama_index.embeddings.huggingface import HuggingFaceEmbedding
from llama_index.retrievers.bm25 import BM25Retriever
from llama_index.vector_stores.faiss import FaissVectorStore

from tutor.evaluation.peers.sentence_transformers_model import onnx_model
from tutor.evaluation.peers.systems import Runtime, Search, Vectors, Way
from tutor.evaluation.peers.task import Passage, Task

_BATCH = 32
_DEPTH = 50  # of a ranking that is judged; the time is measured at the depth asked for


@dataclass(frozen=True, slots=True)
class LlamaIndex:
    """The default in-memory vector store, its FAISS store beside it, and BM25 over the same nodes."""

    embedding: Any

    def build(self, passages: Sequence[Passage], store: Path, vectors: Vectors | None) -> None:
        """Embed, index for vectors and for words, and persist."""
        nodes = [TextNode(id_=passage.passage_id, text=passage.text) for passage in passages]
        for node, vector in zip(nodes, () if vectors is None else vectors.tolist(), strict=vectors is not None):
            node.embedding = vector  # nodes that have one are not embedded
        index = VectorStoreIndex(nodes, embed_model=self.embedding)
        index.storage_context.persist(str(store / "vectors"))
        BM25Retriever.from_defaults(nodes=nodes, similarity_top_k=min(_DEPTH, len(nodes))).persist(str(store / "bm25"))

    def open(self, store: Path, way: Way) -> Search:
        """Load what was persisted; the FAISS store is filled with the very vectors of the default one."""
        context = StorageContext.from_defaults(persist_dir=str(store / "vectors"))
        index: Any = load_index_from_storage(context, embed_model=self.embedding)
        if way == "faiss":
            index = _with_faiss(index, self.embedding)
        bm25 = BM25Retriever.from_persist_dir(str(store / "bm25")) if way == "hybrid" else None

        def retriever(k: int) -> Any:  # noqa: ANN401  (the toolkit is not typed here)
            vectors = index.as_retriever(similarity_top_k=k)
            if bm25 is None:
                return vectors
            bm25.similarity_top_k = min(k, int(bm25.bm25.scores["num_docs"]))  # it refuses more than there are
            return QueryFusionRetriever(
                [vectors, bm25],
                llm=MockLLM(),
                mode="reciprocal_rerank",
                similarity_top_k=k,
                num_queries=1,  # no further queries written by a language model
                use_async=False,
            )

        retrievers: dict[int, Any] = {}

        def search(question: str, k: int) -> list[str]:
            if k not in retrievers:
                retrievers[k] = retriever(k)
            return [found.node.node_id for found in retrievers[k].retrieve(question)]

        return search


def _with_faiss(index: Any, embedding: Any) -> Any:  # noqa: ANN401  (the toolkit is not typed here)
    vectors = index.vector_store.data.embedding_dict
    nodes = [node.model_copy(update={"embedding": vectors[node.node_id]}) for node in index.docstore.docs.values()]
    flat = faiss.IndexFlatIP(len(nodes[0].embedding))
    context = StorageContext.from_defaults(vector_store=FaissVectorStore(faiss_index=flat))
    return VectorStoreIndex(nodes, storage_context=context, embed_model=embedding)


def load(runtime: Runtime, task: Task, exported: Path) -> LlamaIndex:
    """Load the model; nothing is called over the network."""
    if runtime == "onnx":
        folder, further = onnx_model(task.model, exported), {"backend": "onnx"}
    else:
        folder, further = task.model, {}
    return LlamaIndex(HuggingFaceEmbedding(model_name=folder, device="cpu", embed_batch_size=_BATCH, **further))
