"""HTML fragments taken apart, for tests of what the chat draws."""

from html.parser import HTMLParser


class Fragment(HTMLParser):
    """One fragment: its elements with their attributes, and its text, as a browser would read them."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str]]] = []
        self._open: list[tuple[str, set[str]]] = []
        self._text: list[tuple[str, list[tuple[str, set[str]]]]] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        self.elements.append((tag, attributes))
        self._open.append((tag, set(attributes.get("class", "").split())))

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        self._text.append((data, list(self._open)))

    def text(self, within: str = "") -> str:
        """All text, or that inside elements of this tag or (with a dot) class."""

        def inside(path: list[tuple[str, set[str]]]) -> bool:
            return not within or any(within == tag or within.removeprefix(".") in classes for tag, classes in path)

        return "".join(data for data, path in self._text if inside(path))

    def all(self, tag: str, class_name: str = "") -> list[dict[str, str]]:
        """Attributes of each such element, in order."""
        found = (attributes for name, attributes in self.elements if name == tag)
        return [a for a in found if not class_name or class_name in a.get("class", "").split()]


def assert_harmless(html: str) -> None:
    """Nothing in the fragment runs, loads, leads away or can be mistaken for the page's own elements."""
    for tag, attributes in Fragment(html).elements:
        assert tag not in {"script", "img", "svg", "iframe", "style", "link", "meta", "form", "a", "object", "video"}
        assert not [name for name in attributes if name.startswith("on") or name in {"href", "src", "style", "id"}]
