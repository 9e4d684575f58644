"""Files made to harm whoever reads them are refused, or read for what they show and no more."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from office_samples import office_reading, part_of, small_slides_file, small_word_file, with_parts

from corpus.errors import UnreadableFile, UnsafeArchive

_FULL = os.environ.get("TUTOR_FUZZ") == "full"
_SECRET = "the secret of the file system"

_PARTS = {"docx": "word/document.xml", "pptx": "ppt/slides/slide1.xml"}
_SOUND = {"docx": small_word_file, "pptx": small_slides_file}
_ENTITY = '<!DOCTYPE x [<!ENTITY e SYSTEM "file://{secret}">]>'
_LAUGHS = (
    "<!DOCTYPE x [<!ENTITY a0 'ha'>"
    + "".join(f"<!ENTITY a{n} '{f'&a{n - 1};' * 10}'>" for n in range(1, 10))
    + "<!ENTITY e '&a9;'>]>"
)
_PARAMETER = '<!DOCTYPE x [<!ENTITY % p SYSTEM "file://{secret}"> %p; <!ENTITY e "x">]>'
_OUTSIDE = '<!DOCTYPE x SYSTEM "http://127.0.0.1:9/evil.dtd" [<!ENTITY e "x">]>'


def poisoned(kind: str, declaration: str, secret: Path, encoding: str = "utf-8", part: str = "") -> bytes:
    """An Office file one of whose parts declares an entity and uses it in its words."""
    sound = _SOUND[kind]()
    name = part or _PARTS[kind]
    markup = part_of(sound, name).decode().partition("?>")[2].replace("They live.", "They live. &e;", 1)
    head = f'<?xml version="1.0" encoding="{encoding}" standalone="yes"?>'
    return with_parts(sound, {name: (head + declaration.replace("{secret}", str(secret)) + markup).encode(encoding)})


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    path = tmp_path / "secret.txt"
    path.write_text(_SECRET)
    return path


@pytest.mark.parametrize("kind", ["docx", "pptx"])
@pytest.mark.parametrize("declaration", [_ENTITY, _LAUGHS, _PARAMETER, _OUTSIDE], ids=["file", "laughs", "%", "http"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-7"])
def test_entities_are_never_resolved(kind: str, declaration: str, encoding: str, secret: Path) -> None:
    with pytest.raises(UnreadableFile, match=r"DTD|encoding") as refused:
        office_reading(poisoned(kind, declaration, secret, encoding))
    assert _SECRET not in str(refused.value)


@pytest.mark.parametrize(
    "part", ["word/styles.xml", "[Content_Types].xml", "word/_rels/document.xml.rels", "_rels/.rels"]
)
def test_no_part_of_a_file_may_declare_entities(part: str, secret: Path) -> None:
    with pytest.raises(UnreadableFile, match="DTD"):
        office_reading(poisoned("docx", _ENTITY, secret, part=part))


def test_a_part_that_hides_behind_another_ending_gives_nothing_away(secret: Path) -> None:
    sound = poisoned("docx", _ENTITY, secret)
    types, relations = part_of(sound, "[Content_Types].xml"), part_of(sound, "_rels/.rels")
    moved = with_parts(
        sound,
        {
            "word/document.bin": part_of(sound, "word/document.xml"),
            "word/document.xml": part_of(small_word_file(), "word/document.xml"),
            "[Content_Types].xml": types.replace(b"/word/document.xml", b"/word/document.bin"),
            "_rels/.rels": relations.replace(b"word/document.xml", b"word/document.bin"),
        },
    )

    try:
        text = office_reading(moved).documents[0].text
    except UnreadableFile as error:
        text = str(error)
    assert _SECRET not in text


def test_a_small_file_that_swells_to_99_megabytes_is_refused() -> None:
    markup = part_of(small_word_file(), "word/document.xml")
    swollen = markup.replace(b"They live.", b"They live. " * 9_000_000)
    bomb = with_parts(small_word_file(), {"word/document.xml": swollen})

    assert len(bomb) < 400_000
    with pytest.raises(UnsafeArchive):
        office_reading(bomb)


@pytest.mark.parametrize("kind", ["pdf", "docx", "pptx"])
def test_spoiled_files_are_read_or_refused_and_nothing_else(kind: str) -> None:
    program = Path(__file__).with_name("mutated_sources.py")

    command = [sys.executable, str(program), kind, "1", "2000" if _FULL else "300"]
    result = subprocess.run(command, capture_output=True, text=True, check=False)

    assert (result.returncode, result.stdout) == (0, ""), result.stderr[-2_000:]
