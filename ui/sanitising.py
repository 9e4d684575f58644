"""The last gate before a fragment of HTML leaves for the browser: only what the chat itself draws gets through.

Fragments are built by escaping; this holds even if a template one day forgets to.
"""

import nh3

_MATHML = {
    *("math", "mrow", "mi", "mn", "mo", "mtext", "mspace", "ms", "mfrac", "msqrt", "mroot", "msub", "msup", "msubsup"),
    *("munder", "mover", "munderover", "mtable", "mtr", "mtd", "mstyle", "mpadded", "mphantom", "menclose"),
}
_MATHML_ATTRIBUTES = {
    *("display", "displaystyle", "mathvariant", "stretchy", "fence", "separator", "accent", "accentunder", "form"),
    *("linethickness", "columnalign", "columnspacing", "rowspacing", "columnlines", "rowlines", "lspace", "rspace"),
    *("width", "height", "depth", "voffset", "minsize", "maxsize", "movablelimits", "linebreak", "notation"),
}
_HTML = {
    *("footer", "div", "p", "span", "h3", "h4", "ul", "ol", "li", "strong", "em", "q", "mark"),
    *("button", "code", "pre", "blockquote"),
}

_CLEANER = nh3.Cleaner(
    tags=_HTML | _MATHML,
    attributes={
        **{tag: {"class", "role", "lang", "dir"} for tag in _HTML},
        **dict.fromkeys(_MATHML, _MATHML_ATTRIBUTES),
        "button": {"class", "type", "title"},
    },
    generic_attribute_prefixes={"data-", "aria-"},
    # Script and style go with all they hold; any other unknown tag loses its brackets and keeps its words.
    clean_content_tags={"script", "style", "iframe", "object", "template", "svg", "annotation-xml"},
    url_schemes=set(),
    link_rel=None,
)


def sanitise(fragment: str) -> str:
    """Keep the elements and attributes that the chat draws; no link, image, style, script or event handler."""
    return _CLEANER.clean(fragment)
