"""What kind of answer a course question wants, and what it is about: the frame around the subject.

Comparisons are told apart in ``comparison``; greetings, advice and orders in their own modules.
"""

import re
from dataclasses import dataclass

from tutor.types import Intent
from tutor.understanding.words import is_content, split_words, word_set

_COURSE = r"(?:course|text|lesson|lecture|book|chapter|module|section|material|reading|unit|class)"
_WHOLE = re.compile(
    rf"^(?:(?:the|this|your|our|whole|entire|full|complete) )*(?:{_COURSE}s?|everything|all|it)?"
    rf"(?: (?:of|from|in) (?:the|this|our|your) (?:whole |entire )?{_COURSE})?$",
    re.IGNORECASE,
)
_POINTS = (
    r"(?:(?:the |some |all |of |\d+ |most |key |main |major |important |core |central |essential |biggest |crucial |"
    r"short |brief |quick |concise |one |single |first |last )*(?:take-?aways?|take aways?|main points?|key points?|"
    r"key ideas?|main ideas?|key concepts?|key messages?|main messages?|core ideas?|gist|summary|summaries|recap|"
    r"overview|tl;?dr|nutshell|(?:key |main )learnings|conclusions?(?= (?:of|from) (?:the|this|our))|cheat ?sheet|"
    r"bullet points|(?:most )?important (?:points?|things?|ideas?|facts?|"
    r"parts?|lessons?)))"
)
_CLAUSE = r"(?:[^?.!]|\.(?=\d))*"
_TAKEAWAYS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"\b{_POINTS}\b(?: (?:(?:are|is) there|here|to remember|to know|i should know))?"
        rf"(?: (?:of|about|on|for|from|in|regarding|to)\b)?\s*[:,-]?\s*(?P<subject>{_CLAUSE})",
        r"^(?:please )?(?:give me a |a )?(?:summari[sz]e|summari[sz]ing|sum (?:it |this |that |everything )?up|recap|"
        rf"condense)\b:?\s*(?P<subject>{_CLAUSE})",
        rf"^what(?: is|'s|s) (?:the|this|your|our) (?:whole |entire )?{_COURSE} (?:all )?about\b(?P<subject>)",
        rf"^what (?:does|do|did|will|can|should|would) (?:the|this|your|our|i|we|you) (?:{_COURSE} )?(?:cover|teach|"
        r"learn|remember|take away|revise|study|take home|know)\b(?: (?:us|me))?(?: (?:in|from|after|of|for) (?:the|"
        rf"this|my|our) (?:{_COURSE}|exam|test|quiz))?\s*(?:\?|$)(?P<subject>)",
        rf"^what(?: is|'s|s| does| do) (?P<subject>{_COURSE} \d+(?:\.\d+)*) (?:all )?(?:about|cover|teach|say|deal"
        r" with)\b",
        r"^what(?: is|'s|s) (?:most |really )?important (?:to (?:remember|know|learn)|here|in (?:the|"
        r"this))\b(?P<subject>)",
        rf"^what (?:topics|subjects|themes) (?:does|do|are|is)\b.{{0,30}}\b(?:cover|covered|{_COURSE})\b(?P<subject>)",
    )
)
_BEFORE_POINTS = re.compile(
    r"^(?P<subject>.+?)[\s:,-]+(?:key )?(?:take-?aways?|summary|recap|overview|main points|in a nutshell)\s*\??$",
    re.IGNORECASE,
)

# Words around takeaways that name no topic: "how many ... are there and what is the first one", "give me an ...".
_NUMBERED_PART = re.compile(rf"^(?:the )?(?:{_COURSE}|week|part) \d+(?:\.\d+)*$", re.IGNORECASE)
_COUNTING = word_set(
    "key main major first second third last next one two three many number top best most important give show list "
    "write make want need whole course text lesson"
)
_OF = (
    r"(?:(?:the |a |an )?(?:terms?|words?|concepts?|acronyms?|abbreviations?|notions?|expressions?|phrases?|"
    r"names?)(?: of)? )?"
)
_SUBJECT = r"(?P<subject>.+?)"
_END = r"\s*[?.!:=]*$"
_DEFINE = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"^(?:please )?(?:define|definition|meaning|defn?)(?: of)?[:,]? {_OF}{_SUBJECT}{_END}",
        rf"^(?:what(?: is|'s|s) |give (?:me |us )?|state |provide |write |i need |find )?(?:the |a |an )?(?:\w+ )?"
        rf"(?:definition|meaning|full form|long form) (?:of|for) {_OF}{_SUBJECT}{_END}",
        rf"^what (?:does|do|is|did) {_OF}{_SUBJECT} (?:mean|means|stand for|stands for|refers? to|meant|signify|"
        rf"denote)(?: again)?{_END}",
        rf"^what(?: is|'s|s)? (?:meant|understood|implied) by {_OF}{_SUBJECT}{_END}",
        rf"^{_SUBJECT} (?:stands? for|means?|meaning|definition|defined|refers to|full form|long form|abbreviation|"
        rf"acronym)(?: what)?{_END}",
        rf"^{_SUBJECT}\s*[-,:;]\s*(?:what(?: is|'s|s| are)? (?:it|that|this|they|those)|meaning|definition|what does"
        rf" (?:it|that) mean|meaning and (?:function|purpose|use|role)|define(?: it)?|what)(?: exactly| again)?{_END}",
        rf"^(?:what|who) {_SUBJECT} (?:is|are|refers to|means|stands for){_END}",
        r"^how (?:would|do|does|can|could|should) (?:you|we|one|i|the (?:course|text)) (?:define|describe|explain)"
        rf" {_OF}{_SUBJECT}{_END}",
        rf"^how (?:is|are) {_OF}{_SUBJECT} defined{_END}",
        rf"^what do (?:you|we|they|people) mean (?:by|with|when (?:you|they) say) {_OF}{_SUBJECT}{_END}",
        rf"^{_SUBJECT}\s*=\s*\??{_END}",
    )
)
_WHAT_IS = re.compile(
    r"^(?:who or what|what or who|what exactly|what|who)(?: is|'s|s| are|'re| r| was| were)(?: exactly| actually)?"
    rf" (?:an? |the |some )?{_OF}{_SUBJECT}{_END}",
    re.IGNORECASE,
)
_ABOUT = re.compile(
    r"^(?:explain|describe|tell (?:me|us) (?:more )?about|discuss|introduce|more (?:info(?:rmation)? )?(?:on|about)|"
    r"info(?:rmation)? (?:on|about)|about|talk about|teach me|elaborate on|clarify)(?: to (?:me|us)| me| us)?(?:"
    rf" what)? (?:is |are )?(?:an? |the )?{_OF}{_SUBJECT}(?: (?:is|are|means?))?{_END}",
    re.IGNORECASE,
)
_LIST = re.compile(
    r"^(?:list|name|enumerate|give (?:me |us )?(?:some |a few |\w+ )?(?:examples?|list)|identify (?:the )?\w+s\b|"
    r"(?:what|which) (?:are|were) (?:the|some|all|its|their)? ?(?:\w+[ -]){0,3}?(?:types?|kinds?|sorts?|steps?|"
    r"stages?|phases?|examples?|parts?|components?|functions?|challenges?|problems?|issues?|obstacles?|hurdles?|"
    r"limitations?|drawbacks?|disadvantages?|advantages?|benefits?|uses?|applications?|causes?|effects?|symptoms?|"
    r"roles?|features?|properties|characteristics?|factors?|elements?|layers?|methods?|techniques?|tasks?|goals?|"
    r"risks?|reasons?|divisions?|regions?|categories|classes|ingredients?|items?|terms?|structures?|bones?|muscles?|"
    r"nerves?|hormones?|organs?|pros|two|three|four|five|six|seven|eight|nine|ten|\d+)\b|(?:what|which) (?:types?|"
    r"kinds?|sorts?|steps?|stages?|challenges?|obstacles?|problems|tasks|examples|factors|two|three|four|five|six|"
    r"seven|\d+)\b|how many\b|examples? of\b)",
    re.IGNORECASE,
)
_LONGEST_TERM = 7  # words of a subject that may be a term by itself
_INSIDE_A_CLAUSE = word_set("""
    for when if because that which who does do did can could will would should used between after before during
    while why how where being made found called known caused produced happen happens with without from by to
    """)


@dataclass(frozen=True, slots=True)
class Frame:
    """What is wanted, and of what."""

    intent: Intent
    subject: str  # what the question is about, where its frame tells; else empty


def read_frame(text: str) -> Frame:
    """Tell the frame of one self-contained question from its subject; ``explain`` when no frame fits."""
    for pattern in _TAKEAWAYS:
        if match := pattern.search(text):
            return Frame("takeaways", _topic(match["subject"] or _leading_subject(text)))
    if _LIST.match(text):
        return Frame("list", "")
    for pattern in _DEFINE:
        if (match := pattern.match(text)) and _may_be_term(match["subject"]):
            return Frame("define", match["subject"].strip(" \"',"))
    for pattern in (_WHAT_IS, _ABOUT):
        if (match := pattern.match(text)) and _may_be_term(match["subject"]):
            return Frame("define" if pattern is _WHAT_IS else "explain", match["subject"].strip(" \"',"))
    return Frame("explain", "")


def _topic(subject: str) -> str:
    """What takeaways are wanted of; empty for the whole course, or when the words only count or order takeaways."""
    subject = subject.strip(" \"',")
    if _NUMBERED_PART.match(subject):
        return subject
    content = {word.lower for word in split_words(subject) if is_content(word.lower)}
    return "" if _WHOLE.match(subject) or content <= _COUNTING else subject


def _leading_subject(text: str) -> str:
    match = _BEFORE_POINTS.match(text)
    return match["subject"] if match else ""


def _may_be_term(subject: str) -> bool:
    words = [word.lower for word in split_words(subject)]
    return 0 < len(words) <= _LONGEST_TERM and _INSIDE_A_CLAUSE.isdisjoint(words[1:])
