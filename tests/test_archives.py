"""Archives are read as hostile: bombs are refused, names lead nowhere, and the rest is read."""

import io
import os
import stat
import struct
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hostile_archives import bombs, raw_zip, tar_of, zip_of
from hypothesis import given
from hypothesis import strategies as st

from corpus.archives import MAX_ENTRIES, archive_kind, check_office_zip, open_archive
from corpus.errors import UnreadableFile, UnsafeArchive

BOMBS = bombs()
NAMES_THAT_LEAD_ELSEWHERE = [
    *(f"{up}etc/passwd" for up in ("../", "../../", "a/../../", "./../", "/", "//", "/../", "a/b/../../../")),
    *(f"{up}x.html" for up in ("..\\", "a\\", "\\", "\\\\host\\share\\", "C:\\", "C:/", "c:", "Z:/../")),
    *("..", "a/..", "../", "/", "a\0.html", "\0", "a/\0/b", "x.html\0.png"),
    *("n" * 5_000, "../" * 1_500 + "x", "é" * 1_200),
    *("\u202e", "\u200b", " ", "\n", "", "."),
]


def test_there_are_twenty_five_bombs() -> None:
    assert len(BOMBS) == 25


@pytest.mark.parametrize("what", BOMBS)
def test_a_bomb_is_refused_with_a_reason(what: str) -> None:
    try:
        with open_archive(BOMBS[what], "bomb.zip") as archive:
            assert archive.names == ()
            assert all(entry.reason for entry in archive.refused)
    except UnreadableFile as error:
        assert error.reason
        assert "bomb.zip" in str(error)


@pytest.mark.parametrize("pack", [zip_of, tar_of])
@pytest.mark.parametrize("name", NAMES_THAT_LEAD_ELSEWHERE)
def test_a_name_that_leads_elsewhere_is_reported_and_writes_nothing(
    pack: Callable[[dict[str, bytes | str]], bytes], name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    data = raw_zip([(name, b"\3\0", 2, 0, 0), ("fine.html", b"\3\0", 2, 0, 0)]) if pack is zip_of else _tar_with(name)

    with open_archive(data, "names.zip") as archive:
        assert "fine.html" in archive.names
        assert not {".."} & {part for known in archive.names for part in known.split("/")}
        assert all(not known.startswith("/") and "\0" not in known for known in archive.names)
    assert list(tmp_path.iterdir()) == []


def _tar_with(name: str) -> bytes:
    return tar_of({name: "x", "fine.html": "y"})


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFBLK, stat.S_IFCHR, stat.S_IFIFO, stat.S_IFSOCK])
def test_a_zip_entry_that_is_no_plain_file_is_reported(kind: int) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as packed:
        info = zipfile.ZipInfo("link")
        info.external_attr = (kind | 0o777) << 16
        packed.writestr(info, "/etc/passwd")

    with open_archive(buffer.getvalue(), "a.zip") as archive:
        assert archive.names == ()
        assert [entry.name for entry in archive.refused] == ["link"]


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.FIFOTYPE])
def test_a_tar_entry_that_is_no_plain_file_is_reported(kind: bytes) -> None:
    member = tarfile.TarInfo("link")
    member.type, member.linkname = kind, "/etc/passwd"
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as packed:
        packed.addfile(member)

    with open_archive(buffer.getvalue(), "a.tar") as archive:
        assert archive.names == ()
        assert [entry.name for entry in archive.refused] == ["link"]


def test_of_two_entries_of_one_name_the_first_is_read() -> None:
    both = tar_of({"é.txt": "first", "e\u0301.txt": "second"})

    with open_archive(both, "a.tar.gz") as archive:
        assert archive.read("é.txt") == b"first"
        assert [(entry.name, entry.reason) for entry in archive.refused] == [
            ("é.txt", "a second entry of this name; the first one is read")
        ]


def test_an_encrypted_entry_is_reported_and_the_others_are_read() -> None:
    data = bytearray(zip_of({"secret.txt": "x", "open.txt": "words"}))
    for mark, flags_at in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        at = data.index(mark) + flags_at
        data[at : at + 2] = struct.pack("<H", 1)

    with open_archive(bytes(data), "a.zip") as archive:
        assert archive.read("open.txt") == b"words"
        assert [entry.name for entry in archive.refused] == ["secret.txt"]
        assert "encrypted" in archive.refused[0].reason


def test_a_damaged_entry_is_reported_and_the_others_are_read() -> None:
    data = bytearray(zip_of({"bad.txt": "words " * 50, "good.txt": "words"}, method=zipfile.ZIP_STORED))
    data[data.index(b"words")] ^= 0xFF

    with open_archive(bytes(data), "a.zip") as archive:
        assert archive.names == ("good.txt",)
        assert "damaged" in archive.refused[0].reason


def test_one_entry_that_grows_like_a_bomb_is_left_out_of_a_course_that_does_not() -> None:
    data = zip_of({"blank.bmp": b"\0" * 3_000_000, "video.mp4": os.urandom(100_000), "a.md": "words"})

    with open_archive(data, "a.zip") as archive:
        assert archive.names == ("video.mp4", "a.md")
        assert [entry.name for entry in archive.refused] == ["blank.bmp"]
        assert "100-fold" in archive.refused[0].reason


def test_a_method_that_inflates_without_a_bound_is_not_read() -> None:
    with open_archive(zip_of({"a.txt": b"\0" * 3_000_000}, method=zipfile.ZIP_LZMA), "a.zip") as archive:
        assert archive.names == ()
        assert "deflate" in archive.refused[0].reason


def test_a_member_over_the_limit_is_not_read() -> None:
    with (
        open_archive(zip_of({"a.txt": b"x" * 2_000}), "a.zip") as archive,
        pytest.raises(UnreadableFile, match="limit"),
    ):
        archive.read("a.txt", max_bytes=1_999)


def test_as_many_entries_as_the_limit_are_read() -> None:
    data = zip_of({f"{number}.txt": "x" for number in range(MAX_ENTRIES)}, method=zipfile.ZIP_STORED)

    with open_archive(data, "a.zip") as archive:
        assert len(archive.names) == MAX_ENTRIES


def test_an_archive_is_known_by_its_content_not_its_name() -> None:
    assert archive_kind(zip_of({"a": "x"})) == "zip"
    assert archive_kind(tar_of({"a": "x"})) == "tar.gz"
    assert archive_kind(tar_of({"a": "x"}, packed=False)) == "tar"
    assert archive_kind(b"%PDF-1.7") is None
    with pytest.raises(UnreadableFile, match="not a zip or tar"):
        open_archive(b"words", "course.zip")


@given(st.dictionaries(st.from_regex(r"[a-z]{1,8}(/[a-z]{1,8})?", fullmatch=True), st.binary(max_size=300), min_size=1))
def test_what_was_packed_is_read_back(files: dict[str, bytes]) -> None:
    for data in (zip_of(files), tar_of(files), tar_of(files, packed=False)):
        with open_archive(data, "a") as archive:
            assert {name: archive.read(name) for name in archive.names} == files
            assert archive.refused == ()


@pytest.mark.parametrize(
    "part",
    [
        '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>',
        '<!-- a -->\n<!DOCTYPE a SYSTEM "http://127.0.0.1/a.dtd"><a/>',
        '<?xml version="1.0" encoding="UTF-7"?>+ADwAIQ-DOCTYPE a+AD4-',
        '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE a><a/>'.encode("utf-16"),
    ],
)
def test_an_office_file_with_a_document_type_declaration_is_refused(part: str | bytes) -> None:
    with pytest.raises(UnreadableFile, match=r"word/document.xml"):
        check_office_zip(zip_of({"[Content_Types].xml": "<Types/>", "word/document.xml": part}), "a.docx")


def test_an_office_file_with_a_part_that_cannot_be_read_is_refused() -> None:
    with pytest.raises(UnsafeArchive, match=r"leads out"):
        check_office_zip(zip_of({"[Content_Types].xml": "<Types/>", "../document.xml": "<a/>"}), "a.docx")


def test_a_plain_office_file_passes() -> None:
    check_office_zip(zip_of({"[Content_Types].xml": "<Types/>", "word/document.xml": "<a>b</a>"}), "a.docx")
