"""What a section is for, told by its heading: a glossary, takeaways, or the body of the course.

A subsection takes the role of the section around it: "Chapter Review > 5.1 Layers of the Skin" is takeaways.
"""

import re
from typing import Literal

SectionRole = Literal["body", "glossary", "takeaways"]

_NUMBER = r"(?:(?:chapter|section|unit|week|lesson|module|part)?\s*[\dIVX]+(?:\.\d+)*[.:)]?\s+|[A-Z]\.\s+)?"
_GLOSSARY = re.compile(
    _NUMBER + r"(?:(?:key|important|useful|main|essential|new)\s+)?"
    r"(?:glossary|terms?|terminology|vocabulary|definitions?|abbreviations?|acronyms?|concepts?)"
    r"(?:\s*(?:and|&|/|,|or)\s*(?:(?:key|important)\s+)?"
    r"(?:glossary|terms?|terminology|vocabulary|definitions?|abbreviations?|acronyms?|concepts?|symbols?|notation))*"
    r"(?:\s+(?:of|for|in|from|used in)\s+.{1,60}|\s+list)?",
    re.IGNORECASE,
)
# "Concepts" or "Terminology" alone may head a chapter of prose: they name a glossary only with "key" or a companion.
_TOO_GENERAL = re.compile(
    _NUMBER + r"(?:terminology|concepts?|terms?|definitions?)(?:\s+(?:of|for|in|from|used in)\s.*)?", re.IGNORECASE
)
_TAKEAWAYS = re.compile(
    _NUMBER + r"(?:(?:the\s+)?(?:key|main|quick)\s+"
    r"(?:take-?\s?aways?|points?|ideas?|messages?|lessons?|facts?|findings?|insights?)"
    r"|take-?\s?aways?|take[- ]home (?:message|point)s?"
    r"|(?:in\s+|an?\s+|chapter\s+|section\s+|lesson\s+|module\s+|unit\s+|week\s+|brief\s+|course\s+)*summary"
    r"|(?:chapter|section|unit|lesson|module)\s+(?:review|recap|wrap-?up)"
    r"|(?:in\s+)?conclusions?|concluding remarks|recap|to sum up|wrapping up|wrap-?up|lessons learned|in a nutshell"
    r"|what (?:you|we)(?:['’]ve| have)? learned)"
    r"(?:\s*(?:and|&)\s+.{1,40}|\s*[:—–-]\s.{1,60})?",
    re.IGNORECASE,
)
_CONCLUDING = re.compile(
    r"(?:in (?:conclusion|summary|short|brief|sum)|to (?:conclude|sum up|summari[sz]e|recap)|summing up|all in all"
    r"|key take-?aways?:|take-?aways?:|summary:|conclusion:)\b[,:]?",
    re.IGNORECASE,
)


def role_of(heading_path: tuple[str, ...]) -> SectionRole:
    """Return what the section under ``heading_path`` is for; the innermost heading that says so decides."""
    for heading in reversed(heading_path):
        words = heading.strip().rstrip(":.")
        if _TAKEAWAYS.fullmatch(words):
            return "takeaways"
        if _GLOSSARY.fullmatch(words) and not _TOO_GENERAL.fullmatch(words):
            return "glossary"
    return "body"


def concludes(paragraph: str) -> bool:
    """Tell whether a paragraph announces itself as a conclusion: "In summary, ..."."""
    return _CONCLUDING.match(paragraph) is not None
