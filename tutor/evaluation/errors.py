"""What can go wrong while evaluating.

TutorError
└── EvaluationError
    ├── QuestionSetInvalid   a file of the question set is missing or cannot be understood
    ├── ProcessFailed        a process that was to be measured ended without figures
    ├── ServiceNotReady      a service that was to be measured does not answer
    ├── NoPlots, CannotFit   what an extra brings is not installed
    ├── PeerFailed           a toolkit we are compared with ended without figures
    └── BaselineInvalid      the saved scores cannot be compared with: another set, another number of questions
"""

from tutor.errors import TutorError


class EvaluationError(TutorError):
    """Root of everything evaluation raises."""


class QuestionSetInvalid(EvaluationError):
    """A file of the question set is missing or cannot be understood; the message names the file and the line."""


class ProcessFailed(EvaluationError):
    """A process that was to be measured ended without figures; the message has the last it said."""


class BaselineInvalid(EvaluationError):
    """The saved scores cannot be compared with these; the message says why."""
