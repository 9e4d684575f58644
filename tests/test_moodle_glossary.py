"""A Moodle glossary becomes definitions that the chunker finds under all their names."""

from html import escape

import pytest
from corpus_samples import count_words
from package_samples import SAMPLES

from corpus.chunking import chunk_document
from corpus.errors import UnreadableFile
from corpus.moodle_glossary import read_moodle_glossary
from corpus.types import Chunk, SourceReading


def entry(term: str, meaning: str, *aliases: str, text_format: int = 1) -> str:
    names = "".join(f"<ALIAS><NAME>{escape(alias)}</NAME></ALIAS>" for alias in aliases)
    return (
        f"<ENTRY><CONCEPT>{escape(term)}</CONCEPT><DEFINITION>{escape(meaning)}</DEFINITION>"
        f"<FORMAT>{text_format}</FORMAT><ALIASES>{names}</ALIASES></ENTRY>"
    )


def read(*entries: str, intro: str = "") -> SourceReading:
    data = (
        '<?xml version="1.0" encoding="UTF-8"?><GLOSSARY><INFO><NAME>Terms of biology</NAME>'
        f"<INTRO>{escape(intro)}</INTRO><ENTRIES>{''.join(entries)}</ENTRIES></INFO></GLOSSARY>"
    )
    return read_moodle_glossary(data.encode(), "g.xml", course_id="c", document_id="g")


def definitions(reading: SourceReading) -> list[Chunk]:
    chunks = chunk_document(reading.documents[0], count_tokens=count_words)
    return [chunk for chunk in chunks if chunk.kind == "definition"]


def test_an_entry_is_a_definition_under_all_its_names() -> None:
    reading = read(entry("Osmosis", "<p>Diffusion of <b>water</b> through a membrane.</p>", "water diffusion", "OSM"))

    (chunk,) = definitions(reading)
    assert (chunk.term, chunk.text) == ("Osmosis", "Osmosis: Diffusion of water through a membrane.")
    assert chunk.aliases == ("water diffusion", "OSM")
    assert chunk.found_by == "definition_list"
    assert reading.documents[0].title == "Terms of biology"


def test_all_paragraphs_of_an_entry_belong_to_its_definition() -> None:
    reading = read(
        entry("Cell", "<p>The unit of life.</p><ul><li>has a core</li></ul><p>It divides.</p>"),
        entry("Core", "<p>Holds the DNA.</p>"),
    )

    assert [chunk.text for chunk in definitions(reading)] == [
        "Cell: The unit of life.\n\n- has a core\n\nIt divides.",
        "Core: Holds the DNA.",
    ]


@pytest.mark.parametrize(
    ("text_format", "meaning", "text"),
    [
        (0, "Water moves.", "Water moves."),
        (0, "<p>Water moves.</p>", "Water moves."),
        (1, "Water &amp; salt", "Water & salt"),
        (2, "Water <moves> & rests.", "Water <moves> & rests."),
        (4, "Water **moves**.", "Water moves."),
    ],
)
def test_a_meaning_is_read_in_its_format(text_format: int, meaning: str, text: str) -> None:
    reading = read(entry("Osmosis", meaning, text_format=text_format))

    assert reading.documents[0].text == f"Osmosis: {text}"


def test_a_hundred_entries_are_a_hundred_definitions() -> None:
    words = [f"term{chr(97 + number // 26)}{chr(97 + number % 26)}" for number in range(103)]
    reading = read(
        *(entry(word, f"<p>What {word} means here.</p>", f"{word} too") for word in words), intro="All terms."
    )

    assert [chunk.term for chunk in definitions(reading)] == words


@pytest.mark.parametrize(
    "data",
    [
        b"<GLOSSARY/>",
        b"<GLOSSARY><INFO><NAME>x</NAME></INFO></GLOSSARY>",
        b"<quiz/>",
        b"<GLOSSARY><INFO>",
        b"",
        b"\xff",
    ],
)
def test_what_is_no_glossary_is_refused_with_a_reason(data: bytes) -> None:
    with pytest.raises(UnreadableFile) as refused:
        read_moodle_glossary(data, "g.xml", course_id="c", document_id="g")

    assert refused.value.reason


@pytest.mark.shared
def test_a_real_export_gives_its_entry() -> None:
    if not SAMPLES.is_dir():
        pytest.skip("../shared/samples is not here")
    data = (SAMPLES / "moodle-glossary.xml").read_bytes()
    reading = read_moodle_glossary(data, "g.xml", course_id="c", document_id="g")

    assert [(chunk.term, chunk.text) for chunk in definitions(reading)] == [
        ("Osmosis", "Osmosis: Diffusion of water through a membrane.")
    ]
