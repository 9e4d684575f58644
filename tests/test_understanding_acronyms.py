"""Acronyms are spelled out in the course's words; ordinary words that look like them are not."""

import pytest
from understood_courses import medicine_course

from index.analysis import Analyzer
from index.glossary import Glossary
from index.types import GlossaryEntry
from tutor.understanding.acronyms import Acronyms, looks_like_acronym
from tutor.understanding.english import english_words


def course_of(*entries: GlossaryEntry) -> Acronyms:
    return Acronyms(Glossary(entries, Analyzer("en")), frozenset({"the", "ml"}), english_words())


MEAN_PRESSURE = GlossaryEntry("mean arterial pressure", ("MAP",), ("c1",))
INTERSTITIAL_FLUID = GlossaryEntry("interstitial fluid", ("IF",), ("c2",))


@pytest.mark.parametrize(
    ("asked", "read"),
    [
        ("what is VR", "what is Virtual Reality (VR)"),
        ("AR = ?", "Augmented Reality (AR) = ?"),
        ("what are rnns", "what are Recurrent Neural Networks (RNNs)"),
        ("what are CNNs", "what are Convolutional Neural Networks (CNNs)"),
        ("ehr", "Electronic Health Records (EHR)"),
        ("vr ar training", "Virtual Reality (VR) Augmented Reality (AR) training"),
        ("future of dl in medicine", "future of Deep Learning (DL) in medicine"),
        ("AI and AI again", "Artificial Intelligence (AI) and AI again"),
    ],
)
def test_an_acronym_is_spelled_out_as_the_course_does(asked: str, read: str) -> None:
    assert medicine_course().acronyms.expand(asked) == read


@pytest.mark.parametrize(
    "asked",
    [
        "Artificial Intelligence (AI)",
        "what is a GAN",
        "it is as it is",
        "AI-based",
        "what is artificial intelligence",
        "",
    ],
)
def test_what_is_no_acronym_or_spelled_out_already_stays(asked: str) -> None:
    assert medicine_course().acronyms.expand(asked) == asked


def test_an_acronym_that_is_a_word_counts_in_capitals_or_when_it_is_all_that_is_asked() -> None:
    acronyms = course_of(MEAN_PRESSURE, INTERSTITIAL_FLUID)

    assert acronyms.expand("draw a map of it if you can") == "draw a map of it if you can"
    assert acronyms.expand("what raises MAP") == "what raises mean arterial pressure (MAP)"
    assert acronyms.expand("explain map", subject="map") == "explain mean arterial pressure (MAP)"
    assert acronyms.expand("WHAT IF IT HURTS") == "WHAT IF IT HURTS"


def test_an_acronym_inside_a_longer_term_stays() -> None:
    acronyms = course_of(
        GlossaryEntry("ribonucleic acid", ("RNA",), ("c1",)), GlossaryEntry("messenger RNA", (), ("c2",))
    )

    assert acronyms.expand("what is messenger RNA") == "what is messenger RNA"
    assert acronyms.expand("what is RNA") == "what is ribonucleic acid (RNA)"


def test_an_acronym_of_a_few_words_of_a_term_stands_for_those() -> None:
    acronyms = course_of(
        GlossaryEntry("atrioventricular node", ("AV",), ("c1",)),
        GlossaryEntry("natural killer cells", ("NK",), ("c2",)),
    )

    assert acronyms.expand("AV valves") == "atrioventricular (AV) valves"
    assert acronyms.expand("NK cells") == "natural killer (NK) cells"


def test_initials_of_two_terms_or_of_a_word_the_course_uses_mean_nothing() -> None:
    acronyms = course_of(
        GlossaryEntry("gastric acid", (), ("c1",)),
        GlossaryEntry("glycolic acid", (), ("c2",)),
        GlossaryEntry("muscle length", (), ("c3",)),
    )

    assert acronyms.expand("ga and 5 ml") == "ga and 5 ml"


@pytest.mark.parametrize("written", ["CNNs", "ACh", "cAMP", "hCG", "IP3", "mRNA", "EHR"])
def test_an_acronym_is_told_by_its_capitals(written: str) -> None:
    assert looks_like_acronym(written)


@pytest.mark.parametrize("written", ["Radiomics", "neural network", "BellmanPaper", "a", "receptor", "X-ray"])
def test_a_name_is_no_acronym(written: str) -> None:
    assert not looks_like_acronym(written)
