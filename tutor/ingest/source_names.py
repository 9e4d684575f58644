"""Names that strangers gave their files become names that are kept, shown and turned into ids.

A name is a label and never a path on this machine: files are stored by the hash of their bytes.
"""

import unicodedata
from pathlib import PurePosixPath

from corpus.slugs import short_hash, slug
from tutor.state.columns import NAME_CHARS

MAX_NAME_CHARS = 300  # shown in tables; far below the column's width, and above what file systems allow a name
UNNAMED = "unnamed"

if MAX_NAME_CHARS > NAME_CHARS:
    raise AssertionError("a name must fit its column")


def clean_source_name(given: str) -> str:
    """The name to keep: relative, without ``..``, control characters or blanks at its ends, of bounded length.

    A name that is too long keeps its ending, which may tell the format, and gets a hash that tells it from others.
    """
    text = unicodedata.normalize("NFC", given).replace("\\", "/")
    text = "".join(c for c in text if unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"))
    parts = [part.strip() for part in text.split("/")]
    name = "/".join(part for part in parts if part not in ("", ".", "..")) or UNNAMED
    if len(name) <= MAX_NAME_CHARS:
        return name
    ending = PurePosixPath(name).suffix[:20]
    tail = f"~{short_hash(given)}{ending}"
    return name[: MAX_NAME_CHARS - len(tail)].rstrip() + tail


def document_id_of(source_name: str) -> str:
    """The id of the document that a source becomes: a name for URLs that depends on nothing but the source's name.

    So it survives every new version of the file, and no order of uploads changes it. ``week-1/intro.md`` becomes
    ``week-1--intro``; a name that this does not give back as it was gets a hash, so that two never meet.
    """
    path = PurePosixPath(source_name)
    plain = "--".join(slug(part) for part in path.with_suffix("").parts)
    if f"{plain.replace('--', '/')}.md" == source_name:
        return plain
    return f"{plain[:120]}-{short_hash(source_name)}"
