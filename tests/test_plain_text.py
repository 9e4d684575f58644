"""Plain text is read by its conventions: blank lines, lone short lines, bullets and numbers."""

from hypothesis import given
from hypothesis import strategies as st

from corpus.decoding import clean_text
from corpus.document_writer import ReadText
from corpus.plain_text import read_plain_text

WRAPPED = "The skin is made of multiple layers of cells and tissues,\nwhich are held by connective tissue."


def blocks_of(found: ReadText) -> list[tuple[str, str]]:
    return [(block.kind, found.text[block.char_start : block.char_end]) for block in found.blocks]


def test_wrapped_lines_are_joined_and_short_lines_kept() -> None:
    found = read_plain_text(f"{WRAPPED}\n\nRoses are red,\nviolets are blue.")

    assert found.text == WRAPPED.replace("\n", " ") + "\n\nRoses are red,\nviolets are blue."


def test_lone_short_lines_and_underlined_lines_are_headings() -> None:
    found = read_plain_text("Layers of the Skin\n\nThe skin has layers.\n\nHeat\n====\n\nIt is warm.\n\nThe end")

    assert [(block.kind, block.level) for block in found.blocks] == [
        ("heading", 1),
        ("paragraph", 0),
        ("heading", 2),
        ("paragraph", 0),
        ("paragraph", 0),
    ]
    assert found.title == "Layers of the Skin"


def test_sentences_labels_and_numbers_are_no_headings() -> None:
    found = read_plain_text("It is.\n\nnot this\n\n12\n\nAs follows:\n\ntext")

    assert {block.kind for block in found.blocks} == {"paragraph"}


def test_bullets_and_numbers_are_list_items() -> None:
    found = read_plain_text("Key takeaways\n\n  • In the field of medicine,\n    much is new.\n  • Second.\n12. Twelve")

    assert blocks_of(found)[1:] == [
        ("list_item", "- In the field of medicine,\nmuch is new."),
        ("list_item", "- Second."),
        ("list_item", "12. Twelve"),
    ]


@given(st.text(alphabet="aB. \n\t-*1=•:", max_size=200))
def test_no_letter_is_lost(text: str) -> None:
    found = read_plain_text(clean_text(text))

    assert [letter for letter in found.text if letter in "aB:"] == [letter for letter in text if letter in "aB:"]
