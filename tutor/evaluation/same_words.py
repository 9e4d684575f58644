"""Which items say the same in the same words, as a takeaway that repeats a definition's sentence.

Deliberately not the tutor's own notion of sameness: a measure must not share the faults of what it measures.
"""

import re


def fold(text: str) -> str:
    """The words of a text, lower-cased, with single spaces around each.

    >>> fold("Radiomics: a field.")
    ' radiomics a field '
    """
    words = re.findall(r"[^\W_]+", text.casefold())
    return f" {' '.join(words)} "


def says_the_same(a: str, b: str) -> bool:
    """Whether the words of one folded text stand in the other, in order and together; empty texts say nothing."""
    return bool(a.strip() and b.strip()) and (a in b or b in a)
