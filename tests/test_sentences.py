"""Sentences are cut where a reader would stop, at exact offsets."""

import time

import pytest
from corpus_samples import LINES
from hypothesis import example, given
from hypothesis import strategies as st

from corpus.sentences import split_sentences


def sentences_of(text: str) -> list[str]:
    return [text[span.char_start : span.char_end] for span in split_sentences(text)]


@pytest.mark.parametrize(
    "sentences",
    [
        ["Cells, e.g. neurons, fire.", "They rest, i.e. they wait."],
        ["See Fig. 3 and Eq. 2.", "Then read on."],
        ["Smith et al. (2015) gave 2.5 mg of it.", "It helped."],
        ["The pH fell to 7.35.", "It rose again."],
        ["J. S. Bach wrote it.", "So did C. P. E. Bach."],
        ["He lives in the U.S.", "The U.S. Army does too."],
        ["It takes vitamin C.", "The dose is low."],
        ["Wait...", "What is it?!", "Nothing."],
        ["It is low... and stays low.", "Good."],
        ["“Is it?” he asked.", "“It is.”", "He left."],
        ["(This is one.)", "[This is another.]", "Done."],
        ["We get $a. B. C$ here.", "Then `x. Y. z` there."],
        ["The loss is $x = 1.$", "Then it falls."],
        ["mRNA leaves.", "mRNA is read.", "pH matters."],
        ["Dr. Who came at 5 p.m. to see Mrs. Hall.", "It rained."],
        ["The answer is no.", "See no. 5 for more."],
        ["It grew from 3.1 to 3.14 vs. 2.7 before.", "Then 25 came."],
        ["Bones, muscles, etc. are parts.", "Skin, hair, etc.", "The rest is fat."],
        ["她来了。", "他走了！", "为什么？"],
        ["यह एक वाक्य है।", "यह दूसरा है।"],
        ["She has a Ph.D. in physics.", "He has none."],
        ["In 1999.", "25 people came."],
        ["Approx. 5 % of it.", "The rest, cf. Sec. 4.2, is lost."],
        ["It costs $5.", "It costs $10 more."],
        ["The skin has layers.", "(credit: the authors)"],
        ["It is 5 m (approx. 16 ft) long.", "[see below]"],
    ],
    ids=lambda sentences: sentences[0][:30],
)
def test_sentences_end_where_a_reader_stops(sentences: list[str]) -> None:
    separator = "" if sentences[0].endswith("。") else " "

    assert sentences_of(separator.join(sentences)) == sentences


def test_a_blank_line_and_a_list_item_end_a_sentence() -> None:
    assert sentences_of("A heading\n\nText goes\non\n- one\n2. two. Three") == [
        "A heading",
        "Text goes\non",
        "- one",
        "2. two.",
        "Three",
    ]


def test_the_number_of_an_item_belongs_to_its_sentence() -> None:
    assert sentences_of("12. Electronic Health Records are charts. They help.") == [
        "12. Electronic Health Records are charts.",
        "They help.",
    ]


@given(st.one_of(LINES, st.text(), st.text(alphabet='aB1 .!?…\n"”)($`-。')))
@example("a.\n\n\n b")
@example("$$")
def test_sentences_cover_all_that_is_not_blank_in_order(text: str) -> None:
    spans = split_sentences(text)

    position = 0
    for span in spans:
        assert position <= span.char_start < span.char_end
        assert not text[position : span.char_start].strip()
        piece = text[span.char_start : span.char_end]
        assert piece == piece.strip()
        position = span.char_end
    assert not text[position:].strip()


@given(st.text(alphabet="abc .!?", min_size=1, max_size=30).filter(lambda text: text.strip()))
def test_formulas_and_code_are_never_cut(inner: str) -> None:
    formula, code = f"${inner.strip()} x$", f"`{inner}`"
    text = f"Take {formula} and {code} to be. So"

    for span in split_sentences(text):
        for whole in (formula, code):
            start = text.index(whole)
            assert (
                span.char_end <= start
                or span.char_start >= start + len(whole)
                or (span.char_start <= start and start + len(whole) <= span.char_end)
            )


@pytest.mark.parametrize("unit", [".", "a. ", "\n", "$", "$$ ", "$a ", "`a ", "a.", '."', "'", "(", "1. ", "\n- a"])
def test_three_hundred_thousand_characters_of_anything_are_cut_in_seconds(unit: str) -> None:
    text = unit * (300_000 // len(unit))
    started = time.process_time()

    split_sentences(text)

    assert time.process_time() - started < 10
