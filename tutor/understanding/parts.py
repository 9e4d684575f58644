"""A question of several parts taken apart into questions that stand by themselves."""

import re

from tutor.understanding.anaphora import find_pointer, put_in_place
from tutor.understanding.conversation import longer_subject, subject_of
from tutor.understanding.intent import read_frame
from tutor.understanding.knowledge import CourseKnowledge
from tutor.understanding.words import PRONOUNS, is_content, lower_words, word_set

_MAX_PARTS = 5
_SENTENCES = re.compile(r"(?<=[?!;])\s*(?=\S)|(?<=\.)\s+(?=[A-Z])")
_QUESTION_WORD = r"(?:what|why|how|when|where|which|who|whose|whom)"
_ORDER = r"(?:explain|define|describe|compare|list|name|give|tell|discuss|state|identify|summari[sz]e|show|outline)"
_VERB = r"(?:is|are|was|were|do|does|did|can|could|should|would|will)"
_ASKS = re.compile(
    rf"^(?:(?:and|but|also|so|then|or|plus)\s+)*(?:(?:in|to|for|by|at|from|of|on|under)\s+)?(?:{_QUESTION_WORD}|"
    rf"{_ORDER}|{_VERB})\b",
    re.IGNORECASE,
)
_COORDINATED = re.compile(
    rf",?\s+(?:and|or|but|plus)(?:\s+(?:also|then))?\s+(?={_QUESTION_WORD}\s(?!to\s)|{_ORDER}\s|(?:{_VERB})\s+(?:it|"
    r"they|this|that|these|those|there|the|an?)\s)|,\s+(?=(?:what|why|how|who)\s)",
    re.IGNORECASE,
)
_SETS_THE_SCENE = re.compile(
    r"^(?:when|where|if|in|for|at|by|to)\b[^,]*,\s*(?:what|why|how|who|which)\b", re.IGNORECASE
)
_LEADING_AND = re.compile(r"^(?:(?:and|but|also|so|then|or|plus)\s+)+", re.IGNORECASE)
_AND_PREPOSITION = re.compile(r",?\s+and (in|for|with|by|on|from)\s+", re.IGNORECASE)
_NO_PHRASE = word_set("""
    is are was were do does did can which what that who how why when where whom and or
    """)
_LONGEST_PHRASE = 7  # words
_BETWEEN_TERMS = re.compile(r"\s*,\s*(?:and\s+)?|\s+and\s+")


_PLURAL = frozenset({"they", "them", "these", "those", "their"})


def split_parts(text: str, knowledge: CourseKnowledge) -> tuple[str, ...]:
    """The parts of a question, each self-contained; empty when there is only one.

    A statement that only leads up to a question is none of its parts, so such a question stays whole.
    """
    sentences = [piece.strip() for piece in _SENTENCES.split(text) if piece and any(map(str.isalnum, piece))]
    if not sentences or not all(_ASKS.match(sentence) for sentence in sentences[1:]):
        return ()
    if len(sentences) > 1 and not _ASKS.match(sentences[0]):
        return ()
    clauses = [clause for sentence in sentences for clause in _clauses(sentence)]
    if len(clauses) > 1:
        return _self_contained(clauses[:_MAX_PARTS], knowledge)
    return _by_preposition(text) or _by_term(text, knowledge)


def _clauses(sentence: str) -> list[str]:
    if not _ASKS.match(sentence) or _SETS_THE_SCENE.match(sentence):
        return [sentence]
    return [clause.strip(" ,") for clause in _COORDINATED.split(sentence) if clause.strip(" ,")]


def _self_contained(clauses: list[str], knowledge: CourseKnowledge) -> tuple[str, ...]:
    """Carry the subject of the first clause into later ones that point at it or say nothing without it."""
    terms = knowledge.terms_in(clauses[0])
    one = longer_subject(clauses[0], knowledge) or (terms[0] if terms else subject_of(clauses[0]))
    many = " and ".join(terms[:3]) or one
    parts = [clauses[0].rstrip(" ?.!;,")]
    for clause in (_LEADING_AND.sub("", later).rstrip(" ?.!;,") for later in clauses[1:]):
        words = set(lower_words(clause))
        pointer = find_pointer(clause)
        if not any(map(is_content, lower_words(parts[0]))):
            parts = [f"{parts[0]} and {clause}"]  # "define and list the bones"
        elif pointer and one:
            is_plural = clause[pointer.start : pointer.end].lower() in _PLURAL
            parts.append(put_in_place(clause, pointer, many if is_plural else one))
        elif any(map(is_content, words)) or not PRONOUNS.isdisjoint(words):
            parts.append(clause)
        elif len(words) > 1 and "your" not in words:  # neither "why?" nor "explain your answer"
            parts.append(f"{clause} {one}")
    return tuple(parts) if len(parts) > 1 else ()


def _by_preposition(text: str) -> tuple[str, ...]:
    """Take apart "used in X and in Y" or "for A, for B and for C": the question once with each."""
    match = _AND_PREPOSITION.search(text)
    if match is None:
        return ()
    preposition = match[1].lower()
    before, *phrases = re.split(rf",?\s*\b{preposition}\s+", text[: match.start()], flags=re.IGNORECASE)
    phrases.append(text[match.end() :].strip(" ?.!"))
    if len(phrases) < 2 or not before.strip() or not all(map(_is_phrase, phrases)):
        return ()
    return tuple(f"{before.strip()} {preposition} {phrase.strip(' ,')}" for phrase in phrases[:_MAX_PARTS])


def _is_phrase(text: str) -> bool:
    words = lower_words(text)
    return 0 < len(words) <= _LONGEST_PHRASE and _NO_PHRASE.isdisjoint(words)


def _by_term(text: str, knowledge: CourseKnowledge) -> tuple[str, ...]:
    """Take apart "what are A and B?": one definition each, unless the course defines both together."""
    frame = read_frame(text)
    subject = frame.subject
    if frame.intent not in ("define", "explain") or not subject or knowledge.is_term(subject):
        return ()
    names = [name for name in _BETWEEN_TERMS.split(subject) if name]
    if not 2 <= len(names) <= _MAX_PARTS or not all(knowledge.is_term(name) for name in names):
        return ()
    if len({knowledge.terms_in(name) for name in names}) < len(names):
        return ()
    return tuple(f"what is {name}" for name in names)
