"""The one door to torch and sentence-transformers: text becomes unit vectors. Knows no chunks and no courses.

Torch is imported when an embedder is made, not when this module is: it takes seconds that a ``--help`` must not cost.
"""

import hashlib
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from index.bundled_model import BUNDLED, BundledModel
from index.cores import usable_cores
from index.errors import ModelNotLoaded
from index.types import Matrix, Vector

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer
    from tokenizers import Tokenizer

_PASSAGES_PER_BATCH = 32
_QUERIES_PER_BATCH = 16
# Queries are embedded on one thread: torch's threads wait for each other by spinning, and whoever is descheduled holds
# up all. Measured on 2 cores, p50 of a query in ms, one thread against two: idle 11.5 and 9.2; beside one busy process
# 12 and 80; beside two 42 and 226.
_QUERY_THREADS = 1
# Passages come in batches large enough to share; beyond four threads a model of this size gains nothing.
_MOST_PASSAGE_THREADS = 4


class SentenceTransformerEmbedder:
    """Embeds by any sentence-transformers model; "bundled" is all-MiniLM-L6-v2, whose weights ship in a package.

    Query and document prompts of the model are respected. Safe to share between threads: queries are embedded by one
    thread of its own, all that wait together as one batch (8 callers on 2 cores: 4 times the throughput of 8 forward
    passes that fight for the cores); passages are embedded by the thread that asks.
    """

    def __init__(self, model: str = BUNDLED) -> None:
        """Load the model.

        Args:
            model: "bundled", a folder, or a name on the Hugging Face hub (never reached when HF_HUB_OFFLINE is set).

        Raises:
            WeightsChanged: If the bundled weights are not the official ones.
            ModelNotLoaded: If the model is missing, unreachable or not in safetensors format.
        """
        bundled = BundledModel.open() if model == BUNDLED else None
        self._model = _load(model, bundled.folder if bundled else Path(model))
        self._tokenizer = _counting_tokenizer(self._model)
        self._fingerprint = (
            bundled.fingerprint if bundled else f"{_label(model)}@{_digest(self._model, self._tokenizer)[:16]}"
        )
        prompt = self._tokenizer.encode(_document_prompt(self._model), add_special_tokens=False)
        self._max_tokens = int(self._model.max_seq_length or 512) - len(prompt.ids)
        self._waiting: deque[tuple[str, Future[Vector]]] = deque()
        self._query_thread = ThreadPoolExecutor(
            max_workers=1, thread_name_prefix="embed-queries", initializer=_use_threads, initargs=(_QUERY_THREADS,)
        )
        self.embed_query("warm up")  # the first forward pass is many times slower than all others

    @property
    def fingerprint(self) -> str:
        """Model name and a hash of all that makes the vectors: weights, modules, tokenizer, prompts, length."""
        return self._fingerprint

    @property
    def max_tokens(self) -> int:
        """How many tokens of a text the model reads, its document prompt already taken off; the rest is cut off."""
        return self._max_tokens

    def count_tokens(self, text: str) -> int:
        """Tokens of ``text`` as this model counts them, special tokens included; however long, without a warning."""
        return len(self._tokenizer.encode(text).ids)

    def embed_query(self, query: str) -> Vector:
        """Embed one query: float32, (dim,), L2-normalised."""
        (vector,) = self.embed_queries([query])
        return vector

    def embed_queries(self, queries: Sequence[str]) -> list[Vector]:
        """Embed several queries, in the order given; together with those of other threads that wait, in few batches."""
        answers: list[Future[Vector]] = [Future() for _ in queries]
        self._waiting.extend(zip(queries, answers, strict=True))
        for _ in queries:
            self._query_thread.submit(self._embed_waiting_queries)
        return [answer.result() for answer in answers]

    def embed_passages(self, texts: Sequence[str], *, progress: Callable[[int, int], None] | None = None) -> Matrix:
        """Embed passages: float32, (n, dim), L2-normalised rows in the order given.

        Batches hold texts of like length, so that little is spent on padding; ``progress`` is told (done, total) after
        each batch.
        """
        _use_threads(min(usable_cores(), _MOST_PASSAGE_THREADS))
        dimension = int(self._model.get_embedding_dimension() or 0)
        vectors = np.empty((len(texts), dimension), dtype=np.float32)
        longest_first = sorted(range(len(texts)), key=lambda row: -len(texts[row]))
        for start in range(0, len(texts), _PASSAGES_PER_BATCH):
            rows = longest_first[start : start + _PASSAGES_PER_BATCH]
            batch = [texts[row] for row in rows]
            vectors[rows] = self._model.encode_document(batch, normalize_embeddings=True, show_progress_bar=False)
            if progress is not None:
                progress(start + len(rows), len(texts))
        return vectors

    def _embed_waiting_queries(self) -> None:
        batch: list[tuple[str, Future[Vector]]] = []
        while self._waiting and len(batch) < _QUERIES_PER_BATCH:
            batch.append(self._waiting.popleft())
        if not batch:
            return  # an earlier batch took this query along
        try:
            queries = [query for query, _ in batch]
            vectors = self._model.encode_query(queries, normalize_embeddings=True, show_progress_bar=False)
        except BaseException as error:  # whatever it is belongs to those who wait, not to this thread
            for _, answer in batch:
                answer.set_exception(error)
            return
        for (_, answer), vector in zip(batch, vectors, strict=True):
            answer.set_result(np.asarray(vector, dtype=np.float32))


def _label(model: str) -> str:
    """The model's name for people."""
    return Path(model).resolve().name


def _load(model: str, folder: Path) -> "SentenceTransformer":
    # Takes seconds: only when a model is really wanted.
    from sentence_transformers import SentenceTransformer  # noqa: PLC0415
    from transformers.utils import logging  # noqa: PLC0415

    is_local = folder.is_dir()
    logging.disable_progress_bar()  # or "Loading weights" is drawn on stderr
    try:
        return SentenceTransformer(
            str(folder) if is_local else model,
            device="cpu",
            trust_remote_code=False,
            local_files_only=is_local,
            model_kwargs={"use_safetensors": True},  # a .bin file is a pickle
        )
    except (OSError, ValueError, KeyError) as error:
        raise ModelNotLoaded(model, str(error).strip().partition("\n")[0]) from error


def _use_threads(n_threads: int) -> None:
    """How many threads torch may use for what the calling thread computes; others keep theirs."""
    import torch  # noqa: PLC0415

    torch.set_num_threads(n_threads)


def _counting_tokenizer(model: "SentenceTransformer") -> "Tokenizer":
    """A copy of the model's tokenizer that neither cuts nor pads, and that no other thread reconfigures."""
    from tokenizers import Tokenizer  # noqa: PLC0415

    tokenizer = Tokenizer.from_str(model.tokenizer.backend_tokenizer.to_str())
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


def _document_prompt(model: "SentenceTransformer") -> str:
    """What ``encode_document`` puts before every text: the first of these prompts that the model has."""
    names = [name for name in ("document", "passage", "corpus", model.default_prompt_name) if name in model.prompts]
    return str(model.prompts[names[0]]) if names else ""


def _digest(model: "SentenceTransformer", tokenizer: "Tokenizer") -> str:
    digest = hashlib.sha256()
    for name, tensor in sorted(model.state_dict().items()):
        digest.update(f"{name} {tensor.dtype} {tuple(tensor.shape)}\n".encode())
        digest.update(tensor.contiguous().numpy().data)
    settings = (str(model), model.max_seq_length, sorted(model.prompts.items()), model.default_prompt_name)
    digest.update(repr(settings).encode())
    digest.update(tokenizer.to_str().encode())
    return digest.hexdigest()
