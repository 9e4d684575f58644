"""Proper names in a question that the course never uses: "how does a U-Net do segmentation?" where no U-Net is taught.

Of the questions that three courses answer none has such a name (0 of 1,045), of those they do not answer a third has
(56 of 190), so it says more than any similarity. Who writes no capitals, or nothing but capitals, tells nothing.
"""

import re

from tutor.types import Query
from tutor.understanding.words import Word, is_content, split_words

# The odds that the course answers, divided by this. Far below what the courses would bear out, because of names that
# are only misspelt (22 of 1,000 answerable questions of squad2-dev, against 44 of 1,000 unanswerable ones).
AGAINST = 8.0

_WHOLE_NAME = re.compile(r"\w+(?:[-'’]\w+)*")
_MOST_NAMED = 3
_SHORT_SUBJECT = 2  # words of a subject that is a name rather than a description; not tuned
_OTHER_LANGUAGE_SHARE = 0.6  # of all words, "is" and "the" among them; not tuned


def unknown_names(query: Query) -> tuple[str, ...]:
    """The names, as written and in order, whose words the course lacks; empty when capitals mean nothing here."""
    words = split_words(query.asked)
    if not any(word.written.islower() and is_content(word.lower) for word in words):
        return ()
    unknown = frozenset(query.unknown_words)
    return tuple(word.written for word in words if word.lower in unknown and _is_name(word, query.asked))


def named_in_vain(query: Query) -> tuple[str, ...]:
    """What a refusal can say that the course never mentions: names, else the unknown words of what is asked about.

    A hyphenated name is given whole ("U-Net"); most of a long list says no more than its first few.
    """
    asked = split_words(query.asked)
    if len(query.unknown_words) > _OTHER_LANGUAGE_SHARE * len(asked) and len(asked) > _MOST_NAMED:
        return ()  # in another language every word is unknown, and naming some of them explains nothing
    unheard = {name.lower() for name in unknown_names(query)}
    if not unheard:
        subject = {word.lower for word in split_words(" ".join((query.subject, *query.compared)))}
        unheard = {word for word in query.unknown_words if word in subject}
    whole = [name for name in _WHOLE_NAME.findall(query.asked) if unheard & {w.lower for w in split_words(name)}]
    return tuple(dict.fromkeys(whole))[:_MOST_NAMED]


def _is_name(word: Word, text: str) -> bool:
    if any(map(str.isupper, word.written[1:])) or not (word.written.isalpha() or word.written.isdigit()):
        return any(map(str.isupper, word.written)) or any(map(str.isdigit, word.written))  # "AlexNet", "GPT4"
    before = text[: word.start].rstrip()
    return word.written[0].isupper() and bool(before) and before[-1] not in ".!?:;)\"“”'"


def discounted(probability: float, query: Query) -> float:
    """The probability that the course answers a question, once what it never names is held against it.

    Things compared are left out: the course may answer for one and lack the other, which is said in so many words.
    """
    if query.compared or not (unknown_names(query) or _is_to_define_the_unknown(query)):
        return probability
    odds = probability / max(1.0 - probability, 1e-9) / AGAINST
    return odds / (1.0 + odds)


def _is_to_define_the_unknown(query: Query) -> bool:
    """Whether the meaning of a short phrase is asked for, and the course has no term in it and lacks one of its words.

    "What is supervised learning?" is nothing for a course that has "learning" in every other sentence. A long phrase
    describes, and is met in other words.
    """
    if query.intent != "define" or query.terms:
        return False
    subject = [word.lower for word in split_words(query.subject) if is_content(word.lower)]
    return len(subject) <= _SHORT_SUBJECT and not frozenset(query.unknown_words).isdisjoint(subject)
