"""What is kept of a course beside its texts is what reading it would give, whole or with something hidden."""

import numpy as np
import pytest
from factories import make_chunk
from hypothesis import given
from hypothesis import strategies as st

from corpus.types import Chunk
from index.analysis import Analyzer
from index.course_facts import CourseFacts
from index.id_table import IdTable
from index.term_table import heading_text

ANALYZER = Analyzer("en")
WORDS = ("fusion", "star", "x-ray", "the", "cell's", "gas")
SENTENCES = st.lists(st.sampled_from(WORDS), max_size=5).map(lambda found: " ".join(found) + ".")


@st.composite
def courses(draw: st.DrawFn) -> tuple[Chunk, ...]:
    """Some chunks of three documents, under headings that repeat."""
    headings = st.lists(st.sampled_from(["Stars", "stars", "Cells", "Key Terms"]), max_size=3).map(tuple)
    return tuple(
        make_chunk(
            *draw(st.lists(SENTENCES, min_size=1, max_size=3)),
            start=100 * number,
            document_id=f"document-{draw(st.integers(0, 2))}",
            heading_path=draw(headings),
        )
        for number in range(draw(st.integers(1, 12)))
    )


@given(courses(), st.data())
def test_hiding_chunks_is_as_if_they_had_never_been_there(chunks: tuple[Chunk, ...], data: st.DataObject) -> None:
    hidden = data.draw(st.sets(st.sampled_from(range(len(chunks))), max_size=len(chunks) - 1))
    shown = [row for row in range(len(chunks)) if row not in hidden]

    less = CourseFacts.of(chunks, ANALYZER).without(np.array(sorted(hidden), dtype=np.int64), chunks)

    alone = CourseFacts.of([chunks[row] for row in shown], ANALYZER)
    terms = ["fusion", "star", "x-ray", "ray", "cell", "gas", "dragon"]
    assert [less.tables.terms.knows(term) for term in terms] == [alone.tables.terms.knows(term) for term in terms]
    assert (less.tables.terms.weights(terms) == alone.tables.terms.weights(terms)).all()
    assert less.vocabulary == alone.vocabulary


@given(courses())
def test_what_is_saved_is_what_is_loaded(tmp_path_factory: pytest.TempPathFactory, chunks: tuple[Chunk, ...]) -> None:
    folder = tmp_path_factory.mktemp("facts") / "facts"
    facts = CourseFacts.of(chunks, ANALYZER)
    facts.save(folder)

    loaded = CourseFacts.load(folder, ANALYZER)

    rows = np.arange(len(chunks))
    terms = ["fusion", "star", "gas"]
    assert loaded.vocabulary == facts.vocabulary
    assert [loaded.ids.id_at(row) for row in rows] == [chunk.chunk_id for chunk in chunks]
    mine, its = loaded.tables.terms.match(terms, rows), facts.tables.terms.match(terms, rows)
    assert (mine.place.tolist(), mine.sentence.tolist()) == (its.place.tolist(), its.sentence.tolist())
    assert (loaded.tables.chunks.constant == facts.tables.chunks.constant).all()


def test_a_heading_over_most_of_a_course_says_nothing_until_it_is_over_little() -> None:
    chunks = [make_chunk("Gas.", start=10 * n, heading_path=("Key Terms",)) for n in range(151)]
    facts = CourseFacts.of(chunks, ANALYZER)

    assert not facts.tables.small_sections(np.arange(151)).any()
    assert facts.without(np.array([7]), chunks).tables.small_sections(np.array([0, 1])).all()


@given(courses())
def test_headings_are_matched_by_their_terms(chunks: tuple[Chunk, ...]) -> None:
    tables = CourseFacts.of(chunks, ANALYZER).tables
    terms = ["star", "cell", "term"]

    places, numbers = tables.match_headings(terms, np.arange(len(chunks)))

    found = {(int(place), terms[number]) for place, number in zip(places, numbers, strict=True)}
    expected = {
        (place, term)
        for place, chunk in enumerate(chunks)
        for term in set(ANALYZER.terms(heading_text(chunk))).intersection(terms)
    }
    assert found == expected


@given(st.sets(st.text(min_size=1, max_size=6).filter(lambda text: "\0" not in text), max_size=20), st.text(max_size=4))
def test_an_id_is_found_where_it_stands_and_no_other(ids: set[str], other: str) -> None:
    ids = {each for each in ids if each.isprintable()}
    table = IdTable.of(list(ids))

    assert [table.find(each) for each in ids] == list(range(len(ids)))
    assert table.rows_each(list(ids)).tolist() == list(range(len(ids)))
    assert table.rows_of([*ids, "no such id of them"]).tolist() == list(range(len(ids)))
    if other not in ids:
        assert table.find(other) is None
