"""The names a term goes by: acronym, singular and plural, other names that the text gives.

Only what the author writes: nothing is made up that does not stand in the document.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from corpus.terms import PARENTHESES, WRAPPING
from corpus.word_list import word_set
from corpus.written_words import WrittenWords

_MAX_ALIAS_WORDS = 6
_MAX_ALIAS_CHARS = 60
_SURE_INITIALS = 3  # letters: two, such as MS, abbreviate too many things

_JOINT = re.compile(r"(?P<a>.+?)\s*\((?P<x>[^()]+)\)\s*(?:and|&|/|or|vs\.?|versus)\s+(?P<b>.+?)\s*\((?P<y>[^()]+)\)")
_ALIAS_LEAD = re.compile(
    r"(?:(?:often|commonly|usually|sometimes)\s+)?"
    r"(?:also|or|called|known as|a\.?k\.?a\.?|sometimes|formerly|plural|pl\.|singular|sing\.|abbreviated|abbreviation"
    r"|abbr\.|symbol|short for|short)(?!\w)(?:\s+(?:called|known as|referred to as|termed|named|as|to))?\s*[,:=]?\s*",
    re.IGNORECASE,
)
_NO_ALIAS = re.compile(
    r"(?:in|of|for|from|see|as|by|to|with|e\.g|i\.e|figure|fig|table|chapter|not|used|noun|verb|adj|called|known|referred|adopted)(?!\w)",
    re.IGNORECASE,
)
_BETWEEN_ALIASES = re.compile(r"\s*[,;]\s+(?!also\b)|\s+or\s+|;\s*")
_ARTICLE = re.compile(r"(?:an?|the)\s+", re.IGNORECASE)
_ACRONYM = re.compile(r"(?=.*[A-Z].*[A-Z0-9])[A-Za-z0-9][A-Za-z0-9./&-]{0,9}s?")
_NO_NAME = re.compile(r"[.!?;:=|<>$`“”\"]|\b(?:1[5-9]|20)\d\d\b|\bet al\b")
_LITTLE_WORDS = word_set("of the and for in on to a an with by or")


@dataclass(frozen=True, slots=True)
class TermNames:
    """A term as the course spells it, without parentheses, and its other names."""

    term: str
    aliases: tuple[str, ...]


def names_of(head: str, other_names: Iterable[str], written: WrittenWords) -> TermNames:
    """Return the term that ``head`` names and its aliases.

    Args:
        head: The words that stand for the term: "Virtual Reality (VR) and Augmented Reality (AR)".
        other_names: Further names that the text gives ("also called ...").
        written: The words of the document: a plural, a singular or initials become an alias only if written there.
    """
    term = bare_article(PARENTHESES.sub("", head).strip(WRAPPING + ":")).strip(WRAPPING)
    given = [*_names_in_head(head), *other_names]
    derived = [form for name in (term, *given) for form in _forms_of(name, written)]
    if not any(_ACRONYM.fullmatch(name) for name in given):
        derived.extend(_initials(term, written))
    return TermNames(term, tuple(_distinct([*given, *derived], besides=term)))


def bare_article(words: str) -> str:
    """Return ``words`` without the article that they begin with."""
    article = _ARTICLE.match(words)
    return words[article.end() :] if article else words


def aliases_in(words: str) -> Iterator[str]:
    """Yield the names that parentheses give: "also called the X or Y" gives X and Y; "see chapter 3" gives none."""
    for part in _BETWEEN_ALIASES.split(words):
        lead = _ALIAS_LEAD.match(part)
        name = bare_article(part[lead.end() :] if lead else part).strip(WRAPPING + ",;:=")
        if not 1 <= len(name.split()) <= _MAX_ALIAS_WORDS or len(name) > _MAX_ALIAS_CHARS or _NO_ALIAS.match(name):
            continue
        if any(letter.isalpha() for letter in name) and not _NO_NAME.search(name):
            yield name


def gives_name(words: str) -> bool:
    """Tell whether words in parentheses announce a name ("also called X") or are one by their form ("LAD")."""
    return _ALIAS_LEAD.match(words) is not None or _ACRONYM.fullmatch(words) is not None


def _names_in_head(head: str) -> Iterator[str]:
    joint = _JOINT.fullmatch(head.strip(WRAPPING))
    if joint:
        yield from (joint[group].strip() for group in "axby")
        return
    for found in PARENTHESES.finditer(head):
        after = head[found.end() :].strip(WRAPPING)
        names = list(aliases_in(found.group(1)))
        if after and len(names) == 1 and not _ACRONYM.fullmatch(names[0]):
            # "anterior (ventral) sacral foramen": another word for the one before, within the same name
            before = head[: found.start()].split()[:-1]
            yield PARENTHESES.sub("", " ".join([*before, names[0], after]))
        else:
            yield from names


def _forms_of(name: str, written: WrittenWords) -> Iterator[str]:
    """Yield the singular or plural of a name, if the document uses it; of "CNNs" always "CNN"."""
    if _ACRONYM.fullmatch(name):
        if name.endswith("s") and name[:-1].isupper():
            yield name[:-1]
        elif name.isupper() and f"{name}s" in written:
            yield f"{name}s"
        return
    yield from (form for form in (_singular(name), _plural(name)) if form and form in written)


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


def _initials(term: str, written: WrittenWords) -> Iterator[str]:
    words = re.split(r"[\s/-]+", term)
    letters = "".join(word[0].upper() for word in words if word and word.lower() not in _LITTLE_WORDS)
    if not 2 <= len(letters) <= 6 or not letters.isalpha():
        return
    if written.introduces(term, letters) or (len(letters) >= _SURE_INITIALS and letters in written):
        yield letters


def _distinct(names: Iterable[str], besides: str) -> Iterator[str]:
    seen = {besides.casefold()}
    for name in names:
        if name and name.casefold() not in seen:
            seen.add(name.casefold())
            yield name
