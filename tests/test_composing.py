"""From ranked evidence to the few sentences a learner reads."""

from factories import make_chunk, make_evidence
from hypothesis import given
from hypothesis import strategies as st

from corpus.types import Chunk
from index.analysis import Analyzer
from index.vocabulary import build_vocabulary
from tutor.citing import Draft
from tutor.composing import MAX_WORDS, Wording, compose
from tutor.relevance import SentenceRelevance
from tutor.telling import Blocks, Telling
from tutor.types import Query

FUSION = make_chunk("Fusion is the joining of nuclei.", "It powers stars.", kind="definition", term="Fusion")
TAKEAWAY = make_chunk("Fusion: Fusion is the joining of nuclei.", kind="takeaway", start=500)
PASSAGE = make_chunk("Stars shine.", "Hydrogen fuses to helium in the core.", "Helium is heavier.", start=1000)


def composed(query: Query, *chunks: Chunk) -> tuple[Draft, ...]:
    evidence = make_evidence(*chunks)
    relevance = SentenceRelevance(query.used, build_vocabulary(c.text for c in chunks), Analyzer("en"))
    return compose(query, evidence, Wording(relevance, Telling(query, Blocks.of(()))))


def test_definitions_come_before_takeaways_and_passages_when_a_definition_was_asked_for() -> None:
    query = Query("what is fusion", "what is fusion", "define")
    other = make_chunk("Fusion needs heat.", kind="takeaway", start=700)

    kinds = [draft.kind for draft in composed(query, PASSAGE, other, FUSION)]

    assert kinds == ["definition", "takeaway", "passage"]


def test_the_kind_that_holds_the_best_evidence_leads_otherwise() -> None:
    query = Query("how does hydrogen fuse", "how does hydrogen fuse", "explain")

    kinds = [draft.kind for draft in composed(query, PASSAGE, FUSION)]

    assert kinds[0] == "passage"


def test_a_takeaway_that_repeats_a_definition_becomes_its_second_citation() -> None:
    query = Query("what is fusion", "what is fusion", "define")

    drafts = composed(query, FUSION, TAKEAWAY)

    assert [draft.passage.text for draft in drafts] == ["Fusion is the joining of nuclei.", "It powers stars."]
    assert [passage.text for passage in drafts[0].also] == ["Fusion is the joining of nuclei."]
    assert drafts[0].also[0].chunk == TAKEAWAY


def test_a_definition_found_in_prose_is_not_said_again_by_the_passage_around_it() -> None:
    query = Query("what is a star", "what is a star", "define")
    definition = make_chunk("A star is hot gas.", "It shines.", kind="definition", term="star", start=50)
    passage = make_chunk("Look up.", "A star is hot gas.", "It shines.", start=41)

    (draft,) = composed(query, definition, passage)

    assert draft.passage.text == "A star is hot gas. It shines."
    assert draft.also == ()


def test_a_passage_is_quoted_where_it_speaks_to_the_question() -> None:
    query = Query("hydrogen in the core", "hydrogen in the core", "explain")

    (draft,) = composed(query, PASSAGE)

    assert draft.passage.text == "Hydrogen fuses to helium in the core."


def test_an_answer_can_be_read_in_a_minute() -> None:
    query = Query("stars", "stars", "explain")
    chunks = [make_chunk(f"Star number {i} " + "shines brightly " * 30 + ".", start=10_000 * i) for i in range(20)]

    n_words = sum(len(draft.passage.text.split()) for draft in composed(query, *chunks))

    assert n_words < MAX_WORDS + 70


@given(st.lists(st.lists(st.sampled_from(["A is.", "B is.", "C is.", "D is."]), min_size=1, max_size=4), max_size=5))
def test_no_sentence_is_said_twice_and_each_citation_holds_its_statement(texts: list[list[str]]) -> None:
    chunks = [make_chunk(*sentences, kind="takeaway", start=1000 * i) for i, sentences in enumerate(texts)]

    drafts = composed(Query("a", "a", "explain"), *chunks)

    said = [sentence for draft in drafts for sentence in draft.passage.text.split(". ")]
    assert len(said) == len({s.rstrip(".") for s in said})
    assert all(passage.text == draft.passage.text for draft in drafts for passage in draft.also)
