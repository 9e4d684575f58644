"""Wire types of practice sets."""

from pydantic import ConfigDict, Field

from tutor.schemas import Citation, Wire


class PracticeQuestion(Wire):
    """A definition of the course without its term."""

    question_id: str
    text: str = Field(description="The definition; the term is left blank.")
    choices: list[str] = Field(description="Four terms of the course, one of them right.")


class PracticeSet(Wire):
    """Questions to be answered together."""

    set_id: str = Field(description="Send it back with the answers.")
    questions: list[PracticeQuestion]
    generation: str


class PracticeAnswers(Wire):
    """What was chosen, by question id; a question that is left out counts as wrong."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"set_id": "549fed8d2f13e7f1.7.5.", "answers": {"3cdf507ed333682409d79399": "Radiomics"}},
            ]
        }
    )

    set_id: str = Field(max_length=600)
    answers: dict[str, str] = Field(max_length=100)


class MarkedQuestion(Wire):
    """One question, marked."""

    question_id: str
    chosen: str
    correct: bool
    term: str = Field(description="The right term.")
    citation: Citation = Field(description="The definition that settles it.")


class PracticeResult(Wire):
    """A marked set."""

    set_id: str
    score: int = Field(description="Questions answered rightly.")
    maximum: int
    questions: list[MarkedQuestion]
    sent_to_platform: bool = Field(default=False, description="Whether the learning platform took the score.")
