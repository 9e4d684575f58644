"""Formulas between escaped brackets, round or square, as LaTeX users write them, for markdown-it.

Markdown reads an escaped bracket as a plain one, and people write "sic" in such brackets: only what looks like TeX is
a formula.
"""

import re

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline

_FORMULA = re.compile(
    r"\\\((?P<inline>(?:(?!\\[()]|\n\s*\n).){1,1000})\\\)|\\\[(?P<display>(?:(?!\\[\[\]]|\n\s*\n).){1,4000})\\\]",
    re.DOTALL,
)
_INLINE_TEX = re.compile(r"\\[A-Za-z]|[\^_=+<>]|^\s*\w{1,2}\s*$")
_DISPLAY_TEX = re.compile(r"\\[A-Za-z]|[\^=]")


def bracket_math_plugin(parser: MarkdownIt) -> None:
    """Make ``parser`` read formulas in escaped brackets as if they stood between dollars."""
    parser.inline.ruler.before("escape", "math_bracket", _read_formula)


def _read_formula(state: StateInline, silent: bool) -> bool:
    if not state.src.startswith("\\", state.pos):
        return False
    found = _FORMULA.match(state.src, state.pos, state.posMax)
    if found is None:
        return False
    is_display = found["display"] is not None
    formula = found["display"] if is_display else found["inline"]
    if not (_DISPLAY_TEX if is_display else _INLINE_TEX).search(formula):
        return False
    if not silent:
        token = state.push("math_inline_double" if is_display else "math_inline", "math", 0)
        token.markup = "$$" if is_display else "$"
        token.content = formula
    state.pos = found.end()
    return True
