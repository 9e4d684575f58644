"""A reranker for those who can have one: any cross-encoder of sentence-transformers reads question and chunk together.

Optional, and off by default: none ships with the code, and reading twenty chunks takes some hundred milliseconds on a
small CPU. Torch is imported when a reranker is made, not when this module is.
"""

import threading
from collections.abc import Sequence
from pathlib import Path

from index.errors import RerankerNotLoaded

_MAX_TOKENS = 512  # question and chunk together; BERT-sized cross-encoders read no more
_PAIRS_PER_BATCH = 16


class CrossEncoderReranker:
    """Scores chunks by a cross-encoder with one output, such as those trained on MS MARCO. Safe to share."""

    def __init__(self, model: str) -> None:
        """Load the model.

        Args:
            model: A folder, or a name on the Hugging Face hub (never reached when HF_HUB_OFFLINE is set).

        Raises:
            RerankerNotLoaded: If it is missing, unreachable, not in safetensors format or gives more than one score.
        """
        from sentence_transformers import CrossEncoder  # noqa: PLC0415  (takes seconds)
        from transformers.utils import logging  # noqa: PLC0415

        logging.disable_progress_bar()  # or "Loading weights" is drawn on stderr
        is_folder = Path(model).is_dir()
        try:
            self._model = CrossEncoder(
                model, device="cpu", max_length=_MAX_TOKENS, trust_remote_code=False, local_files_only=is_folder,
                model_kwargs={"use_safetensors": True},  # a .bin file is a pickle
            )  # fmt: skip
        except (OSError, ValueError, KeyError) as error:
            raise RerankerNotLoaded(model, str(error).strip().partition("\n")[0]) from error
        if (n_labels := int(self._model.num_labels)) != 1:
            raise RerankerNotLoaded(model, f"it gives {n_labels} scores a pair where one is needed")
        self._lock = threading.Lock()  # torch's threads get in each other's way; see index/embedders.py

    def scores(self, query: str, texts: Sequence[str]) -> list[float]:
        """How well each text answers the query, in the order given; higher is better."""
        if not texts:
            return []
        with self._lock:
            found = self._model.predict(
                [(query, text) for text in texts], batch_size=_PAIRS_PER_BATCH, show_progress_bar=False
            )
        return [float(score) for score in found]
