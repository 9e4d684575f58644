"""What a question sets side by side: "CNN vs RNN", "how is A different from B", "are A and B the same thing?"."""

import re
from collections.abc import Callable

from tutor.understanding.words import PRONOUNS

_DETAILS = re.compile(
    r"\s*(?:[:;.?!]| - |,? (?:in (?:terms of|how|the way|what|which|their|regards?|respect|relation|the context)|"
    r"with (?:respect|regard) to|regarding|concerning|when it comes to|based on|and (?:name|list|give|explain|"
    r"describe|state|discuss|why|how|what|when|which)|by|as|when|because|if|since|for (?:example|instance|the|a)|"
    r"used for|using|please)\b).*$",
    re.IGNORECASE,
)
_ARTICLE = re.compile(r"^(?:the|an?|both|between|of|terms?) ", re.IGNORECASE)
_TRAILING = re.compile(r"[\s,\-:(]+$")

_THING = r"(?P<{}>[^?!;]{{1,120}}?)"
_A, _B, _AB = _THING.format("a"), _THING.format("b"), _THING.format("ab")
_END = r"(?:\s*[?!.;]|$)"
_SAME = r"(?:the )?(?:same|different|similar|alike|identical|equivalent|related|interchangeable|synonyms?)"
_ASKS_DIFFERENCE = (
    r"(?:what(?: is|'s|s| are) )?(?:the )?(?:main |key |real |exact |actual )?"
    r"(?:differences?|distinctions?|similarit(?:y|ies)|contrast|comparison)"
)
_PATTERNS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"\b(?:differences?|distinctions?|distinguish(?:ing|es)?|differentiate|similarit(?:y|ies)|comparison|contrast|"
        rf"relationship|tell apart|compare|choose) (?:\w+ )?between {_AB}{_END}",
        rf"\b(?:comparison|similarit(?:y|ies)|differences?) (?:of|in) {_AB}{_END}",
        rf"\bcompar(?:e|ing|ison)(?: and contrast| or contrast)?(?: of)? {_A} (?:vs\.?|versus|with|to|against)"
        rf" {_B}{_END}",
        rf"\bcompar(?:e|ing)(?: and contrast| or contrast)? {_AB}{_END}",
        rf"\bcontrast {_AB}{_END}",
        rf"\bhow (?!is |are |was |were |do |does |did ){_A} "
        rf"(?:differs?|(?:is|are) (?:different|distinct|distinguished)) from {_B}{_END}",
        rf"\b(?:distinguish(?:es)?|differentiates?|tells?|separates?) {_A} from {_B}{_END}",
        rf"\bsets? {_A} apart from {_B}{_END}",
        rf"^(?P<a>[\w-]{{2,20}}(?: [\w-]{{2,20}}){{0,3}}) v (?P<b>[\w-]{{2,20}}(?: [\w-]{{2,20}}){{0,3}}){_END}",
        rf"^(?:in )?(?:what|which) ways? (?:is|are|do|does) {_AB} (?:different|differ|similar|alike|related)\b",
        rf"^(?:what about |define |explain )?{_A},? (?:vs\.?|versus|v\.) {_B}{_END}",
        rf"\bhow (?:is|are|was|were|does|do|did) {_A} (?:different|differs?|distinct|distinguished|differing|similar|"
        rf"related|compared?|relate) (?:from|to|with|than|against) {_B}{_END}",
        rf"\bhow (?:is|are|does|do|did) {_AB} (?:different|differ|similar|related|compare|relate)(?: from each other|"
        rf" to each other| with each other)?{_END}",
        rf"^(?:is|are|does|do) {_A} (?:{_SAME}|differ)(?: things?| terms?)? (?:as|from|to|than|with) {_B}{_END}",
        rf"^(?:is|are|do|does) {_AB} (?:{_SAME}|differ|mean the same)(?: things?| terms?| concepts?)?{_END}",
        rf"^{_AB}\s*[-,:;]*\s*(?:are they|is (?:it|that|this)|isn't (?:it|that)|aren't they|do they) (?:all |both |"
        rf"really )?(?:{_SAME}|differ|mean the same)\b",
        rf"^{_AB}\s*[-,:;]+\s*(?:the )?(?:same(?: things?)?|different)(?: or (?:not|different|the same))?{_END}",
        rf"^{_AB}\s*[-,:;]*\s*{_ASKS_DIFFERENCE}(?: between (?:them|these|the two|those))?{_END}",
        rf"^{_AB}\s*[-,:;]+\s*how (?:do|are) they (?:differ|different|compare|relate|related)\b",
        rf"\bwhat do {_AB} have in common\b",
        rf"^(?:why |when )?(?:is|are) {_A} (?:better|worse|faster|slower|larger|bigger|smaller|superior|preferable|"
        rf"stronger|weaker|(?:more|less) \w+) (?:than|to|over) {_B}{_END}",
        rf"^(?:which (?:one )?is better|which (?:one )?(?:should i|to) (?:use|choose))\s*[,:-]\s*{_A} or {_B}{_END}",
        rf"^(?:when (?:to|should (?:i|you|we)) (?:use|choose|prefer)|should i use) {_A} (?:or|instead of|over|rather"
        rf" than|vs\.?) {_B}{_END}",
    )
)
_EITHER = re.compile(r"^([^?!.,;]{1,60}?) or ([^?!.,;]{1,60}?)\s*\??$", re.IGNORECASE)
_STARTS_A_CLAUSE = re.compile(
    r"\b(?:is|are|was|were|be|do|does|did|can|could|will|would|should|has|have|had|what|which|who|how|why|when|where|"
    r"define|explain|describe|list|name)\b",
    re.IGNORECASE,
)
_SPLIT = re.compile(r"\s*,\s*(?:and |or |with )?|\s+(?:and|with|vs\.?|versus|or)\s+", re.IGNORECASE)
_COMPARES = re.compile(
    r"\b(?:differences? between|compare|vs|versus|differs?\b|different from|contrast|distinguish|in common|similarit)",
    re.IGNORECASE,
)
_LONGEST_THING = 9  # words
_LONGEST_EITHER = 4  # words of "A" in a bare "A or B"
_POINTERS = PRONOUNS | {"two", "both", "the two", "each other", "other"}


def compared_things(text: str, is_term: Callable[[str], bool]) -> tuple[str, ...]:
    """The two or more things that ``text`` compares, as it names them; empty when it compares none.

    Args:
        text: One question, self-contained.
        is_term: Whether a phrase is a glossary term; tells "B and T cells" from two whole names.
    """
    for pattern in _PATTERNS:
        match = pattern.search(text)
        if match is None:
            continue
        groups = match.groupdict()
        things = _split(groups["ab"], is_term) if "ab" in groups else [_tidy(groups["a"]), _tidy(groups["b"])]
        if _are_things(things):
            return tuple(_share_head(things, is_term))
    either = _EITHER.match(text)
    short = either and max(len(side.split()) for side in either.groups()) <= _LONGEST_EITHER
    if either and short and not _STARTS_A_CLAUSE.search(text):
        things = [_tidy(either[1]), _tidy(either[2])]
        if _are_things(things):
            return tuple(_share_head(things, is_term))
    return ()


def sounds_comparing(text: str) -> bool:
    """Whether ``text`` asks for a comparison, whether or not its things could be told apart."""
    return bool(_COMPARES.search(text))


def _split(both: str, is_term: Callable[[str], bool]) -> list[str]:
    both = _tidy(both)
    pieces = [_tidy(piece) for piece in _SPLIT.split(both) if piece.strip()]
    if len(pieces) > 2:
        for match in re.finditer(r" and | vs\.? | versus ", both):  # "long and short bones and flat bones"
            left, right = _tidy(both[: match.start()]), _tidy(both[match.end() :])
            if is_term(left) and is_term(right):
                return [left, right]
    return pieces


def _tidy(thing: str) -> str:
    thing = _DETAILS.sub("", f"{thing} ").strip(" ,-\"'")
    for _ in range(3):
        thing = _ARTICLE.sub("", thing)
    return _TRAILING.sub("", thing).strip(" \"'")


def _are_things(things: list[str]) -> bool:
    return (
        2 <= len(things) <= 5
        and all(thing and len(thing.split()) <= _LONGEST_THING for thing in things)
        and len({thing.lower() for thing in things}) == len(things)
        and _POINTERS.isdisjoint(thing.lower() for thing in things)
    )


def _share_head(things: list[str], is_term: Callable[[str], bool]) -> list[str]:
    """Give the first thing the noun it shares with the last: "B and T cells" are "B cells" and "T cells"."""
    last = things[-1].split()
    shared = []
    for thing in things[:-1]:
        longer = [f"{thing} {' '.join(last[cut:])}" for cut in range(1, len(last))]
        known = next((name for name in longer if is_term(name)), longer[-1] if longer and len(thing) <= 2 else "")
        shared.append(thing if is_term(thing) else known or thing)
    return [*shared, things[-1]]
