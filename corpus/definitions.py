"""Definitions that have the shape of an entry: a term, a mark between, and its meaning.

Numbered entries, bold terms, definition lists, two-column tables and the lines of a glossary. Sentences of running text
that define something are in ``corpus.prose_definitions``.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from corpus.names import TermNames, aliases_in, names_of
from corpus.section_roles import SectionRole
from corpus.terms import is_plausible_term
from corpus.types import Block, FoundBy, Span
from corpus.written_words import WrittenWords

_ENTRY_KINDS = ("paragraph", "list_item", "definition", "quote")
_LIST_MARKER = re.compile(r"(?:(?P<number>\d{1,9}[.)])|[-*+•])\s+")
_MARK = re.compile(r":\s+|\s[—–]\s+|\s--?\s+|—")
_BOLD_MARK = re.compile(r"(?P<alias>\s*\([^()]{1,80}\))?(?:\s*:\s*|\s[—–]\s+|\s--?\s+|—\s*)")
_SAYS_WHAT_IT_IS = re.compile(r"(?:is|are)\s+(?:an?|the|any|one)\b|(?:refers?|means|denotes?)\b")
_PARENTHESES = re.compile(r"\s*\([^()]*\)")
_HEAD_CHARS = 140  # the mark is looked for this far; a term and its aliases are shorter
_MIN_MEANING_CHARS = 3
_MAX_ENTRY_CHARS = 3000  # a longer "entry" is a section of its own
_MIN_RUN = 3  # numbered or bulleted entries that follow each other in the same shape are a list of terms
_RUN_SHARE = 0.75
_TABLE_HEAD = re.compile(
    r"(?:key\s+)?(?:terms?|words?|concepts?|names?|acronyms?|abbreviations?|vocabulary|symbols?|notation|expressions?)"
    r"\s\|\s.+|.+\s\|\s(?:the\s+)?(?:definitions?|meanings?|explanations?|stands for|what it means|in words)",
    re.IGNORECASE,
)
_ALSO = re.compile(r"(?:also|or|plural|singular|abbreviated|abbreviation|aka|a\.k\.a\.)\b", re.IGNORECASE)
_LEADING_PARENTHESES = re.compile(r"\(([^()]{2,80})\)")
_ALSO_AT_END = re.compile(
    r"[;,(]\s*(?:also|sometimes|often|commonly|otherwise)(?:,|\s+(?:called|known as|referred to as|termed|named))\s+"
    r"(?P<alias>[^,.;:()]{2,60})\)?\.?$"
)


@dataclass(frozen=True, slots=True)
class Definition:
    """A definition found in a document; ``span`` is what will be quoted, ``blocks`` what it takes from the passages."""

    names: TermNames
    span: Span
    found_by: FoundBy
    blocks: tuple[Block, ...] = ()


@dataclass(frozen=True, slots=True)
class _Entry:
    """A block that has the shape of an entry: where it begins, the words of its term, and where its meaning begins."""

    block: Block
    start: int
    head: str
    meaning_start: int
    is_numbered: bool
    repeats_term: bool  # "Radiomics: Radiomics ..."
    explains_term: bool  # "Radiomics: Radiomics is a ..."


def find_entries(
    text: str, blocks: Sequence[Block], role: SectionRole, heading: str, written: WrittenWords
) -> list[Definition]:
    """Return the entries among the blocks of one section, in order.

    In a glossary every block of the shape "term: meaning" is an entry. Elsewhere the author must have marked the term:
    in bold, in a definition list, in a table headed so, by repeating it ("Radiomics: Radiomics is ..."), by a numbered
    list of such entries, or as the heading of the section.
    """
    entries = [_read_entry(text, block, role) for block in blocks]
    listed = _entries_of_term_lists(blocks, entries)
    found: list[Definition] = []
    taken_until = 0
    for number, (block, entry) in enumerate(zip(blocks, entries, strict=True)):
        if block.char_start < taken_until:
            continue
        if block.kind == "table":
            found.extend(_table_entries(text, block, role, written))
        elif entry is not None and (found_by := _how_found(entry, role, heading, is_listed=number in listed)):
            taken = (block, *_continuation(blocks, number, entry.start))
            taken_until = taken[-1].char_end
            others = [*block.aliases, *_other_names(text[entry.meaning_start : block.char_end])]
            span = Span(entry.start, taken_until)
            found.append(Definition(names_of(entry.head, others, written), span, found_by, taken))
    return found


def _read_entry(text: str, block: Block, role: SectionRole) -> _Entry | None:
    if block.kind not in _ENTRY_KINDS or block.char_end - block.char_start > _MAX_ENTRY_CHARS:
        return None
    marker = _LIST_MARKER.match(text, block.char_start, block.char_end) if block.kind == "list_item" else None
    start = marker.end() if marker else block.char_start
    split = _split_bold(text, start, block, role) if block.bold_lead else _split_plain(text, start, block.char_end)
    if split is None:
        return None
    head, meaning_start = split
    meaning = text[meaning_start : block.char_end]
    if not is_plausible_term(head, may_be_label=role == "glossary") or len(meaning) < _MIN_MEANING_CHARS:
        return None
    after_term = _after_repeated_term(head, meaning)
    return _Entry(
        block,
        start,
        head,
        meaning_start,
        is_numbered=bool(marker and marker["number"]),
        repeats_term=after_term is not None,
        explains_term=after_term is not None and _SAYS_WHAT_IT_IS.match(after_term) is not None,
    )


def _split_bold(text: str, start: int, block: Block, role: SectionRole) -> tuple[str, int] | None:
    """Split "**term** (alias): meaning" or "**term:** meaning" where the bold words end."""
    bold_end = start + len(block.bold_lead)
    head = block.bold_lead.rstrip()
    mark = _BOLD_MARK.match(text, bold_end, block.char_end)
    if mark is not None:
        return head.rstrip(".") + (mark["alias"] or ""), mark.end()
    meaning = text[bold_end : block.char_end].lstrip()
    # "**Radiomics.** field of study": a capital after the full stop would make the bold words a run-in heading.
    marks = (":", "—", "–", ".") if meaning[:1].islower() or role == "glossary" else (":", "—", "–")
    if not head.endswith(marks):
        return None
    return head.rstrip(":—–. "), block.char_end - len(meaning)


def _split_plain(text: str, start: int, end: int) -> tuple[str, int] | None:
    window = text[start : min(end, start + _HEAD_CHARS)]
    mark = _MARK.search(window)
    return (window[: mark.start()], start + mark.end()) if mark else None


def _after_repeated_term(head: str, meaning: str) -> str | None:
    """Return what follows if a meaning begins with the term itself, as encyclopedias write; None if it does not."""
    term = _PARENTHESES.sub("", head).casefold().split()
    first = _PARENTHESES.sub("", meaning[: 2 * _HEAD_CHARS]).casefold().split()
    if first and first[0] in ("a", "an", "the"):
        first = first[1:]
    return " ".join(first[len(term) :]) if first[: len(term)] == term else None


def _entries_of_term_lists(blocks: Sequence[Block], entries: Sequence[_Entry | None]) -> set[int]:
    """Return the numbers of the entries in numbered lists of terms.

    One item "1. Training: adjust the weights" is a step. A list of three or more items, most of which are entries and
    half of which repeat their term, is a list of terms, and the entries that do not repeat theirs belong to it.
    """
    listed: set[int] = set()
    run: list[int] = []
    for number in range(len(blocks) + 1):
        if number < len(blocks) and blocks[number].kind == "list_item":
            run.append(number)
            continue
        shaped = [item for item in run if (entry := entries[item]) is not None and entry.is_numbered]
        repeating = sum(1 for item in shaped if (entry := entries[item]) is not None and entry.repeats_term)
        if len(shaped) >= _MIN_RUN and len(shaped) >= _RUN_SHARE * len(run) and repeating * 2 >= len(shaped):
            listed.update(shaped)
        run = []
    return listed


def _how_found(entry: _Entry, role: SectionRole, heading: str, *, is_listed: bool) -> FoundBy | None:
    if role == "takeaways":
        return None
    if entry.block.kind == "definition":
        return "definition_list"
    is_marked = is_listed or entry.explains_term or heading.casefold() == entry.head.casefold()
    if entry.is_numbered and (is_marked or role == "glossary"):
        return "numbered_entry"
    if entry.block.bold_lead:
        return "bold_entry"
    return "glossary_section" if role == "glossary" or is_marked else None


def _continuation(blocks: Sequence[Block], number: int, start: int) -> list[Block]:
    """Return the blocks that belong to the same list item or definition list entry, unless that makes a chapter."""
    first = blocks[number]
    inner = first.level if first.kind == "list_item" else first.level + 1
    if first.kind not in ("list_item", "definition"):
        return []
    following: list[Block] = []
    for block in blocks[number + 1 :]:
        if block.level < inner or (block.kind == "list_item" and block.level == first.level):
            break
        if block.char_end - start > _MAX_ENTRY_CHARS or block.kind == "definition":
            break
        following.append(block)
    return following


def _other_names(meaning: str) -> list[str]:
    """Return the names that a meaning gives: "(also, X) ..." at its beginning, "...; also called X" at its end."""
    leading = _LEADING_PARENTHESES.match(meaning)
    at_end = _ALSO_AT_END.search(meaning)
    names = list(aliases_in(leading.group(1))) if leading and _ALSO.match(leading.group(1)) else []
    return names + (list(aliases_in(at_end["alias"])) if at_end else [])


def _table_entries(text: str, block: Block, role: SectionRole, written: WrittenWords) -> list[Definition]:
    """Read a table of two columns as terms and meanings, if its head says so or it stands in a glossary.

    The table stays in its passage as well: a row may need its head to be understood.
    """
    table = text[block.char_start : block.char_end]
    lines = table.split("\n")
    if role == "takeaways" or any(line.count(" | ") != 1 for line in lines):
        return []
    has_head = _TABLE_HEAD.fullmatch(lines[0]) is not None
    if not has_head and role != "glossary":
        return []
    found: list[Definition] = []
    start = block.char_start
    for number, line in enumerate(lines):
        head, meaning = line.split(" | ")
        if (
            (number > 0 or not has_head)
            and is_plausible_term(head, may_be_label=True)
            and len(meaning) >= _MIN_MEANING_CHARS
        ):
            names = names_of(head, _other_names(meaning), written)
            found.append(Definition(names, Span(start, start + len(line)), "table"))
        start += len(line) + 1
    return found
