"""Boosted regression trees, evaluated for all rows and trees at once with NumPy alone.

A tree of at most eight leaves keeps its state in one byte: each test that fails rules out the leaves on its left,
and the lowest leaf still standing is the one a row falls into. No branch is followed, so a hundred trees over a
hundred rows take a fraction of a millisecond.

Source: Lucchese et al., "QuickScorer: a Fast Algorithm to Rank Documents with Additive Ensembles of Regression Trees",
SIGIR 2015.
"""

import functools
import hashlib
import json
from dataclasses import dataclass
from importlib.resources import files
from typing import Self, TypedDict

import numpy as np
from numpy.typing import NDArray

MAX_LEAVES = 8
_LOWEST_BIT = np.array([0] + [(byte & -byte).bit_length() - 1 for byte in range(1, 256)], dtype=np.int64)


@functools.cache
def model_fingerprint(name: str) -> str:
    """What an ensemble that ships with the code goes by in records: it changes whenever its scores would."""
    return f"{name}@{hashlib.sha256((files('index') / 'models' / f'{name}.json').read_bytes()).hexdigest()[:16]}"


class TreeRow(TypedDict):
    """One tree as it stands in the file: a test is "go left if the feature is at most the threshold"."""

    feature: list[int]
    threshold: list[float]
    rules_out: list[int]  # bits of the leaves that a failed test rules out
    leaf: list[float]  # values, leftmost leaf first


@dataclass(frozen=True, slots=True)
class TreeEnsemble:
    """A sum of small regression trees over named features."""

    features: tuple[str, ...]
    feature: NDArray[np.int64]  # (7, n_trees): the trees' first tests, their second ones, ...
    threshold: NDArray[np.float32]  # (7, n_trees)
    rules_out: NDArray[np.uint8]  # (7, n_trees); 0 in unused places
    leaf: NDArray[np.float32]  # (n_trees, 8)

    @classmethod
    def of(cls, features: tuple[str, ...], trees: list[TreeRow]) -> Self:
        """Lay the trees out as arrays.

        Raises:
            ValueError: If a tree has more than eight leaves.
        """
        shape = (MAX_LEAVES - 1, len(trees))
        feature, threshold = np.zeros(shape, np.int64), np.full(shape, np.inf, np.float32)
        rules_out, leaf = np.zeros(shape, np.uint8), np.zeros((len(trees), MAX_LEAVES), np.float32)
        for number, tree in enumerate(trees):
            n_tests = len(tree["feature"])
            if n_tests >= MAX_LEAVES:
                raise ValueError(f"tree {number} has {n_tests + 1} leaves; at most {MAX_LEAVES} fit into a byte")
            feature[:n_tests, number] = tree["feature"]
            threshold[:n_tests, number] = tree["threshold"]
            rules_out[:n_tests, number] = tree["rules_out"]
            leaf[number, : n_tests + 1] = tree["leaf"]
        return cls(features, feature, threshold, rules_out, leaf)

    @classmethod
    def load(cls, name: str) -> Self:
        """Read an ensemble that ships with the code: ``index/models/<name>.json``."""
        data = json.loads((files("index") / "models" / f"{name}.json").read_text("utf-8"))
        return cls.of(tuple(data["features"]), data["trees"])

    def as_json(self) -> dict[str, object]:
        """What ``load`` reads."""
        trees = []
        for number in range(len(self.leaf)):
            n_tests = int(np.count_nonzero(self.rules_out[:, number]))
            tree = TreeRow(
                feature=self.feature[:n_tests, number].tolist(),
                threshold=[round(float(value), 7) for value in self.threshold[:n_tests, number]],
                rules_out=self.rules_out[:n_tests, number].tolist(),
                leaf=[round(float(value), 6) for value in self.leaf[number, : n_tests + 1]],
            )
            trees.append(tree)
        return {"features": list(self.features), "trees": trees}

    def scores(self, rows: NDArray[np.float32]) -> NDArray[np.float32]:
        """The sum of the leaves that each row falls into: (n_rows, n_features) -> (n_rows,).

        Rows stand last in every array, side by side, so that each step runs over memory in order: 70 microseconds for
        100 rows and 200 trees, where rows first take 240.
        """
        tested = np.ascontiguousarray(rows.T).take(self.feature, axis=0)  # (7, n_trees, n_rows)
        failed = (tested > self.threshold[:, :, None]).view(np.uint8)
        ruled_out = np.bitwise_or.reduce(failed * self.rules_out[:, :, None], axis=0)
        first_leaf = np.arange(0, self.leaf.size, MAX_LEAVES)[:, None]
        leaf = first_leaf + _LOWEST_BIT.take(np.bitwise_not(ruled_out))
        total: NDArray[np.float32] = self.leaf.take(leaf).sum(axis=0, dtype=np.float32)
        return total
