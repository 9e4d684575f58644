"""Bytes become clean text, or a reason that names the file and the cure."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.decoding import MAX_FILE_BYTES, clean_text, decode_text
from corpus.errors import UnreadableFile


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_text_is_read_in_every_encoding_that_names_itself(encoding: str) -> None:
    text = decode_text("Die Größe α β".encode(encoding), "size.txt")

    assert text == "Die Größe α β"


def test_line_ends_of_all_systems_become_line_feeds() -> None:
    assert decode_text(b"a\r\nb\rc\nd", "lines.txt") == "a\nb\nc\nd"


def test_text_that_is_not_utf_8_names_the_file_the_byte_and_the_cure() -> None:
    with pytest.raises(UnreadableFile, match=r"^week-1/cells\.md: not UTF-8 at byte 3; save the file as UTF-8$"):
        decode_text("Caf\xe9".encode("latin-1"), "week-1/cells.md")


def test_utf_16_that_breaks_off_is_refused() -> None:
    with pytest.raises(UnreadableFile, match="not UTF-16"):
        decode_text("cells".encode("utf-16")[:-1], "cells.md")


@pytest.mark.parametrize("data", [b"", b"  \n\t\r\n", b"\xef\xbb\xbf", "\u200b\u2060".encode()])
def test_a_file_without_anything_to_see_is_empty(data: bytes) -> None:
    with pytest.raises(UnreadableFile, match="the file is empty"):
        decode_text(data, "empty.md")


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"%PDF-1.7 ...", "a PDF file"),
        (b"PK\x03\x04....", "a zip archive"),
        (b"\x89PNG\r\n\x1a\n", "a PNG image"),
        (b"abc\x00\x01\x02def", "binary data at byte 3"),
        ("text".encode("utf-16-le"), "UTF-16 without a byte order mark"),
    ],
)
def test_binary_files_are_refused_by_what_they_are(data: bytes, what: str) -> None:
    with pytest.raises(UnreadableFile, match=what):
        decode_text(data, "file.md")


def test_a_file_over_the_limit_is_refused_with_the_limit() -> None:
    with pytest.raises(UnreadableFile, match=r"10\.0 MB is more than the limit of 10 MB; split the file"):
        decode_text(b"a" * (MAX_FILE_BYTES + 1), "huge.txt")


def test_a_file_at_the_limit_is_read() -> None:
    assert len(decode_text(b"a" * MAX_FILE_BYTES, "large.txt")) == MAX_FILE_BYTES


@pytest.mark.parametrize(
    "smuggled",
    ["\u202e", "\u2066", "\u200b", "\ufeff", "\u00ad", "\U000e0041", "\x07", "\x1b", "\u2060", "\x9f", "\ufffe"],
)
def test_characters_that_hide_or_reorder_text_are_removed(smuggled: str) -> None:
    assert clean_text(f"safe{smuggled}text") == "safetext"


@pytest.mark.parametrize("text", ["می\u200cخواهم", "क्\u200dष", "👩\u200d🔬", "❤\ufe0f", "tab\there", "naïve ﬁ ½"])
def test_joiners_and_letters_that_readers_need_stay(text: str) -> None:
    assert clean_text(text) == text


def test_special_blanks_become_plain_ones() -> None:
    assert clean_text("5\u00a0mg\u202f%\u2028next") == "5 mg %\nnext"


@given(st.text())
def test_clean_text_is_normal_and_cleaning_it_again_changes_nothing(text: str) -> None:
    cleaned = clean_text(text)

    assert clean_text(cleaned) == cleaned
    assert unicodedata.is_normalized("NFC", cleaned)
    assert "\r" not in cleaned


@given(st.binary(max_size=300))
def test_any_bytes_become_text_or_a_reason(data: bytes) -> None:
    try:
        text = decode_text(data, "any.md")
    except UnreadableFile as error:
        assert error.reason
        assert str(error).startswith("any.md: ")
    else:
        assert text.strip()
