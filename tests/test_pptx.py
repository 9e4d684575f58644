"""What the slides of a PPTX file say, and where."""

import pytest
from office_samples import kinds_of, office_document, office_reading, slides_file
from pptx.presentation import Presentation
from pptx.util import Inches, Pt

from corpus.document_checks import faults_of
from corpus.errors import UnreadableFile
from corpus.pages import page_at


def lecture(made: Presentation) -> None:
    """Six slides: a title, bullets with notes, a hidden one, a table, a picture's frame, words without a title."""
    slide = made.slides.add_slide(made.slide_layouts[0])
    slide.shapes.title.text, slide.placeholders[1].text = "Cell Biology", "A lecture"
    slide = made.slides.add_slide(made.slide_layouts[1])
    slide.shapes.title.text, slide.placeholders[1].text = "The cell", "The unit of life"
    frame = slide.placeholders[1].text_frame
    deeper = frame.add_paragraph()
    deeper.text, deeper.level = "Has a nucleus", 1
    term = frame.add_paragraph().add_run()
    term.text, term.font.bold = "Mitosis", True
    frame.paragraphs[-1].add_run().text = ": division"
    slide.notes_slide.notes_text_frame.text = "Say that cells are small."
    slide = made.slides.add_slide(made.slide_layouts[1])
    slide.shapes.title.text, slide.placeholders[1].text = "Next year's exam", "Not for students"
    slide._element.set("show", "0")
    slide = made.slides.add_slide(made.slide_layouts[5])
    slide.shapes.title.text = "Organelles"
    table = slide.shapes.add_table(2, 2, Inches(1), Inches(2), Inches(4), Inches(1)).table
    for number, words in enumerate(["Organelle", "Job", "Nucleus", "Holds DNA"]):
        table.cell(number // 2, number % 2).text = words
    slide = made.slides.add_slide(made.slide_layouts[6])
    slide.shapes.add_shape(1, Inches(1), Inches(1), Inches(1), Inches(1))
    slide = made.slides.add_slide(made.slide_layouts[6])
    slide.shapes.add_textbox(Inches(1), Inches(1), Inches(3), Inches(1)).text_frame.text = "Words without a title."


def test_a_slide_is_a_section_and_a_page() -> None:
    document = office_document(slides_file(lecture))

    assert document.title == "Cell Biology"
    assert [s.heading_path for s in document.sections[1:]] == [
        ("Cell Biology", "Cell Biology"),
        ("Cell Biology", "The cell"),
        ("Cell Biology", "Organelles"),
        ("Cell Biology", "Slide 6"),
    ]
    assert [(page.index, page.label) for page in document.pages] == [
        (0, "Slide 1"),
        (1, "Slide 2"),
        (3, "Slide 4"),
        (5, "Slide 6"),
    ]
    for words, label in [("Mitosis", "Slide 2"), ("small", "Slide 2"), ("Holds DNA", "Slide 4"), ("Words", "Slide 6")]:
        page = page_at(document, document.text.index(words))
        assert page is not None
        assert page.label == label
    assert list(faults_of(document)) == []


def test_bullets_tables_and_notes_are_told_apart() -> None:
    document = office_document(slides_file(lecture))

    assert kinds_of(document) == [
        ("heading", "Cell Biology"),
        ("paragraph", "A lecture"),
        ("heading", "The cell"),
        ("list_item", "- The unit of life"),
        ("list_item", "- Has a nucleus"),
        ("list_item", "- Mitosis: division"),
        ("paragraph", "Speaker notes: Say that cells are small."),
        ("heading", "Organelles"),
        ("table", "Organelle | Job\nNucleus | Holds DNA"),
        ("heading", "Slide 6"),
        ("paragraph", "Words without a title."),
    ]
    assert [block.bold_lead for block in document.blocks if block.bold_lead] == ["Mitosis"]
    assert [block.level for block in document.blocks if block.kind == "list_item"] == [1, 2, 1]


def test_hidden_slides_and_slides_without_text_are_reported() -> None:
    (item,) = office_reading(slides_file(lecture)).items

    assert item.outcome == "partly"
    assert item.reason == "hidden slides left out: 3; slides 5 have no text: pictures, which need OCR"


def test_words_that_nobody_sees_are_left_out_and_reported() -> None:
    def write(made: Presentation) -> None:
        slide = made.slides.add_slide(made.slide_layouts[6])
        slide.shapes.add_textbox(Inches(1), Inches(1), Inches(3), Inches(1)).text_frame.text = "Seen."
        slide.shapes.add_textbox(Inches(40), Inches(1), Inches(3), Inches(1)).text_frame.text = "Beside the slide."
        hidden = slide.shapes.add_textbox(Inches(1), Inches(2), Inches(3), Inches(1))
        hidden.text_frame.text = "Switched off."
        hidden._element.nvSpPr.cNvPr.set("hidden", "1")
        tiny = slide.shapes.add_textbox(Inches(1), Inches(3), Inches(3), Inches(1)).text_frame.paragraphs[0].add_run()
        tiny.text, tiny.font.size = "Too small.", Pt(1)

    reading = office_reading(slides_file(write))
    assert reading.documents[0].text == "Slide 1\n\nSeen."
    assert reading.items[0].reason == "hidden text left out on slides 1"


def test_shapes_in_groups_are_read() -> None:
    def write(made: Presentation) -> None:
        group = made.slides.add_slide(made.slide_layouts[6]).shapes.add_group_shape()
        inner = group.shapes.add_group_shape()
        inner.shapes.add_textbox(Inches(1), Inches(1), Inches(3), Inches(1)).text_frame.text = "Grouped words."

    assert office_document(slides_file(write)).text == "Slide 1\n\nGrouped words."


def test_a_file_without_words_is_refused() -> None:
    with pytest.raises(UnreadableFile, match="no text in it"):
        office_reading(slides_file(lambda made: None))
