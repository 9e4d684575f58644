"""The calm words around an answer: what is said when the course does not say it, and why."""

from collections.abc import Sequence

from tutor.chapters import numbered_part
from tutor.types import Intent, Query
from tutor.unknown_names import named_in_vain
from tutor.unsaid import Unsaid

_BY_INTENT: dict[Intent, str] = {
    "small_talk": (
        "Happy to help! I answer questions about the course “{course}” with sentences from its text. "
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
    unheard = named_in_vain(query)
    if query.intent == "takeaways" and numbered_part(query.subject):
        return f"The course “{course_title}” has no takeaways under “{query.subject}”."
    said = f"does not mention {_and(unheard)}" if unheard else "does not say this"
    message = f"The course “{course_title}” {said}, so I will not guess."
    if has_nearest:
        message += " The nearest sections are listed here; rephrasing with the course's own terms can also help."
    return message


def partly(query: Query, unsaid: Unsaid) -> str:
    """What to say beside an answer that leaves a part of the question open."""
    if unsaid.things:
        return f"The course does not cover {_and(unsaid.things)}; here is what it says about the rest."
    rest = f"here is what it says about {_and(query.terms)}" if query.terms else "here is what comes nearest"
    if unsaid.words:
        noun = "word" if len(unsaid.words) == 1 else "words"
        return f"The course never uses the {noun} {_and(unsaid.words)}; {rest}."
    return f"I found nothing in the course that {unsaid.kind}; {rest}."


def glossary_cut(n_defined: int, n_shown: int, subject: str) -> str:
    """What to say beside a list of definitions that goes on in the course."""
    of_it = f" on “{subject}”" if subject else ""
    return f"The course defines {n_defined} terms{of_it}; here are {n_shown} of them. Read on for the others."


def nothing_to_sum_up(course_title: str) -> str:
    """What to say to a long text that holds none of the course's sentences."""
    return f"None of this text's sentences stands in the course “{course_title}”, so I cannot sum it up from there."


def takeaways_counted(n_takeaways: int, part: str) -> str:
    """What to say beside some of the takeaways of the course, or of a numbered part of it."""
    takeaways = "key takeaway" if n_takeaways == 1 else "key takeaways"
    return f"The course lists {n_takeaways} {takeaways}{f' in {part}' if part else ''}."


def takeaways_cut(n_takeaways: int) -> str:
    """What to say beside the takeaways of a course that has too many of them to be read at once."""
    return (
        f"The course has {n_takeaways} takeaways; here are the first of its parts. Ask for those of a chapter by its "
        "number, or of a topic."
    )


def _and(names: Sequence[str]) -> str:
    *others, last = [f"“{name}”" for name in names]
    return f"{', '.join(others)} and {last}" if others else last
