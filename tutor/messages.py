"""The calm words around an answer: what is said when the course does not say it, and why."""

from collections.abc import Sequence

from tutor.types import Intent, Query

_BY_INTENT: dict[Intent, str] = {
    "small_talk": (
        "Hello! I answer questions about the course “{course}” with sentences from its text. "
        "Ask me for a definition, a comparison or the key takeaways."
    ),
    "advice": (
        "This is a course, not a clinician: it cannot judge a person's health or treatment. "
        "Please ask a doctor or pharmacist; in an emergency call your local emergency number."
    ),
    "injection": (
        "I answer only with sentences from the course text, cited where they stand, so I cannot do that. "
        "Ask me what the course “{course}” says about a topic."
    ),
    "empty": "Please ask a question about the course “{course}”, for example for a definition or the key takeaways.",
}


def refusal(query: Query, course_title: str, *, has_nearest: bool) -> str:
    """What to say when nothing is answered; never blames the learner, always says what can be done instead."""
    if words := _BY_INTENT.get(query.intent):
        return words.format(course=course_title)
    message = f"The course “{course_title}” does not say this, so I will not guess."
    if has_nearest:
        message += " The nearest sections are listed here; rephrasing with the course's own terms can also help."
    return message


def partly(missing: Sequence[str]) -> str:
    """What to say beside an answer that leaves a part of the question open."""
    named = ", ".join(f"“{term}”" for term in missing)
    return f"The course does not cover {named}; here is what it says about the rest."


def glossary_cut(n_defined: int, n_shown: int, subject: str) -> str:
    """What to say beside a list of definitions that goes on in the course."""
    of_it = f" on “{subject}”" if subject else ""
    return f"The course defines {n_defined} terms{of_it}; here are {n_shown} of them. Read on for the others."


def nothing_to_sum_up(course_title: str) -> str:
    """What to say to a long text that holds none of the course's sentences."""
    return f"None of this text's sentences stands in the course “{course_title}”, so I cannot sum it up from there."
