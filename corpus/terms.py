"""What can be the name of something that a course defines.

Judges words by themselves; knows nothing of documents.
"""

import re

from corpus.word_list import word_set

_MAX_TERM_WORDS = 10
_MAX_TERM_CHARS = 90

# What authors set before a colon without defining it.
_LABELS = word_set(
    """
    note notes tip tips warning caution hint important remember example examples e.g i.e figure fig table image photo
    video source sources see also question questions answer answers solution exercise exercises problem step steps task
    goal goals aim aims objective objectives summary conclusion conclusions introduction overview background motivation
    discussion credit credits caption key what why how when where who first second third next finally last input output
    inputs outputs result results case remark proof theorem lemma proposition corollary yes no true false date time
    author authors page chapter section unit module week lesson pros cons advantage advantages disadvantage
    disadvantages reading readings homework assignment deadline office hours email phone website url link http https
    purpose method methods findings design approach context setting participants materials measurements limitations
    originality implications significance availability contact keywords abstract
    """
)
_CAPTIONS = word_set("figure fig table image photo video source note notes credit credits caption")
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
    above across after against along among around before behind below beneath beyond despite during except inside like
    near outside over through throughout toward towards under unlike until upon whereas within please
    """
)
_NOT_LAST = word_set("of in on at by for from with to and or the a an is are was were be that which this as not")
_SENTENCE_MARKS = re.compile(r"[.!?;:]\s|[!?;:]$|[|=<>]|https?:")
PARENTHESES = re.compile(r"\s*[(\[]([^()\[\]]{1,80})[)\]]")
WRAPPING = " \t\n*_`\"'“”‘’«»"  # what stands around a term and is not part of it


def is_plausible_term(words: str, *, may_be_label: bool = False) -> bool:
    """Tell whether ``words`` could be the name of something: short, no sentence, no label such as "Note".

    Args:
        words: The words, parentheses included.
        may_be_label: In a glossary "solution" and "section" are terms like any other; "Figure" and "Note" are not.
    """
    bare = PARENTHESES.sub("", words).strip(WRAPPING)
    tokens = bare.split()
    if not tokens or len(tokens) > _MAX_TERM_WORDS or len(bare) > _MAX_TERM_CHARS or "\n" in bare:
        return False
    if not any(letter.isalpha() for letter in bare) or _SENTENCE_MARKS.search(bare):
        return False
    if tokens[0].lower().strip(",") in _NOT_FIRST or tokens[-1] in _NOT_LAST:
        return False
    if len(tokens) > 1 and tokens[0].isupper() and tokens[0].lower() in _LABELS:
        return False  # "BACKGROUND Smoking": the label of an abstract run into its sentence
    if may_be_label:
        return bare.lower() not in _CAPTIONS
    return bare.lower() not in _LABELS and _LABEL_WITH_NUMBER.fullmatch(bare) is None
