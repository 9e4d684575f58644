"""BM25 and its terms: what counts as the same word, what is saved, and what is never a pickle."""

import sys
import threading
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.analysis import Analyzer, words
from index.lexical import LexicalIndex
from index.vocabulary import build_vocabulary

TEXTS = (
    "Convolutional networks read images such as X-rays.",
    "The U-Net segments organs in COVID-19 scans.",
    "Recurrent networks read sequences of words.",
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The U-Net's X-ray", ["the", "u-net", "x-ray"]),
        ("naïve café", ["naïve", "café"]),
        ("2.5 mg of B12", ["2", "5", "mg", "of", "b12"]),
        ("Parkinson’s don’t", ["parkinson", "don't"]),
        ("non‑breaking – dash", ["non-breaking", "dash"]),
        ("ﬁbrous co\u00adop", ["fibrous", "coop"]),
        ("snake_case_name", ["snake", "case", "name"]),
        ("αβ 日本語", ["αβ", "日本語"]),
        ("--- ''' !", []),
    ],
)
def test_words_are_what_a_reader_would_call_words(text: str, expected: list[str]) -> None:
    assert words(text) == expected


def test_a_hyphenated_word_meets_its_parts() -> None:
    analyzer = Analyzer()

    assert set(analyzer.terms("x ray")) <= set(analyzer.terms("the X-Rays"))


def test_stop_words_are_left_out_and_endings_are_taken_off() -> None:
    assert Analyzer("en").terms("The networks are reading") == ["network", "read"]


def test_other_languages_have_their_own_stems_and_unknown_ones_none() -> None:
    assert Analyzer("de").terms("die Zellen") == ["zell"]
    assert Analyzer("xx").terms("the cells") == ["the", "cells"]


def test_the_text_that_has_the_words_scores_best() -> None:
    index = LexicalIndex.build(TEXTS, Analyzer())

    scores = index.scores("segmenting an organ")

    assert scores.dtype == np.float32
    assert scores.argmax() == 1
    assert scores[0] == scores[2] == 0.0


@pytest.mark.parametrize("query", ["", "the of and", "zebra", "?!"])
def test_a_query_without_a_known_word_scores_0(query: str) -> None:
    assert LexicalIndex.build(TEXTS, Analyzer()).scores(query).tolist() == [0.0, 0.0, 0.0]


def test_texts_without_words_can_be_indexed() -> None:
    index = LexicalIndex.build(["+ = -", "***"], Analyzer())

    assert len(index) == 2
    assert index.scores("anything").tolist() == [0.0, 0.0]


@given(st.lists(st.text(max_size=40), min_size=1, max_size=8), st.text(max_size=40))
def test_any_text_and_any_query_give_one_finite_score_per_text(texts: list[str], query: str) -> None:
    scores = LexicalIndex.build(texts, Analyzer()).scores(query)

    assert scores.shape == (len(texts),)
    assert np.isfinite(scores).all()
    assert (scores >= 0).all()


def test_a_saved_index_scores_the_same_and_holds_no_pickle(tmp_path: Path) -> None:
    unpickled: list[object] = []
    watch = threading.Event()
    watch.set()
    sys.addaudithook(
        lambda event, args: unpickled.append(args) if event == "pickle.find_class" and watch.is_set() else None
    )
    index = LexicalIndex.build(TEXTS, Analyzer())
    index.save(tmp_path / "bm25")

    loaded = LexicalIndex.load(tmp_path / "bm25", Analyzer())
    watch.clear()

    assert loaded.scores("networks read").tolist() == index.scores("networks read").tolist()
    assert unpickled == []
    assert {path.suffix for path in (tmp_path / "bm25").iterdir()} == {".npy", ".json"}
    for path in (tmp_path / "bm25").glob("*.npy"):
        assert np.load(path, allow_pickle=False).dtype.kind in "if"


def test_threads_get_the_same_scores() -> None:
    index = LexicalIndex.build(TEXTS, Analyzer())
    expected = index.scores("networks reading images").tolist()
    seen: list[list[float]] = []

    threads = [
        threading.Thread(
            target=lambda: seen.extend(index.scores("networks reading images").tolist() for _ in range(50))
        )
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(seen) == 400
    assert all(scores == expected for scores in seen)


def test_the_vocabulary_counts_chunks_not_occurrences() -> None:
    vocabulary = build_vocabulary(["Cell after cell after cell.", "An X-ray of Cells"])

    assert vocabulary.n_chunks == 2
    assert vocabulary.document_frequency["cell"] == 1
    assert vocabulary.document_frequency["cells"] == 1  # as written, not stemmed
    assert {"x-ray", "x", "ray"} <= set(vocabulary.document_frequency)
