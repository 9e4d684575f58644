"""Words that point back: "it", "that", "these", "this technique", "the recurrent ones". Knows grammar, no course."""

import re
from dataclasses import dataclass

from tutor.understanding.words import is_content, split_words

_GENERIC = (
    r"(?:techniques?|methods?|approach(?:es)?|algorithms?|models?|networks?|technolog(?:y|ies)|systems?|concepts?|"
    r"ideas?|terms?|things?|process(?:es)?|fields?|areas?|tools?|topics?|types?|kinds?|structures?|functions?|"
    r"problems?|subjects?|words?|stuff|phenomen(?:on|a)|conditions?|diseases?|tasks?|challenges?|records?|two|ones?|"
    r"three)"
)
_THE_COURSE = (
    r"(?:course|text|book|chapter|section|module|lesson|lecture|page|material|unit|class|question|exam|"
    r"test|days?|who)\b"
)
_POINTS_AT = (
    r"(?:is|are|was|were|does|do|did|can|could|would|will|should|why|how|about|of|for|with|like|from|than|to|in|by|"
    r"on|and|or|but|so|what|explain|use|using|mean|call|between|understand|define|describe|make|makes|let|lets|help|"
    r"helps|only)"
)
_THEN = (
    r"(?=\s*(?:$|[?.!,;:)])|\s+(?:is|was|does|do|did|can|could|would|will|has|have|different|differ|work|works|mean|"
    r"means|useful|important|used|related|similar|the same|helpful|good|bad|better|possible|called|done|help|helps|"
    r"happen|happens|and|or|in|for|from|with|to|when|if|because|compare|compared|so|not|any|more|less|an?)\b)"
)
_PATTERN = re.compile(
    rf"\b(?P<whole>(?:this|that|these|those|such(?: an?)?|the (?:said|same|above|mentioned)) {_GENERIC})\b|"
    r"\b(?P<owner>its|their)\b(?= )|\b(?P<ones>the (?!first|second|third|fourth|fifth|last|next|other|right|left|"
    r"two|three)[\w-]+(?: [\w-]+)? ones?)\b|\b(?P<pronoun>it|they|them|both of (?:them|these)|the (?:former|latter|"
    rf"two|other one))\b(?!')|\b(?P<plural>these|those)\b(?! {_THE_COURSE})|(?:(?<=^)|(?<= ))(?P<that>that|this)\b(?!"
    rf" {_THE_COURSE}){_THEN}",
    re.IGNORECASE,
)
_BEFORE_THAT = re.compile(rf"(?:^|\b{_POINTS_AT}|[,;:?]) ?$", re.IGNORECASE)
_IMPERSONAL = re.compile(
    r"\bit(?:'s| is| was| would be)? (?:true|possible|likely|raining|said|clear|going|worth|the case|known)\b|"
    r"\b(?:is|was|be) it (?:true|possible|likely|ok|okay|worth|necessary|important|fair|correct) (?:that|to|for|if)\b|"
    r"\b(?:make|makes|made|find|finds) it (?:\w+ )?(?:hard|difficult|easy|easier|possible|impossible|harder)\b|"
    r"\btime is it\b|\bit (?:rains?|snows?)\b",
    re.IGNORECASE,
)
_BOUNDARY = re.compile(r"[,;:?!.]\s|\b(?:and|but|so|because|if|when|while|since|although|which|who)\b", re.IGNORECASE)
_SUBORDINATE = re.compile(r"^(?:if|when|because|since|although|while|with|without|given|in|for|as)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Pointer:
    """A word or phrase that stands for something said before: ``text[start:end]``."""

    start: int
    end: int
    is_owner: bool  # "its", "their"
    kept: str  # what of the phrase must stay before the thing meant: "the recurrent" of "the recurrent ones"


def find_pointer(text: str) -> Pointer | None:
    """The first word that points back, wherever what it points at may stand."""
    impersonal = [match.span() for match in _IMPERSONAL.finditer(text)]
    for match in _PATTERN.finditer(text):
        if any(start <= match.start() < end for start, end in impersonal):
            continue
        is_last = not any(map(str.isalnum, text[match.end() :]))
        if match["that"] and not is_last and not _BEFORE_THAT.search(text[: match.start()]):
            continue  # "a network that works", "is it true that"
        kept = match["ones"].rsplit(" ", 1)[0] if match["ones"] else ""
        return Pointer(match.start(), match.end(), bool(match["owner"]), kept)
    return None


def find_pointer_outside(text: str) -> Pointer | None:
    """The first word that points back at something that ``text`` itself does not name.

    A pronoun never stands for a noun of its own clause (principle B of binding theory), but may stand for one of an
    earlier clause: "what is a CNN and what is it used for" needs no earlier turn, "can a doctor trust it" does.
    """
    pointer = find_pointer(text)
    if pointer is None:
        return None
    boundaries = list(_BOUNDARY.finditer(text, 0, pointer.start))
    if not boundaries or _SUBORDINATE.match(text):
        return pointer
    earlier = text[: boundaries[-1].start()]
    return None if any(is_content(word.lower) for word in split_words(earlier)) else pointer


def put_in_place(text: str, pointer: Pointer, meant: str) -> str:
    """``text`` with what is meant instead of the word that points at it."""
    owner = f"{meant}'" if meant.endswith("s") else f"{meant}'s"
    new = owner if pointer.is_owner else f"{pointer.kept} {meant}".strip()
    return text[: pointer.start] + new + text[pointer.end :]
