"""Which names a document uses."""

import re
from functools import cache

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")


class WrittenWords:
    """The words of one document, to ask whether a name occurs in it as whole words.

    Names all in capitals are looked for as they are; others without regard to case.
    """

    def __init__(self, text: str) -> None:
        self._folded_text = text.casefold()
        self._exact = f" {' '.join(_WORD.findall(text))} "
        self._folded = self._exact.casefold()
        self._is_written = cache(self._search)

    def __contains__(self, name: str) -> bool:
        return self._is_written(name)

    def introduces(self, term: str, acronym: str) -> bool:
        """Tell whether the document writes "term (acronym)" somewhere."""
        return f"{term} ({acronym})".casefold() in self._folded_text

    def count(self, name: str) -> int:
        """How often a name occurs, without regard to case."""
        return self._folded.count(f" {' '.join(_WORD.findall(name))} ".casefold())

    def _search(self, name: str) -> bool:
        words = f" {' '.join(_WORD.findall(name))} "
        is_acronym = name.isupper() or name.removesuffix("s").isupper()
        return words in self._exact if is_acronym else words.casefold() in self._folded
