"""A course is grown to any size: real at its beginning, new but alike in what follows, and every span holds."""

from pathlib import Path

import numpy as np
import pytest
from hashing_embedder import HashingEmbedder
from index_samples import STARS, contents_of, course_of, manifest_of

from index.contents import Contents
from index.course_index import CourseIndex
from index.generations import open_current
from tutor.evaluation.grown_course import grown_contents, publish_grown


@pytest.fixture
def stars() -> CourseIndex:
    embedder, course = HashingEmbedder(), course_of(STARS)
    contents = contents_of(course, embedder)
    return CourseIndex(manifest_of(course, contents, embedder), contents, embedder)


def vectors(contents: Contents) -> np.ndarray:
    return contents.source.vectors(np.arange(len(contents.chunks)))


@pytest.mark.parametrize("n_chunks", [1, 3, 4, 5, 30])
def test_it_has_as_many_chunks_as_asked_for_and_each_stands_in_its_document(stars: CourseIndex, n_chunks: int) -> None:
    grown = grown_contents([stars], n_chunks)

    documents = {document.document_id: document for document in grown.documents}
    assert len(grown.chunks) == len(grown.vectors) == len(grown.lexical) == n_chunks
    assert len({chunk.chunk_id for chunk in grown.chunks}) == n_chunks
    for chunk in grown.chunks:
        assert documents[chunk.document_id].text[chunk.char_start : chunk.char_end] == chunk.text
    np.testing.assert_allclose(np.linalg.norm(vectors(grown), axis=1), 1.0, atol=1e-5)


def test_it_begins_with_the_course_and_goes_on_in_other_words(stars: CourseIndex) -> None:
    grown = grown_contents([stars], 200)

    assert tuple(chunk.text for chunk in grown.chunks[:4]) == STARS
    assert [len(chunk.text) for chunk in grown.chunks[4:8]] == list(map(len, STARS))
    assert len({chunk.text for chunk in grown.chunks}) > 20
    cosines = np.einsum("ij,ij->i", vectors(grown)[4:], np.tile(vectors(grown)[:4], (49, 1)))
    assert 0.7 < np.median(cosines) < cosines.max() < 0.999


def test_a_smaller_one_is_the_beginning_of_a_larger_one(stars: CourseIndex) -> None:
    small, large = grown_contents([stars], 9), grown_contents([stars], 17)

    assert small.chunks == large.chunks[:9]
    assert (vectors(small) == vectors(large)[:9]).all()
    assert grown_contents([stars], 9, seed=1).chunks != small.chunks


def test_it_is_published_and_opened_as_any_course(stars: CourseIndex, tmp_path: Path) -> None:
    course_id = publish_grown([stars, stars], 25, tmp_path)

    index = open_current(tmp_path, course_id, HashingEmbedder())

    assert len(index.chunks) == index.manifest.n_chunks == 25
    assert index.retrieve("a large cool star")[0].chunk.text == STARS[1]
