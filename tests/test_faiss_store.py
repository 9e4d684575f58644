"""The vector store is exact, keeps its rows, and never writes over a file."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from index_samples import full_disk

from index.errors import IndexingError
from index.faiss_store import SKETCHED_FROM, FaissStore, products_with


def unit_rows(n: int, dimension: int = 8, seed: int = 0) -> np.ndarray:
    matrix = np.random.default_rng(seed).normal(size=(n, dimension)).astype(np.float32)
    return matrix / np.maximum(np.linalg.norm(matrix, axis=1, keepdims=True), 1e-9)


@given(st.integers(1, 30), st.integers(1, 40), st.integers(0, 1000))
def test_the_nearest_are_those_that_comparing_with_every_vector_finds(n: int, top_k: int, seed: int) -> None:
    matrix, query = unit_rows(n, seed=seed), unit_rows(1, seed=seed + 1)[0]
    store = FaissStore.from_matrix(matrix)

    rows = store.nearest(query, top_k)
    products = products_with(query, store.vectors(rows))

    exact = matrix @ query
    assert len(rows) == len(set(rows.tolist())) == min(n, top_k)
    np.testing.assert_allclose(np.sort(products)[::-1], np.sort(exact)[::-1][:top_k], atol=1e-6)
    np.testing.assert_allclose(products, exact[rows], atol=1e-6)


def test_inner_products_stand_in_the_order_of_the_rows() -> None:
    matrix, query = unit_rows(50), unit_rows(1, seed=9)[0]

    products = FaissStore.from_matrix(matrix).inner_products(query)

    np.testing.assert_allclose(products, matrix @ query, atol=1e-6)


def test_an_empty_store_finds_nothing() -> None:
    store = FaissStore.from_matrix(np.empty((0, 8), dtype=np.float32))

    assert store.nearest(unit_rows(1)[0], 5).tolist() == []
    assert store.inner_products(unit_rows(1)[0]).shape == (0,)
    assert store.matrix().shape == (0, 8)


def test_a_saved_store_is_the_same_store(tmp_path: Path) -> None:
    matrix = unit_rows(20)
    FaissStore.from_matrix(matrix).save(tmp_path / "vectors.faiss")

    loaded = FaissStore.load(tmp_path / "vectors.faiss")

    assert len(loaded) == 20
    assert (loaded.matrix() == matrix).all()


def test_an_existing_file_is_never_written_over(tmp_path: Path) -> None:
    live = tmp_path / "vectors.faiss"
    live.write_bytes(b"the index that answers now")

    with pytest.raises(FileExistsError):
        FaissStore.from_matrix(unit_rows(3)).save(live)

    assert live.read_bytes() == b"the index that answers now"


def test_a_full_disk_is_a_plain_error(tmp_path: Path) -> None:
    store = FaissStore.from_matrix(unit_rows(100))

    with full_disk(), pytest.raises(OSError, match="too large"):
        store.save(tmp_path / "vectors.faiss")


@pytest.mark.parametrize("content", [b"", b"IxFI", b"not an index at all", b"\0" * 200])
def test_a_file_that_is_no_index_is_a_plain_error(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "vectors.faiss"
    path.write_bytes(content)

    with pytest.raises(IndexingError, match=r"vectors\.faiss"):
        FaissStore.load(path)


def test_a_query_of_another_model_is_refused() -> None:
    with pytest.raises(ValueError, match="8 numbers"):
        FaissStore.from_matrix(unit_rows(3)).nearest(np.ones(5, dtype=np.float32), 1)


@given(st.integers(1, 60), st.integers(0, 60), st.integers(1, 50), st.integers(0, 1000))
def test_what_is_hidden_is_never_near_and_everything_else_is_in_reach(
    n: int, n_hidden: int, top_k: int, seed: int
) -> None:
    matrix, query = unit_rows(n, seed=seed), unit_rows(1, seed=seed + 1)[0]
    hidden = np.sort(np.random.default_rng(seed).permutation(n)[:n_hidden])

    rows = FaissStore.from_matrix(matrix).nearest(query, top_k, hidden=hidden)

    shown = np.setdiff1d(np.arange(n), hidden)
    best = shown[np.argsort(-(matrix @ query)[shown], kind="stable")[:top_k]]
    assert sorted(rows.tolist()) == sorted(best.tolist())


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> tuple[np.ndarray, FaissStore]:
    """Vectors in clusters, as texts have them, of so many that sketches are kept."""
    chance = np.random.default_rng(7)
    centres = chance.normal(size=(300, 32))
    matrix = centres[chance.integers(300, size=SKETCHED_FROM)] + 0.7 * chance.normal(size=(SKETCHED_FROM, 32))
    matrix = (matrix / np.linalg.norm(matrix, axis=1, keepdims=True)).astype(np.float32)
    path = tmp_path_factory.mktemp("large") / "vectors.faiss"
    FaissStore.from_matrix(matrix).save(path)
    return matrix, FaissStore.load(path)


def recall(found: np.ndarray, products: np.ndarray, n: int) -> float:
    best = np.argpartition(-products, n - 1)[:n]
    return len(np.intersect1d(found, best)) / n


@pytest.mark.parametrize("off_topic", [False, True])
def test_a_large_course_finds_its_nearest_on_and_off_the_topic(
    large: tuple[np.ndarray, FaissStore], off_topic: bool
) -> None:
    matrix, store = large
    queries = unit_rows(50, dimension=32, seed=3) if off_topic else matrix[:50]

    recalls = [recall(store.nearest(query, 10), matrix @ query, 10) for query in queries]

    assert np.mean(recalls) >= 0.98


def test_a_large_course_hides_what_is_hidden_however_much_and_however_near(
    large: tuple[np.ndarray, FaissStore],
) -> None:
    matrix, store = large
    query = matrix[0]
    products = matrix @ query

    for n_hidden in (1, 500, 5_000, SKETCHED_FROM - 30):
        hidden = np.sort(np.argsort(-products)[:n_hidden])
        rows = store.nearest(query, 40, hidden=hidden)

        shown = np.where(np.isin(np.arange(len(matrix)), hidden), -np.inf, products)
        assert len(rows) == min(40, SKETCHED_FROM - n_hidden)
        assert not np.isin(rows, hidden).any()
        assert recall(rows, shown, len(rows)) >= 0.9


def test_a_large_course_is_loaded_as_it_was_saved_and_mapped(
    large: tuple[np.ndarray, FaissStore], tmp_path: Path
) -> None:
    matrix, store = large
    store.save(tmp_path / "vectors.faiss")

    loaded = FaissStore.load(tmp_path / "vectors.faiss")

    assert sorted(loaded.nearest(matrix[3], 20)) == sorted(store.nearest(matrix[3], 20))
    assert str(tmp_path / "vectors.faiss") in Path("/proc/self/maps").read_text()
    assert {path.name for path in tmp_path.iterdir()} == {"vectors.faiss", "vectors.sketch.faiss"}
