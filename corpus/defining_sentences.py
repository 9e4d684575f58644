"""Tell whether one sentence defines a term: "A keratinocyte is a cell that manufactures keratin".

The shapes are those of Hearst (COLING 1992) and of textbook prose: "X is a ...", "X refers to ...", "... is called X".
Precision before recall: a wrong definition is shown to a student first of all, a missed one is still in its passage.
Word lists and limits come from reading what these rules found in two textbooks; not tuned on any score.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from corpus.names import aliases_in, bare_article, gives_name
from corpus.terms import WRAPPING, is_plausible_term
from corpus.word_list import word_set
from corpus.written_words import WrittenWords

_MAX_SENTENCE_CHARS = 500
_MAX_TERM_WORDS = 5
_MIN_TERM_CHARS = 2
_MIN_MEANING_WORDS = 4
_MIN_SUBJECT_WORDS = 7  # of a clause that says enough although it ends in a pronoun
_MAX_UNMARKED_WORDS = 3  # of a name after "is called" that is neither quoted nor emphasised
_MIN_USES = 3  # in the document, of a term that is introduced with "the"

_LEAD = (
    r"(?:(?:For example|(?!In (?:other|fact|addition|this|these|that|our|practice|the former|the latter)\b)"
    r"(?:In|By|Thus|Hence|Formally|Generally|Technically|Broadly|Simply put|Mathematically)\b[^,;:.$]{0,50}),\s+)?"
)
_TERM = r"(?P<term>[^\s,;:.!?()$|]+(?: [^\s,;:.!?()$|]+){0,4}?)"
_PARENTHESES = r"\s*\([^()]{1,80}\)"
_ADVERBS = r"(?:also|often|sometimes|commonly|usually|then|thus|now|generically|formally|typically|collectively)"
_SUBJECT = re.compile(
    rf"{_LEAD}(?:(?P<article>[Aa]n?|[Tt]he)\s+)?(?:term\s+)?[\"“‘']?{_TERM}[\"”’']?"
    rf"(?P<aside>{_PARENTHESES}|,\s(?:or|{_ADVERBS})\s[^,]{{1,60}},)?\s+"
    r"(?P<verb>is defined as|are defined as|refers? to|means|denotes|describes|is the (?:term|name) (?:for|given to)"
    r"|is|are)\s+(?P<meaning>\S.*)",
    re.DOTALL,
)
_CALLED = re.compile(
    rf"(?P<subject>\S.*?)\s(?:is|are|was)\s(?P<adverb>{_ADVERBS}\s)?"
    r"(?:called|termed|known as|referred to as|named)\s(?:an?\s|the\s)?"
    rf"(?P<open>[\"“‘'])?{_TERM}(?P<aside>{_PARENTHESES})?(?:[.;:](?=[\s\"”’']|$)|[\"”’'][.;,:]?(?=\s|$)|$)",
    re.DOTALL,
)
_SURE_VERBS = word_set("is_defined_as are_defined_as refers_to refer_to denotes is_the_term_for is_the_name_for")
_NO_MEANING = re.compile(r"(?:that|to|more|less|fewer|it|we|you|there|they)\b")
_POINTS_BACK = re.compile(r"(?:It|They|That|Here|Which)\b|(?:\S+\s){0,3}(?:[Tt]his|[Tt]hese|[Tt]hose|[Ss]uch)\b")
_ASKS_OR_CONTRASTS = re.compile(r"\b(?:why|how|what|whether|Let|Let's|Let’s|former|latter)\b")
_CODE_OR_QUOTE = re.compile(r"[`$#_\\{}\"“”]")

# "The goal is a ..." tells something about this goal; "A mutation is a ..." says what a mutation is.
_GENERAL_NOUNS = word_set(
    """
    goal aim problem reason result idea answer question example difference following former latter point purpose
    advantage disadvantage trick key fact thing way solution issue challenge intuition output input figure table section
    chapter book author reader first second third last next one ones other others rest part parts step steps value
    number size order side end top bottom case cases effect outcome consequence exception catch upshot
    lesson story truth main amount choice alternative approach strategy task focus topic role function functions type
    types kind kinds name names term terms word words process changes feature features property properties importance
    benefit drawback limitation difficulty caveat things people person everyone someone everything something
    nothing anything today tomorrow time times year years day days man woman men women life world students student
    work use uses place situation condition conditions opposite combination sum total majority minority remainder
    portion inside variable proof component equation line sentence paragraph experiment code treatment method
    """
)
_SHIFTING_FIRST = word_set(
    """
    actual right left new old above below current resulting remaining larger smaller largest smallest whole entire
    final
    overall simplest simple popular common typical basic main previous ultimate decreased increased similar additional
    traditional distinctive certain specific particular major related broad same two three four five six
    """
)
# No name has these in it: words before a verb that have are a clause, or tell of one case.
_NOT_IN_TERM = word_set(
    """
    can may might could will would should must also is are was were be been has have had do does did often usually
    typically generally commonly normally not we you they it this that these those which who whose what why how if when
    because than please here there therefore however thus hence the a an both all our their your its his her in on for
    to with from between by at as
    """
)
_TELLS_SOMETHING_ELSE = re.compile(
    r"(?:an?|the|one of the|one)\s+(?:\w+ly\s+)?(?:\w{3,}est|result|lot|bit|little|few|number|good|great|bad|nice|key"
    r"|way|part|case|matter|consequence|example|better|simple|natural|major|minor|critical|essential|excellent|important"
    r"|crucial|vital|useful|valid|valuable|popular|famous|notable|perfect|powerful|common|rare|typical|classic"
    r"|difficult|hard|easy|challenging|big|huge|small|same|only|main|primary|first|second|third|last|most"
    r"|least|more|less|reason|cause|problem|goal|question|answer|fact|following|sum|opposite|reasonable|appropriate|standard"
    r"|special case|straightforward|basis|desirable|promising|controversial|significant|serious|potential|possible"
    r"|strong|weak|real|true|false|much|far|mere|mix|global problem|hallmark|mainstay)\b",
    re.IGNORECASE,
)
_DETERMINER = re.compile(r"(?:an?|any|the|one of(?: the| several| many)?|each|every)\s", re.IGNORECASE)
_RELATIVES = word_set(
    "that which who whose where used designed made formed composed located found with of in between consisting having"
)
_NO_ADJECTIVE = word_set(
    """
    not also often very more most less least by to in into on onto at from with of for as via through during over under
    up down out between within usually typically generally commonly always never sometimes now then thus called known
    only just both all either able likely due because so too found made used given shown seen taken broken driven drawn
    is was has does its this their his our your it they we you and or but us everywhere
    """
)
_PRONOUNS = word_set("they it this these those that which one rest others both")


@dataclass(frozen=True, slots=True)
class DefiningSentence:
    """What a sentence defines."""

    head: str  # the words that stand for the term
    aliases: tuple[str, ...]
    needs_sentence_before: bool = False  # "This is called X": what this is, was said before


def read_defining_sentence(sentence: str, emphasised: frozenset[str], written: WrittenWords) -> DefiningSentence | None:
    """Return what a sentence defines, or None if it is not surely a definition.

    Args:
        sentence: One sentence.
        emphasised: Words set in bold or italics near it, folded: authors mark a new term so.
        written: The words of the document.
    """
    if len(sentence) > _MAX_SENTENCE_CHARS or sentence.endswith(("?", ":")):
        return None
    return _by_subject(sentence, emphasised, written) or _by_name(sentence, emphasised)


def _by_subject(sentence: str, emphasised: frozenset[str], written: WrittenWords) -> DefiningSentence | None:
    """Read "An X (also called Y) is a ..."."""
    found = _SUBJECT.fullmatch(sentence)
    if found is None or not _names_something(found["term"]) or len(found["meaning"].split()) < _MIN_MEANING_WORDS:
        return None
    article, verb = (found["article"] or "").lower(), found["verb"].replace(" ", "_")
    if verb == "means":
        accepted = article != "the" and not _NO_MEANING.match(found["meaning"])
    elif verb in _SURE_VERBS:
        accepted = True
    elif verb == "are":
        accepted = not article and _names_plural_kind(found["term"], found["meaning"])
    else:
        accepted = _names_kind(found["meaning"])
        if article == "the" and not _is_marked(found["term"], emphasised):
            accepted = accepted and _is_lasting(found["term"], found["meaning"], written)
    return DefiningSentence(found["term"], tuple(_names_in_aside(found["aside"]))) if accepted else None


def _by_name(sentence: str, emphasised: frozenset[str]) -> DefiningSentence | None:
    """Read "... is called X", if X is the author's new word."""
    found = _CALLED.match(sentence)
    if found is None or not _names_something(found["term"]) or _ASKS_OR_CONTRASTS.search(found["subject"]):
        return None
    if (found["adverb"] or "").strip() in ("also", "sometimes"):
        return None  # another name for what the sentence speaks of, not a definition
    subject = found["subject"].split()
    is_short = len(subject) < _MIN_SUBJECT_WORDS
    points_back = bool(_POINTS_BACK.match(found["subject"])) or (is_short and subject[-1].lower() in _PRONOUNS)
    if len(subject) < _MIN_MEANING_WORDS and not points_back:
        return None
    is_marked = bool(found["open"]) or _is_marked(found["term"], emphasised)
    if not is_marked and (points_back or len(found["term"].split()) > _MAX_UNMARKED_WORDS):
        return None
    return DefiningSentence(found["term"], tuple(_names_in_aside(found["aside"])), needs_sentence_before=points_back)


def _names_something(term: str) -> bool:
    """Tell whether the words beside a verb name something: no clause, nothing that shifts with the context."""
    bare = bare_article(term).strip(WRAPPING)
    words = bare.split()
    lowered = bare.lower().split()
    if len(bare) < _MIN_TERM_CHARS or len(words) > _MAX_TERM_WORDS or not is_plausible_term(bare):
        return False
    if _CODE_OR_QUOTE.search(bare) or not _NOT_IN_TERM.isdisjoint(lowered) or lowered[0] in _SHIFTING_FIRST:
        return False
    if len(words) > 1 and lowered[0].endswith("ly"):
        return False
    if "' " in bare or any(word.islower() and word.endswith(("'s", "’s")) for word in words):
        return False
    return lowered[0] not in _GENERAL_NOUNS and lowered[-1] not in _GENERAL_NOUNS


def _names_kind(meaning: str) -> bool:
    """Tell whether "is ..." gives the kind of thing that a term is, not just something about it."""
    return _DETERMINER.match(meaning) is not None and _TELLS_SOMETHING_ELSE.match(meaning) is None


def _names_plural_kind(term: str, meaning: str) -> bool:
    """Tell whether "are ..." gives a kind, as in "Osteoblasts are bone-forming cells that ..."."""
    if not term.endswith("s") or " and " in term or _TELLS_SOMETHING_ELSE.match(meaning):
        return False
    words = bare_article(meaning).split()
    for word, following in pairwise(words[:6]):
        if word.lower().strip(",") in _NO_ADJECTIVE:
            return False
        if word.endswith("s") and not word.endswith("ous") and following in _RELATIVES:
            return True
    return False


def _is_lasting(term: str, meaning: str, written: WrittenWords) -> bool:
    """Tell whether "the X" is a term and not one X that is spoken of here: it is explained, and comes back."""
    is_explained = any(word in _RELATIVES for word in meaning.split()[:9])
    return is_explained and "of" not in term.split() and written.count(term) >= _MIN_USES


def _is_marked(term: str, emphasised: frozenset[str]) -> bool:
    return term.strip(WRAPPING).casefold() in emphasised


def _names_in_aside(aside: str | None) -> Iterator[str]:
    """Yield the other names in "(also called Y)" or ", or Y,"; of "(taken from Latin)" none."""
    words = (aside or "").strip(" ,()")
    if aside and ("(" not in aside or gives_name(words)):
        yield from aliases_in(words)
