"""A Moodle glossary becomes a document of definitions: each entry with its term, its meaning and its other names.

Both of Moodle's shapes are read: the glossary's own export, and its part of a course backup.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from corpus.document_reading import document_of, require_text, title_from_name
from corpus.document_writer import DocumentWriter, ReadText
from corpus.errors import UnreadableFile
from corpus.moodle_text import moodle_line, moodle_value, read_moodle_text
from corpus.types import ItemOutcome, ItemReport, SourceReading
from corpus.xml_reading import Element, child, children, local_name, parse_xml


@dataclass(frozen=True, slots=True)
class GlossaryEntry:
    """One entry of a glossary."""

    term: str
    meaning: str  # as Moodle keeps it
    meaning_format: str
    aliases: tuple[str, ...]


def read_moodle_glossary(data: bytes, source_name: str, *, course_id: str, document_id: str) -> SourceReading:
    """Read the XML file that Moodle's "Export entries" gives.

    Raises:
        UnreadableFile: If it is damaged, is no glossary, or has no entries.
    """
    root = parse_xml(data, source_name)
    info = child(root, "INFO")
    if local_name(root) != "GLOSSARY" or info is None:
        raise UnreadableFile(source_name, "not a Moodle glossary; export it from the glossary's page in Moodle")
    title = moodle_line(info, "NAME") or title_from_name(PurePosixPath(source_name).stem)
    intro = (moodle_value(info, "INTRO"), moodle_value(info, "INTROFORMAT"))
    found, left_out = write_glossary(_exported_entries(info), intro, source_name)
    require_text(found, source_name)
    document = document_of(found, data, source_name, title=title, course_id=course_id, document_id=document_id)
    outcome: ItemOutcome = "partly" if left_out else "read"
    return SourceReading((document,), (ItemReport(source_name, outcome, left_out, document_id, len(document.text)),))


def write_glossary(entries: Iterator[GlossaryEntry], intro: tuple[str, str], source_name: str) -> tuple[ReadText, str]:
    """Write a glossary as definitions, in its own order; return it, and what was left out.

    Args:
        entries: The entries.
        intro: The glossary's introduction and its format.
        source_name: What it is, for messages.

    Raises:
        UnreadableFile: If an entry cannot be read.
    """
    writer = DocumentWriter()
    notes: list[str] = []
    writer.add_all(read_moodle_text(*intro, source_name)[0], headings=False)
    for entry in entries:
        meaning, note = read_moodle_text(entry.meaning, entry.meaning_format, source_name)
        if note:
            notes.append(f"{entry.term}: {note}")
        if not meaning.blocks or not entry.term:
            continue
        first, *rest = meaning.blocks
        writer.add_definition(entry.term, meaning.text[first.char_start : first.char_end], aliases=entry.aliases)
        # What follows in the entry belongs to its depth, as in a definition list.
        writer.add_all(replace(meaning, blocks=tuple(rest)), level=1, headings=False)
    return writer.finish(""), "; ".join(notes)


def backup_entries(glossary: Element) -> Iterator[GlossaryEntry]:
    """Yield the approved entries of a glossary in a course backup."""
    for entry in children(child(glossary, "entries"), "entry"):
        if moodle_value(entry, "approved") == "0":
            continue
        aliases = children(child(entry, "aliases"), "alias")
        yield GlossaryEntry(
            moodle_line(entry, "concept"),
            moodle_value(entry, "definition"),
            moodle_value(entry, "definitionformat"),
            tuple(filter(None, (moodle_line(alias, "alias_text") for alias in aliases))),
        )


def _exported_entries(info: Element) -> Iterator[GlossaryEntry]:
    for entry in children(child(info, "ENTRIES"), "ENTRY"):
        aliases = children(child(entry, "ALIASES"), "ALIAS")
        yield GlossaryEntry(
            moodle_line(entry, "CONCEPT"),
            moodle_value(entry, "DEFINITION"),
            moodle_value(entry, "FORMAT"),
            tuple(filter(None, (moodle_line(alias, "NAME") for alias in aliases))),
        )
