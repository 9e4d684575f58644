"""Write a set of words as a block of text: shorter to read, and to change, than a hundred quoted strings."""


def word_set(listed: str) -> frozenset[str]:
    """Return the words of ``listed``, which are separated by blanks and line ends."""
    return frozenset(listed.split())
