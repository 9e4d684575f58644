"""Names that are safe in a URL, made from file and folder names."""

import hashlib
import re
import unicodedata

_SEPARATORS = re.compile(r"[^a-z0-9]+")
_MAX_CHARS = 80


def slug(name: str) -> str:
    """Return ``name`` in [a-z0-9-]: "Week 1: Été" becomes "week-1-ete"; a name without Latin letters becomes a hash."""
    plain = unicodedata.normalize("NFKD", name.casefold()).encode("ascii", "ignore").decode().lower()
    cut = _SEPARATORS.sub("-", plain).strip("-")[:_MAX_CHARS].strip("-")
    return cut or f"x{short_hash(name)}"


def short_hash(name: str) -> str:
    """Return eight hex digits that tell ``name`` from others."""
    return hashlib.sha256(name.encode("utf-8", "surrogateescape")).hexdigest()[:8]
