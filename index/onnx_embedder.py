"""The one door to ONNX Runtime: text becomes unit vectors by the bundled model. Knows no chunks and no courses.

ONNX Runtime is imported when an embedder is made, not when this module is, as torch is next door; it takes a fifth of
a second, and no torch.
"""

import os
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

from index.bundled_model import BundledModel
from index.company import Company
from index.cores import usable_cores, usable_threads
from index.types import Matrix, Vector

Tokens = NDArray[np.int32]  # (n, length): token numbers, or 1 where there is a token and 0 where there is padding
Encoder = Callable[[Tokens, Tokens], Matrix]

# Two threads with eight passages each read 67 a second where two with 32 read 58: what a batch of eight computes on
# its way stays in the processor's cache, and less of it is padding.
_PASSAGES_PER_BATCH = 8
# Passages share no lock, so they would take every core they get; a service beside them answers questions, too.
_MOST_PASSAGE_THREADS = 8
_MOST_QUERY_THREADS = 4  # a few dozen tokens give no more to share out
# How far passages step back. On two cores with a load of 7, p95 of embedding a query was 18 ms alone and beside
# passages 32 (niceness 0), 22 (5) and 28 (10), at 40, 31 and 19 passages a second. Further back, a thread that holds
# Python's lock is made to wait by other processes, and the question with it.
_PASSAGE_NICENESS = 5


class OnnxEmbedder:
    """Embeds by the bundled model, all-MiniLM-L6-v2: passages in float32, queries by weights of eight bits.

    What is kept is exact, and what is asked is quick: a query's vector is off by a cosine of .001 (a lone "?": .003).
    The weights in float32 are loaded when the first passages come, which most processes never see.

    Safe to share between threads. While several ask, every forward pass is computed by the thread that asks for it,
    alone and without Python's lock: nobody waits for a thread that was descheduled. Who asks alone has idle cores
    beside him, and another thread or more computes with his (1.0 instead of 1.5 ms). A query's vector is the same to
    the last bit either way, since each sum is one thread's.

    Queries of different callers are not put into one batch: they differ in length, and what is saved on the weights is
    spent on padding (120 a second one by one, 80 in batches of sixteen).
    """

    def __init__(self) -> None:
        """Load the model: .4 seconds.

        Raises:
            WeightsChanged: If the bundled weights are not the official ones.
        """
        from tokenizers import Tokenizer  # noqa: PLC0415  (takes a while, as all here)

        self._model = BundledModel.open()
        self._counting = Tokenizer.from_file(str(self._model.tokenizer))
        self._counting.no_truncation()
        self._counting.no_padding()
        self._tokenizer = Tokenizer.from_file(str(self._model.tokenizer))
        self._tokenizer.enable_truncation(self._model.max_tokens)
        self._tokenizer.no_padding()
        threads = sorted({1, min(usable_threads(), _MOST_QUERY_THREADS)})
        encoders = _encoders(self._model, threads, in_eight_bits=True)
        self._encode_beside_others, self._encode_alone = encoders[0], encoders[-1]
        self._company = Company()
        self._encode_passages: Encoder | None = None
        self._loading = threading.Lock()
        self.embed_query("warm up")

    @property
    def fingerprint(self) -> str:
        """Model name and a hash of all that makes the vectors; not the runtime, see ``index.bundled_model``."""
        return self._model.fingerprint

    @property
    def max_tokens(self) -> int:
        """How many tokens of a text the model reads; the rest is cut off."""
        return self._model.max_tokens

    def count_tokens(self, text: str) -> int:
        """Tokens of ``text`` as this model counts them, special tokens included; however long, without a warning."""
        return len(self._counting.encode(text).ids)

    def embed_query(self, query: str) -> Vector:
        """Embed one query: float32, (dim,), L2-normalised."""
        tokens, mask = _padded([self._tokenizer.encode(query).ids])
        with self._company as alone:
            encode = self._encode_alone if alone else self._encode_beside_others
            vector: Vector = encode(tokens, mask)[0]
        return vector

    def embed_queries(self, queries: Sequence[str]) -> list[Vector]:
        """Embed several queries, such as a question and its parts, in the order given: one by one, without padding."""
        return [self.embed_query(query) for query in queries]

    def embed_passages(self, texts: Sequence[str], *, progress: Callable[[int, int], None] | None = None) -> Matrix:
        """Embed passages: float32, (n, dim), L2-normalised rows in the order given.

        Batches hold texts of like length, so that little is spent on padding, and are shared out among threads, so
        that no forward pass has to be; ``progress`` is told (done, total) after each batch.
        """
        encode = self._passage_encoder()
        vectors = np.empty((len(texts), self._model.shape.dimension), dtype=np.float32)
        longest_first = sorted(range(len(texts)), key=lambda row: -len(texts[row]))
        batches = list(_batches(longest_first))

        def embed(rows: list[int]) -> Matrix:
            found = self._tokenizer.encode_batch([texts[row] for row in rows])
            return encode(*_padded([encoding.ids for encoding in found]))

        done = 0
        n_threads = min(usable_cores(), _MOST_PASSAGE_THREADS)
        pool = ThreadPoolExecutor(n_threads, thread_name_prefix="embed-passages", initializer=_step_back)
        try:
            for rows, found in zip(batches, pool.map(embed, batches), strict=True):
                vectors[rows] = found
                done += len(rows)
                if progress is not None:
                    progress(done, len(texts))
        finally:
            pool.shutdown(cancel_futures=True)
        return vectors

    def _passage_encoder(self) -> Encoder:
        with self._loading:
            if self._encode_passages is None:
                (self._encode_passages,) = _encoders(self._model, [1])
            return self._encode_passages


def _padded(token_lists: Sequence[Sequence[int]]) -> tuple[Tokens, Tokens]:
    """Tokens and mask of texts that differ in length."""
    tokens = np.zeros((len(token_lists), max(map(len, token_lists))), dtype=np.int32)
    mask = np.zeros_like(tokens)
    for row, found in enumerate(token_lists):
        tokens[row, : len(found)] = found
        mask[row, : len(found)] = 1
    return tokens, mask


def _encoders(model: BundledModel, n_threads: Sequence[int], *, in_eight_bits: bool = False) -> list[Encoder]:
    """The forward pass, each on the thread that calls it and so many in all; over the same weights."""
    import onnxruntime  # noqa: PLC0415  (takes a while, as all here)

    from index.bert_graph import (  # noqa: PLC0415
        EMBEDDED,
        MASK,
        SENTENCES,
        SLOWER_FUSED,
        TokenEmbeddings,
        encoder_graph,
    )

    tensors = model.tensors()
    embed = TokenEmbeddings.of(tensors)
    graph = encoder_graph(tensors, model.shape, in_eight_bits=in_eight_bits)
    weights = {name: onnxruntime.OrtValue.ortvalue_from_numpy(weight) for name, weight in graph.weights.items()}

    def encoder(threads: int) -> Encoder:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
        options.add_session_config_entry("session.force_spinning_stop", "1")  # threads spin within a pass, not after it
        options.log_severity_level = 3  # errors, which are raised as well
        options.add_external_initializers(list(weights), list(weights.values()))
        session = onnxruntime.InferenceSession(
            graph.model, options, providers=["CPUExecutionProvider"], disabled_optimizers=SLOWER_FUSED
        )

        def encode(tokens: Tokens, mask: Tokens) -> Matrix:
            vectors: Matrix = session.run([SENTENCES], {EMBEDDED: embed(tokens), MASK: mask})[0]
            return vectors

        return encode

    return [encoder(threads) for threads in n_threads]


def _step_back() -> None:
    """Let whoever answers a question have the core first; Linux alone gives threads priorities of their own."""
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _PASSAGE_NICENESS)


def _batches(rows: list[int]) -> Iterator[list[int]]:
    for start in range(0, len(rows), _PASSAGES_PER_BATCH):
        yield rows[start : start + _PASSAGES_PER_BATCH]
