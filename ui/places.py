"""Where a passage stands, in words that a reader can follow: pages as printed, the course's own place in the LMS."""

from urllib.parse import urlsplit


def page_in_full(page: int | None, label: str) -> str:
    """The page as a reader looks it up, with its place in the file where that differs; empty where there is none."""
    if " " in label:  # "Slide 3"
        return label
    if not page:
        return f"p. {label}" if label else ""
    return f"p. {page}" if label in ("", str(page)) else f"p. {label} (page {page} of the file)"


def host_of(link: str) -> str:
    """The host that a link leads to; empty for what is not a plain web address, which is then not offered."""
    try:
        parts = urlsplit(link)
    except ValueError:
        return ""
    return parts.hostname or "" if parts.scheme in ("http", "https") else ""
