"""What an answer looks like: sections, markers, how the question was read, refusals; and that text stays text."""

import re

import pytest
from answer_samples import TITLE, answer, citation, nearest, query, refusal, statement
from fragments import Fragment, assert_harmless
from hostile_text import PAYLOADS

from tutor.schemas import Correction
from ui.answer_html import render_answer, render_failure


def drawn(*args: object, **changes: object) -> Fragment:
    return Fragment(render_answer(answer(**changes), finished=True))


def test_statements_stand_under_their_kind_in_the_order_of_the_answer() -> None:
    kinds = ("takeaway", "definition", "takeaway", "passage")
    fragment = drawn(statements=[statement(f"Sentence {n}.", kind=kind) for n, kind in enumerate(kinds)])

    assert fragment.text("h3").removesuffix("Sources") == "Key takeawaysDefinitionFrom the course"
    assert re.findall(r"Sentence \d", fragment.text(".ct-quote")) == [
        "Sentence 0", "Sentence 2", "Sentence 1", "Sentence 3",
    ]  # fmt: skip


def test_every_statement_is_followed_by_its_numbered_markers() -> None:
    given = answer(statements=[statement("One.", citations=[1, 2])], citations=[citation(1), citation(2)])
    fragment = Fragment(render_answer(given, finished=False))

    assert fragment.text(".ct-statement") == "Radiomics One.[1][2]"
    assert [a["data-marker"] for a in fragment.all("button", "ct-marker")] == ["1", "2"]
    assert fragment.all("button", "ct-marker")[0]["aria-label"] == "Source 1: Radiomics"


def test_a_statement_is_shown_to_the_letter() -> None:
    text = "  Two  spaces,\na line break & <angle brackets>\u00a0“quotes” end"

    assert drawn(statements=[statement(text, term=None)]).text(".ct-quote") == text


def test_a_term_leads_its_definition_unless_the_sentence_opens_with_it() -> None:
    leads = drawn(statements=[statement("They loop.", term="RNNs")])
    opens = drawn(statements=[statement("RNNs loop.", term="RNNs")])

    assert leads.text(".ct-term") == "RNNs"
    assert opens.text(".ct-term") == ""


def test_a_term_is_named_once_for_all_that_is_said_of_it() -> None:
    fragment = drawn(statements=[statement("They loop.", term="RNNs"), statement("They remember.", term="rnns")])

    assert fragment.text(".ct-term") == "RNNs"
    assert "Definitions" not in fragment.text("h3")


def test_what_is_said_of_one_term_stands_together() -> None:
    said = [("They loop.", "RNN"), ("They remember.", "rnn"), ("They slide.", "CNN")]
    fragment = drawn(statements=[statement(text, term=term) for text, term in said])

    assert len(fragment.all("li")) == 2 + 1  # and one source


def test_definitions_of_two_terms_are_headed_in_the_plural() -> None:
    fragment = drawn(statements=[statement(term="CNN"), statement(term="RNN")])

    assert "Definitions" in fragment.text("h3")


def test_a_question_read_as_it_was_written_needs_no_remark() -> None:
    assert drawn(query=query("What is Radiomics ?", used="what is radiomics")).text(".ct-read-as") == ""


def test_nothing_is_said_about_a_question_that_was_not_searched_for() -> None:
    fragment = Fragment(render_answer(refusal(query=query("hi").model_copy(update={"used": ""})), finished=True))

    assert fragment.text(".ct-read-as") == ""


def test_a_mended_question_shows_what_was_read_and_which_word() -> None:
    mended = query("radiomcis", used="radiomics", corrections=(Correction(written="radiomcis", read_as="radiomics"),))

    remark = drawn(query=mended).text(".ct-read-as")

    assert remark == "Read as: radiomics (radiomcis → read as  radiomics)"


def test_a_refusal_has_no_marker_and_offers_the_nearest_sections() -> None:
    fragment = Fragment(render_answer(refusal(), finished=True))

    assert fragment.text(".ct-refusal-message") == "The course does not say this."
    assert fragment.all("button", "ct-marker") == []
    assert fragment.all("button", "ct-source-chip") == []
    assert fragment.text(".ct-section-button") == f"Transfer Learning{TITLE}"
    button = fragment.all("button", "ct-section-button")[0]
    assert (button["data-document"], button["data-start"], button["data-end"]) == ("course.md", "5", "9")


def test_a_partial_answer_says_so_first_and_points_to_what_is_near_last() -> None:
    fragment = drawn(status="partly", message="The course does not cover “GAN”.", nearest=[nearest()])

    classes = [a["class"] for tag, a in fragment.elements if tag in ("p", "div") and "class" in a]

    assert fragment.text(".ct-note") == "The course does not cover “GAN”."
    assert classes[0] == "ct-note"
    assert classes[-1] == "ct-nearest"


def test_an_unfinished_answer_has_no_sources_to_copy_yet() -> None:
    fragment = Fragment(render_answer(answer(), finished=False))

    assert fragment.text(".ct-statement")
    assert fragment.all("button", "ct-source-chip") == []


def test_each_place_is_listed_once_with_its_page_where_there_is_one() -> None:
    fragment = drawn(citations=[citation(1), citation(2, page=7)])

    assert fragment.text(".ct-source-chip") == "1 Radiomics2 Radiomics p. 7"
    assert fragment.all("button", "ct-source-chip")[0]["title"] == f"{TITLE} › Radiomics"


def test_a_page_is_named_as_it_is_printed() -> None:
    fragment = drawn(citations=[citation(1, page=14, page_label="xii"), citation(2, page=3, page_label="Slide 3")])

    assert fragment.text(".ct-source-chip") == "1 Radiomics p. xii2 Radiomics Slide 3"


def test_what_is_cited_from_one_place_shares_its_line() -> None:
    elsewhere = citation(2, heading_path=[TITLE, "Key takeaways"])

    fragment = drawn(citations=[citation(1), elsewhere, citation(3)])

    assert fragment.text(".ct-sources") == "SourcesRadiomics [1][3]2 Key takeawaysCopy answer"


def test_a_failure_offers_to_ask_again() -> None:
    fragment = Fragment(render_failure("The tutor cannot be reached."))

    assert fragment.text("p") == "The tutor cannot be reached."
    assert "data-retry" in fragment.all("button")[0]


@pytest.mark.parametrize("payload", PAYLOADS)
def test_hostile_text_stays_text_wherever_it_stands(payload: str) -> None:
    place = {"heading_path": [payload, payload], "document_title": payload, "document_id": payload}
    hostile = {
        "query": query(payload, used=f"{payload} more", corrections=(Correction(written=payload, read_as=payload),)),
        "message": payload,
        "nearest": [nearest(heading_path=[payload, payload], document_id=payload)],
    }
    shown = answer(
        status="partly", statements=[statement(payload, term=f"{payload}!")], citations=[citation(**place)], **hostile
    )

    for html in (
        render_answer(shown, finished=True),
        render_answer(refusal(**hostile), finished=True),
        render_failure(payload),
    ):
        assert_harmless(html)
