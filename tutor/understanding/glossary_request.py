"""A request for the course's glossary, or for the part of it on some topic: "what are the key terms (of ...)?"."""

import re

from tutor.understanding.words import is_content, split_words

_COURSE = r"(?:course|text|lesson|lecture|book|chapter|module|section|material|reading|unit|class|exam|test|quiz)"
_THINGS = (
    r"(?:(?:(?:key|main|important|essential|basic|central|core|technical|new|defined|most|all|the|list of|\d{1,2}|two|"
    r"three|four|five|six|seven|eight|nine|ten) )*"
    r"(?:terms?|definitions|vocabulary|vocab|terminology|glossary(?: terms| entries| list)?)"
    r"(?: and (?:their |the )?(?:definitions|vocabulary|terms|concepts|meanings))*)"
)
_NEEDED = (
    r"(?:should|must|need to|have to|do|ought to) (?:i|we|you|students) (?:need to |have to )?"
    r"(?:know|learn|remember|study|need)"
)
_WHO_NEEDS = r"(?:(?:that |which )?(?:i|we|you) (?:should|must|need to|have to|need) ?(?:know|learn|remember|study)?)"
_DEFINED = r"(?:(?:are |is |that are )?(?:defined|explained|introduced|covered|listed|given|included|there|here)\b ?)*"
_IT_DEFINES = (
    rf"(?:(?:does|do|did) (?:the|this|our|your|my) {_COURSE} (?:define|explain|introduce|use|have|cover|teach|give))"
)
_TAIL = rf"(?: (?:{_NEEDED}|{_WHO_NEEDS}|{_IT_DEFINES}|{_DEFINED}))?"
_SUBJECT = r"(?:\s*(?P<about>of|for|from|in|about|on|regarding|related to)\s+(?P<subject>.*?))?\s*[?.!:]*$"
_REQUESTS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"^(?:what|which)(?: is|'s|s| are|'re| r| were)? (?:your |some |this {_COURSE}'s )*{_THINGS}{_TAIL}{_SUBJECT}",
        r"^(?:list|show|give|print|display|name|enumerate|write|read|see|open|get|i need|i want)(?: me| us| out)*"
        rf"(?: to see| every| of| your| a| some)*\s{_THINGS}{_TAIL}{_SUBJECT}",
        rf"^(?:(?:is|are) there|do you have|does (?:the|this) {_COURSE} have) (?:an? |any )?"
        rf"{_THINGS}{_TAIL}{_SUBJECT}",
        rf"^(?:how many )?{_THINGS}{_TAIL}{_SUBJECT}",
    )
)
_WHOLE = re.compile(
    rf"^(?:(?:the|this|your|our|my|whole|entire|full|complete|next) )*(?:{_COURSE}s?|everything|here|all|it)?"
    rf"(?: (?:of|from|in) (?:the|this|our|your) (?:whole |entire )?{_COURSE})?$",
    re.IGNORECASE,
)
_SEVERAL = re.compile(r"\b(?:glossary|vocabulary|vocab|terminology|terms|definitions)\b", re.IGNORECASE)
# "What are the terms of the equation" asks no glossary; "what are the key terms of the equation" does.
_SURELY = re.compile(r"\b(?:key|main|important|essential|list|glossary|all|core|central|technical)\b", re.IGNORECASE)


def glossary_subject(text: str) -> str | None:
    """What the glossary is asked for: empty for all of it, None when the text does not ask for a glossary."""
    for pattern in _REQUESTS:
        match = pattern.match(text)
        if match is None:
            continue
        subject = (match["subject"] or "").strip(" \"',")
        asked = text[: match.start("about")] if match["about"] else text
        if not _SEVERAL.search(asked):  # "the term X" asks for one
            continue
        if _WHOLE.match(subject):
            return ""
        names_something = any(is_content(word.lower) or word.lower.isdigit() for word in split_words(subject))
        if names_something and _SURELY.search(asked):
            return subject
    return None
