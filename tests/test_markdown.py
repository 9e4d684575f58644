"""Markdown becomes the text that a person would read, and blocks that point exactly into it."""

import time
import unicodedata

import pytest
from corpus_samples import MARKDOWN
from hypothesis import given
from hypothesis import strategies as st

from corpus.decoding import clean_text
from corpus.document_writer import ReadText
from corpus.markdown import read_markdown
from corpus.types import BlockKind


def blocks_of(found: ReadText) -> list[tuple[BlockKind, str]]:
    return [(block.kind, found.text[block.char_start : block.char_end]) for block in found.blocks]


def test_a_wrapped_paragraph_becomes_one_line_without_markup() -> None:
    found = read_markdown('The *business logic* of\n**our** `app.run()`\nis [here](http://example.org "t").')

    assert found.text == "The business logic of our `app.run()` is here."


def test_headings_are_plain_lines_with_their_level() -> None:
    found = read_markdown("# Stars #\n\ntext\n\nHeat\n----\n\nmore")

    assert [(block.kind, block.level) for block in found.blocks if block.kind == "heading"] == [
        ("heading", 1),
        ("heading", 2),
    ]
    assert found.text == "Stars\n\ntext\n\nHeat\n\nmore"


def test_list_items_keep_their_markers_and_numbers() -> None:
    found = read_markdown("12. twelve\n13. thirteen\n\n* one\n  * two\n")

    assert found.text == "12. twelve\n13. thirteen\n- one\n  - two"
    assert [block.level for block in found.blocks] == [1, 1, 1, 2]


def test_paragraphs_inside_a_list_item_belong_to_its_depth() -> None:
    found = read_markdown("1. first\n\n   second\n\nafter")

    assert [(block.kind, block.level) for block in found.blocks] == [
        ("list_item", 1),
        ("paragraph", 1),
        ("paragraph", 0),
    ]


def test_formulas_keep_their_tex_and_are_not_taken_for_emphasis() -> None:
    found = read_markdown(r"Let $a_1 * b * c_2$ and $x_{i}$." + "\n\n$$\n\\sum_i x_i * y_i\n$$\n")

    assert blocks_of(found) == [
        ("paragraph", "Let $a_1 * b * c_2$ and $x_{i}$."),
        ("formula", r"$$\sum_i x_i * y_i$$"),
    ]


def test_formulas_in_escaped_brackets_are_written_with_dollars() -> None:
    found = read_markdown(r"Let \(x_1 * y * z\) be, \[sic\], \(not one\)." + "\n\n\\[ a\n= b \\]")

    assert blocks_of(found) == [("paragraph", "Let $x_1 * y * z$ be, [sic], (not one)."), ("formula", "$$a = b$$")]


def test_money_is_not_a_formula() -> None:
    assert read_markdown("It costs $5 *and* $10 here.").text == "It costs $5 and $10 here."


def test_code_is_kept_as_it_stands() -> None:
    found = read_markdown("```python\nif a:\n\n    b = '*c*'\n```")

    assert blocks_of(found) == [("code", "if a:\n\n    b = '*c*'")]


def test_tables_have_one_line_for_each_row() -> None:
    found = read_markdown("| Layer | *Heat* |\n|---|---|\n| core | $10^7$ K |\n| skin \\| rim | |\n")

    assert blocks_of(found) == [("table", "Layer | Heat\ncore | $10^7$ K\nskin | rim |")]


def test_a_table_caption_loses_its_mark() -> None:
    assert read_markdown("|a|b|\n|-|-|\n|1|2|\n\n:Two numbers.").text.endswith("\n\nTwo numbers.")


def test_definition_lists_become_term_and_meaning() -> None:
    found = read_markdown("Core\n: hot part\n  inside\n: also: middle\n\n*Shell*\n: outer part")

    assert blocks_of(found) == [
        ("definition", "Core: hot part inside"),
        ("paragraph", "also: middle"),
        ("definition", "Shell: outer part"),
    ]
    assert [(block.bold_lead, block.level) for block in found.blocks] == [("Core", 0), ("", 1), ("Shell", 0)]


def test_images_comments_and_tags_are_not_read() -> None:
    found = read_markdown(
        "![alt](a.png)\n\n<!-- hidden\n\nstill hidden -->\n\n<div><p>Seen <i>text</i></p><script>x()</script></div>"
    )

    assert found.text == "Seen text"


@pytest.mark.parametrize(
    "html", ["<div <![--$$", "<div>\n<![CDATA[ x", "<p>a<p>b", '<div\n"', "<style>x", "<p>&#xD800;&lt;b&gt;"]
)
def test_broken_html_does_no_harm(html: str) -> None:
    assert "Words after." in read_markdown(f"{html}\n\nWords after.").text or html == "<style>x"


def test_words_in_angle_brackets_that_are_no_tags_stay() -> None:
    assert (
        read_markdown("The “<eos>” token <b>ends</b> it<br>all. 10<sup>-6</sup>").text
        == "The “<eos>” token ends it\nall. 10⁻⁶"
    )


def test_the_front_matter_gives_the_title_and_is_not_text() -> None:
    found = read_markdown('---\ntitle: "Cells: \\"alive\\""\nlicence: x\n---\n\n# Heading\n\nText')

    assert found.title == 'Cells: "alive"'
    assert found.text == "Heading\n\nText"


def test_without_front_matter_the_first_top_heading_is_the_title() -> None:
    assert read_markdown("## Part\n\ntext\n\n# Whole\n\ntext").title == "Whole"


def test_the_bold_lead_and_the_emphasised_words_are_known() -> None:
    found = read_markdown("- **acne**: a *skin* condition")
    block = found.blocks[0]

    assert block.bold_lead == "acne"
    assert [found.text[span.char_start : span.char_end] for span in block.emphasised] == ["acne", "skin"]


def test_figure_captions_stay_paragraphs() -> None:
    assert blocks_of(read_markdown("*Figure: A cell.*")) == [("paragraph", "Figure: A cell.")]


def test_entities_cannot_smuggle_in_what_cleaning_removed() -> None:
    assert read_markdown("safe&#x202E;text &#xE0041;&amp; *more*").text == "safetext & more"


@given(MARKDOWN)
def test_blocks_lie_in_order_inside_the_text(markdown: str) -> None:
    found = read_markdown(clean_text(markdown))

    position = 0
    for block in found.blocks:
        assert position <= block.char_start < block.char_end <= len(found.text)
        assert not found.text[position : block.char_start].strip()
        position = block.char_end
    assert position == len(found.text)


@given(st.text())
def test_any_text_becomes_clean_text(text: str) -> None:
    found = read_markdown(clean_text(text))

    assert clean_text(found.text) == found.text
    assert unicodedata.is_normalized("NFC", found.text)
    assert all(found.text[block.char_start : block.char_end].strip() for block in found.blocks)


@given(st.lists(st.from_regex(r"[A-Za-z]{2,9}", fullmatch=True), min_size=1, max_size=40))
def test_no_word_of_plain_prose_is_lost(words: list[str]) -> None:
    assert read_markdown(" ".join(words)).text.split() == words


HARD_TEXTS = {
    "one line of two megabytes": "many words here. " * 120_000,
    "two megabytes without a blank": "a" * 2_000_000,
    "thousands of headings": "# Heading\n\ntext\n\n" * 20_000,
    "deep quotes": ">" * 5_000 + " end",
    "deep lists": "".join("  " * depth + "- item\n" for depth in range(400)),
    "open formulas": "$$a\n\n" * 20_000,
    "open brackets": "[" * 50_000,
    "open images": "![" * 25_000,
    "open emphasis": "*a **b " * 20_000,
    "open html": "<div <!-- <![CDATA[ " * 10_000,
    "wide table": "|a" * 3_000 + "\n" + "|-" * 3_000 + "\n" + "|b|\n" * 3_000,
}


@pytest.mark.parametrize("text", HARD_TEXTS.values(), ids=HARD_TEXTS.keys())
def test_text_made_to_be_slow_is_read_in_seconds(text: str) -> None:
    started = time.process_time()

    found = read_markdown(text)

    assert time.process_time() - started < 10
    assert found.text


def test_nothing_is_lost_in_nesting_too_deep_for_the_parser() -> None:
    deep = "".join("  " * depth + f"- item{depth}\n" for depth in range(150))

    assert "item149" in read_markdown(deep).text
