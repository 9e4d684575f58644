"""A reranker reads the best chunks again: it orders them, loses none, and says nothing of how sure the ranking is."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from factories import make_chunk, make_evidence
from hashing_embedder import HashingEmbedder
from hypothesis import given
from hypothesis import strategies as st
from index_samples import STARS, chunks_of, contents_of, course_of, manifest_of

from index.course_index import CourseIndex
from index.cross_encoders import CrossEncoderReranker
from index.errors import RerankerNotLoaded
from index.reranking import RERANKED, rerank


class Likes:
    """Likes texts that hold one word; remembers what it read."""

    def __init__(self, word: str) -> None:
        self.word = word
        self.read: list[str] = []

    def scores(self, query: str, texts: Sequence[str]) -> list[float]:
        self.read += texts
        return [float(self.word in text) for text in texts]


class Says:
    """Gives the scores it was made with."""

    def __init__(self, scores: Sequence[float]) -> None:
        self.given = scores

    def scores(self, query: str, texts: Sequence[str]) -> Sequence[float]:
        return self.given[: len(texts)]


@given(st.lists(st.floats(-10, 10), min_size=1, max_size=30))
def test_reranking_loses_nothing_and_leaves_scores_with_their_places(scores: list[float]) -> None:
    ranking = make_evidence(*(make_chunk(f"Star {n} shines.", start=100 * n) for n in range(len(scores))))

    again = rerank("stars", ranking, Says(scores))

    assert sorted(i.chunk.chunk_id for i in again) == sorted(i.chunk.chunk_id for i in ranking)
    assert [(item.rank, item.score) for item in again] == [(item.rank, item.score) for item in ranking]
    assert again[RERANKED:] == ranking[RERANKED:]


def test_the_chunk_that_the_reranker_likes_comes_first() -> None:
    course, embedder = course_of(STARS), HashingEmbedder()
    contents = contents_of(course, embedder)
    likes = Likes("nebula")
    index = CourseIndex(manifest_of(course, contents, embedder), contents, embedder, reranker=likes)

    (first,) = index.retrieve("stars", top_k=1)

    assert "nebula" in first.chunk.text
    assert first.rank == 1
    assert len(likes.read) == len(chunks_of(course.documents[0]))


@pytest.fixture(scope="module")
def tiny_cross_encoder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A real cross-encoder with one small layer and random weights: its scores mean nothing, its files are right."""
    import torch
    from transformers import BertConfig, BertForSequenceClassification, BertTokenizerFast

    folder = tmp_path_factory.mktemp("cross-encoder")
    letters = [chr(code) for code in range(ord("a"), ord("z") + 1)]
    vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *letters, *(f"##{letter}" for letter in letters)]
    (folder / "vocab.txt").write_text("\n".join(vocabulary), "utf-8")
    BertTokenizerFast(str(folder / "vocab.txt")).save_pretrained(folder)
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=len(vocabulary), hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=16,
        num_labels=1,
    )  # fmt: skip
    BertForSequenceClassification(config).save_pretrained(folder)
    return folder


def test_a_cross_encoder_of_any_folder_scores_every_text(tiny_cross_encoder: Path) -> None:
    reranker = CrossEncoderReranker(str(tiny_cross_encoder))

    scores = reranker.scores("why do stars shine", STARS)

    assert len(scores) == len(STARS)
    assert len(set(scores)) == len(STARS)
    assert scores == pytest.approx([reranker.scores("why do stars shine", [text])[0] for text in STARS], abs=1e-5)
    assert reranker.scores("why do stars shine", ()) == []


def test_an_index_ranks_by_a_cross_encoder(tiny_cross_encoder: Path) -> None:
    course, embedder = course_of(STARS), HashingEmbedder()
    contents = contents_of(course, embedder)
    reranker = CrossEncoderReranker(str(tiny_cross_encoder))
    index = CourseIndex(manifest_of(course, contents, embedder), contents, embedder, reranker=reranker)

    found = index.retrieve("which star is cool?", top_k=4)

    scores = reranker.scores("which star is cool?", [f"Lesson. {item.chunk.text}" for item in found])
    assert scores == sorted(scores, reverse=True)


def test_a_reranker_that_is_not_there_is_refused_with_the_setting_to_mend(tmp_path: Path) -> None:
    with pytest.raises(RerankerNotLoaded, match="TUTOR_RERANKER"):
        CrossEncoderReranker(str(tmp_path))
