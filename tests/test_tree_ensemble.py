"""Boosted trees without branches give what following the branches gives."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.tree_ensemble import TreeEnsemble, TreeRow

N_FEATURES = 3
FEATURES = tuple(f"feature_{number}" for number in range(N_FEATURES))
numbers = st.floats(-5, 5, width=32)


class Node:
    """A tree as one draws it: a leaf has a value, any other node a test and two sides."""

    def __init__(
        self, value: float = 0.0, test: tuple[int, float] | None = None, sides: tuple["Node", "Node"] | None = None
    ) -> None:
        self.value, self.test, self.sides = value, test, sides

    def follow(self, row: list[float]) -> float:
        if self.test is None or self.sides is None:
            return self.value
        feature, threshold = self.test
        return self.sides[int(np.float32(row[feature]) > np.float32(threshold))].follow(row)

    def flatten(self, tree: TreeRow) -> None:
        if self.test is None or self.sides is None:
            tree["leaf"].append(self.value)
            return
        place, first = len(tree["feature"]), len(tree["leaf"])
        tree["feature"].append(self.test[0])
        tree["threshold"].append(self.test[1])
        tree["rules_out"].append(0)
        self.sides[0].flatten(tree)
        tree["rules_out"][place] = sum(1 << leaf for leaf in range(first, len(tree["leaf"])))
        self.sides[1].flatten(tree)


def trees(depth: int = 3) -> st.SearchStrategy[Node]:
    leaf = st.builds(Node, value=numbers)
    if depth == 0:
        return leaf
    test = st.tuples(st.integers(0, N_FEATURES - 1), numbers)
    return leaf | st.builds(Node, test=test, sides=st.tuples(trees(depth - 1), trees(depth - 1)))


@given(
    st.lists(trees(), min_size=1, max_size=5),
    st.lists(st.lists(numbers, min_size=3, max_size=3), min_size=1, max_size=6),
)
def test_every_row_falls_into_the_leaf_its_branches_lead_to(drawn: list[Node], rows: list[list[float]]) -> None:
    flat = []
    for tree in drawn:
        row = TreeRow(feature=[], threshold=[], rules_out=[], leaf=[])
        tree.flatten(row)
        flat.append(row)

    scores = TreeEnsemble.of(FEATURES, flat).scores(np.array(rows, np.float32))

    assert scores == pytest.approx([sum(tree.follow(row) for tree in drawn) for row in rows], abs=1e-3)


def test_a_tree_that_does_not_fit_into_a_byte_is_refused() -> None:
    tree = TreeRow(feature=[0] * 8, threshold=[0.0] * 8, rules_out=[1] * 8, leaf=[0.0] * 9)

    with pytest.raises(ValueError, match="9 leaves"):
        TreeEnsemble.of(FEATURES, [tree])


@pytest.mark.parametrize("name", ["ranker", "refusal"])
def test_what_ships_reads_back_as_it_was_written(name: str) -> None:
    shipped = TreeEnsemble.load(name)
    data = shipped.as_json()
    again = TreeEnsemble.of(tuple(data["features"]), data["trees"])
    rows = np.random.default_rng(0).normal(size=(20, len(shipped.features))).astype(np.float32)

    assert again.scores(rows) == pytest.approx(shipped.scores(rows), abs=1e-4)
