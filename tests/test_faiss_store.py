"""The vector store is exact, keeps its rows, and never writes over a file."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from index_samples import full_disk

from index.errors import IndexingError
from index.faiss_store import FaissStore


def unit_rows(n: int, dimension: int = 8, seed: int = 0) -> np.ndarray:
    matrix = np.random.default_rng(seed).normal(size=(n, dimension)).astype(np.float32)
    return matrix / np.maximum(np.linalg.norm(matrix, axis=1, keepdims=True), 1e-9)


@given(st.integers(1, 30), st.integers(1, 40), st.integers(0, 1000))
def test_search_finds_what_comparing_with_every_vector_finds(n: int, top_k: int, seed: int) -> None:
    matrix, query = unit_rows(n, seed=seed), unit_rows(1, seed=seed + 1)[0]

    rows, products = FaissStore.from_matrix(matrix).search(query, top_k)

    exact = matrix @ query
    assert len(rows) == len(set(rows)) == min(n, top_k)
    np.testing.assert_allclose(products, np.sort(exact)[::-1][:top_k], atol=1e-6)
    np.testing.assert_allclose(products, exact[rows], atol=1e-6)


def test_inner_products_stand_in_the_order_of_the_rows() -> None:
    matrix, query = unit_rows(50), unit_rows(1, seed=9)[0]

    products = FaissStore.from_matrix(matrix).inner_products(query)

    np.testing.assert_allclose(products, matrix @ query, atol=1e-6)


def test_an_empty_store_finds_nothing() -> None:
    store = FaissStore.from_matrix(np.empty((0, 8), dtype=np.float32))

    assert store.search(unit_rows(1)[0], 5) == ([], [])
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
        FaissStore.from_matrix(unit_rows(3)).search(np.ones(5, dtype=np.float32), 1)
