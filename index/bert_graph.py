"""The one door to onnx: a BERT sentence encoder as a graph that ONNX Runtime computes. Knows weights, no text.

An exporter would need torch, seconds, and a file to keep; a BERT is a dozen nodes a layer, written down here, and the
weights stay where they are. The nodes of domain "com.microsoft" are the fused ones that ONNX Runtime would otherwise
have to find in an exported graph. Their contracts: docs/ContribOperators.md in ONNX Runtime's repository.

Adding and normalising are nodes of their own: ONNX Runtime's SkipLayerNormalization, which does both, adds up number
after number and takes six times as long (300 against 55 microseconds for twelve of 16 tokens; 875 against 130 of 48).

One question waits for 43 MB of weights to come from memory; a batch of passages does not. So there are two layouts.

Source: Devlin et al., "BERT: Pre-training of Deep Bidirectional Transformers", NAACL 2019; Reimers and Gurevych,
"Sentence-BERT", EMNLP 2019, for the mean over the tokens.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from onnx import NodeProto, TensorProto, helper

from index.bundled_model import BertShape
from index.eight_bits import BITS, BLOCK, BY_INTEGERS, EightBits

# Inputs: float32 (n, length, dim), and int32 (n, length) with 1 where a token is and 0 where there is padding; output
# float32 (n, dim).
EMBEDDED, MASK, SENTENCES = "embedded", "mask", "sentences"

_FUSED = "com.microsoft"
SLOWER_FUSED = ("SkipLayerNormFusion",)  # what ONNX Runtime must not make of these nodes
_OPSET = 17
_IR_VERSION = 9  # of opset 17's time: read by every ONNX Runtime that pyproject.toml admits

Array = NDArray[np.float32]
Stored = NDArray[np.float32] | NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class EncoderGraph:
    """A graph of a few kilobytes, and the weights it names, which are handed over beside it and never serialised."""

    model: bytes
    weights: Mapping[str, Stored]


@dataclass(frozen=True, slots=True)
class TokenEmbeddings:
    """What stands for each token before the first layer; looked up here, so that no graph holds all words."""

    words: Array  # (n_words, dim)
    positions: Array  # (longest, dim)

    @classmethod
    def of(cls, tensors: Mapping[str, Array]) -> "TokenEmbeddings":
        """Of a BERT's weights. The first token type is the only one: its row is added to every position's."""
        table = "embeddings."
        token_type = tensors[f"{table}token_type_embeddings.weight"][0]
        words, positions = (tensors[f"{table}{name}_embeddings.weight"] for name in ("word", "position"))
        return cls(words, positions + token_type)

    def __call__(self, tokens: NDArray[np.int32]) -> Array:
        """Look up tokens, (n, length): float32, (n, length, dim)."""
        found: Array = self.words[tokens]
        found += self.positions[: tokens.shape[1]]
        return found


def encoder_graph(tensors: Mapping[str, Array], shape: BertShape, *, in_eight_bits: bool = False) -> EncoderGraph:
    """Lay out an encoder: embedded tokens and mask in, the L2-normalised mean of the last layer's token vectors out.

    Args:
        tensors: The model's weights by their names in PyTorch.
        shape: What they do not tell themselves.
        in_eight_bits: Multiply by weights of eight bits: a short text takes under half of the time, and its vector is
            off by a cosine of .001 (a lone "?": .003). Otherwise all is float32.
    """
    layout = (_EightBitLayout if in_eight_bits else _Layout)(tensors, shape)
    states = layout.embeddings()
    for number in range(shape.n_layers):
        states = layout.layer(f"encoder.layer.{number}.", states)
    layout.pool(states)
    graph = helper.make_graph(
        layout.nodes,
        "sentence encoder",
        [
            helper.make_tensor_value_info(EMBEDDED, TensorProto.FLOAT, ["n", "length", shape.dimension]),
            helper.make_tensor_value_info(MASK, TensorProto.INT32, ["n", "length"]),
        ],
        [helper.make_tensor_value_info(SENTENCES, TensorProto.FLOAT, ["n", shape.dimension])],
        [
            *(_outside(name, weight) for name, weight in layout.weights.items()),
            helper.make_tensor("axis 1", TensorProto.INT64, [1], [1]),
        ],
    )
    model = helper.make_model(
        graph,
        opset_imports=[helper.make_opsetid("", _OPSET), helper.make_opsetid(_FUSED, 1)],
        ir_version=_IR_VERSION,
    )
    return EncoderGraph(model.SerializeToString(), layout.weights)


class _Layout:
    """Nodes and weights as they accumulate; every method adds nodes and returns the name of what they compute."""

    def __init__(self, tensors: Mapping[str, Array], shape: BertShape) -> None:
        self.nodes: list[NodeProto] = []
        self.weights: dict[str, Stored] = {}
        self._tensors = tensors
        self._shape = shape

    def embeddings(self) -> str:
        """What comes in, normalised."""
        return self._normalise(EMBEDDED, "embeddings.LayerNorm")

    def layer(self, layer: str, states: str) -> str:
        """Self-attention and feed-forward, each added to what it read and normalised."""
        heads = [f"{layer}attention.self.{name}" for name in ("query", "key", "value")]
        weight = np.concatenate([self._tensors[f"{head}.weight"].T for head in heads], axis=1)
        bias = np.concatenate([self._tensors[f"{head}.bias"] for head in heads])
        attended = self._attend(f"{layer}qkv", weight, self._add_weight(f"{layer}qkv bias", bias), states)
        states = self._project_and_add(f"{layer}attention.output.", attended, states)
        wide = self._project(f"{layer}intermediate.dense", states)
        wide = self._node("BiasGelu", [wide, self._keep(f"{layer}intermediate.dense.bias")], domain=_FUSED)
        return self._project_and_add(f"{layer}output.", wide, states)

    def pool(self, states: str) -> None:
        """Sum the vectors of the tokens that are no padding; unit length makes the sum as good as the mean."""
        mask = self._node("Cast", [MASK], to=TensorProto.FLOAT)
        row = self._node("Unsqueeze", [mask, "axis 1"])
        total = self._node("Squeeze", [self._node("MatMul", [row, states]), "axis 1"])
        self.nodes.append(helper.make_node("LpNormalization", [total], [SENTENCES], axis=-1, p=2))

    def _attend(self, name: str, weight: Array, bias: str, states: str) -> str:
        """Queries, keys and values side by side in one weight, (dim, 3 dim), and the attention over them."""
        inputs = [states, self._add_weight(name, weight), bias, MASK]
        return self._node("Attention", inputs, domain=_FUSED, num_heads=self._shape.n_heads)

    def _multiply(self, states: str, name: str, weight: Array) -> str:
        return self._node("MatMul", [states, self._add_weight(name, weight)])

    def _project(self, dense: str, states: str) -> str:
        name = f"{dense}.weight"
        return self._multiply(states, name, self._tensors[name].T)

    def _project_and_add(self, block: str, inner: str, states: str) -> str:
        projected = self._node("Add", [self._project(f"{block}dense", inner), self._keep(f"{block}dense.bias")])
        both = self._node("Add", [projected, states])
        return self._normalise(both, f"{block}LayerNorm")

    def _normalise(self, states: str, name: str) -> str:
        inputs = [states, self._keep(f"{name}.weight"), self._keep(f"{name}.bias")]
        return self._node("LayerNormalization", inputs, axis=-1, epsilon=self._shape.layer_norm_epsilon)

    def _node(self, kind: str, inputs: list[str], *, domain: str = "", **settings: float) -> str:
        output = f"{len(self.nodes)} {kind}"
        self.nodes.append(helper.make_node(kind, inputs, [output], domain=domain, **settings))
        return output

    def _keep(self, name: str) -> str:
        return self._add_weight(name, self._tensors[name])

    def _add_weight(self, name: str, weight: Stored) -> str:
        self.weights[name] = weight if weight.flags.c_contiguous else weight.copy()
        return name


class _EightBitLayout(_Layout):
    """The same encoder, its products taken in eight bits."""

    def _attend(self, name: str, weight: Array, bias: str, states: str) -> str:
        heads = [f"{part} of {name}" for part in ("queries", "keys", "values")]
        together = self._multiply(states, name, weight)
        self.nodes.append(helper.make_node("Split", [together], heads, axis=-1))
        inputs = [*heads, bias, MASK]
        return self._node("MultiHeadAttention", inputs, domain=_FUSED, num_heads=self._shape.n_heads)

    def _multiply(self, states: str, name: str, weight: Array) -> str:
        rounded = EightBits.of(weight)
        values = self._add_weight(f"{name} values", rounded.values)
        scales = self._add_weight(f"{name} scales", rounded.scales)
        n_in, n_out = weight.shape
        settings = {"K": n_in, "N": n_out, "bits": BITS, "block_size": BLOCK, "accuracy_level": BY_INTEGERS}
        return self._node("MatMulNBits", [states, values, scales], domain=_FUSED, **settings)


def _outside(name: str, weight: Stored) -> TensorProto:
    """Says of a weight only what it looks like; place and length are asked for, and replaced by the weight itself."""
    tensor = TensorProto(name=name, data_type=helper.np_dtype_to_tensor_dtype(weight.dtype), dims=weight.shape)
    tensor.data_location = TensorProto.EXTERNAL
    for key, value in (("location", "handed over"), ("offset", "0"), ("length", str(weight.nbytes))):
        tensor.external_data.add(key=key, value=value)
    return tensor
