"""HTML becomes the text that a person would read, and nothing that they would not."""

import re
import unicodedata

import pytest
from corpus_samples import count_words
from hypothesis import given
from hypothesis import strategies as st

from corpus.chunking import chunk_document
from corpus.decoding import clean_text
from corpus.errors import CorpusError, UnreadableFile
from corpus.html_document import HtmlReading, read_html
from corpus.html_source import read_html_source
from corpus.types import BlockKind

TAGS = [
    "p",
    "div",
    "b",
    "i",
    "em",
    "strong",
    "span",
    "a",
    "ul",
    "ol",
    "li",
    "dl",
    "dt",
    "dd",
    "table",
    "tr",
    "td",
    "th",
    "h1",
    "h2",
    "h3",
    "blockquote",
    "pre",
    "code",
    "br",
    "sup",
    "script",
    "style",
    "nav",
    "math",
]
PIECES = st.one_of(
    st.sampled_from([f"<{tag}>" for tag in TAGS] + [f"</{tag}>" for tag in TAGS]),
    st.sampled_from(["<p hidden>", "<li value=4>", "&amp;", "&#x202e;", r"\(x\)", "<!--", "-->", "<img alt='a b c'>"]),
    st.text(max_size=12),
)
HTML = st.lists(PIECES, max_size=40).map("".join)


def blocks_of(reading: HtmlReading) -> list[tuple[BlockKind, str]]:
    text = reading.found.text
    return [(block.kind, text[block.char_start : block.char_end]) for block in reading.found.blocks]


def text_of(html: str) -> str:
    return read_html(html, "page.html").found.text


def test_headings_and_paragraphs_are_blocks_in_reading_order() -> None:
    reading = read_html("<h1>Stars</h1><p>They <b>shine</b>\nall night.</p>loose words<h2>Heat</h2>", "a.html")

    assert blocks_of(reading) == [
        ("heading", "Stars"),
        ("paragraph", "They shine all night."),
        ("paragraph", "loose words"),
        ("heading", "Heat"),
    ]
    assert reading.found.title == "Stars"


def test_list_items_keep_their_markers_numbers_and_depth() -> None:
    reading = read_html(
        "<ol start=3><li>three<ul><li>inner</li></ul></li><li value=9>nine</li></ol><ul><li><p>a</p><p>b</p></li></ul>",
        "a.html",
    )

    assert reading.found.text == "3. three\n  - inner\n9. nine\n- a\n\nb"
    assert [block.level for block in reading.found.blocks] == [1, 2, 1, 1, 1]


def test_definition_lists_give_terms_with_their_other_names() -> None:
    reading = read_html("<dl><dt>Core<dt>Kernel<dd>hot part<dd>also: middle<dt>Rim</dl>", "a.html")

    assert blocks_of(reading) == [
        ("definition", "Core: hot part"),
        ("paragraph", "also: middle"),
        ("paragraph", "Rim"),
    ]
    assert reading.found.blocks[0].aliases == ("Kernel",)
    assert reading.found.blocks[0].bold_lead == "Core"


def test_words_that_stand_before_a_term_are_no_term() -> None:
    reading = read_html("<b>Glossary</b> <dt>Core</dt><dd>hot part</dd>", "a.html")

    assert blocks_of(reading) == [("paragraph", "Glossary"), ("definition", "Core: hot part")]


def test_the_chunker_finds_a_definition_under_all_names_that_the_file_lists() -> None:
    page = b"<h1>Stars</h1><dl><dt>Core<dt>Kernel<dd>it is hot</dl>"
    document = read_html_source(page, "a.html", course_id="c", document_id="d").documents[0]

    (chunk,) = chunk_document(document, count_tokens=count_words)

    assert (chunk.kind, chunk.term, chunk.aliases) == ("definition", "Core", ("Kernel",))


def test_tables_of_data_have_one_line_for_each_row() -> None:
    reading = read_html(
        "<table><caption>Heat</caption><thead><tr><th>Layer<th>K</thead><tr><td><p>core</p><p>inner</p><td>10<sup>7</sup>"
        "</table>",
        "a.html",
    )

    assert blocks_of(reading) == [("paragraph", "Heat"), ("table", "Layer | K\ncore inner | 10⁷")]


def test_a_table_that_only_places_things_is_read_as_if_it_were_not_there() -> None:
    html = "<table><tr><td><h2>Stars</h2><p>They shine.</p><table><tr><td>a<td>b</table></table>"

    assert blocks_of(read_html(html, "a.html")) == [
        ("heading", "Stars"),
        ("paragraph", "They shine."),
        ("table", "a | b"),
    ]


def test_code_is_kept_as_it_stands() -> None:
    reading = read_html(
        "<p>Call <code>f(x)</code>:</p><pre><code>if a:\n\n    b = '&lt;c&gt;'\n</code></pre>", "a.html"
    )

    assert blocks_of(reading) == [("paragraph", "Call `f(x)`:"), ("code", "if a:\n\n    b = '<c>'")]


@pytest.mark.parametrize(
    ("html", "text"),
    [
        (r"Let \(x_1 * y\) be", "Let $x_1 * y$ be"),
        (r"<p>\[ a = b \]</p>", "$$a = b$$"),
        ("<math alttext='x^2'><mi>x</mi></math>", "$x^2$"),
        (
            "<math><semantics><mrow><mi>x</mi></mrow><annotation encoding='application/x-tex'>x^{2}</annotation>"
            "</semantics></math>",
            "$x^{2}$",
        ),
        (
            "<math display='block'><mfrac><mi>a</mi><msup><mi>b</mi><mn>2</mn></msup></mfrac></math>",
            r"$$\frac{a}{b^{2}}$$",
        ),
        ("<math><msqrt><mi>a</mi><mo>+</mo><mtext>mass</mtext></msqrt></math>", r"$\sqrt{a + \text{mass}}$"),
        ("a <script type='math/tex'>x_1</script> b", "a $x_1$ b"),
        ("<img class='equation_image' alt='LaTeX: x^2' data-equation-content='x^{2}'>", "$x^{2}$"),
        ("<span class=katex><math alttext='y'></math><span aria-hidden=true>y y</span></span>", "$y$"),
        ("10<sup>-6</sup> m, H<sub>2</sub>O", "10⁻⁶ m, H2O"),
    ],
)
def test_formulas_are_read_once_as_tex(html: str, text: str) -> None:
    assert text_of(html) == text


@pytest.mark.parametrize(
    "html",
    [
        "<script>canary()</script>",
        "<style>canary {}</style>",
        "<nav>canary</nav>",
        "<div role=navigation>canary</div>",
        "<p hidden>canary</p>",
        "<p style='color: red; DISPLAY : none !important'>canary</p>",
        "<p style='visibility:hidden'>canary</p>",
        "<span style='font-size:0px'>canary</span>",
        "<span style='opacity: 0'>canary</span>",
        "<code hidden>canary</code><img hidden alt='canary canary canary'>",
        "<i aria-hidden=true>canary</i>",
        "<span class='accesshide x'>canary</span>",
        "<!-- canary -->",
        "<template>canary</template>",
        "<select><option>canary</select><textarea>canary</textarea><button>canary</button>",
        "<iframe srcdoc='canary'>canary</iframe>",
        "<svg><text>canary</text></svg>",
        "<a href='canary'></a><img src='canary.png' alt='canary.png'>",
        "<noscript>canary</noscript>",
    ],
)
def test_what_readers_do_not_see_is_not_read(html: str) -> None:
    text = text_of(f"<p>before</p>{html}<p>after</p>")

    assert "canary" not in text
    assert "before" in text
    assert "after" in text


def test_hidden_passages_are_counted_for_the_report() -> None:
    page = b"<p>seen</p><p hidden>one</p><p hidden></p><div style='display:none'>two</div>"
    reading = read_html_source(page, "a.html", course_id="c", document_id="d")

    assert [(item.outcome, item.reason) for item in reading.items] == [
        ("partly", "2 passages hidden from readers left out")
    ]


def test_pictures_are_read_by_what_they_show_if_that_is_written() -> None:
    html = "<p><img alt='A cell with its nucleus'> <img alt='photo.jpg'> <img alt='Logo'> words</p>"

    assert text_of(html) == "[Image: A cell with its nucleus] words"


def test_the_markup_of_learning_platforms_is_not_read() -> None:
    html = (
        "{mlang en}Cells{mlang} <a href='$@PAGEVIEWBYID*5@$'>page</a> $@PAGEVIEWBYID*5@$"
        "<img src='@@PLUGINFILE@@/a.png'> <a href='%24CANVAS_OBJECT_REFERENCE%24/x'>quiz</a>"
    )

    assert text_of(html) == "Cells page quiz"


def test_entities_cannot_smuggle_in_what_a_reader_cannot_see() -> None:
    assert text_of("<p>safe&#x202E;te&#x200b;xt&#xE0041;&nbsp;&amp; <b>mo&shy;re</b></p>") == "safetext & more"


@pytest.mark.parametrize("words", ["می‌خواهم", "क्षत्रिय", "👩‍🔬 lab", "∀x ∈ ℝ: x² ≥ 0", "naïve café"])
def test_scripts_that_need_joiners_are_unchanged(words: str) -> None:
    assert text_of(f"<p>{words}</p>") == unicodedata.normalize("NFC", words)


def test_quotations_and_reading_aids_keep_their_marks() -> None:
    html = "<p>He said <q>no</q>. <ruby>漢字<rp>(</rp><rt>かんじ</rt><rp>)</rp></ruby></p>"

    assert text_of(html) == "He said “no”. 漢字(かんじ)"


def test_bold_goes_on_over_paragraphs_as_in_a_browser() -> None:
    reading = read_html("<span style='font-weight: bold'><div>acne</div><div>skin</div></span><p>plain</p>", "a.html")

    assert [block.bold_lead for block in reading.found.blocks] == ["acne", "skin", ""]


def test_a_page_in_latin_1_is_read_if_its_head_says_so() -> None:
    page = "<meta charset='iso-8859-1'><p>caf\u00e9</p>".encode("latin-1")

    assert read_html_source(page, "a.html", course_id="c", document_id="d").documents[0].text == "café"
    with pytest.raises(UnreadableFile, match="UTF-8"):
        read_html_source(page[30:], "a.html", course_id="c", document_id="d")


def test_a_page_nested_too_deeply_is_refused_not_cut() -> None:
    assert text_of("<div>" * 1_500 + "deep" + "</div>" * 1_500 + "<p>after</p>") == "deep\n\nafter"
    with pytest.raises(UnreadableFile, match="nested deeper"):
        read_html("<div>" * 3_000 + "deep", "a.html")


@pytest.mark.parametrize("page", [b"", b"<p></p>", b"<h1>Only a heading</h1>", b"<script>x</script>", b"\0\1<p>x</p>"])
def test_a_page_with_nothing_to_read_is_refused_with_a_reason(page: bytes) -> None:
    with pytest.raises(UnreadableFile) as refused:
        read_html_source(page, "a.html", course_id="c", document_id="d")

    assert refused.value.reason


@given(HTML)
def test_blocks_and_chunks_are_exact_spans_of_clean_text(html: str) -> None:
    try:
        document = read_html_source(html.encode("utf-8", "ignore"), "a.html", course_id="c", document_id="d").documents[
            0
        ]
    except CorpusError:
        return

    assert clean_text(document.text) == document.text
    position = 0
    for block in document.blocks:
        assert position <= block.char_start < block.char_end <= len(document.text)
        position = block.char_end
    assert [section.heading for section in document.sections]
    for chunk in chunk_document(document, count_tokens=count_words, max_tokens=30):
        assert document.text[chunk.char_start : chunk.char_end] == chunk.text


@given(st.lists(st.from_regex(r"[a-z]{3,9}", fullmatch=True), min_size=1, max_size=30), st.data())
def test_no_word_that_is_seen_is_lost(words: list[str], data: st.DataObject) -> None:
    seen = [
        "p",
        "div",
        "b",
        "li",
        "td",
        "dd",
        "dt",
        "h2",
        "blockquote",
        "pre",
        "code",
        "th",
        "span",
        "section",
        "unknown-tag",
    ]
    html = " ".join(f"<{tag}>{word}</{tag}>" for word in words for tag in [data.draw(st.sampled_from(seen))])

    found = read_html(html, "page.html").found
    held = {*re.findall("[a-z]+", found.text), *(name for block in found.blocks for name in block.aliases)}

    assert [word for word in words if word not in held] == []
