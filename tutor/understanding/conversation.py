"""What a conversation is about so far: the topic that a follow-up question leaves out."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from tutor.types import Turn
from tutor.understanding.intent import read_frame
from tutor.understanding.knowledge import CourseKnowledge
from tutor.understanding.words import FUNCTION_WORDS, is_content, split_words, word_set

_MAX_TURNS = 4  # learner's turns looked at; older ones have long been left behind
_MAX_CHARS = 600  # of one turn
_MAX_TERMS = 3
_LONGEST_NAME = 4  # words
_MARKER = re.compile(r"\s*\[\d+\]")
_LISTED = re.compile(r"^\s*(?:[-*•]|\(?\d{1,2}[.)])\s+(.+)$", re.MULTILINE)
# What is shown of a topic, not the topic: "the code for dropout".
_SHOWN_OF = re.compile(
    r"\b(?:codes?|formulas?|equations?|proofs?|pictures?|figures?|diagrams?|implementations?|plots?) (?:for|of|to)\b",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+")
_BETWEEN_ITEMS = re.compile(r"\s*[,;]\s*(?:and\s+|or\s+)?|\s+and\s+(?=[^,;]+$)")
_BEFORE_ITEMS = re.compile(r"(?::|\b(?:includ(?:e|es|ing)|such as|namely|are|involves?)\b)\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Topic:
    """What the learner last asked about."""

    text: str  # a noun phrase to put into a question; may be empty when only a list was given
    terms: tuple[str, ...]  # glossary terms, as the course spells them; empty when the topic is none of the course's
    question: str  # the question it comes from, self-contained
    items: tuple[str, ...] = ()  # what the tutor's last answer listed, for "the third one"
    before: str = ""  # the text of the topic before this one, for "how are they different?"


def read_topic(
    history: Sequence[Turn], knowledge: CourseKnowledge, make_self_contained: Callable[[str, Topic | None], str]
) -> Topic | None:
    """Follow the learner's turns, oldest first, each understood in the light of the ones before it.

    Args:
        history: Turns as they came; malformed ones (empty, out of order, very long) do no harm.
        knowledge: The course.
        make_self_contained: Cleans a turn and resolves it against the topic so far; empty if it asks nothing.
    """
    recent = list(history[-2 * _MAX_TURNS :])
    topic: Topic | None = None
    for place, turn in enumerate(recent):
        if turn.role != "user":
            continue
        question = make_self_contained(turn.content[:_MAX_CHARS], topic)
        if not question:
            continue
        replies = recent[place + 1 : place + 2]
        answer = replies[0].content[: 2 * _MAX_CHARS] if replies and replies[0].role == "assistant" else ""
        following = _topic_of(question, answer, knowledge)
        topic = replace(following, before=topic.text) if topic else following
    return topic


def _topic_of(question: str, answer: str, knowledge: CourseKnowledge) -> Topic:
    terms = knowledge.terms_in(question)[:_MAX_TERMS]
    text = longer_subject(question, knowledge) or " and ".join(map(_plain, terms)) or subject_of(question)
    answer = _MARKER.sub("", answer)
    if not text and not terms and answer:
        terms = knowledge.terms_in(answer[:200])[:1]
        text = _plain(terms[0]) if terms else ""
    return Topic(text, terms, question, listed_items(answer))


def longer_subject(question: str, knowledge: CourseKnowledge) -> str:
    """What is to be defined, where that is no term but holds one: "the learning rate", not "learning"; else empty."""
    subject = _plain(read_frame(question).subject)
    words = split_words(subject)
    if not 1 < len(words) <= _LONGEST_NAME or any(word.lower in FUNCTION_WORDS for word in words):
        return ""
    terms = knowledge.terms_in(subject)
    inside = len(terms) == 1 and len(split_words(_plain(terms[0]))) < len(words)
    return subject if inside and not knowledge.is_term(subject) else ""


def subject_of(question: str) -> str:
    """What a question is about when it names no term: its frame's subject, else its longest run of content words."""
    frame = read_frame(question)
    if frame.subject:
        return frame.subject
    runs: list[list[str]] = [[]]
    for word in split_words(_SHOWN_OF.sub(" ", question)):
        if is_content(word.lower) or word.lower in _RELATIONAL:
            runs[-1].append(word.written)
        else:
            runs.append([])
    longest: list[str] = max(runs, key=len)
    return " ".join(longest)


def listed_items(answer: str) -> tuple[str, ...]:
    """The items of a list in an answer: its bullet or numbered lines, else the parts of its longest enumeration."""
    if len(lines := [match[1].strip(" *_") for match in _LISTED.finditer(answer)]) > 1:
        return tuple(lines)
    sentences = _SENTENCE_END.split(answer)
    longest = max(sentences, key=_n_separators)
    if _n_separators(longest) < 2:
        return ()
    leads = [lead.end() for lead in _BEFORE_ITEMS.finditer(longest) if longest.count(",", lead.end()) >= 2]
    longest = longest[max(leads, default=0) :]
    return tuple(item.strip(" .!?") for item in _BETWEEN_ITEMS.split(longest) if item.strip(" .!?"))


def _n_separators(sentence: str) -> int:
    return sentence.count(",") + sentence.count(";")


def _plain(term: str) -> str:
    return re.sub(r"\s*\([^()]*\)", "", term).strip()


# Nouns that ask for a side of a topic and are none by themselves: "what are the advantages?".
_RELATIONAL = word_set("""
    advantage advantages disadvantage disadvantages benefit benefits limitation limitations drawback drawbacks use
    uses application applications example examples type types kind kinds step steps stage stages difference
    differences purpose function functions role roles part parts component components cause causes effect effects
    symptom symptoms challenge challenges problem problems issue issues risk risks pros cons property properties
    task tasks goal goals feature features weakness weaknesses strength strengths alternative alternatives impact
    requirement requirements input inputs output outputs detail details characteristic characteristics main biggest
    downside downsides
    """)


def asks_for_a_side_only(text: str, knowledge: CourseKnowledge) -> bool:
    """Whether ``text`` asks for a side of some topic and names none: "what are the benefits?", "list the types".

    A side that opens one of the course's own terms ("Challenges in ...") is a topic there.
    """
    words = [word.lower for word in split_words(text)]
    sides = [word for word in words if word in _RELATIONAL]
    if not sides or any(is_content(word) and word not in _RELATIONAL for word in words):
        return False
    return not any(knowledge.opens_a_term(word) for word in sides)
