"""Which kind of thing a question asks for, and whether a sentence holds one that the question did not bring itself.

Kinds that leave traces in English spelling: dates, numbers, names and reasons. Every other question gets the benefit of
the doubt.
"""

import re

from index.analysis import words, written_words
from tutor.understanding.words import word_set

_DATE = re.compile(
    r"\bwhen\b|\b(?:what|which) (?:year|date|century|decade|day|month|time)\b|\bhow long ago\b", re.IGNORECASE
)
_NUMBER = re.compile(
    r"\bhow (?:many|much|long|old|far|tall|high|often|large|big|fast|deep|wide|heavy)\b|\b(?:what|which) (?:percent\w*|"
    r"number|amount|proportion|fraction|age|size|distance|population|temperature|length)\b",
    re.IGNORECASE,
)
_NAME = re.compile(
    r"\bwho(?:m|se)?\b|\bwhere\b|\b(?:what|which) (?:country|city|state|place|region|continent|river|town|area|"
    r"location|county|building|nation|countries|island)\b",
    re.IGNORECASE,
)
_REASON = re.compile(r"\bwhy\b|\bwhat (?:causes?|reason|led)\b", re.IGNORECASE)

_IS_DATE = re.compile(r"\d{3,4}|\d+(?:th|s)$")
_DATE_WORDS = word_set("""
    january february march april may june july august september october november december monday tuesday wednesday
    thursday friday saturday sunday spring summer autumn fall winter century decade today ago during after before
    while until
    """)
NUMBER_WORDS = word_set("""
    one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen
    nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred hundreds thousand thousands million millions
    billion billions trillion half third quarter dozen percent once twice single double both several few many most
    """)
_GIVES_REASON = re.compile(
    r"\b(?:because|due|since|reasons?|causes?|caused|results?|resulted|resulting|therefore|thus|so that|in order|leads?"
    r" to|led to|to \w+|for|as)\b",
    re.IGNORECASE,
)
CAPITALISED = re.compile(r"(?<![.!?]\s)(?<!^)\b[A-Z][\w'-]*")  # but not where a sentence begins


def lacks_kind_of_answer(question: str, sentence: str) -> bool:
    """Whether a date, number, name or reason is asked for and the sentence holds none but the question's own.

    Args:
        question: As asked.
        sentence: The one that may answer it.
    """
    if not (wanted := _wanted(question)):
        return False
    if wanted is _REASON:
        return not _GIVES_REASON.search(sentence)
    own = set(words(question))
    if wanted is _NAME:
        return all(name.lower() in own for name in CAPITALISED.findall(sentence))
    new = [word for word in map(str.lower, written_words(sentence)) if word not in own]
    if wanted is _DATE:
        return not any(word in _DATE_WORDS or _IS_DATE.search(word) for word in new)
    return not any(word in NUMBER_WORDS or any(map(str.isdigit, word)) for word in new)


def _wanted(question: str) -> re.Pattern[str] | None:
    return next((kind for kind in (_DATE, _NUMBER, _NAME, _REASON) if kind.search(question)), None)
