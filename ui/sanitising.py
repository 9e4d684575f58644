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

_PAGE_HTML = {
    *_HTML,
    *(
        "section",
        "article",
        "nav",
        "h2",
        "h5",
        "table",
        "caption",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
        "dl",
        "dt",
        "dd",
    ),
    *("a", "time", "details", "summary", "form", "label", "input", "select", "option", "textarea", "hr"),
}
_PAGE_CLEANER = nh3.Cleaner(
    tags=_PAGE_HTML | _MATHML,
    attributes={
        **{tag: {"class", "role", "lang", "dir", "tabindex"} for tag in _PAGE_HTML},
        **dict.fromkeys(_MATHML, _MATHML_ATTRIBUTES),
        "button": {"class", "type", "title"},
        "a": {"class", "href", "target", "download"},
        "th": {"class", "scope"},
        "time": {"datetime"},
        "details": {"class", "open"},
        "form": {"class", "role"},  # without an action: only the page's program sends a form
        "input": {"class", "type", "name", "value", "placeholder", "required", "multiple", "accept", "maxlength"},
        "select": {"class", "name"},
        "option": {"value", "selected"},
        "textarea": {"class", "name", "rows", "required", "maxlength"},
    },
    generic_attribute_prefixes={"data-", "aria-"},
    clean_content_tags={"script", "style", "iframe", "object", "template", "svg", "annotation-xml"},
    url_schemes={"https", "http"},
    link_rel="noopener",
)


def sanitise_page(fragment: str) -> str:
    """Keep the elements and attributes that the instructor's pages draw: links and forms too, nothing that runs."""
    return _PAGE_CLEANER.clean(fragment)


def sanitise(fragment: str) -> str:
    """Keep the elements and attributes that the chat draws; no link, image, style, script or event handler."""
    return _CLEANER.clean(fragment)
