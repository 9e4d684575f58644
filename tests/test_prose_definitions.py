"""Sentences that define are found in running text; sentences that merely tell are not."""

import pytest
from corpus_samples import chunks_of

from corpus.types import Chunk


def definitions_of(markdown: str) -> list[Chunk]:
    return [chunk for chunk in chunks_of(markdown, max_tokens=200) if chunk.found_by == "prose"]


@pytest.mark.parametrize(
    ("term", "sentence"),
    [
        ("keratinocyte", "A keratinocyte is a cell that manufactures the protein keratin."),
        ("Radiomics", "Radiomics is a field of study that focuses on images."),
        ("integumentary system", "The integumentary system refers to the skin and its accessory structures."),
        ("Afterload", "Afterload is defined as the tension that the ventricles must develop."),
        ("Osteoblasts", "Osteoblasts are bone-forming cells that build new matrix."),
        ("chromaffin cells", "The cells in the adrenal medulla are called chromaffin cells."),
        ("cation", "A positively charged ion is known as a cation."),
        ("thin skin", "Skin that has four layers of cells is referred to as “thin skin.”"),
        ("estimator", "In statistics, an estimator is a function of the samples that were given."),
        ("locality", "The limit on the region that is looked at is called *locality*."),
    ],
)
def test_defining_sentences_are_found(term: str, sentence: str) -> None:
    found = definitions_of(f"Something else was said before. {sentence} Something else follows it.")

    assert [chunk.term for chunk in found] == [term]
    assert found[0].text == sentence.replace("*", "")


@pytest.mark.parametrize(
    "sentence",
    [
        "This is a cell that manufactures keratin in the skin.",
        "It is a field of study that focuses on images.",
        "There is a problem that we must solve before noon.",
        "The goal is a model that predicts the weather well.",
        "The first is a Merkel cell, which is a receptor.",
        "A good example is a star that has just been born.",
        "The following is a list of terms that you must know.",
        "Skin cancer is a result of damage to the DNA of cells.",
        "The heart is the most important muscle in the body.",
        "Carbohydrates are broken down into monomers in a series of steps.",
        "What is a star that has no planets at all?",
        "Beneath the skin is a layer that holds fat and vessels.",
        "Matching both goals is an area of research that is active.",
        "Let us see why this method is called a convolution.",
        "Water is everywhere, and it is in our interest to save it.",
        "The wrinkled portion is the cortex that covers the brain.",
        "He is a doctor who has seen many things in his life.",
    ],
)
def test_sentences_that_merely_tell_are_not(sentence: str) -> None:
    assert not definitions_of(f"Something was said before. {sentence} Something follows.")


def test_what_this_is_called_takes_in_the_sentence_before() -> None:
    found = definitions_of(
        "The network looks at small regions only. This principle is called *locality*. More follows."
    )

    assert found[0].term == "locality"
    assert found[0].text == "The network looks at small regions only. This principle is called locality."
    assert len(found[0].sentences) == 2


def test_a_sentence_that_goes_on_with_it_belongs_to_the_definition() -> None:
    found = definitions_of("A star is a ball of gas that shines. It is held together by gravity. Planets are cold.")

    assert found[0].text == "A star is a ball of gas that shines. It is held together by gravity."


def test_the_passage_keeps_the_sentence() -> None:
    text = "Look up. A star is a ball of gas that shines. The sky is dark."

    assert [chunk.text for chunk in chunks_of(text) if chunk.kind == "passage"] == [text]


def test_other_names_are_aliases() -> None:
    found = definitions_of(
        "Kyphosis, also referred to as humpback or hunchback, is an excessive curvature of the spine."
    )

    assert (found[0].term, found[0].aliases) == ("Kyphosis", ("humpback", "hunchback"))


def test_the_term_of_a_definite_description_must_come_back() -> None:
    once = "The stratum lucidum is a smooth layer of the skin that is found in palms."
    often = once + " Light passes the stratum lucidum. Only palms have a stratum lucidum at all."

    assert not definitions_of(once)
    assert [chunk.term for chunk in definitions_of(often)] == ["stratum lucidum"]


def test_lists_tables_and_takeaways_are_not_searched() -> None:
    sentence = "A star is a ball of gas that shines."

    assert not definitions_of(f"- {sentence}\n\n## Summary\n\n{sentence}")
