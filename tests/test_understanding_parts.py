"""Questions of several parts are taken apart; each part stands by itself."""

import pytest
from understood_courses import medicine_course

from tutor.understanding.parts import split_parts


def parts(question: str) -> tuple[str, ...]:
    return split_parts(question, medicine_course())


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        (
            "What is radiomics and what is it used for? And how does that differ from segmentation?",
            ("What is radiomics", "what is Radiomics used for", "how does Radiomics differ from segmentation"),
        ),
        (
            "What are Electronic Health Records, what do they contain and what do they let providers do?",
            (
                "What are Electronic Health Records",
                "what do Electronic Health Records contain",
                "what do Electronic Health Records let providers do",
            ),
        ),
        (
            "how is deep learning used in drug discovery and in precision medicine?",
            ("how is deep learning used in drug discovery", "how is deep learning used in precision medicine"),
        ),
        (
            "What does it do for surgeons, for teaching and for patients?",
            ("What does it do for surgeons", "What does it do for teaching", "What does it do for patients"),
        ),
        (
            "what are neural networks and what is special about the recurrent ones",
            ("what are neural networks", "what is special about the recurrent Neural Networks"),
        ),
        ("what are radiomics and transfer learning?", ("what is radiomics", "what is transfer learning")),
        (
            "Define radiomics and explain why it is useful.",
            ("Define radiomics", "explain why Radiomics is useful"),
        ),
        ("What is radiomics? How does it work?", ("What is radiomics", "How does Radiomics work")),
        ("what is radiomics; list its uses", ("what is radiomics", "list Radiomics' uses")),
        (
            "do radiomics and drug discovery differ? In what way do they overlap?",
            ("do radiomics and drug discovery differ", "In what way do Radiomics and Drug Discovery overlap"),
        ),
    ],
)
def test_each_part_stands_by_itself(question: str, expected: tuple[str, ...]) -> None:
    assert parts(question) == expected


@pytest.mark.parametrize(
    "question",
    [
        "What is radiomics?",
        "radiomics",
        "what is virtual reality and augmented reality",
        "A patient arrives confused and complaining of thirst. Why?",
        "Which of these is right? a) one b) two c) three",
        "When eating food, what divisions of the nervous system are involved?",
        "Define and list the bones of the skull.",
        "how does the cell decide what to throw away and what to keep",
        "Which muscle can regenerate? Explain your answer.",
        "what is the role of images and data in medicine",
        "",
    ],
)
def test_a_question_of_one_part_stays_whole(question: str) -> None:
    assert parts(question) == ()


def test_parts_are_few() -> None:
    assert len(parts("what is AI? " * 40)) <= 5
