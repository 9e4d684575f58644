"""A question as typed becomes one clean line of text. Knows characters only: no words, no course, no limits."""

import re
import unicodedata

_TYPOGRAPHY = str.maketrans(
    {
        **dict.fromkeys("‘’‚‛ʼ＇´`", "'"),
        **dict.fromkeys("“”„‟«»＂", '"'),
        **dict.fromkeys("‐‑‒–—―−﹘﹣－", "-"),
        **dict.fromkeys("\N{SOFT HYPHEN}\N{ZERO WIDTH SPACE}\N{ZERO WIDTH NON-JOINER}\N{ZERO WIDTH JOINER}", None),
    }
)
# Cc control, Cf format (bidi overrides, tag characters, byte order marks), Co private use, Cs lone surrogates,
# Cn unassigned.
_INVISIBLE = frozenset({"Cc", "Cf", "Co", "Cs", "Cn"})
# A tag has nothing but attributes inside: "a <b and c> d" is mathematics and stays.
_TAG = re.compile(r"</?[A-Za-z][\w-]*(?:\s+[\w:-]+\s*=[^<>]*)?\s*/?>|<!--|-->")
_MARKUP_AROUND = re.compile(r"^[\s*_~#>|]+|[\s*_~|]+$")
_SPACES = re.compile(r"\s+")


def normalise(question: str) -> str:
    """Fold what only typography tells apart (NFKC, kinds of quote and dash) and drop what nobody can see or read.

    Control, bidirectional, tag and private-use characters go, HTML tags and Markdown around the text too; every run
    of white space becomes one blank. Idempotent.
    """
    text = question
    while (folded := _fold(text)) != text:  # NFKC may bring forth a tag or a quote that a first pass did not see
        text = folded
    return text


def _fold(text: str) -> str:
    text = unicodedata.normalize("NFKC", text).translate(_TYPOGRAPHY)
    text = "".join(_visible(character) for character in text) if not text.isascii() or not text.isprintable() else text
    text = _TAG.sub(" ", text)
    return _MARKUP_AROUND.sub("", _SPACES.sub(" ", text)).strip()


def _visible(character: str) -> str:
    if character.isspace():
        return " "
    return "" if unicodedata.category(character) in _INVISIBLE else character
