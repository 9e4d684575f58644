"""Which parts of a page a person reads: not the machinery, not the menus, not what is hidden."""

import re

from corpus.word_list import word_set
from corpus.xml_reading import Element, local_name

# Never words of the author: programs, styles, controls, players, and the page's menus.
_NEVER_READ = word_set(
    """
    head script style template noscript nav menu svg canvas iframe frame frameset object embed applet audio video map
    input select option optgroup datalist textarea button meter progress dialog rp
    """
)
_NAVIGATION_ROLES = word_set("navigation search menu menubar toolbar doc-pagebreak")
_HIDING_STYLE = re.compile(
    r"(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|opacity\s*:\s*0*\.?0+%?(?=\s*(?:;|!|$))"
    r"|font-size\s*:\s*0(?:\.0+)?(?:px|pt|em|rem|%)?(?=\s*(?:;|!|$)))",
    re.IGNORECASE,
)
# Words for screen readers that repeat what is seen, as Moodle and Canvas write them ("Opens in a new window").
_SCREEN_READER_CLASSES = word_set("accesshide sr-only visually-hidden screenreader-only ui-helper-hidden-accessible")


def is_machinery(element: Element) -> bool:
    """Tell whether an element holds no words of the author, or repeats what is read elsewhere."""
    if local_name(element).lower() in _NEVER_READ or element.get("aria-hidden") == "true":
        return True
    if (element.get("role") or "").strip().lower() in _NAVIGATION_ROLES or "pagebreak" in (
        element.get("epub:type") or ""
    ):
        return True
    return not _SCREEN_READER_CLASSES.isdisjoint((element.get("class") or "").lower().split())


def is_hidden(element: Element) -> bool:
    """Tell whether the author hid an element from readers."""
    return element.get("hidden") is not None or _HIDING_STYLE.search(element.get("style") or "") is not None
