"""One course in every format an instructor may bring: a file of each, and a question that only this file answers."""

from dataclasses import dataclass
from html import escape
from io import BytesIO

from docx.document import Document as WordFile
from hostile_archives import zip_of
from office_samples import slides_file, word_file
from package_samples import CANARY, activity_xml, cartridge, epub, module_xml, moodle_backup, page, web_resource
from pdf_samples import HEIGHT, write_lines
from pptx.presentation import Presentation
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

CANVAS = 'xmlns="http://canvas.instructure.com/xsd/cccv1p0"'
PDF_PREFACE = 2  # pages i and ii, so that what is printed as page 2 is the fourth of the file
SEICHE = "A seiche is a standing wave that sloshes back and forth in a closed basin."


@dataclass(frozen=True, slots=True)
class Brought:
    """A file, a question that it alone answers, and where the answer must be found to stand.

    Args:
        name: As uploaded.
        data: The file.
        question: Answered by this file only.
        quote: Words of the answer.
        document: What the id of the cited document must hold.
        label: Of the cited page or slide; empty where the format has none.
        heading: A heading the citation must stand under.
        link: Into the learning platform.
    """

    name: str
    data: bytes
    question: str
    quote: str
    document: str
    heading: str
    label: str = ""
    link: str = ""


def every_format() -> tuple[Brought, ...]:
    """A course about the sea."""
    lms = "https://moodle.example.org/mod/page/view.php?id=5"
    canvas = "https://school.example.org/courses/42/pages/upwelling"
    return (
        Brought(
            "week 1/tides.md", TIDES.encode(), "What is a neap tide?", "A neap tide is", "tides", "Springs and neaps"
        ),
        Brought("basins.pdf", basins_pdf(), "What is a seiche?", SEICHE, "basins", "Standing waves", label="2"),
        Brought("vents.docx", vents_word(), "What is a black smoker?", "A black smoker is", "vents", "Chimneys"),
        Brought(
            "plankton.pptx", plankton_slides(), "What is a diatom?", "glass", "plankton", "Diatoms", label="Slide 3"
        ),
        Brought("reefs.epub", reefs_epub(), "What is coral bleaching?", "Coral bleaching is", "reefs", "Bleaching"),
        Brought("loose.zip", loose_zip(), "What is a guyot?", "A guyot is", "guyots", "Drowned islands"),
        Brought(
            "sea.imscc", sea_cartridge(), "What is upwelling?", "Upwelling is", "upwelling", "Upwelling", link=canvas
        ),
        Brought("ice.mbz", ice_backup(), "What is frazil ice?", "Frazil ice is", "page-5", "Frazil", link=lms),
        Brought("terms.xml", terms_glossary(), "What is a halocline?", "salt", "terms", "Terms of the sea"),
    )


TIDES = """# Tides

The sea rises and falls because the Moon and the Sun pull at it.

## Springs and neaps

Around full and new moon the Sun and the Moon pull along one line.

- **spring tide**: A spring tide is a tide of great range that comes around full and new moon.
- **neap tide**: A neap tide is a tide of small range that comes when the Moon stands at its first or last quarter.
"""


def basins_pdf() -> bytes:
    """Two pages of preface, i and ii, then three that are printed as 1, 2 and 3."""
    buffer = BytesIO()
    canvas = Canvas(buffer, pagesize=A4)
    canvas.setTitle("Basins and their water")
    canvas.addPageLabel(0, "ROMAN_LOWER", 1)
    canvas.addPageLabel(PDF_PREFACE, "ARABIC", 1)
    pages = (
        ("i", "Preface", ["This booklet is about the water of lakes and bays."]),
        ("ii", "How to read it", ["Every part begins on a page of its own, with its number printed on top."]),
        ("1", "Basins", ["A basin holds its water between shores, and its shape decides how the water moves."]),
        ("2", "Standing waves", ["Wind and air pressure push the water of a lake to one side.", SEICHE]),
        ("3", "Currents", ["Rivers that run into a lake drive slow currents along its shores."]),
    )
    for label, heading, lines in pages:
        canvas.setFont("Times-Italic", 9)
        canvas.drawRightString(A4[0] - 72, HEIGHT - 40, label)
        top = write_lines(canvas, [heading], font="Helvetica-Bold", size=18)
        write_lines(canvas, lines, top=top + 12)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def vents_word() -> bytes:
    """A chapter with two headings."""

    def write(made: WordFile) -> None:
        made.add_heading("Hot vents", 1)
        made.add_paragraph("Sea water that seeps into the crust comes back hot and full of minerals.")
        made.add_heading("Chimneys", 2)
        made.add_paragraph("A black smoker is a chimney on the sea floor that pours out hot water dark with sulfides.")

    return word_file(write)


def plankton_slides() -> bytes:
    """Three slides with titles and bullets."""

    def write(made: Presentation) -> None:
        for title, words in (
            ("Plankton", "Plankton drifts with the currents.\nMost of it is tiny."),
            ("Krill", "Krill are small crustaceans that whales eat by the ton."),
            ("Diatoms", "A diatom is a single-celled alga that lives in a shell of glass.\nDiatoms make oxygen."),
        ):
            slide = made.slides.add_slide(made.slide_layouts[1])
            slide.shapes.title.text = title
            slide.placeholders[1].text = words

    return slides_file(write)


def reefs_epub() -> bytes:
    """A book of two pages."""
    pages = {
        "growth.xhtml": "<h1>Growth</h1><p>Coral polyps build reefs of limestone over thousands of years.</p>",
        "bleaching.xhtml": "<h1>Bleaching</h1><p>Coral bleaching is the loss of the algae that live in coral, "
        "which happens when the water grows too warm.</p>",
    }
    nav = '<li><a href="text/growth.xhtml">Growth</a></li><li><a href="text/bleaching.xhtml">Bleaching</a></li>'
    return epub(pages, nav=nav)


def loose_zip() -> bytes:
    """Loose files of a course, as somebody zips a folder."""
    guyots = "# Drowned islands\n\nA guyot is a seamount with a flat top that once was an island.\n"
    return zip_of({"notes/guyots.md": guyots, "notes/trenches.txt": "Trenches are the deepest places of the sea."})


def sea_cartridge() -> bytes:
    """A course as Canvas exports it, one of its pages not published."""

    def wiki(title: str, text: str, state: str) -> str:
        head = f'<title>{title}</title><meta name="workflow_state" content="{state}"/>'
        return f"<html><head>{head}</head><body><p>{text}</p></body></html>"

    context = f"<c {CANVAS}><course_id>42</course_id><canvas_domain>school.example.org</canvas_domain></c>"
    upwelling = "Upwelling is the rise of cold water rich in nutrients from the deep to the surface."
    return cartridge(
        '<item identifier="a" identifierref="r1"><title>Upwelling</title></item>',
        web_resource("r1", "wiki_content/upwelling.html") + web_resource("r2", "wiki_content/draft.html"),
        {
            "wiki_content/upwelling.html": wiki("Upwelling", upwelling, "active"),
            "wiki_content/draft.html": wiki("Draft", f"A {CANARY} is a secret.", "unpublished"),
            "course_settings/context.xml": context,
        },
    )


def ice_backup() -> bytes:
    """A course as Moodle backs it up, one of its pages hidden."""
    frazil = "<h3>Frazil</h3><p>Frazil ice is a slush of loose needles of ice that forms in rough cold water.</p>"
    hidden = page("Draft", f"<p>A {CANARY} is a secret.</p>")
    return moodle_backup(
        [("page", 5, 1, "Sea ice", page("Sea ice", frazil)), ("page", 6, 1, "Draft", hidden)],
        more={"activities/page_6/module.xml": module_xml("page", visible=0),
              "activities/page_6/page.xml": activity_xml("page", 6, hidden)},
    )  # fmt: skip


def terms_glossary() -> bytes:
    """A glossary as Moodle exports it."""
    meaning = escape("<p>A layer of the sea in which the salt content changes quickly with depth.</p>")
    entry = f"<ENTRY><CONCEPT>Halocline</CONCEPT><DEFINITION>{meaning}</DEFINITION><FORMAT>1</FORMAT></ENTRY>"
    info = f"<INFO><NAME>Terms of the sea</NAME><INTRO></INTRO><ENTRIES>{entry}</ENTRIES></INFO>"
    return f'<?xml version="1.0" encoding="UTF-8"?><GLOSSARY>{info}</GLOSSARY>'.encode()
