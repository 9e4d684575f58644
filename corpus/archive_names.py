"""Names of archive entries: which of them are not to be trusted, and how a name is shown.

No name is ever used on a disk; those that try to lead somewhere are refused all the same, and said aloud.
"""

import re
import stat

from corpus.decoding import clean_text

MAX_NAME_CHARS = 1_000  # Windows allows 260, Linux 4,096; a real export stays far below
_DRIVE = re.compile(r"[A-Za-z]:")
_KINDS = (
    (stat.S_IFLNK, "a symbolic link; pack the file itself"),
    (stat.S_IFBLK, "a device, not a file"),
    (stat.S_IFCHR, "a device, not a file"),
    (stat.S_IFIFO, "a pipe, not a file"),
    (stat.S_IFSOCK, "a socket, not a file"),
)


def plain_name(raw_name: str) -> str:
    """Return a name in NFC without characters that a reader cannot see, as it is looked up and shown."""
    shown = clean_text(raw_name[:MAX_NAME_CHARS].encode("utf-8", "replace").decode()).replace("\n", " ").strip()
    return shown.removeprefix("./")


def fault_of_name(raw_name: str) -> str:
    """Return why an entry of this name is not read, or ""."""
    if len(raw_name) > MAX_NAME_CHARS:
        return f"its name has more than {MAX_NAME_CHARS:,} characters"
    if "\0" in raw_name:
        return "its name has a NUL character"
    if "\\" in raw_name:
        return "its name has a backslash; pack it with / between folders"
    if raw_name.startswith("/") or _DRIVE.match(raw_name):
        return "its name is an absolute path"
    if ".." in raw_name.split("/"):
        return "its name leads out of the archive (..)"
    return "" if plain_name(raw_name) else "it has no name"


def kind_of_unix_mode(mode: int) -> str:
    """Return why an entry of this Unix mode is not read, or "" for a plain file."""
    return next((what for kind, what in _KINDS if stat.S_IFMT(mode) == kind), "")
