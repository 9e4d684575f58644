"""The words of one paragraph: inline Markdown tokens become what a person reads.

Emphasis and link markup go, images go, formulas and code stay. Soft line breaks become spaces.
"""

import re
from collections.abc import Sequence

from markdown_it.token import Token

from corpus.html_text import is_markup
from corpus.inline_writer import InlineText, InlineWriter

_LINE_BREAK_TAG = re.compile(r"<br\s*/?>", re.IGNORECASE)


def read_inline(tokens: Sequence[Token], *, one_line: bool = False) -> InlineText:
    """Render the children of one inline token.

    Args:
        tokens: The children, as markdown-it gives them.
        one_line: Write hard line breaks as spaces too, as a table row needs it.
    """
    writer = InlineWriter(one_line=one_line)
    for token in tokens:
        _write(token, writer)
    return writer.finish()


def _write(token: Token, writer: InlineWriter) -> None:
    match token.type:
        case "text" | "text_special":
            writer.words(token.content)
        case "softbreak":
            writer.words(" ")
        case "hardbreak":
            writer.break_line()
        case "code_inline":
            writer.code(token.content)
        case "math_inline" | "math_inline_double":
            writer.formula(token.content, dollars=token.markup)
        case "em_open" | "strong_open":
            writer.open_emphasis(bold=token.type == "strong_open")
        case "em_close" | "strong_close":
            writer.close_emphasis()
        case "html_inline":
            _write_html(token.content, writer)
        case _:  # links keep their words, which are tokens of their own; images are dropped
            pass


def _write_html(html: str, writer: InlineWriter) -> None:
    if not is_markup(html):
        writer.words(html)
    elif _LINE_BREAK_TAG.fullmatch(html):
        writer.break_line()
    elif html.lower().startswith(("<sup", "</sup")):
        writer.in_superscript = html[1] != "/"
