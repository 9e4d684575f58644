"""Formulas in course text: where TeX stands between words, and the MathML that browsers draw by themselves.

MathML needs no script, no font from elsewhere and is read aloud by screen readers. What cannot be drawn faithfully
stays as it is written.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from html import unescape
from xml.etree import ElementTree

from latex2mathml.converter import convert_to_element

# Pandoc's rule keeps prices apart from formulas: no space inside the dollars, no digit after the closing one.
_FORMULA = re.compile(
    r"\$\$(?P<block>[^$]{1,4000}?)\$\$|(?<![\\$])\$(?![\s$])(?P<inline>[^$\n]{0,500}?[^$\s\\])\$(?![\d$])"
)
# latex2mathml draws "split" as the aligned rows that these are, and leaves these unrendered.
_ALIGNED = re.compile(r"\\(begin|end)\{(?:aligned|gathered)\}")


def split_formulas(text: str) -> Iterator[tuple[str, str]]:
    """Cut ``text`` into words and formulas: pairs of source text and MathML, which is empty for words.

    The source texts joined are ``text`` again.
    """
    end = 0
    for match in _FORMULA.finditer(text):
        block = match["block"] is not None
        mathml = to_mathml(match["block"] if block else match["inline"], block=block)
        if mathml:
            yield text[end : match.start()], ""
            yield match[0], mathml
            end = match.end()
    yield text[end:], ""


@lru_cache(maxsize=4096)
def to_mathml(tex: str, *, block: bool = False) -> str:
    """Draw one formula as a ``<math>`` element; empty when it cannot be drawn faithfully."""
    bare = re.sub(r"\\.", "", tex)
    if bare.count("{") != bare.count("}"):
        return ""  # the converter would close them in silence
    try:
        element = convert_to_element(_ALIGNED.sub(r"\\\1{split}", tex), display="block" if block else "inline")
    except Exception:  # any input may come from a course file, and the converter raises many kinds of error
        return ""
    for node in element.iter():
        # The converter leaves its entities for a later unescape of the whole markup, which would also bring to life
        # a tag inside \text{}. Unescaped here, text stays text.
        node.text = unescape(node.text) if node.text else node.text
        if node.text and node.text.startswith("\\") and len(node.text) > 1:
            return ""  # a command it does not know, which it would print as its name
    return ElementTree.tostring(element, encoding="unicode")
