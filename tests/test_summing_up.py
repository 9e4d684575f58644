"""A page of the course comes back as a minute's reading of its own sentences; a page of something else does not."""

import httpx
import pytest
from service_samples import Sample, make_parts, make_sample

from tutor.sameness import fold
from tutor.summing_up import LONG_TEXT_CHARS, MAX_WORDS, sum_up
from tutor.tutor import Tutor

MENUS = "Dashboard\nMy courses\nSummarise\n{}\nLast modified: Monday, 23 November 2026, 8:00 AM\nPrevious activity"
FOREIGN = " ".join(f"The harvest of year {year} was brought into the barns before the rain came." for year in range(99))


def page_of(tutor: Tutor, *, narrow: bool = False) -> str:
    """The bundled course as a learning platform's page shows it, with the page's own words around it."""
    text = "\n".join(document.text for document in tutor.index.documents.values())
    return MENUS.format("\n".join(text.split()) if narrow else text)


@pytest.mark.parametrize("narrow", [False, True], ids=["lines as written", "a word a line"])
def test_a_page_of_the_course_is_summed_up_in_its_own_words(bundled_tutor: Tutor, narrow: bool) -> None:
    page = page_of(bundled_tutor, narrow=narrow)

    answer = sum_up(bundled_tutor.index, page)

    assert answer.status == "answered"
    assert {statement.kind for statement in answer.statements} <= {"definition", "takeaway"}
    assert 50 < sum(len(statement.text.split()) for statement in answer.statements) <= MAX_WORDS
    for citation in answer.citations:
        document = bundled_tutor.index.documents[citation.document_id]
        assert document.text[citation.char_start : citation.char_end] == citation.quote
        assert fold(citation.quote) in fold(page)
    folded = [fold(statement.text) for statement in answer.statements]
    assert len(set(folded)) == len(folded)


def test_only_what_stands_in_the_page_comes_back(bundled_tutor: Tutor) -> None:
    definition = next(chunk for chunk in bundled_tutor.index.chunks if chunk.term == "Radiomics")

    answer = sum_up(bundled_tutor.index, f"{FOREIGN}\n{definition.text}\n{FOREIGN}")

    assert {citation.chunk_id for citation in answer.citations} == {definition.chunk_id}


def test_a_page_without_definitions_gives_the_first_sentences_of_its_passages(bundled_tutor: Tutor) -> None:
    said = {fold(s.text) for s in sum_up(bundled_tutor.index, page_of(bundled_tutor)).statements}
    passages = [
        chunk for chunk in bundled_tutor.index.chunks
        if chunk.kind == "passage" and len(chunk.sentences) > 1 and fold(chunk.text) not in said
    ]  # fmt: skip
    chosen = passages[-1]

    answer = sum_up(bundled_tutor.index, f"{FOREIGN}\n{chosen.text}")

    assert answer.status == "answered"
    assert all(chosen.text.find(statement.text) >= 0 for statement in answer.statements)
    assert all(len(statement.text) < len(chosen.text) for statement in answer.statements)


@pytest.mark.parametrize("text", [FOREIGN, "", "a " * 50_000, "See below. " * 500])
def test_a_text_that_is_not_the_courses_is_not_summed_up(bundled_tutor: Tutor, text: str) -> None:
    answer = sum_up(bundled_tutor.index, text)

    assert (answer.status, answer.statements, answer.citations) == ("not_in_course", (), ())
    assert "cannot sum it up" in answer.message


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    folder = tmp_path_factory.mktemp("summing")
    return make_sample(folder, parts=make_parts(folder))


def complete(sample: Sample, content: str) -> httpx.Response:
    """As Moodle's OpenAI provider sends it."""
    messages = [{"role": "system", "content": "Summarise. Use no markdown."}, {"role": "user", "content": content}]
    sent = {"model": "tutor/stars", "user": "5f4dcc3b", "messages": messages}
    return sample.ask(lambda http: http.post("/v1/chat/completions", json=sent))


def test_moodles_summarise_gets_a_summary_and_an_honest_refusal(sample: Sample) -> None:
    page = MENUS.format("Stars shine because they fuse hydrogen.\nMass decides how long a star lives.\n" + FOREIGN)

    good, foreign = complete(sample, page), complete(sample, FOREIGN)

    assert len(page) > LONG_TEXT_CHARS
    assert good.status_code == foreign.status_code == 200
    said = good.json()["choices"][0]["message"]
    assert said["content"].startswith(
        "Stars shine because they fuse hydrogen. [1]\nMass decides how long a star lives. [2]"
    )
    assert said["refusal"] is None
    assert "cannot sum it up" in foreign.json()["choices"][0]["message"]["refusal"]
    assert foreign.json()["citations"] == []
