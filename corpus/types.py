"""The vocabulary of the corpus: courses, documents, sections, blocks and chunks.

Every position is a half-open ``[char_start, char_end)`` pair in Unicode code points into one string, the document's
canonical text: what a person would read, in NFC, with LF line ends. Nothing here knows of vectors, questions or HTTP.
"""

from dataclasses import dataclass, field
from typing import Literal

ChunkKind = Literal["definition", "takeaway", "passage"]
BlockKind = Literal["heading", "paragraph", "list_item", "definition", "table", "code", "formula", "quote"]
FoundBy = Literal["numbered_entry", "bold_entry", "definition_list", "table", "glossary_section", "prose"]


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a document's canonical text: ``text[char_start:char_end]``."""

    char_start: int
    char_end: int


@dataclass(frozen=True, slots=True)
class Block:
    """One block of a document: a paragraph, list item, table and so on, as the reader found it.

    ``char_start:char_end`` covers what is read, without markup. ``bold_lead`` is the block's opening words that the
    author set in bold ("**acne**: skin condition ..."), which is how many authors mark a term. In a block of kind
    "definition" (from a definition list) it is the term. A list item begins with its marker ("- " or "12. ").
    """

    kind: BlockKind
    char_start: int
    char_end: int
    level: int = 0  # headings: 1 to 6; list items and what follows inside them: nesting depth from 1; else 0
    bold_lead: str = ""
    emphasised: tuple[Span, ...] = ()  # words set in bold or italics: how authors mark a new term in running text
    aliases: tuple[str, ...] = ()  # definitions: other names that the file lists beside the text, as a glossary does


@dataclass(frozen=True, slots=True)
class Section:
    """One heading and the text under it, up to the next heading of the same or a higher level.

    ``char_start:char_end`` covers the heading line, its own text and its subsections. A document's text before the
    first heading belongs to a section of level 0 whose heading is the document's title.
    """

    heading: str
    level: int
    heading_path: tuple[str, ...]  # ("Chapter 5: The Integumentary System", "5.1 Layers of the Skin")
    char_start: int
    char_end: int


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a PDF, or a slide: which stretch of the canonical text stands on it.

    Pages are in order and do not overlap; text that stands on no page belongs to none.
    """

    index: int  # from 0: the page's place in the file
    label: str  # as printed on it or named by the file: "xii", "12", "Slide 3"; empty when unknown, never a guess
    char_start: int
    char_end: int
    width: float = 0.0  # in points (1/72 inch); 0 where the format has no geometry
    height: float = 0.0


@dataclass(frozen=True, slots=True)
class TextBox:
    """Where a stretch of text, at most a line of it, stands on its page, in points from the page's top left corner."""

    page_index: int
    char_start: int
    char_end: int
    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True, slots=True)
class Document:
    """One course file, or one item of a package of files, as a person would read it."""

    course_id: str
    document_id: str  # unique in the course, URL-safe; stable as long as the file keeps its path
    title: str
    text: str  # canonical: NFC, LF, no markup
    sections: tuple[Section, ...]
    blocks: tuple[Block, ...]
    source_name: str  # path inside the course folder, for people: "week-1/intro.md"
    source_sha256: str  # of the file's bytes
    pages: tuple[Page, ...] = ()  # empty when the format has no pages
    boxes: tuple[TextBox, ...] = ()  # in order of their text; only where the format has geometry
    activity: str = ""  # what the item is in its learning platform: "page", "book chapter", "label"; empty elsewhere
    link: str = ""  # where the learning platform shows it: an http(s) address; empty when unknown


@dataclass(frozen=True, slots=True)
class Chunk:
    """A definition, takeaway or passage: the unit that is embedded, retrieved and cited.

    Invariant: ``document.text[char_start:char_end] == text``, so every citation can be checked. ``sentences`` cut the
    chunk at sentence ends; they lie inside it, in order, and do not overlap; a formula, table or code block is never
    cut. All offsets are into the document.
    """

    chunk_id: str  # hash of document id, kind, section path and normalised text: survives re-indexing
    course_id: str
    document_id: str
    document_title: str
    kind: ChunkKind
    heading_path: tuple[str, ...]
    text: str
    char_start: int
    char_end: int
    sentences: tuple[Span, ...]
    term: str = ""  # definitions: the term defined, as the course spells it
    aliases: tuple[str, ...] = ()  # definitions: acronym, plural, other names
    found_by: FoundBy | None = None  # definitions: which shape told us
    page: int | None = None  # where it begins, from 1; None when the format has no pages: never a guess


@dataclass(frozen=True, slots=True)
class SkippedFile:
    """A file of the course folder that could not be read, and why; the others are read all the same."""

    source_name: str
    reason: str


ItemOutcome = Literal["read", "partly", "skipped", "failed"]


@dataclass(frozen=True, slots=True)
class ItemReport:
    """What became of one item of an upload, and why: a file has one item, a package as many as it lists."""

    name: str  # path or title inside the upload, for people
    outcome: ItemOutcome
    reason: str = ""  # what was left out and why, in words for an instructor; empty when all of it was read
    document_id: str = ""  # of the document it became
    n_chars: int = 0  # of canonical text; 0 is said plainly


@dataclass(frozen=True, slots=True)
class SourceReading:
    """An uploaded file as it was read: its documents, in reading order, and a report on every item."""

    documents: tuple[Document, ...]
    items: tuple[ItemReport, ...]


@dataclass(frozen=True, slots=True)
class Course:
    """A course: its documents, in reading order, and what the course folder says about itself."""

    course_id: str  # [a-z0-9-], the folder's name unless course.toml says otherwise
    title: str
    documents: tuple[Document, ...]
    description: str = ""
    language: str = "en"
    licence: str = ""
    suggested_questions: tuple[str, ...] = ()
    skipped: tuple[SkippedFile, ...] = field(default=())
