"""What a question sets side by side."""

import pytest

from tutor.understanding.comparison import compared_things, sounds_comparing

TERMS = {"cnn", "rnn", "b cells", "t cells", "anterior cerebral artery", "posterior cerebral artery", "ai", "radiomics"}


def things(question: str) -> tuple[str, ...]:
    return compared_things(question, lambda phrase: phrase.lower() in TERMS)


@pytest.mark.parametrize(
    "question",
    [
        "CNN vs RNN",
        "CNN versus RNN?",
        "difference between CNN and RNN",
        "what is the difference between a CNN and an RNN?",
        "What are the main differences between CNN and RNN in terms of memory?",
        "compare CNN and RNN",
        "compare CNN with RNN in how they use memory",
        "Compare and contrast CNN and RNN: name two differences.",
        "how is CNN different from RNN",
        "how does CNN differ from RNN?",
        "how do CNN and RNN differ",
        "tell how CNN differs from RNN",
        "what distinguishes CNN from RNN",
        "distinguish CNN from RNN",
        "is CNN the same as RNN?",
        "are CNN and RNN the same thing?",
        "CNN and RNN - are they the same thing?",
        "CNN and RNN what is the difference",
        "CNN and RNN: what's the difference between them?",
        "CNN or RNN?",
        "which is better, CNN or RNN",
        "what do CNN and RNN have in common?",
        "similarities between CNN and RNN",
        "when should I use CNN or RNN",
        "is CNN faster than RNN?",
        "CNN v RNN",
        "what sets CNN apart from RNN",
        "CNN and RNN: same thing?",
        "In what ways are CNN and RNN different?",
    ],
)
def test_two_things_are_told_apart_however_they_are_compared(question: str) -> None:
    assert things(question) == ("CNN", "RNN")


def test_things_share_the_noun_that_is_said_once() -> None:
    assert things("difference between B and T cells") == ("B cells", "T cells")
    assert things("compare anterior and posterior cerebral artery") == (
        "anterior cerebral artery",
        "posterior cerebral artery",
    )


def test_more_than_two_things_can_be_compared() -> None:
    assert things("differences between CNN, RNN and AI") == ("CNN", "RNN", "AI")


@pytest.mark.parametrize(
    "question",
    [
        "what is radiomics",
        "is radiomics for diagnosis or for prognosis?",
        "how do they differ",
        "what is the difference between them",
        "how is this related to radiomics",
        "do I need one or two of them and where can I get them",
        "circulatory collapse caused by something like a bee sting or peanuts",
        "",
    ],
)
def test_a_question_without_two_things_compares_none(question: str) -> None:
    assert things(question) == ()


def test_a_comparison_is_heard_even_when_its_things_are_not() -> None:
    assert sounds_comparing("in what way do these differ")
    assert not sounds_comparing("interaural intensity difference")
