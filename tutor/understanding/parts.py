"""A question of several parts taken apart into questions that stand by themselves."""

import re

from tutor.understanding.anaphora import find_pointer, put_in_place
from tutor.understanding.conversation import subject_of
from tutor.understanding.intent import read_frame
from tutor.understanding.knowledge import CourseKnowledge
from tutor.understanding.words import PRONOUNS, is_content, split_words

_MAX_PARTS = 5
_SENTENCES = re.compile(r"(?<=[?!;])\s*(?=\S)|(?<=\.)\s+(?=[A-Z])")
_QUESTION_WORD = r"(?:what|why|how|when|where|which|who|whose|whom)"
_ORDER = r"(?:explain|define|describe|compare|list|name|give|tell|discuss|state|identify|summari[sz]e|show|outline)"
_VERB = r"(?:is|are|was|were|do|does|did|can|could|should|would|will)"
_ASKS = re.compile(
    rf"^(?:(?:and|but|also|so|then|or|plus)\s+)*(?:(?:in|to|for|by|at|from|of|on|under)\s+)?(?:{_QUESTION_WORD}|{_ORDER}|{_VERB})\b",
    re.IGNORECASE,
)
_COORDINATED = re.compile(
    rf",?\s+(?:and|or|but|plus)(?:\s+(?:also|then))?\s+(?={_QUESTION_WORD}\s|{_ORDER}\s|(?:{_VERB})\s+(?:it|they|this|that|"
    rf"these|those|there|the|an?)\s)"
    rf"|,\s+(?=(?:what|why|how|who)\s)",
    re.IGNORECASE,
)
_LEADING_AND = re.compile(r"^(?:(?:and|but|also|so|then|or|plus)\s+)+", re.IGNORECASE)
_PHRASE = r"(?:(?!\b(?:and|or|is|are|does|do|in|for|with|by|to|on|from|of)\b)[\w'-]+ ?){1,7}"
_SAME_PREPOSITION = re.compile(
    rf"\b(?P<preposition>in|for|with|by|on|from)\s+(?P<first>{_PHRASE}),?\s*"
    rf"(?P<more>(?:,\s*(?P=preposition)\s+{_PHRASE})*),?\s*\band\s+(?P=preposition)\s+(?P<last>{_PHRASE})",
    re.IGNORECASE,
)
_BETWEEN_TERMS = re.compile(r"\s*,\s*(?:and\s+)?|\s+and\s+")


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
    if not _ASKS.match(sentence):
        return [sentence]
    return [clause.strip(" ,") for clause in _COORDINATED.split(sentence) if clause.strip(" ,")]


def _self_contained(clauses: list[str], knowledge: CourseKnowledge) -> tuple[str, ...]:
    """Carry the subject of the first clause into later ones that point at it or say nothing without it."""
    terms = knowledge.terms_in(clauses[0])
    subject = terms[0] if terms else subject_of(clauses[0])
    parts = [clauses[0].rstrip(" ?.!;,")]
    for clause in clauses[1:]:
        clause = _LEADING_AND.sub("", clause).rstrip(" ?.!;,")
        pointer = find_pointer(clause)
        if pointer and subject:
            clause = put_in_place(clause, pointer, subject)
        elif not any(is_content(word.lower) or word.lower in PRONOUNS for word in split_words(clause)):
            if len(split_words(clause)) == 1:
                continue  # "..., and why?" asks for more of the same
            clause = f"{clause} {subject}"
        parts.append(clause)
    return tuple(parts) if len(parts) > 1 else ()


def _by_preposition(text: str) -> tuple[str, ...]:
    """ "used in X and in Y": the question once with each."""
    match = _SAME_PREPOSITION.search(text)
    if match is None:
        return ()
    preposition = match["preposition"]
    middle = re.split(rf",\s*{preposition}\s+", match["more"], flags=re.IGNORECASE)
    phrases = [phrase.strip(" ,") for phrase in (match["first"], *middle, match["last"]) if phrase.strip(" ,")]
    before, after = text[: match.start()], text[match.end() :].strip(" ?.!")
    return tuple(f"{before}{preposition} {phrase} {after}".strip() for phrase in phrases[:_MAX_PARTS])


def _by_term(text: str, knowledge: CourseKnowledge) -> tuple[str, ...]:
    """ "What are A and B?": one definition each, unless the course defines both together."""
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
