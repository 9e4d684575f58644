"""When two questions are the same question: what an instructor's verified answer is found by.

A wrong match would give a verified answer to another question, with a tick, so everything that may carry meaning
counts: the intent, every word but those of the closed lists below, their order, symbols ("C++" is not "C"), and words
that only capitals tell apart ("IT"). Only wording that surely means nothing is folded: a term and its aliases, singular
and plural, the two sides of a plain comparison.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Iterable

from index.glossary import named_words, singular
from tutor.types import Query
from tutor.understanding.knowledge import CourseKnowledge
from tutor.understanding.words import word_set

# Around a question, whatever it asks. Prepositions, negations, quantities and the other question words all stay.
_SAYS_NOTHING = word_set(
    "a an the is are was were be been am does do did what which that this please tell me us my give show i we you "
    "can could would will there of about to know need want let explain describe it's what's"
)
_ASKS_DEFINITION = word_set("define definition defined mean meant meaning means stand stands for term concept word")
_ASKS_TAKEAWAYS = word_set(
    "key main important takeaway take away point idea message summary summarize summarise sum up overview recap "
    "list course lesson text"
)
_ASKS_COMPARISON = word_set(
    "difference differ different distinction distinguish contrast compare comparison versus vs v between from with and "
    "or how"
)
_SURE = 0.9  # certainty of a mention: as written, in singular or plural, or joined; not by stem
_SYMBOL = re.compile(r"[^\w\s.,;:!?'\"()\[\]{}\-/…“”‘’«»]")


def question_key(query: Query, knowledge: CourseKnowledge) -> str:
    """The key of a question as it was understood: equal keys are the same question of this course.

    Returns:
        64 hex digits; empty when the question is not put to the course at all.
    """
    if not query.used:
        return ""
    items = _items(query.used, knowledge)
    if query.intent == "takeaways":
        items = [item for item in items if item not in _ASKS_TAKEAWAYS]
    elif query.intent == "define":
        # A course may define "mean" too: the word is only set aside where something else is left to define.
        items = [item for item in items if item.lower().removeprefix("term:") not in _ASKS_DEFINITION] or items
    elif query.intent == "compare":
        items = _compared(items, query, knowledge)
    symbols = "".join(_SYMBOL.findall(query.used))
    return hashlib.sha256("\n".join((query.intent, symbols, *items)).encode()).hexdigest()


def _compared(items: list[str], query: Query, knowledge: CourseKnowledge) -> list[str]:
    """Sorted where nothing but the things compared is said: "A or B?" is "B or A?", "is A better?" is not."""
    rest = [item for item in items if item not in _ASKS_COMPARISON]
    things = [item for thing in query.compared for item in _items(thing, knowledge) if item not in _ASKS_COMPARISON]
    return sorted(set(rest)) if Counter(rest) == Counter(things) else rest


def _items(text: str, knowledge: CourseKnowledge) -> list[str]:
    """The words that count, in order; a run of words that names a term is the term."""
    written = named_words(text)
    names: dict[int, list[str]] = {}
    ends: dict[int, int] = {}
    for mention in knowledge.glossary.mentions(text):
        if not mention.overlapped and mention.certainty >= _SURE:
            names.setdefault(mention.first_word, []).append(mention.entry.term)
            ends[mention.first_word] = mention.end_word
    items: list[str] = []
    place = 0
    while place < len(written):
        if place in names:
            item = f"term:{'|'.join(sorted(names[place]))}"
            if items[-1:] != [item]:  # "CNN (convolutional neural network)" names it twice
                items.append(item)
            place = ends[place]
        else:
            items += _word(written[place])
            place += 1
    return items


def _word(written: str) -> Iterable[str]:
    lower = written.lower()
    if lower not in _SAYS_NOTHING:
        yield singular(lower)
    elif len(written) > 1 and written.isupper():  # "what does IT mean"
        yield written
