"""A term is known by every name that the course gives it, and by no other."""

import pytest

from corpus.names import names_of
from corpus.terms import is_plausible_term
from corpus.written_words import WrittenWords


def names(head: str, *others: str, text: str = "") -> tuple[str, tuple[str, ...]]:
    found = names_of(head, others, WrittenWords(text))
    return found.term, found.aliases


@pytest.mark.parametrize(
    ("head", "term", "aliases"),
    [
        ("Electronic Health Records (EHR)", "Electronic Health Records", ("EHR",)),
        ("Convolutional Neural Networks (CNNs)", "Convolutional Neural Networks", ("CNNs", "CNN")),
        (
            "Virtual Reality (VR) and Augmented Reality (AR)",
            "Virtual Reality and Augmented Reality",
            ("Virtual Reality", "VR", "Augmented Reality", "AR"),
        ),
        ("spongy bone (also, cancellous bone)", "spongy bone", ("cancellous bone",)),
        ("dermal papilla (plural = dermal papillae)", "dermal papilla", ("dermal papillae",)),
        ("main artery (also called the aorta or trunk)", "main artery", ("aorta", "trunk")),
        ("anterior (ventral) sacral foramen", "anterior sacral foramen", ("ventral sacral foramen",)),
        ("The Calvin cycle", "Calvin cycle", ()),
        ("Pacinian corpuscle", "Pacinian corpuscle", ()),
        ("yield (see chapter 3)", "yield", ()),
        ("model (Smith et al., 2015)", "model", ()),
    ],
)
def test_parentheses_after_a_term_give_its_other_names(head: str, term: str, aliases: tuple[str, ...]) -> None:
    assert names(head) == (term, aliases)


def test_singular_and_plural_are_names_if_the_document_uses_them() -> None:
    assert names("Neural Networks", text="One neural network learns.") == ("Neural Networks", ("Neural Network",))
    assert names("artery", text="All arteries end.") == ("artery", ("arteries",))
    assert names("Radiomics", text="No singular: radiomic.") == ("Radiomics", ())
    assert names("diabetes", text="A common disease.") == ("diabetes", ())


def test_initials_are_a_name_only_where_the_document_writes_them() -> None:
    assert names("natural language processing", text="NLP is new.") == ("natural language processing", ("NLP",))
    assert names("natural language processing", text="It is new.") == ("natural language processing", ())
    assert names("myelin sheath", text="MS is multiple sclerosis.") == ("myelin sheath", ())
    assert names("mean square", text="The mean square (MS) is it.") == ("mean square", ("MS",))


def test_names_that_the_text_adds_come_first_and_once() -> None:
    assert names("umami", "savory sense", "Umami", "savory sense") == ("umami", ("savory sense",))


@pytest.mark.parametrize(
    "words", ["acetyl coenzyme A (acetyl CoA)", "pH", "Hertzsprung–Russell diagram", "T cell", "β-blocker"]
)
def test_names_of_things_are_plausible_terms(words: str) -> None:
    assert is_plausible_term(words)


@pytest.mark.parametrize(
    "words",
    ["", "This", "It is late", "Note", "Step 3", "The end. Then", "5.1", "a | b", "word " * 11, "part of", "x" * 91],
)
def test_clauses_labels_and_numbers_are_not(words: str) -> None:
    assert not is_plausible_term(words)
