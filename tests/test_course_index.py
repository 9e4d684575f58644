"""An opened course: ranks every chunk, shows why, and stands still while many ask."""

import threading
from dataclasses import replace

import numpy as np
import pytest
from hashing_embedder import HashingEmbedder
from index_samples import CELLS, STARS, chunks_of, contents_of, course_of, definition, document_of, manifest_of

from corpus.types import Course
from index.candidates import CandidateSignals
from index.course_index import CourseIndex
from index.errors import NothingToIndex
from index.fusion import FusionWeights
from index.mask import Mask
from index.ranking import ConvexRanker, Ranker
from index.types import Scores


def index_of(paragraphs: tuple[str, ...] = STARS, *, ranker: Ranker | None = None) -> CourseIndex:
    embedder = HashingEmbedder()
    course = course_of(paragraphs)
    contents = contents_of(course, embedder)
    return CourseIndex(manifest_of(course, contents, embedder), contents, embedder, ranker=ranker)


def test_the_best_chunk_comes_first_with_the_signals_that_put_it_there() -> None:
    index = index_of()

    best, *others = index.retrieve("a large cool star")

    assert best.chunk.text == STARS[1]
    assert [found.rank for found in (best, *others)] == [1, 2, 3, 4]
    assert all(found.score <= best.score for found in others)
    assert best.signals.lexical > 0.0
    assert best.signals.dense == pytest.approx(best.signals.sentence)
    assert best.signals.glossary == 0.0


@pytest.mark.parametrize("top_k", [0, 1, 3, 4, 100])
def test_as_many_chunks_come_as_asked_for_and_as_there_are(top_k: int) -> None:
    assert len(index_of().retrieve("star", top_k=top_k)) == min(top_k, 4)


@pytest.mark.parametrize("query", ["", "   ", "?", "zebra", "\0", "星", "a" * 5_000])
def test_any_query_gets_a_ranking(query: str) -> None:
    found = index_of().retrieve(query)

    assert len(found) == 4
    assert all(np.isfinite(scored.score) for scored in found)


def test_chunks_of_equal_score_stand_by_their_id() -> None:
    same = ("Stars shine.",) * 6
    index = index_of(same)

    found = index.retrieve("stars", top_k=4)

    assert [scored.chunk.chunk_id for scored in found] == ["stars-0", "stars-1", "stars-2", "stars-3"]


def test_naming_a_term_lifts_its_definition() -> None:
    embedder = HashingEmbedder()
    text = "A white dwarf is what remains of a star."
    course = course_of((*STARS, text))
    contents = contents_of(course, embedder)
    start = course.documents[0].text.index(text)
    defining = replace(
        definition("dwarf", "white dwarf", "WD", text=text), char_start=start, char_end=start + len(text)
    )
    contents = replace(contents, chunks=(*contents.chunks[:-1], defining))
    index = CourseIndex(manifest_of(course, contents, embedder), contents, embedder)

    best = index.retrieve("wd star")[0]

    assert best.chunk.chunk_id == "dwarf"
    assert best.signals.glossary == 1.0
    assert [entry.term for entry in index.glossary.find("What is a WD?")] == ["white dwarf"]


def test_a_query_is_embedded_once_or_not_at_all() -> None:
    index = index_of()
    (vector,) = index.embed_queries(["a nebula"])

    assert index.retrieve("a nebula", query_vector=vector) == index.retrieve("a nebula")


def test_another_ranker_can_be_put_on_top() -> None:
    class LongestFirst:
        def scores(self, query: str, signals: CandidateSignals) -> Scores:
            return np.array([len(STARS[row]) for row in signals.rows], dtype=np.float32)

    found = index_of(ranker=LongestFirst()).retrieve("anything")

    assert [scored.chunk.text for scored in found] == sorted(STARS, key=len, reverse=True)


def test_weights_decide_between_meaning_and_words() -> None:
    signals = CandidateSignals(
        rows=np.arange(2),
        dense=np.array([0.9, 0.1], dtype=np.float32),
        lexical=np.array([0.0, 5.0], dtype=np.float32),
        glossary=np.zeros(2, dtype=np.float32),
        vectors=np.eye(2, 8, dtype=np.float32),
    )

    by_meaning = ConvexRanker(FusionWeights(dense=1.0, lexical=0.0)).scores("q", signals)
    by_words = ConvexRanker(FusionWeights(dense=0.0, lexical=1.0)).scores("q", signals)

    assert by_meaning.argmax() == 0
    assert by_words.argmax() == 1


def test_a_chunk_is_found_by_its_id_and_an_unknown_id_is_an_error() -> None:
    index = index_of()

    assert index.chunk("stars-2").text == STARS[2]
    with pytest.raises(KeyError):
        index.chunk("cells-2")


def test_the_course_knows_its_words() -> None:
    vocabulary = index_of().vocabulary

    assert vocabulary.n_chunks == 4
    assert vocabulary.document_frequency["stars"] == 2


def test_many_callers_get_the_answers_of_one() -> None:
    index = index_of()
    expected = index.retrieve("a cool star")
    seen: list[object] = []

    callers = [
        threading.Thread(target=lambda: seen.extend(index.retrieve("a cool star") for _ in range(20))) for _ in range(8)
    ]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()

    assert len(seen) == 160
    assert all(found == expected for found in seen)


def test_documents_cannot_be_put_into_an_open_course() -> None:
    index = index_of()

    with pytest.raises(TypeError):
        index.documents["intruder"] = document_of(["text"])  # type: ignore[index]  # that it is refused is the test


def test_what_is_hidden_is_neither_found_nor_counted_nor_known() -> None:
    index = index_of()
    hidden = index.retrieve("a large cool star")[0].chunk

    masked = index.without(Mask(chunk_ids=frozenset({hidden.chunk_id})))

    found = masked.retrieve("a large cool star giant", top_k=10)
    assert [scored.rank for scored in found] == [1, 2, 3]
    assert hidden.chunk_id not in {scored.chunk.chunk_id for scored in found}
    assert len(masked.chunks) == len(masked.vectors_of(masked.chunks)) == 3
    assert "giant" in index.vocabulary.document_frequency
    assert "giant" not in masked.vocabulary.document_frequency
    assert masked.generation == index.generation


def test_what_is_hidden_is_told_to_those_who_hid_it() -> None:
    index = index_of()
    first, second = (item.chunk for item in index.retrieve("a large cool star", top_k=2))

    masked = index.without(Mask(chunk_ids=frozenset({first.chunk_id, second.chunk_id})))

    assert [item.chunk for item in masked.hidden_among("a large cool star", top_k=10)] == [first, second]
    assert [item.chunk for item in masked.hidden_among("a large cool star", top_k=1)] == [first]
    assert index.hidden_among("a large cool star", top_k=10) == ()


def test_a_hidden_document_takes_its_text_with_it() -> None:
    embedder = HashingEmbedder()
    course = Course("stars", "Stars", (document_of(STARS), document_of(CELLS, document_id="cells")))
    chunks = tuple(
        replace(chunk, chunk_id=f"{document.document_id}-{number}")
        for document in course.documents
        for number, chunk in enumerate(chunks_of(document))
    )
    contents = replace(contents_of(course, embedder), chunks=chunks)
    index = CourseIndex(manifest_of(course, contents, embedder), contents, embedder)

    masked = index.without(Mask(document_ids=frozenset({"cells"})))

    assert set(masked.documents) == {"lesson"}
    assert {chunk.document_id for chunk in masked.chunks} == {"lesson"}
    for question in ("units of life", "mitochondria turn sugar into energy", "stars"):
        ranking = {s.chunk.chunk_id: s.signals for s in masked.retrieve(question)}
        whole = {s.chunk.chunk_id: s.signals for s in index.retrieve(question)}
        assert ranking == {name: signals for name, signals in whole.items() if name.startswith("lesson")}
    both = Mask(document_ids=frozenset({"cells"}), chunk_ids=frozenset({"cells-0", "lesson-0"}))
    told = index.without(both).hidden_among("stars and units of life", top_k=10)
    assert [item.chunk.chunk_id for item in told] == ["lesson-0"], "what is deleted is told to nobody"


def test_hiding_everything_leaves_nothing_to_index() -> None:
    with pytest.raises(NothingToIndex):
        index_of().without(Mask(document_ids=frozenset({"lesson"})))
