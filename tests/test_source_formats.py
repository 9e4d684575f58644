from io import BytesIO
from zipfile import ZipFile

import pytest

from corpus.errors import UnreadableFile
from corpus.source_formats import SourceFormat, format_of

_MAIN = "application/vnd.openxmlformats-officedocument.{}.main+xml"


def zipped(**members: str) -> bytes:
    buffer = BytesIO()
    with ZipFile(buffer, "w") as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "/"), content)
    return buffer.getvalue()


def office_file(main_type: str) -> bytes:
    types = f'<Types><Default ContentType="image/png"/><Override ContentType="{main_type}"/></Types>'
    return zipped(**{"[Content_Types].xml": types})


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"%PDF-1.7\n", "pdf"),
        (b"\n" * 500 + b"%PDF-1.4\n", "pdf"),
        (office_file(_MAIN.format("wordprocessingml.document")), "docx"),
        (office_file("application/vnd.ms-word.document.macroEnabled.main+xml"), "docx"),
        (office_file(_MAIN.format("presentationml.presentation")), "pptx"),
        (office_file(_MAIN.format("presentationml.slideshow")), "pptx"),
        (zipped(mimetype="application/epub+zip"), "epub"),
        (zipped(**{"META-INF/container.xml": "<container/>"}), "epub"),
        (zipped(**{"imsmanifest.xml": "<manifest/>"}), "common_cartridge"),
        (zipped(**{"moodle_backup.xml": "<moodle_backup/>"}), "moodle_backup"),
        (zipped(**{"lesson.md": "# Cells"}), "zip"),
        (zipped(), "zip"),
        (b"\x1f\x8b\x08\0", "moodle_backup"),
        (b'\xef\xbb\xbf<?xml version="1.0"?>\n<!-- made by hand -->\n<GLOSSARY>\n', "moodle_glossary"),
        ("<?xml version='1.0'?><GLOSSARY/>".encode("utf-16"), "moodle_glossary"),
        (b"<!DOCTYPE html>\n<title>Cells</title>", "html"),
        (b"<!-- saved -->\n<html lang='en'>", "html"),
        (b"# Cells\n\nThey live.", "markdown"),
        (b"Cells are small. <html> is a tag.", "markdown"),
        (b"", "markdown"),
    ],
)
def test_a_format_is_told_by_content_whatever_the_name(data: bytes, expected: SourceFormat) -> None:
    assert format_of(data, "upload.doc") == expected
    assert format_of(data, "notes.mbz") == expected


def test_html_that_does_not_say_so_is_told_by_its_name() -> None:
    assert format_of(b"<p>Cells live.</p>", "cells.html") == "html"
    assert format_of(b"<p>Cells live.</p>", "cells.md") == "markdown"


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (office_file(_MAIN.format("spreadsheetml.sheet")), "a spreadsheet"),
        (office_file("application/vnd.unheard-of"), "an Office file of a kind"),
        (zipped(mimetype="application/vnd.oasis.opendocument.text"), "an OpenDocument file"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "an old Office file"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "encrypted"),
        (b"PK\x03\x04 and nothing more", "a damaged zip file"),
        (zipped(**{"lesson.md": "# Cells" * 100})[:-30], "a damaged zip file"),
    ],
)
def test_a_file_that_no_reader_understands_is_refused_with_its_cure(data: bytes, reason: str) -> None:
    with pytest.raises(UnreadableFile, match=reason):
        format_of(data, "upload.bin")
