"""A course's glossary in files that other programs take."""

import csv
import io
import json
import sqlite3
import zipfile
from pathlib import Path

import pytest
from service_samples import make_sample

from corpus.moodle_glossary import read_moodle_glossary
from tutor.exports.anki import anki_deck
from tutor.exports.entries import ExportEntry, glossary_entries
from tutor.exports.formats import FormatName, export
from tutor.exports.moodle import moodle_glossary
from tutor.tutor import Tutor

HOSTILE = ExportEntry("1", "=cmd()", ("<b>", "a & b"), 'x < y </DEFINITION><script>alert("1")</script>\x07', "@place")


@pytest.fixture(scope="module")
def entries(bundled_tutor: Tutor) -> tuple[ExportEntry, ...]:
    return tuple(glossary_entries(bundled_tutor.index))


def exported(name: FormatName, entries: tuple[ExportEntry, ...]) -> bytes:
    return export(name, "dl", "Deep learning", entries).content


def test_every_term_is_there_once_with_words_of_the_course(
    bundled_tutor: Tutor, entries: tuple[ExportEntry, ...]
) -> None:
    listed = json.loads(exported("json", entries))["entries"]

    assert [entry["heading"] for entry in listed] == sorted(
        (entry.term for entry in bundled_tutor.index.glossary.entries), key=str.casefold
    )
    texts = "\n".join(document.text for document in bundled_tutor.index.documents.values())
    assert all(entry["text"] in texts and entry["place"] for entry in listed)


def test_a_moodle_glossary_is_read_back_as_the_same_terms(entries: tuple[ExportEntry, ...]) -> None:
    xml = exported("moodle", entries)

    reading = read_moodle_glossary(xml, "glossary.xml", course_id="c", document_id="g")

    text = reading.documents[0].text
    assert all(entry.heading in text and entry.text in text for entry in entries)
    assert all(alias in str(reading.documents[0].blocks) + text for entry in entries for alias in entry.aliases)


def test_an_anki_deck_has_a_card_a_term_and_the_same_ones_when_exported_again(
    entries: tuple[ExportEntry, ...], tmp_path: Path
) -> None:
    guids = []
    for number, at in enumerate((1_800_000_000.0, 1_800_000_999.0)):
        path = tmp_path / f"{number}.apkg"
        path.write_bytes(anki_deck("dl", "Deep learning", entries, at=at))
        with zipfile.ZipFile(path) as package:
            package.extract("collection.anki2", tmp_path / str(number))
        database = sqlite3.connect(tmp_path / str(number) / "collection.anki2")
        guids.append({row[0] for row in database.execute("SELECT guid FROM notes")})
        assert database.execute("SELECT count(*) FROM cards").fetchone() == (len(entries),)
        database.close()

    assert guids[0] == guids[1]
    assert len(guids[0]) == len(entries)


def test_a_spreadsheet_runs_nothing_of_it() -> None:
    rows = list(csv.DictReader(io.StringIO(exported("csv", (HOSTILE,)).decode("utf-8-sig"))))

    assert rows[0]["term"] == "'=cmd()"
    assert rows[0]["place"] == "'@place"
    assert rows[0]["definition"].startswith("x < y")


def test_markup_in_a_course_stays_text_in_every_format() -> None:
    xml = moodle_glossary("<T>", [HOSTILE])
    deck = anki_deck("dl", "<T>", [HOSTILE], at=1_800_000_000.0)

    assert b"<script>" not in xml
    assert b"&amp;lt;script&amp;gt;" in xml
    with zipfile.ZipFile(io.BytesIO(deck)) as package:
        assert b"<script>" not in package.read("collection.anki2")


def test_verified_answers_are_taken_along_by_instructors_only(tmp_path: Path) -> None:
    sample = make_sample(tmp_path)
    answer = sample.post("/api/v1/courses/stars/ask", {"question": "What is a nebula?"}).json()
    spans = [{name: cited[name] for name in ("document_id", "char_start", "char_end")} for cited in answer["citations"]]
    cookie = sample.log_in("instructor", "stars")
    made = sample.post(
        "/api/v1/courses/stars/verified",
        {"question": "What is a nebula?", "statements": spans},
        key=None,
        cookie=cookie,
    )

    taken = sample.get("/api/v1/courses/stars/verified/export?format=json", key=None, cookie=cookie)
    student = sample.get("/api/v1/courses/stars/verified/export", key=None, cookie=sample.log_in("student", "stars"))

    assert made.status_code == 201, made.text
    assert [entry["heading"] for entry in taken.json()["entries"]] == ["What is a nebula?"]
    assert "cloud of gas and dust" in taken.json()["entries"][0]["text"]
    assert student.status_code == 403
