"""How well a sentence answers by its form alone: one that defines is sought, one that announces says nothing.

"Now let's implement dropout from scratch" holds the word asked about and tells nothing of it. Code is shown to those
who ask for code. Knows English and blocks, no meaning.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Self

from corpus.types import BlockKind, Document
from tutor.antecedents import points_back
from tutor.types import Query
from tutor.understanding.words import split_words

DEFINES = 0.4  # of the query's weight: outweighs a word more or less; not tuned
ANNOUNCES = -0.35
POINTS_BACK = -0.1
UNFIT = -1.0  # code where prose was asked for: only where there is nothing else

# Matched against small letters, with what all begin with in common: a fourth of the time of IGNORECASE and of every
# branch beginning anew, and of all that is asked of a sentence's form this was four fifths.
_ANNOUNCEMENT = re.compile(
    r"\b(?:let(?:'s|’s| us)\b|we (?:will|shall|now|then|next|go on|introduced?|implement(?:ed)?|explained|described|"
    r"discuss(?:ed)?|begin|start|can (?:now|directly)|are (?:now|going)|have (?:explained|introduced|described|seen|"
    r"discussed|implemented|now)|fix|pass)\b|(?:in|of) (?:this|the (?:next|following|previous|preceding|last)) "
    r"(?:sub)?(?:sections?|chapters?|modules?|lines?)\b|(?:in|from|see) the section [\"“]|"
    r"the following (?:code|sections?|chapters?)\b|you (?:will|should) (?:learn|be able)\b|by the end of this\b|"
    r"illustrated in the figure\b)|"
    r"^(?:this (?:chapter|section|module|code)|in the following|now(?: that)? (?:we|you)|as we|recall|exercises?)\b"
)
_LEADS_ON = re.compile(r"[:?]\W*$")
_FINISHED = re.compile(r"[.!?)\]”\"$|]\W*$")
_FEWEST_WORDS = 4
_DOCUMENTS_KEPT = 20_000  # places of blocks: some 100 bytes each
_CAPTION_WORDS = 9  # what is shorter and has no full stop is a heading, a label or an item of a list
_WANTS_CODE = re.compile(
    r"\b(?:codes?|implement\w*|program\w*|scripts?|snippets?|function call|syntax|in (?:python|pytorch))\b",
    re.IGNORECASE,
)
_SAYS_WHAT = r"(?:is|are|was|were|refers?|means?|denotes?|describes?|represents?)"
_CALLS = r"(?:called|termed|named|known as|referred to as|refer to (?:this|it|these|them) as)"
_NAME = "\ue000"  # stands for the name asked about; for private use, so in no text
_SPELLED = rf"(?<!\w){_NAME}(?:e?s)?(?!\w)"
_DEFINING = re.compile(
    rf"^[^\w{_NAME}]*(?:(?:an?|the|in \w+,) )?(?:[\w-]+ )?{_SPELLED}(?: \([^)]*\))?(?:, [^,]{{1,60}},)? {_SAYS_WHAT}\b"
    rf"(?! (?:illustrated|shown|defined in|slightly|not)\b)|\b{_CALLS} (?:an? |the )?(?:\w+ )?{_SPELLED}"
)


class Blocks:
    """Which kind of block stands at a place of a course's documents, each of which is read when it is asked about."""

    def __init__(self, documents: Mapping[str, Document]) -> None:
        self._documents = documents
        self._in_order = lru_cache(_DOCUMENTS_KEPT)(self._read)

    @classmethod
    def of(cls, documents: Iterable[Document]) -> Self:
        """The blocks of these documents."""
        return cls({document.document_id: document for document in documents})

    def kind_at(self, document_id: str, position: int) -> BlockKind | None:
        """The kind of the last block that begins at or before ``position``; None before the first."""
        starts, kinds = self._in_order(document_id)
        place = bisect_right(starts, position)
        return kinds[place - 1] if place else None

    def _read(self, document_id: str) -> tuple[tuple[int, ...], tuple[BlockKind, ...]]:
        document = self._documents.get(document_id)
        blocks = sorted(document.blocks, key=lambda block: block.char_start) if document else ()
        return tuple(block.char_start for block in blocks), tuple(block.kind for block in blocks)


class Telling:
    """Judges the sentences that may answer one query by their form."""

    def __init__(self, query: Query, blocks: Blocks) -> None:
        self._blocks = blocks
        self._wants_code = _WANTS_CODE.search(query.used) is not None
        self._lists = query.intent == "list"
        asks_what = query.intent in ("define", "explain", "compare")
        names = dict.fromkeys((query.subject, *query.compared)) if asks_what else ()
        self._names = [spellings for name in names if (spellings := _spellings(name))]

    def of(self, sentence: str, document_id: str, position: int) -> float:
        """What to add to a sentence's share of the query's words: more than 0 for a definition, less for no answer."""
        kind = self._blocks.kind_at(document_id, position)
        if kind == "heading" or (kind == "code" and not self._wants_code):
            return UNFIT
        if kind == "code":
            return DEFINES
        folded = sentence.casefold()
        if any(_defines(folded, spellings) for spellings in self._names):
            return DEFINES
        n_words = len(sentence.split())
        is_caption = n_words < _CAPTION_WORDS and not self._lists and not _FINISHED.search(sentence)
        if n_words < _FEWEST_WORDS or is_caption or _LEADS_ON.search(sentence) or _ANNOUNCEMENT.search(folded):
            return ANNOUNCES
        return POINTS_BACK if points_back(sentence) else 0.0


def _spellings(name: str) -> tuple[str, ...]:
    """A name as a sentence may have it, folded: in words apart or joined by hyphens."""
    words = [word.written.casefold() for word in split_words(name)]
    return tuple(dict.fromkeys(joint.join(words) for joint in " -")) if words else ()


def _defines(folded: str, spellings: tuple[str, ...]) -> bool:
    """Whether the sentence, folded, says what the name means.

    The name is replaced by one sign, so that one pattern, compiled once, serves every name; compiling takes longer than
    reading the sentences.
    """
    for spelling in spellings:
        folded = folded.replace(spelling, _NAME)
    return _NAME in folded and _DEFINING.search(folded) is not None
