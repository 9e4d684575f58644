"""From a question as typed, and the turns before it, to the query that the retriever receives.

Normalise; set aside what is no question to the course; mend typing errors; drop filler; make a follow-up
self-contained; tell intent, compared things and parts; spell out acronyms. Deterministic, with no model.
"""

from collections.abc import Sequence

from tutor.types import Correction, Intent, Query, Turn
from tutor.understanding.advice import is_advice
from tutor.understanding.comparison import compared_things, sounds_comparing
from tutor.understanding.conversation import Topic, read_topic
from tutor.understanding.filler import drop_filler
from tutor.understanding.follow_up import resolve
from tutor.understanding.furniture import is_furniture
from tutor.understanding.glossary_request import glossary_subject
from tutor.understanding.injection import is_injection
from tutor.understanding.intent import Frame, read_frame
from tutor.understanding.knowledge import CourseKnowledge
from tutor.understanding.normalise import normalise
from tutor.understanding.parts import split_parts
from tutor.understanding.small_talk import is_small_talk, says_nothing


def understand(question: str, history: Sequence[Turn], knowledge: CourseKnowledge) -> Query:
    """Read a question as its learner meant it.

    Args:
        question: As typed; of any content and length (callers bound the length).
        history: The turns before it, oldest first; only needed by a follow-up.
        knowledge: The course.

    Returns:
        The query. ``used`` is empty when the course is not what the question is put to (small talk, advice,
        injection, empty).
    """
    text = normalise(question)
    if intent := _not_for_the_course(text, knowledge):
        return Query(asked=question, used="", intent=intent)
    mended = knowledge.speller.mend(text)
    plain = drop_filler(mended.text)
    if is_small_talk(plain):
        return Query(asked=question, used="", intent="small_talk", corrections=mended.corrections)
    wanted = None if knowledge.is_term(plain.strip(" ?.!")) else glossary_subject(plain)
    if wanted is not None:
        return _glossary(question, wanted or plain, wanted, mended.corrections, knowledge)
    topic = read_topic(history, knowledge, lambda turn, so_far: _earlier_question(turn, so_far, knowledge))
    resolved = resolve(plain, topic, knowledge)
    return _describe(question, resolved.text, mended.corrections, knowledge, is_follow_up=resolved.is_follow_up)


def _describe(
    asked: str, text: str, corrections: tuple[Correction, ...], knowledge: CourseKnowledge, *, is_follow_up: bool
) -> Query:
    frame = read_frame(text)
    parts = split_parts(text, knowledge) if frame.intent != "takeaways" else ()
    compared = () if parts else compared_things(text, knowledge.is_term)
    frame = read_frame(parts[0]) if parts else frame
    intent = _intent(frame, text, compared, is_split=bool(parts), knowledge=knowledge)
    expand = knowledge.acronyms.expand
    used = expand(text, subject=frame.subject or text)
    return Query(
        asked=asked,
        used=used,
        intent=intent,
        corrections=corrections,
        terms=knowledge.terms_in(". ".join((used, *parts))),
        parts=tuple(expand(part, subject=read_frame(part).subject) for part in parts),
        compared=tuple(expand(thing, subject=thing) for thing in compared),
        unknown_words=knowledge.unknown_words(used),
        is_follow_up=is_follow_up,
        subject=frame.subject,
    )


def _glossary(
    asked: str, used: str, subject: str, corrections: tuple[Correction, ...], knowledge: CourseKnowledge
) -> Query:
    used = knowledge.acronyms.expand(used, subject=subject)
    return Query(
        asked=asked,
        used=used,
        intent="glossary",
        corrections=corrections,
        terms=knowledge.terms_in(used),
        unknown_words=knowledge.unknown_words(used),
        subject=subject and used,
    )


def _intent(
    frame: Frame, text: str, compared: tuple[str, ...], *, is_split: bool, knowledge: CourseKnowledge
) -> Intent:
    if compared or (not is_split and frame.intent != "takeaways" and sounds_comparing(text)):
        return "compare"
    subject = frame.subject or text.strip(" ?.!")
    if frame.intent == "explain" and knowledge.is_term(subject):
        return "define"  # "explain CAD", or the bare term
    if frame.intent == "define" and " of " in subject and not knowledge.is_term(subject):
        return "explain"  # "what is the role of insulin"
    return frame.intent


def _not_for_the_course(text: str, knowledge: CourseKnowledge) -> Intent | None:
    if says_nothing(text, knowledge.is_word) or (is_furniture(text) and not knowledge.is_term(text)):
        return "empty"
    if is_injection(text):
        return "injection"
    if is_small_talk(text):
        return "small_talk"
    return "advice" if is_advice(text) else None


def _earlier_question(turn: str, topic: Topic | None, knowledge: CourseKnowledge) -> str:
    """An earlier turn as a self-contained question with acronyms spelled out; empty if it asked the course nothing."""
    text = normalise(turn)
    if _not_for_the_course(text, knowledge):
        return ""
    plain = resolve(drop_filler(knowledge.speller.mend(text).text), topic, knowledge).text
    return knowledge.acronyms.expand(plain, subject=read_frame(plain).subject or plain)
