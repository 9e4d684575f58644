"""Sentences of running text that define a term: "A keratinocyte is a cell that manufactures keratin."

Precision before recall: a wrong definition is shown to a student first of all, a missed one is still in its passage.
"""

from collections.abc import Sequence

from corpus.definitions import Definition
from corpus.terms import WrittenWords
from corpus.text_units import Unit
from corpus.types import Block


def find_prose_definitions(
    text: str, units: Sequence[Unit], blocks: Sequence[Block], written: WrittenWords
) -> list[Definition]:
    """Return the defining sentences among the units of one section, in order."""
    return []
