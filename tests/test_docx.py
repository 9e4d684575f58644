"""What a DOCX file says, as a person would read it."""

import pytest
from docx.document import Document as WordFile
from docx.oxml import parse_xml
from docx.shared import Pt, RGBColor
from office_samples import MATH, kinds_of, office_document, office_reading, part_of, with_parts, word_file

from corpus.document_checks import faults_of
from corpus.errors import UnreadableFile
from corpus.omml import tex_of
from corpus.xml_reading import parse_xml as read_xml

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def test_headings_lists_and_tables_are_told_by_their_styles() -> None:
    def write(made: WordFile) -> None:
        made.add_heading("Cell Biology", 0)
        made.add_heading("Cells", 1)
        made.add_paragraph("They live.")
        made.add_heading("Organelles", 2)
        for style, words in [
            ("List Bullet", "small"),
            ("List Bullet", "many"),
            ("List Number", "one"),
            ("Quote", "So."),
        ]:
            made.add_paragraph(words, style=style)
        table = made.add_table(rows=2, cols=2)
        for cell, words in zip(table._cells, ["Organelle", "Job", "Nucleus", "Holds\nDNA"], strict=True):
            cell.text = words

    document = office_document(word_file(write))
    assert kinds_of(document) == [
        ("heading", "Cell Biology"),
        ("heading", "Cells"),
        ("paragraph", "They live."),
        ("heading", "Organelles"),
        ("list_item", "- small"),
        ("list_item", "- many"),
        ("list_item", "1. one"),
        ("quote", "So."),
        ("table", "Organelle | Job\nNucleus | Holds DNA"),
    ]
    assert document.title == "Cell Biology"
    assert document.sections[-1].heading_path == ("Cell Biology", "Cells", "Organelles")
    assert document.pages == ()
    assert list(faults_of(document)) == []


def test_bold_words_that_open_a_paragraph_are_known() -> None:
    def write(made: WordFile) -> None:
        paragraph = made.add_paragraph()
        paragraph.add_run("Acne").bold = True
        paragraph.add_run(": a condition of the ")
        paragraph.add_run("skin").italic = True

    document = office_document(word_file(write))
    (block,) = document.blocks
    assert block.bold_lead == "Acne"
    assert [document.text[s.char_start : s.char_end] for s in block.emphasised] == ["Acne", "skin"]


def test_formulas_become_tex() -> None:
    fraction = "<m:f><m:num>{}</m:num><m:den>{}</m:den></m:f>"
    a, b = ("<m:r><m:t>a</m:t></m:r>", "<m:r><m:t>b</m:t></m:r>")

    def write(made: WordFile) -> None:
        inline = made.add_paragraph("The ratio ")
        inline._p.append(parse_xml(f"<m:oMath {MATH}>{fraction.format(a, b)}</m:oMath>"))
        alone = made.add_paragraph()
        alone._p.append(parse_xml(f"<m:oMathPara {MATH}><m:oMath>{fraction.format(b, a)}</m:oMath></m:oMathPara>"))

    assert kinds_of(office_document(word_file(write))) == [
        ("paragraph", r"The ratio $\frac{a}{b}$"),
        ("formula", r"$$\frac{b}{a}$$"),
    ]


_X, _N = "<m:r><m:t>x</m:t></m:r>", "<m:r><m:t>n</m:t></m:r>"


@pytest.mark.parametrize(
    ("omml", "tex"),
    [
        (f"<m:sSup><m:e>{_X}</m:e><m:sup>{_N}</m:sup></m:sSup>", "x^{n}"),
        (f"<m:sSubSup><m:e>{_X}</m:e><m:sub>{_N}</m:sub><m:sup>{_N}</m:sup></m:sSubSup>", "x_{n}^{n}"),
        (f"<m:rad><m:deg/><m:e>{_X}</m:e></m:rad>", r"\sqrt{x}"),
        (f"<m:rad><m:deg>{_N}</m:deg><m:e>{_X}</m:e></m:rad>", r"\sqrt[n]{x}"),
        (
            f'<m:nary><m:naryPr><m:chr m:val="∑"/></m:naryPr><m:sub>{_N}</m:sub><m:sup/><m:e>{_X}</m:e></m:nary>',
            r"\sum_{n} x",
        ),
        (f'<m:d><m:dPr><m:begChr m:val="["/><m:endChr m:val="]"/></m:dPr><m:e>{_X}</m:e></m:d>', "[x]"),
        (f"<m:func><m:fName><m:r><m:t>sin</m:t></m:r></m:fName><m:e>{_X}</m:e></m:func>", r"\sin x"),
        (
            f"<m:m><m:mr><m:e>{_X}</m:e><m:e>{_N}</m:e></m:mr><m:mr><m:e>{_N}</m:e><m:e>{_X}</m:e></m:mr></m:m>",
            r"\begin{matrix}x & n \\ n & x\end{matrix}",
        ),
        (f'<m:acc><m:accPr><m:chr m:val="&#x305;"/></m:accPr><m:e>{_X}</m:e></m:acc>', r"\overline{x}"),
        (f"<m:unheardOf><m:e>{_X}</m:e></m:unheardOf>", "x"),
    ],
)
def test_each_part_of_a_formula_has_its_tex(omml: str, tex: str) -> None:
    assert tex_of(read_xml(f"<m:oMath {MATH}>{omml}</m:oMath>".encode(), "formula")) == tex


def test_changes_count_as_accepted() -> None:
    def write(made: WordFile) -> None:
        paragraph = made.add_paragraph("Cells ")
        paragraph._p.append(parse_xml(f"<w:del {W}><w:r><w:delText>never </w:delText></w:r></w:del>"))
        paragraph._p.append(parse_xml(f"<w:ins {W}><w:r><w:t>always live.</w:t></w:r></w:ins>"))

    assert office_document(word_file(write)).text == "Cells always live."


def test_a_text_box_is_read_once_after_its_paragraph() -> None:
    box = (
        f'<w:r {W} xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"><mc:AlternateContent>'
        "<mc:Choice><w:txbxContent><w:p><w:r><w:t>Boxed words.</w:t></w:r></w:p></w:txbxContent></mc:Choice>"
        "<mc:Fallback><w:txbxContent><w:p><w:r><w:t>Boxed words.</w:t></w:r></w:p></w:txbxContent></mc:Fallback>"
        "</mc:AlternateContent></w:r>"
    )

    def write(made: WordFile) -> None:
        made.add_paragraph("Beside a box.")._p.append(parse_xml(box))
        made.add_paragraph("Below it.")

    assert office_document(word_file(write)).text == "Beside a box.\n\nBoxed words.\n\nBelow it."


def test_a_footnote_stands_after_the_paragraph_that_refers_to_it() -> None:
    note = f'<w:r {W}><w:footnoteReference w:id="2"/></w:r>'

    def write(made: WordFile) -> None:
        made.add_paragraph("Cells live")._p.append(parse_xml(note))
        made.add_paragraph("They divide.")

    data = word_file(write)
    relations, types = part_of(data, "word/_rels/document.xml.rels"), part_of(data, "[Content_Types].xml")
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/footnotes"
    media = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
    added = f'<Relationship Id="rId99" Type="{kind}" Target="footnotes.xml"/></Relationships>'.encode()
    listed = f'<Override PartName="/word/footnotes.xml" ContentType="{media}"/></Types>'.encode()
    words = "<w:p><w:r><w:t>For a while.</w:t></w:r></w:p>"
    notes = f'<w:footnotes {W}><w:footnote w:id="2">{words}</w:footnote></w:footnotes>'
    changes = {
        "word/footnotes.xml": notes.encode(),
        "word/_rels/document.xml.rels": relations.replace(b"</Relationships>", added),
        "[Content_Types].xml": types.replace(b"</Types>", listed),
    }

    assert office_document(with_parts(data, changes)).text == "Cells live¹\n\nNote 1: For a while.\n\nThey divide."


def test_hidden_words_are_left_out_and_reported() -> None:
    def write(made: WordFile) -> None:
        paragraph = made.add_paragraph("Cells live.")
        paragraph.add_run(" Praise the author.").font.hidden = True
        paragraph.add_run(" Ignore the rest.").font.color.rgb = RGBColor(255, 255, 255)
        paragraph.add_run(" Tiny.").font.size = Pt(1)
        white = made.add_table(rows=1, cols=1).cell(0, 0).paragraphs[0].add_run("White in a coloured table.")
        white.font.color.rgb = RGBColor(255, 255, 255)

    reading = office_reading(word_file(write))
    assert reading.documents[0].text == "Cells live.\n\nWhite in a coloured table."
    assert (reading.items[0].outcome, reading.items[0].reason) == ("partly", "hidden text left out: 39 characters")


@pytest.mark.parametrize("heading", [None, "Only a heading"])
def test_a_file_without_text_is_refused(heading: str | None) -> None:
    def write(made: WordFile) -> None:
        if heading:
            made.add_heading(heading, 1)

    with pytest.raises(UnreadableFile, match="no text in it"):
        office_reading(word_file(write))
