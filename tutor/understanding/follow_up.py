"""A follow-up question made self-contained by the topic of the earlier turns.

A question that names its own subject is left alone, however it begins: earlier turns never reach it.
"""

import re
from dataclasses import dataclass

from tutor.understanding.anaphora import find_pointer_outside, put_in_place
from tutor.understanding.conversation import Topic, asks_for_a_side_only
from tutor.understanding.intent import read_frame
from tutor.understanding.knowledge import CourseKnowledge
from tutor.understanding.words import is_content, split_words, word_set

_LEAD = re.compile(
    r"^(?:(?:and|but|so|ok(?:ay)?|then|also|or|plus|well|now|wait|hmm+|yes|yeah|no|sure|right|alright|great|cool|"
    r"nice|thanks|interesting)[ ,.!]+)+",
    re.IGNORECASE,
)
_WHAT_ABOUT = re.compile(r"^(?:what|how) about\s+", re.IGNORECASE)
_PREPOSITION = re.compile(
    r"^(for|in|with|without|on|to|by|from|at|during|after|before|outside|within)\s+", re.IGNORECASE
)
_HAS_A_VERB = re.compile(
    r"\b(?:is|are|was|were|do|does|did|can|could|will|would|should|has|have|had|won|what|which|who|whose|how|why|when|"
    r"where|define|explain|describe|compare|list|name|give|tell|show)\b",
    re.IGNORECASE,
)
_ORDINALS = {
    word: number
    for number, words in enumerate(
        ("first 1st one 1", "second 2nd two 2", "third 3rd three 3", "fourth 4th four 4", "fifth 5th five 5",
         "sixth 6th six 6", "seventh 7th seven 7", "eighth 8th eight 8", "ninth 9th nine 9", "tenth 10th ten 10")
    )
    for word in words.split()
} | {"last": -1, "final": -1}  # fmt: skip
_NTH = re.compile(
    r"\b(?:the |your |that )?(?P<nth>first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|last|final|"
    r"\d{1,2}(?:st|nd|rd|th))\b(?: (?:ones?|points?|items?|things?|reasons?|types?|challenges?|takeaways?|"
    r"examples?|steps?|parts?|bullets?|options?|problems?|tasks?|factors?)|(?P<bare>\b))(?: of (?:them|these|"
    r"those))?|\b(?:number|point|item|no\.?|bullet|#) ?(?P<number>\d{1,2}|one|two|three|four|five|six|seven|eight|"
    r"nine|ten)\b",
    re.IGNORECASE,
)
_MORE_WORDS = word_set("""
    elaborate further more detail details continue go simpler else depth deeper expand clarify rephrase again step
    instance practice real life simplify sure right correct true little enough
    """)  # fmt: skip
_SETS_TWO_SIDE_BY_SIDE = re.compile(
    r"\b(?:they|them|these|those|the two|both)\b.*\b(?:differ\w*|same|similar|alike|related|compare)\b|"
    r"\b(?:differ\w*|compare|similarit\w+|common|relat\w+)\b.*\b(?:they|them|these|those|the two|both)\b",
    re.IGNORECASE,
)
_ARTICLE = re.compile(r"^(?:the|an?) ", re.IGNORECASE)
_ARTICLE_BEHIND = re.compile(r"\b(?:the|an?) $", re.IGNORECASE)
_ACRONYM_BEHIND = re.compile(r"^\s*\([^()]*\)")
_MORE_OF_IT = word_set("more continue go on further elaborate else what details yes again")
_OF_SOMETHING = word_set("example examples definition meaning")
_SHORT = 5  # words of a fragment


@dataclass(frozen=True, slots=True)
class Resolved:
    """A question that stands by itself."""

    text: str
    is_follow_up: bool


def resolve(text: str, topic: Topic | None, knowledge: CourseKnowledge) -> Resolved:
    """Make ``text`` self-contained, from ``topic`` if it needs one; politeness must have been dropped before."""
    core = _LEAD.sub("", text) or text
    if topic is None:
        return Resolved(core if core.strip(" ?.!") else text, is_follow_up=False)
    resolved = (
        _by_ordinal(core, topic, knowledge)
        or _by_pointer(core, topic)
        or _by_topic_alone(core, topic, knowledge)
        or _by_side(core, topic, knowledge)
        or _by_fragment(core, topic, knowledge, is_led_on=core != text)
    )
    return Resolved(" ".join((resolved or core).split()), is_follow_up=resolved is not None)


def _by_ordinal(text: str, topic: Topic, knowledge: CourseKnowledge) -> str | None:
    """Read "say more about the third one": the third item of the last answer's list."""
    match = _NTH.search(text)
    if match is None or knowledge.terms_in(text):
        return None
    if (earlier := read_frame(topic.question)).intent == "takeaways":
        of_it = f" of {earlier.subject}" if earlier.subject else ""
        nth = match["nth"]
        return f"what is the {nth} takeaway{of_it}" if nth else f"what is takeaway number {match['number']}{of_it}"
    if not topic.items or read_frame(text).intent == "takeaways":
        return None
    behind = split_words(text[match.end() :])
    if match["bare"] and behind and is_content(behind[0].lower):
        return None  # "the second law" is no item of a list
    written = (match["nth"] or match["number"]).lower()
    place = _ORDINALS.get(written, len(topic.items))
    if place >= len(topic.items):
        return None
    return text[: match.start()] + topic.items[place] + text[match.end() :]


def _by_pointer(text: str, topic: Topic) -> str | None:
    """Read "how is that different from machine learning?": the topic instead of the pronoun."""
    pointer = find_pointer_outside(text)
    if pointer is None or not topic.text:
        return None
    return put_in_place(text, pointer, _side_meant(text, topic))


def _side_meant(text: str, topic: Topic) -> str:
    """The former or latter of two terms, where that is said; the topic before too, where two are set side by side."""
    sides = topic.text.split(" and ")
    if len(sides) == 1 and topic.before not in ("", topic.text) and _SETS_TWO_SIDE_BY_SIDE.search(text):
        return f"{topic.before} and {topic.text}"
    if len(sides) == 2 and (match := re.search(r"\bthe (former|latter)\b", text, re.IGNORECASE)):
        return sides[match[1].lower() == "latter"]
    return topic.text


def _by_topic_alone(text: str, topic: Topic, knowledge: CourseKnowledge) -> str | None:
    """Read "why?", "an example?", "tell me more": everything but the topic is said."""
    words = [word.lower for word in split_words(text)]
    if not topic.text or not words or len(words) > 2 * _SHORT or read_frame(text).intent == "takeaways":
        return None
    if any(is_content(word) and word not in _MORE_WORDS for word in words) or knowledge.terms_in(text):
        return None
    bare = text.rstrip(" ?.!")
    if _MORE_OF_IT.issuperset(words):
        return topic.text
    return f"{bare} of {topic.text}" if words[-1] in _OF_SOMETHING else f"{bare} {topic.text}"


def _by_side(text: str, topic: Topic, knowledge: CourseKnowledge) -> str | None:
    """Read "what are the benefits?": a side of the topic."""
    if not topic.text or not asks_for_a_side_only(text, knowledge):
        return None
    return f"{text.rstrip(' ?.!')} of {topic.text}"


def _by_fragment(text: str, topic: Topic, knowledge: CourseKnowledge, *, is_led_on: bool) -> str | None:
    """Read "and for images?", "what about RNNs?": the earlier question with one phrase exchanged."""
    fragment = _WHAT_ABOUT.sub("", text).strip(" ?.!")
    asked_about = fragment != text.strip(" ?.!")
    if (
        not (is_led_on or asked_about or _PREPOSITION.match(text))
        or len(fragment.split()) > _SHORT
        or _HAS_A_VERB.search(fragment)
    ):
        return None
    if not fragment or knowledge.unknown_words(fragment):
        return None  # a new subject that the course does not know must not borrow the old one
    if preposition := _PREPOSITION.match(fragment):
        return _exchange_phrase(fragment, preposition[1], topic)
    if knowledge.terms_in(fragment):
        return _exchange_term(fragment, topic, knowledge)
    defines = read_frame(topic.question).intent == "define"
    if (
        asked_about
        and (defines or _ARTICLE.match(fragment))
        and (place := topic.question.lower().find(topic.text.lower())) > 0
    ):
        before = topic.question[:place]  # "how does the discriminator work", "what about the generator?"
        behind = _ACRONYM_BEHIND.sub("", topic.question[place + len(topic.text) :])
        return f"{_ARTICLE_BEHIND.sub('', before)}{fragment}{behind}".rstrip(" ?.!")
    return f"{fragment} {topic.text}" if topic.text else None


def _exchange_phrase(fragment: str, preposition: str, topic: Topic) -> str | None:
    """The earlier question with its last phrase of the same preposition exchanged; else topic and phrase."""
    question = topic.question.rstrip(" ?.!")
    places = [match.start() for match in re.finditer(rf"\b{preposition}\b", question, re.IGNORECASE)]
    if places and places[-1] > 0:
        return f"{question[: places[-1]]}{fragment}"
    return f"{topic.text} {fragment}" if topic.text else None


def _exchange_term(fragment: str, topic: Topic, knowledge: CourseKnowledge) -> str:
    """The earlier question asked of another term; the term alone where it cannot be put in place."""
    if len(topic.terms) == 1:
        question = topic.question.rstrip(" ?.!")
        words = split_words(question)
        for mention in knowledge.glossary.mentions(question):
            if mention.entry.term == topic.terms[0] and not mention.overlapped:
                start, end = words[mention.first_word].start, words[mention.end_word - 1].end
                before = _ARTICLE_BEHIND.sub("", question[:start]) if _ARTICLE.match(fragment) else question[:start]
                return before + fragment + _ACRONYM_BEHIND.sub("", question[end:])
    return fragment
