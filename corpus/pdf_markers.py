"""The signs before the items of a list: bullets, and numbers or letters with a dot or parenthesis."""

import re

BULLETS = "•●○◦▪■□▸►‣⁃∙·–-*\uf0b7\uf0a7\uf076\uf0d8"  # the last ones as Word's symbol fonts have them
_BULLET = re.compile(rf"[{re.escape(BULLETS)}](?:\s+|$)")
_NUMBER = re.compile(r"(?:\d{1,3}|[a-z]|[ivx]{2,4})[.)](?:\s+|$)|\((?:\d{1,3}|[a-z]|[ivx]{2,4})\)(?:\s+|$)")


def marker_of(text: str) -> str:
    """The marker that a text begins with, blanks after it included; "" for none."""
    found = _BULLET.match(text) or _NUMBER.match(text)
    return found.group() if found else ""


def is_marker(text: str) -> bool:
    """Tell whether a text is a marker and nothing more."""
    return bool(text) and marker_of(text) == text


def written_marker(marker: str) -> str:
    """How a marker is written in a canonical text: "-" for any bullet."""
    sign = marker.strip()
    return "-" if sign in BULLETS else sign
