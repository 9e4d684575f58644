"""The furniture of a page, copied or typed as if it were a question: "next chapter", "table of contents", "copyright".

It asks nothing of the course, though a textbook holds the words. Knows pages, no course.
"""

import re

_PLACE = r"(?:page|chapter|section|slide|lesson|module|unit|week|part)"
_FURNITURE = re.compile(
    rf"(?:go to )?(?:the )?(?:next|previous|prev|first|last) {_PLACE}|{_PLACE} \d+ of \d+|(?:page|slide) \d+|"
    r"(?:table of )?contents|references|bibliography|further reading|copyright(?: notice| information| \d{4}.*)?|"
    r"©.*|all rights reserved|licen[cs]e|(?:figure|image|photo) credits?|(?:main |site )?menu|log ?(?:in|out)|"
    r"sign (?:in|up|out)|(?:cookie|privacy) (?:policy|settings)|accept (?:all )?cookies|terms of (?:use|service)|"
    r"skip to (?:main )?content|download (?:pdf|this page)|print this page|share this page|back to top|click here",
    re.IGNORECASE,
)
_EDGES = " .,:;!?»«<>|-–—→←"


def is_furniture(text: str) -> bool:
    """Whether ``text`` is a label of a page and nothing else."""
    return _FURNITURE.fullmatch(text.strip(_EDGES)) is not None
