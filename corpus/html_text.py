"""HTML inside Markdown, as a person would read it: tags, comments, styles and scripts gone, words kept."""

import re
from html.parser import HTMLParser

from corpus.word_list import word_set

# Only these are markup. "<eos>" or "<your name>" in running text is what the author wrote, and stays.
_TAGS = word_set(
    """
    a abbr acronym address area article aside audio b base bdi bdo big blockquote body br button canvas caption center
    cite code col colgroup data datalist dd del details dfn dialog div dl dt em embed fieldset figcaption figure font
    footer form frame h1 h2 h3 h4 h5 h6 head header hgroup hr html i iframe img input ins kbd label legend li link
    main map mark meta meter nav noscript object ol optgroup option output p param picture pre progress q rp rt ruby s
    samp script section select small source span strike strong style sub summary sup svg table tbody td template
    textarea tfoot th thead time title tr track tt u ul var video wbr
    """
)
_INLINE_TAGS = word_set(
    """
    a abbr b bdi bdo big cite code data del dfn em font i ins kbd label mark q s samp small span strike strong sub sup
    time tt u var wbr
    """
)
_UNREAD_TAGS = frozenset({"script", "style", "template", "head"})
_TAG = re.compile(r"</?([A-Za-z][A-Za-z0-9-]*)")
_BLANK_RUN = re.compile(r"[ \t\n]+")


def is_markup(html: str) -> bool:
    """Tell whether one piece of inline HTML is a real tag or comment, not words in angle brackets."""
    tag = _TAG.match(html)
    return tag is None or tag.group(1).lower() in _TAGS


def html_paragraphs(html: str) -> list[str]:
    """Return the readable text of a block of HTML, one string for each of its paragraphs."""
    reader = _HtmlReader()
    reader.feed(html)
    reader.close()
    paragraphs = (_BLANK_RUN.sub(" ", paragraph).strip() for paragraph in "".join(reader.parts).split("\0"))
    return [paragraph for paragraph in paragraphs if paragraph]


class _HtmlReader(HTMLParser):
    """Collects text; every tag that is not inline ends a paragraph, written as NUL."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._unread_depth = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 - HTMLParser's
        if tag in _UNREAD_TAGS:
            self._unread_depth += 1
        if tag not in _TAGS:
            self.parts.append(self.get_starttag_text() or "")
        elif tag not in _INLINE_TAGS:
            self.parts.append("\0")

    def handle_endtag(self, tag: str) -> None:
        if tag in _UNREAD_TAGS:
            self._unread_depth = max(0, self._unread_depth - 1)
        if tag not in _INLINE_TAGS:
            self.parts.append("\0")

    def handle_data(self, data: str) -> None:
        if not self._unread_depth:
            self.parts.append(data)
