"""A Moodle glossary: what Glossary → Import entries takes (and corpus/moodle_glossary.py reads)."""

import html
import xml.etree.ElementTree as ET
from collections.abc import Iterable

from tutor.exports.entries import ExportEntry

MEDIA_TYPE = "application/xml"

_HTML_FORMAT = "1"
_XML_FORBIDDEN = dict.fromkeys([*range(0x00, 0x09), 0x0B, 0x0C, *range(0x0E, 0x20), 0xFFFE, 0xFFFF])


def moodle_glossary(title: str, entries: Iterable[ExportEntry]) -> bytes:
    """The entries as one glossary; definitions carry their place, so that learners find the source."""
    root = ET.Element("GLOSSARY")
    info = ET.SubElement(root, "INFO")
    _add(info, "NAME", title)
    _add(info, "INTRO", "")
    _add(info, "INTROFORMAT", _HTML_FORMAT)
    listed = ET.SubElement(info, "ENTRIES")
    for entry in entries:
        element = ET.SubElement(listed, "ENTRY")
        _add(element, "CONCEPT", entry.heading)
        _add(element, "DEFINITION", f"<p>{html.escape(entry.text)}</p><p><small>{html.escape(entry.place)}</small></p>")
        _add(element, "FORMAT", _HTML_FORMAT)
        _add(element, "USEDYNALINK", "1")
        _add(element, "CASESENSITIVE", "0")
        _add(element, "FULLMATCH", "1")
        _add(element, "TEACHERENTRY", "1")
        if entry.aliases:
            aliases = ET.SubElement(element, "ALIASES")
            for alias in entry.aliases:
                _add(ET.SubElement(aliases, "ALIAS"), "NAME", alias)
    xml: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return xml


def _add(parent: ET.Element, name: str, text: str) -> None:
    ET.SubElement(parent, name).text = text.translate(_XML_FORBIDDEN)
