"""Takeaways: what the course itself says is to be remembered.

Every bullet of a section such as "Key takeaways" is one; its paragraphs are packed like passages. A paragraph that
opens with "In conclusion," is a takeaway wherever it stands.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from corpus.section_roles import SectionRole, concludes
from corpus.types import Block, ChunkKind


@dataclass(frozen=True, slots=True)
class BlockGroup:
    """Consecutive blocks that are chunked together, and as what."""

    kind: ChunkKind
    blocks: tuple[Block, ...]


def group_blocks(text: str, blocks: Sequence[Block], role: SectionRole) -> Iterator[BlockGroup]:
    """Part consecutive blocks of one section into takeaways and passages, in order; together they are all blocks."""
    group: list[Block] = []
    for block in blocks:
        if group and _parts(text, group, block, role):
            yield BlockGroup(_kind_of(text, group, role), tuple(group))
            group = []
        group.append(block)
    if group:
        yield BlockGroup(_kind_of(text, group, role), tuple(group))


def _parts(text: str, group: Sequence[Block], block: Block, role: SectionRole) -> bool:
    """Tell whether ``block`` begins a group of its own."""
    if role != "takeaways":
        return _concludes(text, block) or _concludes(text, group[-1])
    if group[0].kind == "list_item":  # what stands inside an item belongs to it
        return block.level < group[0].level or (block.kind == "list_item" and block.level == group[0].level)
    return block.kind == "list_item"


def _kind_of(text: str, group: Sequence[Block], role: SectionRole) -> ChunkKind:
    if role == "takeaways":
        # "In this chapter you learned the following:" introduces takeaways and is none.
        is_lead_in = text[group[0].char_start : group[-1].char_end].endswith(":")
        return "passage" if is_lead_in else "takeaway"
    return "takeaway" if _concludes(text, group[0]) else "passage"


def _concludes(text: str, block: Block) -> bool:
    return block.kind == "paragraph" and concludes(text[block.char_start : block.char_start + 40])
