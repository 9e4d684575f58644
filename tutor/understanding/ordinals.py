"""Which items of a list are wanted: "the first takeaway", "takeaway number 4", "the last two points", "top 3 ideas"."""

import re

_NUMBERS = {
    word: number
    for number, words in enumerate(
        ("one first 1st", "two second 2nd", "three third 3rd", "four fourth 4th", "five fifth 5th", "six sixth 6th",
         "seven seventh 7th", "eight eighth 8th", "nine ninth 9th", "ten tenth 10th"),
        start=1,
    )
    for word in words.split()
}  # fmt: skip
ORDINAL = r"(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|last|final|\d{1,2}(?:st|nd|rd|th))"
_CARDINAL = r"(?:\d{1,2}|two|three|four|five|six|seven|eight|nine|ten)"
_PRAISED = r"(?:(?:key|main|major|most|important|core|single) )*"
_ITEM = r"(?:take-? ?away|point|idea|message|learning|lesson|concept|one|item|bullet)"
_ONE = re.compile(rf"\b(?P<nth>{ORDINAL}) {_PRAISED}{_ITEM}\b(?!s)", re.IGNORECASE)
_NUMBERED = re.compile(rf"\b{_ITEM} (?:number |no\.? ?|# ?)?(?P<nth>{_CARDINAL}|one)\b", re.IGNORECASE)
_SEVERAL = re.compile(
    rf"\b(?P<from>first |top |last |final )?(?P<many>{_CARDINAL}) {_PRAISED}{_ITEM}s\b", re.IGNORECASE
)


def items_wanted(text: str) -> slice | None:
    """The items of a list that ``text`` asks for; None when it asks for all of it."""
    if match := _SEVERAL.search(text):
        many = _number(match["many"])
        return slice(-many, None) if (match["from"] or "").strip().lower() in ("last", "final") else slice(0, many)
    if match := _ONE.search(text) or _NUMBERED.search(text):
        if match["nth"].lower() in ("last", "final"):
            return slice(-1, None)
        number = _number(match["nth"])
        return slice(number - 1, number) if number else None
    return None


def _number(written: str) -> int:
    digits = re.match(r"\d+", written)
    return int(digits[0]) if digits else _NUMBERS[written.lower()]
