"""What can be a term, and what other names it goes by.

Knows the forms that names take; knows nothing of where definitions stand in a document.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

from corpus.word_list import word_set

_MAX_TERM_WORDS = 10
_MAX_TERM_CHARS = 90
_MAX_ALIAS_WORDS = 6

# Labels that authors set before a colon without defining anything.
_LABELS = word_set(
    """
    note notes tip tips warning caution hint important remember example examples e.g i.e figure fig table image photo
    video source sources see also question questions answer answers solution exercise exercises problem step steps task
    task goal goals aim aims objective objectives summary conclusion introduction overview background motivation
    discussion credit credits caption key what why how when where who first second third next finally last input output
    inputs outputs result results case remark proof theorem lemma proposition corollary yes no true false date time
    author authors page chapter section unit module week lesson pros cons advantage advantages disadvantage disadvantages
    reading readings homework assignment deadline office hours email phone website url link http https
    """
)
_LABEL_WITH_NUMBER = re.compile(
    r"(?:step|figure|fig\.?|table|example|exercise|question|problem|chapter|section|week|part|case|day|unit|module|lesson"
    r"|stage|phase|level|option|answer|version|year|task|rule|appendix|line|theorem|lemma|eq\.?|equation)s?\s*"
    r"(?:[\dIVX]+(?:\.\d+)*|[A-Za-z])",
    re.IGNORECASE,
)
_NOT_FIRST = word_set(
    """
    this that these those it its they them their there here he she his her we our us you your i my one some any all each
    every both either neither many much most more several few such other another same what which who whose whom where
    when why how if whether because although though while since as so but and or nor then thus hence also however not no
    never only just even let suppose consider assume given recall note see in on at by for from with to of
    """
)
_NOT_LAST = word_set("of in on at by for from with to and or the a an is are was were be that which this as not")
_PARENTHESES = re.compile(r"\s*[(\[]([^()\[\]]{1,80})[)\]]")
_JOINT = re.compile(r"(?P<a>.+?)\s*\((?P<x>[^()]+)\)\s*(?:and|&|/|or|vs\.?|versus)\s+(?P<b>.+?)\s*\((?P<y>[^()]+)\)")
_ALIAS_LEAD = re.compile(
    r"(?:also|or|a\.?k\.?a\.?|sometimes|formerly|plural|pl\.|singular|sing\.|abbreviated|abbreviation|abbr\.|symbol"
    r"|short for|short)\b(?:\s+(?:called|known as|referred to as|termed|named|as|to))?\s*[,:=]?\s*(?:an?\s+|the\s+)?",
    re.IGNORECASE,
)
_NO_ALIAS = re.compile(
    r"(?:in|of|for|from|see|as|by|to|with|e\.g|i\.e|figure|fig|table|chapter|not|used|noun|verb|adj)\b", re.I
)
_ARTICLE = re.compile(r"(?:an?|the)\s+", re.IGNORECASE)
_ACRONYM = re.compile(r"(?=.*[A-Z].*[A-Z0-9])[A-Za-z0-9][A-Za-z0-9./&-]{0,9}s?")
_LITTLE_WORDS = word_set("of the and for in on to a an with by or")
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")
_WRAPPING = " \t\n*_`\"'“”‘’«»"


@dataclass(frozen=True, slots=True)
class TermNames:
    """A term as the course spells it, without parentheses, and its other names."""

    term: str
    aliases: tuple[str, ...]


def is_plausible_term(words: str) -> bool:
    """Tell whether ``words`` could be the name of something: short, no sentence, no label such as "Note"."""
    bare = _PARENTHESES.sub("", words).strip(_WRAPPING)
    tokens = bare.lower().split()
    if not tokens or len(tokens) > _MAX_TERM_WORDS or len(bare) > _MAX_TERM_CHARS or "\n" in bare:
        return False
    if not any(letter.isalpha() for letter in bare) or re.search(r"[.!?;:]\s|[!?;:|=<>]$|[|=<>]|https?:", bare):
        return False
    if tokens[0].strip(",") in _NOT_FIRST or tokens[-1] in _NOT_LAST:
        return False
    return " ".join(tokens) not in _LABELS and _LABEL_WITH_NUMBER.fullmatch(bare) is None


def names_of(head: str, other_names: Iterable[str], written: "WrittenWords") -> TermNames:
    """Return the term that ``head`` names and its aliases.

    Args:
        head: The words that stand for the term: "Virtual Reality (VR) and Augmented Reality (AR)".
        other_names: Further names that the text gives ("also called ...").
        written: The words of the document. A plural, singular or acronym that the author does not spell out after the
            term is an alias only if it is written somewhere.
    """
    term = _ARTICLE.sub("", _PARENTHESES.sub("", head).strip(_WRAPPING + ":"), count=1).strip(_WRAPPING)
    given = [*_names_in_head(head), *other_names]
    derived = [form for name in (term, *given) for form in _forms_of(name, written)]
    initials = _initials(term)
    if initials and initials in written:
        derived.append(initials)
    return TermNames(term, tuple(_distinct([*given, *derived], besides=term)))


def alias_in(words: str) -> str:
    """Return the name that parentheses give: "also called the X" gives "X", "EHR" gives "EHR"; "" if they give none."""
    lead = _ALIAS_LEAD.match(words)
    name = words[lead.end() :] if lead else words
    name = name.strip(_WRAPPING + ",;:=")
    if not name or len(name.split()) > _MAX_ALIAS_WORDS or len(name) > _MAX_TERM_CHARS or _NO_ALIAS.match(name):
        return ""
    if not any(letter.isalpha() for letter in name) or re.search(r"[.!?;:=|<>$]", name.rstrip(".")):
        return ""
    return name


def _names_in_head(head: str) -> Iterator[str]:
    joint = _JOINT.fullmatch(head.strip(_WRAPPING))
    if joint:
        yield from (joint[group].strip() for group in "axby")
        return
    bare = _PARENTHESES.sub("", head)
    if ";" in bare:
        yield from (name.strip() for name in bare.split(";"))
    for found in _PARENTHESES.finditer(head):
        for words in re.split(r"\s*[,;]\s*(?!\s*also)", found.group(1)):
            if name := alias_in(words):
                yield name


def _forms_of(name: str, written: "WrittenWords") -> Iterator[str]:
    """Yield the singular and plural of a name as far as the document uses them."""
    if _ACRONYM.fullmatch(name):
        if name.endswith("s") and name[:-1].isupper():
            yield name[:-1]
        elif name.isupper() and f"{name}s" in written:
            yield f"{name}s"
        return
    singular = _singular(name)
    for form in (singular, _plural(name)):
        if form and form in written:
            yield form


def _singular(name: str) -> str:
    if len(name) < 4 or not name.endswith("s") or name.endswith(("ss", "us", "is", "ics")):
        return ""
    if name.endswith("ies"):
        return name[:-3] + "y"
    return name[:-2] if name.endswith(("sses", "xes", "ches", "shes")) else name[:-1]


def _plural(name: str) -> str:
    if not name[-1:].isalpha() or name.endswith("s"):
        return ""
    if name.endswith("y") and name[-2:-1] not in "aeiou":
        return name[:-1] + "ies"
    return name + ("es" if name.endswith(("x", "ch", "sh")) else "s")


def _initials(term: str) -> str:
    words = [word for word in re.split(r"[\s/-]+", term) if word]
    letters = [word[0].upper() for word in words if word.lower() not in _LITTLE_WORDS]
    return "".join(letters) if 2 <= len(letters) <= 6 and all(letter.isalpha() for letter in letters) else ""


def _distinct(names: Iterable[str], besides: str) -> Iterator[str]:
    seen = {besides.casefold()}
    for name in names:
        if name and name.casefold() not in seen:
            seen.add(name.casefold())
            yield name


class WrittenWords:
    """The words of one document, to ask whether a name occurs in it as whole words.

    Names all in capitals are looked for as they are; others without regard to case.
    """

    def __init__(self, text: str) -> None:
        self._exact = " " + " ".join(_WORD.findall(text)) + " "
        self._folded = self._exact.casefold()
        self._contains = cache(self._search)

    def __contains__(self, name: str) -> bool:
        return self._contains(name)

    def _search(self, name: str) -> bool:
        words = f" {' '.join(_WORD.findall(name))} "
        return words in self._exact if name.isupper() else words.casefold() in self._folded
