"""HTML inside Markdown, as a person would read it: tags, comments, styles and scripts gone, words kept.

Not a parser: what is read here is words for citing, never shown as HTML, so broken HTML may read oddly but cannot fail.
"""

import html
import re

from corpus.word_list import word_set

# Only these are markup. "<eos>" or "<your name>" in running text is what the author wrote, and stays.
TAGS = word_set(
    """
    a abbr acronym address area article aside audio b base bdi bdo big blockquote body br button canvas caption center
    cite code col colgroup data datalist dd del details dfn dialog div dl dt em embed fieldset figcaption figure font
    footer form frame h1 h2 h3 h4 h5 h6 head header hgroup hr html i iframe img input ins kbd label legend li link
    main map mark meta meter nav noscript object ol optgroup option output p param picture pre progress q rp rt ruby s
    samp script section select small source span strike strong style sub summary sup svg table tbody td template
    textarea tfoot th thead time title tr track tt u ul var video wbr
    """
)
INLINE_TAGS = word_set(
    """
    a abbr b bdi bdo big cite code data del dfn em font i ins kbd label mark q s samp small span strike strong sub sup
    time tt u var wbr
    """
)
_NOT_READ = re.compile(
    r"<!--.*?(?:-->|\Z)|<(?P<unread>script|style|template|head)\b.*?(?:</(?P=unread)\s*>|\Z)|<[!?][^<>]{0,2000}>",
    re.DOTALL | re.IGNORECASE,
)
_TAG = re.compile(r"</?([A-Za-z][A-Za-z0-9-]*)[^<>]{0,2000}>")
_TAG_START = re.compile(r"</?([A-Za-z][A-Za-z0-9-]*)")
_BLANK_RUN = re.compile(r"[ \t\n]+")


def is_markup(tag: str) -> bool:
    """Tell whether one piece of inline HTML is a real tag or comment, not words in angle brackets."""
    found = _TAG_START.match(tag)
    return found is None or found.group(1).lower() in TAGS


def html_paragraphs(source: str) -> list[str]:
    """Return the readable text of a block of HTML, one string for each of its paragraphs."""
    marked = _TAG.sub(_without_tag, _NOT_READ.sub("", source))
    paragraphs = (_BLANK_RUN.sub(" ", html.unescape(part)).strip() for part in marked.split("\0"))
    return [paragraph for paragraph in paragraphs if paragraph]


def _without_tag(found: re.Match[str]) -> str:
    """Return what stands for a tag: nothing for one inside a line, NUL for one that ends a paragraph."""
    name = found.group(1).lower()
    if name not in TAGS:
        return found.group()
    return "" if name in INLINE_TAGS else "\0"
