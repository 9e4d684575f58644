"""Documents become chunks: definitions, takeaways and passages, each an exact span of its document.

Every word under a heading is in a passage, a takeaway or an entry of a glossary; sentences of running text that define
something are definitions as well as part of their passage. The chunker knows nothing of embeddings but their size.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from corpus.chunk_ids import ChunkIds
from corpus.definitions import Definition, find_entries
from corpus.packing import Piece, pack
from corpus.pages import page_at
from corpus.prose_definitions import find_prose_definitions
from corpus.section_roles import role_of
from corpus.sections import HEADING_SEPARATOR, SectionBlocks, sections_with_blocks
from corpus.takeaways import BlockGroup, group_blocks
from corpus.text_units import Unit, units_of
from corpus.types import Block, Chunk, ChunkKind, Document, FoundBy, Span
from corpus.unit_sizes import UnitSizes
from corpus.written_words import WrittenWords

_MAX_HEADING_CHARS = 160  # of the path that is embedded with a chunk: about 40 tokens of 256
_MIN_PASSAGE_TOKENS = 64  # however long the heading path, this much is left for the text


@dataclass(frozen=True, slots=True)
class _Draft:
    """A chunk before it has an id."""

    kind: ChunkKind
    span: Span
    sentences: tuple[Span, ...]
    definition: Definition | None = None


def chunk_document(
    document: Document, *, count_tokens: Callable[[str], int], max_tokens: int = 256
) -> tuple[Chunk, ...]:
    """Cut a document into chunks, in reading order.

    Args:
        document: What a reader made of a course file.
        count_tokens: Tokens of a text, as the embedding model counts them, special tokens included; called about once
            for every sentence.
        max_tokens: What the model reads of one text. A passage fits it together with its heading path (see
            ``embedding_text``), unless a single table, formula or code block is larger.

    Returns:
        Chunks by their start, a definition before the passage it stands in.
    """
    sizes = UnitSizes(document.text, count_tokens)
    written = WrittenWords(document.text)
    ids = ChunkIds(document.document_id)
    chunks: list[Chunk] = []
    for part in sections_with_blocks(document):
        budget = max(_MIN_PASSAGE_TOKENS, max_tokens - sizes.of_heading(_heading_line(part.section.heading_path)))
        drafts = _drafts(document.text, part, sizes, budget, written)
        in_order = sorted(drafts, key=lambda draft: (draft.span.char_start, draft.kind))
        chunks.extend(_chunk(document, part, draft, ids) for draft in in_order)
    return tuple(chunks)


def embedding_text(chunk: Chunk) -> str:
    """Return what is embedded for a chunk: the headings that name its topic, shortened from the outside, and its text.

    A definition names its topic itself, and "Key takeaways" names none: such headings only pull the vectors of all
    definitions and takeaways together. Measured on the bundled course's questions, leaving them out raises the mean
    similarity of a question to its answer from .46 to .52, and that of off-topic questions by .015.
    """
    heading = _heading_line(_topic_headings(chunk))
    return f"{heading}\n{chunk.text}" if heading else chunk.text


def _topic_headings(chunk: Chunk) -> tuple[str, ...]:
    if chunk.kind == "definition":
        return ()
    if chunk.kind == "takeaway":
        return tuple(heading for heading in chunk.heading_path[1:] if role_of((heading,)) == "body")
    return chunk.heading_path


def _heading_line(heading_path: tuple[str, ...]) -> str:
    path = list(heading_path)
    while len(path) > 1 and len(HEADING_SEPARATOR.join(path)) > _MAX_HEADING_CHARS:
        path.pop(0)
    return HEADING_SEPARATOR.join(path)[:_MAX_HEADING_CHARS]


def _drafts(text: str, part: SectionBlocks, sizes: UnitSizes, budget: int, written: WrittenWords) -> Iterator[_Draft]:
    role = role_of(part.section.heading_path)
    entries = find_entries(text, part.blocks, role, part.section.heading, written)
    for entry in entries:
        yield _Draft("definition", entry.span, _entry_sentences(text, entry), entry)
    taken = {block for entry in entries for block in entry.blocks}
    for run in _runs_without(part.blocks, taken):
        for group in group_blocks(text, run, role):
            units = sizes.cut_oversized(units_of(text, group.blocks), budget)
            yield from _pack_group(text, group, units, sizes, budget)
        if role == "body":
            for found in find_prose_definitions(text, units_of(text, run), run, written):
                yield _Draft("definition", found.span, _sentences_within(text, run, found.span), found)


def _runs_without(blocks: Sequence[Block], taken: set[Block]) -> Iterator[list[Block]]:
    """Yield the runs of blocks between those taken by entries."""
    run: list[Block] = []
    for block in blocks:
        if block not in taken:
            run.append(block)
        elif run:
            yield run
            run = []
    if run:
        yield run


def _pack_group(text: str, group: BlockGroup, units: Sequence[Unit], sizes: UnitSizes, budget: int) -> Iterator[_Draft]:
    pieces = [Piece(sizes.of_unit(unit), unit.closes_block, text[unit.char_end - 1] == ":") for unit in units]
    for numbers in pack(pieces, budget):
        packed = [units[number] for number in numbers]
        quotable = [unit.span for unit in packed if unit.is_quotable]
        if not quotable:
            continue  # the title or the credit of a figure, and nothing else
        lone_item = group.kind == "takeaway" or len({unit.block_start for unit in packed}) == 1
        start = packed[0].char_start if lone_item or not packed[0].opens_block else packed[0].block_start
        yield _Draft(group.kind, Span(start, packed[-1].char_end), tuple(quotable))


def _entry_sentences(text: str, entry: Definition) -> tuple[Span, ...]:
    if not entry.blocks:  # a row of a table
        return (entry.span,)
    return _sentences_within(text, entry.blocks, entry.span)


def _sentences_within(text: str, blocks: Sequence[Block], span: Span) -> tuple[Span, ...]:
    inside = [block for block in blocks if block.char_start < span.char_end and block.char_end > span.char_start]
    spans = [unit.span for unit in units_of(text, inside)]
    return tuple(found for found in spans if span.char_start <= found.char_start and found.char_end <= span.char_end)


def _chunk(document: Document, part: SectionBlocks, draft: _Draft, ids: ChunkIds) -> Chunk:
    text = document.text[draft.span.char_start : draft.span.char_end]
    names = draft.definition.names if draft.definition else None
    found_by: FoundBy | None = draft.definition.found_by if draft.definition else None
    path = part.section.heading_path
    page = page_at(document, draft.span.char_start)
    return Chunk(
        chunk_id=ids.next_id(draft.kind, path, text),
        course_id=document.course_id,
        document_id=document.document_id,
        document_title=document.title,
        kind=draft.kind,
        heading_path=path,
        text=text,
        char_start=draft.span.char_start,
        char_end=draft.span.char_end,
        sentences=draft.sentences,
        term=names.term if names else "",
        aliases=names.aliases if names else (),
        found_by=found_by,
        page=page.index + 1 if page else None,
    )
