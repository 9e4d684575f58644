"""An Anki deck: term on the front, definition and place on the back. The one door to ``genanki``."""

import hashlib
import html
import tempfile
from collections.abc import Iterable
from pathlib import Path

import genanki

from tutor.exports.entries import ExportEntry

MEDIA_TYPE = "application/octet-stream"

_MODEL_ID = 1_672_910_417  # random once; the same for ever, or Anki would take every export for another kind of card
_STYLE = ".card { font: 20px/1.5 sans-serif; text-align: center; } small { opacity: .65; }"


def anki_deck(course_id: str, title: str, entries: Iterable[ExportEntry], *, at: float) -> bytes:
    """The deck as an ``.apkg`` file. Imported again, it changes its cards and keeps what was learned of them.

    Args:
        course_id: Tells this course's deck from others.
        title: Of the deck.
        entries: Its cards.
        at: Seconds since 1970, noted in the cards.
    """
    deck = genanki.Deck(_number(course_id), title)
    model = genanki.Model(
        _MODEL_ID,
        "Course tutor",
        fields=[{"name": "Term"}, {"name": "Definition"}, {"name": "Place"}],
        templates=[
            {
                "name": "Term to definition",
                "qfmt": "{{Term}}",
                "afmt": '{{FrontSide}}<hr id="answer">{{Definition}}<p><small>{{Place}}</small></p>',
            }
        ],
        css=_STYLE,
    )
    for entry in entries:
        names = " · ".join((entry.heading, *entry.aliases))
        fields = [html.escape(text) for text in (names, entry.text, entry.place)]
        deck.add_note(genanki.Note(model=model, fields=fields, guid=genanki.guid_for(course_id, entry.entry_id)))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "deck.apkg"
        genanki.Package(deck).write_to_file(str(path), timestamp=at)
        return path.read_bytes()


def _number(course_id: str) -> int:
    """An id as Anki wants it: positive, below 2**31."""
    return int.from_bytes(hashlib.sha256(course_id.encode()).digest()[:4], "big") % (2**31 - 1) + 1
