"""What each kind of Moodle activity has to read: pages, books, glossaries and so on, each by its own XML.

Questions, answers, submissions, forum posts and people are never read: a learner must not get a solution from the
tutor, and nobody's words but the instructor's are the course.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from corpus.document_writer import DocumentWriter, ReadText
from corpus.moodle_glossary import backup_entries, write_glossary
from corpus.moodle_text import moodle_line, moodle_value, read_moodle_text
from corpus.xml_reading import Element, child, children

NEVER_READ = {  # kind: what the report says
    "quiz": "a quiz: questions and answers are never read",
    "lesson": "a lesson: its questions and answers are never read; put its text on pages",
    "choice": "a poll: nothing to read",
    "feedback": "a questionnaire: nothing to read",
    "survey": "a questionnaire: nothing to read",
    "lti": "an external tool: its contents are not in the backup",
    "scorm": "a SCORM package: not read; upload its texts as HTML or PDF",
    "h5pactivity": "an H5P activity: not read, since its answers lie beside its text",
    "hvp": "an H5P activity: not read, since its answers lie beside its text",
    "imscp": "a content package: not read; upload it by itself",
    "chat": "a chat: learners' words are never read",
    "workshop": "a workshop: learners' work is never read",
    "attendance": "a register of learners: never read",
    "bigbluebuttonbn": "a video meeting: nothing to read",
    "subsection": "",  # its activities are read in their place
    "qbank": "a question bank: questions and answers are never read",
}
_PRINTS_INTRO = re.compile(r's:10:"printintro";(?:i:1;|s:1:"1";)')
_ID = re.compile(r"\d{1,20}")
_READABLE_FIELDS = ("text", "textarea", "number", "menu", "radiobutton", "checkbox", "multimenu")


@dataclass(frozen=True, slots=True)
class ActivityPart:
    """A stretch of an activity that is a document of its own, and how its text is read."""

    key: str  # added to the activity's key; "" if it is the whole
    title: str  # "" if it has none but the activity's
    label: str  # for people: "page", "book chapter"
    query: str  # added to the activity's address
    read: Callable[[], tuple[ReadText, str]]
    left_out: str = ""  # why learners do not see it
    headings: tuple[str, ...] = ()  # of the activity around it


def parts_of(kind: str, element: Element, *, shows_description: bool, name: str) -> Iterator[ActivityPart]:
    """Yield the texts of an activity that is read.

    Args:
        kind: What it is: "page", "book".
        element: Its element in its XML file.
        shows_description: Whether the course page shows its description.
        name: What it is, for messages.
    """
    read = _READERS.get(kind)
    if read is not None:
        yield from read(element, name)
    elif shows_description or kind in _SHOW_INTRO or _prints_intro(element):
        yield ActivityPart("", "", _LABELS.get(kind, kind), "", lambda: _field(element, "intro", name))


def _page(element: Element, name: str) -> Iterator[ActivityPart]:
    def read() -> tuple[ReadText, str]:
        content = (moodle_value(element, "content"), moodle_value(element, "contentformat"))
        if not _prints_intro(element):
            return read_moodle_text(*content, name)
        intro = (moodle_value(element, "intro"), moodle_value(element, "introformat"))
        return _one_after_another([intro, content], name)

    yield ActivityPart("", "", "page", "", read)


def _book(element: Element, name: str) -> Iterator[ActivityPart]:
    """Yield the chapters in the book's order; a subchapter belongs to the chapter before it, hidden or not."""
    chapters = sorted(children(child(element, "chapters"), "chapter"), key=_page_number)
    above, above_hidden = "", False
    for number, chapter in enumerate(chapters, 1):
        title = moodle_line(chapter, "title") or f"Chapter {number}"
        is_hidden = moodle_value(chapter, "hidden") == "1"
        is_sub = moodle_value(chapter, "subchapter") == "1" and bool(above)
        if not is_sub:
            above, above_hidden = title, is_hidden
        chapter_id = chapter.get("id") or ""
        key = chapter_id if _ID.fullmatch(chapter_id) else f"page-{_page_number(chapter)}"
        yield ActivityPart(
            key=f"chapter-{key}",
            title=title,
            label="book chapter",
            query=f"&chapterid={key}" if key == chapter_id else "",
            read=_reader_of(chapter, "content", name),
            left_out="a hidden chapter" if is_hidden or (is_sub and above_hidden) else "",
            headings=(above,) if is_sub else (),
        )


def _glossary(element: Element, name: str) -> Iterator[ActivityPart]:
    intro = (moodle_value(element, "intro"), moodle_value(element, "introformat"))

    def read() -> tuple[ReadText, str]:
        found, left_out = write_glossary(backup_entries(element), intro, name)
        if not any(block.kind == "definition" for block in found.blocks):
            without = "no entries: Moodle puts them only into backups made with users; export the glossary as XML"
            left_out = "; ".join(filter(None, [without, left_out]))
        return found, left_out

    yield ActivityPart("", "", "glossary", "", read)


def _wiki(element: Element, name: str) -> Iterator[ActivityPart]:
    """Yield the pages of the wiki that all share; a learner's or a group's own is theirs."""
    for wiki in children(child(element, "subwikis"), "subwiki"):
        if moodle_value(wiki, "userid") not in ("", "0") or moodle_value(wiki, "groupid") not in ("", "0"):
            continue
        for page in children(child(wiki, "pages"), "page"):
            page_id = page.get("id") or ""
            if _ID.fullmatch(page_id):
                title = moodle_line(page, "title")
                read = _reader_of(page, "cachedcontent", name)
                yield ActivityPart(f"page-{page_id}", title, "wiki page", f"&pageid={page_id}", read)


def _database(element: Element, name: str) -> Iterator[ActivityPart]:
    """Yield the approved records as one text: a line for each field that holds words."""
    fields = {
        field.get("id"): moodle_line(field, "name")
        for field in children(child(element, "fields"), "field")
        if moodle_value(field, "type") in _READABLE_FIELDS
    }

    def read() -> tuple[ReadText, str]:
        writer = DocumentWriter()
        for record in children(child(element, "records"), "record"):
            if moodle_value(record, "approved") == "0":
                continue
            for content in children(child(record, "contents"), "content"):
                label = fields.get(moodle_value(content, "fieldid"))
                found, _ = read_moodle_text(moodle_value(content, "content"), "1", name)
                if label and found.text:
                    writer.add("paragraph", f"{label}: {found.text}")
        without = "" if writer.last_kind else "no records: Moodle puts them only into backups made with users"
        return writer.finish(""), without

    yield ActivityPart("", "", "database", "", read)


def _reader_of(element: Element, field: str, name: str) -> Callable[[], tuple[ReadText, str]]:
    return lambda: _field(element, field, name)


def _field(element: Element, field: str, name: str) -> tuple[ReadText, str]:
    text_format = moodle_value(element, "introformat" if field == "intro" else "contentformat")
    return read_moodle_text(moodle_value(element, field), text_format, name)


def _one_after_another(texts: list[tuple[str, str]], name: str) -> tuple[ReadText, str]:
    writer = DocumentWriter()
    notes: list[str] = []
    for source, text_format in texts:
        found, note = read_moodle_text(source, text_format, name)
        writer.add_all(found)
        notes.append(note)
    return writer.finish(""), "; ".join(filter(None, notes))


def _prints_intro(element: Element) -> bool:
    return _PRINTS_INTRO.search(moodle_value(element, "displayoptions")) is not None


def _page_number(chapter: Element) -> int:
    written = moodle_value(chapter, "pagenum")
    return int(written) if _ID.fullmatch(written) else 0


_SHOW_INTRO = ("label", "assign", "forum", "folder", "qanda")  # always shown with the activity
_LABELS = {"assign": "assignment"}
_READERS: Mapping[str, Callable[[Element, str], Iterator[ActivityPart]]] = {
    "page": _page,
    "book": _book,
    "glossary": _glossary,
    "wiki": _wiki,
    "data": _database,
}
