"""Markdown becomes a canonical text and its blocks.

Headings, paragraphs, list items, definition lists, tables, code, formulas and quotes each become one block of the text
that a person would read. Parsing is markdown-it's (CommonMark); what is ours is what a reader sees of it.
"""

import json
import re
from collections.abc import Iterator, Sequence
from itertools import takewhile

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from mdit_py_plugins.deflist import deflist_plugin
from mdit_py_plugins.dollarmath import dollarmath_plugin
from mdit_py_plugins.front_matter import front_matter_plugin

from corpus.bracket_math import bracket_math_plugin
from corpus.decoding import clean_text
from corpus.document_writer import DocumentWriter, ReadText
from corpus.html_text import html_paragraphs
from corpus.inline_text import read_inline
from corpus.inline_writer import InlineText
from corpus.nested_blocks import NestedBlocks
from corpus.plain_text import read_plain_text
from corpus.types import BlockKind

# Beyond these a file is no prose, and the parser's worst cases are quadratic: such text is read without its markup.
_MAX_LINE_CHARS = 100_000
_MAX_PARAGRAPH_CHARS = 50_000
_MAX_FORMULA_FENCES = 2_000  # an unclosed "$$" is searched for to the end of the file
_MAX_NESTING = 100  # markdown-it silently leaves out what is nested deeper
_MAX_HEADING_CHARS = 300  # a longer "heading" is a paragraph that happens to stand above a line of dashes

_FORMULA_FENCE = re.compile(r"^[ >]*\$\$", re.MULTILINE)
_FRONT_MATTER_TITLE = re.compile(r"^title:[ \t]*(.+?)[ \t]*$", re.MULTILINE)
_TABLE_CAPTION_MARK = re.compile(r"^:\s*")


def read_markdown(text: str) -> ReadText:
    """Read clean Markdown text (see ``corpus.decoding``).

    Text on which the parser would be slow or lossy (a line of 100,000 characters, a hundred levels of nesting) is read
    as plain text instead, so nothing is lost. The title is the front matter's, else the first top heading, else "".
    """
    if _is_hard_to_parse(text):
        return read_plain_text(text)
    try:
        tokens = _parser().parse(text)
    except RecursionError:
        return read_plain_text(text)
    if any(token.level >= _MAX_NESTING - 2 for token in tokens):
        return read_plain_text(text)
    return _MarkdownReader().read(tokens)


def _is_hard_to_parse(text: str) -> bool:
    if len(text) > _MAX_LINE_CHARS and max(map(len, text.split("\n"))) > _MAX_LINE_CHARS:
        return True
    fences = zip(range(_MAX_FORMULA_FENCES), _FORMULA_FENCE.finditer(text), strict=False)
    return sum(1 for _ in fences) == _MAX_FORMULA_FENCES


def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"maxNesting": _MAX_NESTING}).enable("table")
    parser.use(front_matter_plugin).use(deflist_plugin)
    # No blanks inside the dollars and no digits outside them, so that "$5 and $10" is money.
    parser.use(dollarmath_plugin, allow_labels=False, allow_space=False, allow_digits=False, double_inline=True)
    parser.use(bracket_math_plugin)
    parser.core.ruler.at("inline", _parse_inline)
    return parser


def _parse_inline(state: StateCore) -> None:
    """Parse the words of every paragraph; one too long for that is taken as it stands."""
    for token in state.tokens:
        if token.type != "inline":
            continue
        token.children = []
        if len(token.content) > _MAX_PARAGRAPH_CHARS:
            token.children.append(Token("text", "", 0, content=token.content))
        else:
            state.md.inline.parse(token.content, state.md, state.env, token.children)


class _MarkdownReader:
    """Walks the block tokens once and writes what each of them says."""

    def __init__(self) -> None:
        self._writer = DocumentWriter()
        self._title = ""
        self._place = NestedBlocks(self._writer)

    def read(self, tokens: Sequence[Token]) -> ReadText:
        stream = iter(tokens)
        for token in stream:
            self._read_token(token, stream)
        return self._writer.finish(self._title or self._writer.first_top_heading)

    def _read_token(self, token: Token, stream: Iterator[Token]) -> None:
        match token.type:
            case "front_matter":
                self._title = _front_matter_title(token.content)
            case "heading_open":
                self._heading(_inline_of(next(stream)), token)
            case "dt_open":
                self._place.add_term(_inline_of(next(stream)).text)
            case "inline":
                self._paragraph(token)
            case "table_open":
                self._table(takewhile(lambda part: part.type != "table_close", stream))
            case "fence" | "code_block":
                self._verbatim("code", token.content.strip("\n"))
            case "math_block":
                self._verbatim("formula", f"$${token.content.strip()}$$")
            case "html_block":
                for paragraph in html_paragraphs(token.content):
                    self._verbatim("paragraph", clean_text(paragraph))
            case _:
                self._enter_or_leave(token)

    def _enter_or_leave(self, token: Token) -> None:
        """Keep account of what the reader is inside of: list items, quotes, meanings of a definition list."""
        match token.type:
            case "list_item_open":
                self._place.open_item(f"{token.info}{token.markup}" if token.info else "-")
            case "list_item_close":
                self._place.close_item()
            case "blockquote_open" | "blockquote_close":
                self._place.nest_quote(token.nesting)
            case "dd_open":
                self._place.open_meaning()
            case "dd_close":
                self._place.close_meaning()
                self._place.take_lone_terms()

    def _heading(self, heading: InlineText, token: Token) -> None:
        if token.level == 0 and len(heading.text) <= _MAX_HEADING_CHARS:
            self._writer.add("heading", heading.text.replace("\n", " "), level=int(token.tag[1]))
        else:
            self._place.write_as("paragraph", heading)

    def _paragraph(self, token: Token) -> None:
        words = _inline_of(token)
        if self._is_formula(token) and not self._place.awaits_meaning:
            self._verbatim("formula", words.text)
        elif self._writer.last_kind == "table" and words.text.startswith(":"):
            self._writer.add("paragraph", _TABLE_CAPTION_MARK.sub("", words.text))
        else:
            self._place.write(words)

    def _table(self, tokens: Iterator[Token]) -> None:
        rows: list[list[str]] = []
        for token in tokens:
            if token.type == "tr_open":
                rows.append([])
            elif token.type == "inline":
                rows[-1].append(read_inline(token.children or (), one_line=True).text)
        lines = (" | ".join(cells).strip() for cells in rows if any(cells))
        self._verbatim("table", "\n".join(lines))

    def _verbatim(self, kind: BlockKind, text: str) -> None:
        self._writer.add(kind, text, level=self._place.depth)

    def _is_formula(self, token: Token) -> bool:
        parts = [part for part in token.children or () if part.content.strip(" .,;") or part.type == "image"]
        return not self._place.in_list and len(parts) == 1 and parts[0].type == "math_inline_double"


def _inline_of(token: Token) -> InlineText:
    return read_inline(token.children or ())


def _front_matter_title(front_matter: str) -> str:
    """Return the value of the YAML key ``title``; quotes are understood, anything fancier is not a title."""
    found = _FRONT_MATTER_TITLE.search(front_matter)
    if found is None:
        return ""
    value = found.group(1)
    if len(value) > 1 and value[0] == value[-1] == '"':
        try:
            return str(json.loads(value))
        except json.JSONDecodeError:
            return value[1:-1]
    if len(value) > 1 and value[0] == value[-1] == "'":
        return value[1:-1].replace("''", "'")
    return value if value[0] not in "|>[{&*!" else ""
