"""A question as words with their places, and the closed lists of English words that carry no subject matter."""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")
_TEXTS_REMEMBERED = 256  # a question is taken apart a dozen times on its way, and many are on their way at once


class Word(NamedTuple):
    """One word of a text, ``text[start:end]``; a hyphenated word counts as several, as in the course's glossary."""

    written: str
    lower: str  # lower-cased, without a possessive ending
    start: int
    end: int


@lru_cache(_TEXTS_REMEMBERED)
def split_words(text: str) -> tuple[Word, ...]:
    """The words of ``text`` in order, one for one with ``index.glossary.named_words``."""
    return tuple(
        Word(match[0], match[0].lower().removesuffix("'s"), match.start(), match.end())
        for match in _WORD.finditer(text)
    )


def lower_words(text: str) -> list[str]:
    """The words of ``text`` lower-cased, possessive endings and all: for looking them up in a list of words."""
    return _WORD.findall(text.lower())


def replace_spans(text: str, replacements: Sequence[tuple[int, int, str]]) -> str:
    """Replace non-overlapping ``(start, end, new)`` stretches of ``text``, given in text order."""
    pieces: list[str] = []
    done = 0
    for start, end, new in replacements:
        pieces += [text[done:start], new]
        done = end
    return "".join([*pieces, text[done:]])


def word_set(words: str) -> frozenset[str]:
    """A set of words from a text of them."""
    return frozenset(words.split())


PRONOUNS = word_set("it its itself this that these those they them their theirs one ones he him his she her")

FUNCTION_WORDS = PRONOUNS | word_set(
    """
    a an the and or but nor so yet if then than as of in on at by for with without from to into onto over under about
    above below between among through during before after against within per via out off up down upon across along
    around behind beside besides toward towards until till while because since although though unless whether like
    unlike both either neither each every any some all no not none only just even also too very much many more most
    less least few fewer several such same other others another own again once ever never always often sometimes
    i me my mine we us our ours you your yours he him his she her hers who whom whose which what when where why how
    is are was were be been being am do does did done doing have has had having can could will would shall should may
    might must ought let lets get gets got there here now still already really actually exactly basically simply
    yes ok okay oh well else instead rather quite
    isn't aren't wasn't weren't don't doesn't didn't can't couldn't won't wouldn't shouldn't haven't hasn't hadn't
    isnt arent wasnt dont doesnt didnt cant couldnt wont wouldnt shouldnt havent hasnt im ive id youre theyre thats
    it's that's what's who's how's where's there's here's i'm i've i'd i'll you're we're they're let's whats hows whos
    wheres theres heres vs versus etc eg ie e.g i.e
    """
)

# How people ask, not what they ask about.
ASKING_WORDS = word_set(
    """
    question questions answer answers ask asking tell explain explanation explaining describe description discuss
    define defined defines definition definitions mean means meaning meant stand stands term terms word words called
    name names named give show list compare compared contrast comparison difference differences different differ
    differs differ similar similarity similarities distinguish summarize summarise summary recap overview takeaway
    takeaways aways main key point points idea ideas detail details briefly short example examples kind kinds type types
    sort sorts way ways thing things something anything everything stuff lot bit work works worked working use used
    uses using useful say says said talk talks mention mentions know understand help please pls plz thanks thank
    course lesson lecture text book chapter page module section material important importance role purpose function
    functions reason reasons happen happens happened make makes made need needs want think
    what's defn def first second third fourth fifth last one's simple simply terms
    """
)

# Verbs and adjectives of every subject, so of none.
LIGHT_WORDS = word_set(
    """
    take takes took taken taking come comes came coming look looks looking good better best bad worse worst hard easy
    real big
    small new old long great lots keep keeps kept put puts find finds found see seen go goes going went able special
    end ends become becomes start starts try tries tried bring brings turn turns seem seems getting got account
    according allow allows allowed certain several various main actual able exactly whole called call calls together
    """
)

SLANG = word_set(
    "pls plz thx ty tmrw tmr tomoz asap lol btw idk imo tbh ur u r y k n w bc cuz cos wanna gonna gimme kinda "
    "dunno lemme whats hows wheres whos thats dont doesnt didnt isnt arent cant wont im ive id diff defn def fyi"
)


def is_content(word: str) -> bool:
    """Whether a lower-cased word carries subject matter: neither grammar nor a way of asking, and not a bare number."""
    return not (
        word in FUNCTION_WORDS or word in ASKING_WORDS or word in LIGHT_WORDS or word in SLANG or word.isdigit()
    )
