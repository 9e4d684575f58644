"""What can go wrong while evaluating.

TutorError
└── EvaluationError
    ├── QuestionSetInvalid   a file of the question set is missing or cannot be understood
    └── BaselineInvalid      the saved scores cannot be compared with: another set, another number of questions
"""

from tutor.errors import TutorError


class EvaluationError(TutorError):
    """Root of everything evaluation raises."""


class QuestionSetInvalid(EvaluationError):
    """A file of the question set is missing or cannot be understood; the message names the file and the line."""


class BaselineInvalid(EvaluationError):
    """The saved scores cannot be compared with these; the message says why."""
