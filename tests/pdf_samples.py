"""PDF files made on the spot, with a record of what stands where."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from io import BytesIO

from reportlab.lib.pagesizes import A4
from reportlab.lib.utils import ImageReader, simpleSplit
from reportlab.pdfgen.canvas import Canvas

from corpus.source_reading import read_source
from corpus.types import Document, ItemReport, SourceReading

WIDTH, HEIGHT = A4
_SUBJECTS = [
    "membrane",
    "nucleus",
    "ribosome",
    "enzyme",
    "neuron",
    "artery",
    "tendon",
    "hormone",
    "antibody",
    "chromosome",
    "synapse",
    "capillary",
]
_VERBS = [
    "carries",
    "binds",
    "releases",
    "stores",
    "divides",
    "protects",
    "signals",
    "absorbs",
    "repairs",
    "filters",
    "folds",
    "anchors",
]
_OBJECTS = [
    "oxygen",
    "calcium",
    "glucose",
    "protein",
    "water",
    "heat",
    "energy",
    "lipids",
    "fibres",
    "ions",
    "waste",
    "messages",
]
_PLACES = ["heart", "liver", "kidney", "lung", "spleen", "brain", "muscle", "skin", "bone", "eye", "ear", "stomach"]


@dataclass(frozen=True, slots=True)
class Fact:
    """A sentence that stands once in a book, and the page on which it begins."""

    sentence: str
    page_index: int
    label: str


def read_pdf_file(data: bytes) -> Document:
    """The document that a PDF file becomes."""
    (document,) = reading_of(data).documents
    return document


def report_of(data: bytes) -> ItemReport:
    """What is reported of a PDF file."""
    (item,) = reading_of(data).items
    return item


def reading_of(data: bytes) -> SourceReading:
    """A PDF file, read in this process."""
    return read_source(data, "book.pdf", course_id="biology", document_id="book")


def drawn(draw: Callable[[Canvas], None], *, size: tuple[float, float] = A4) -> bytes:
    """A PDF file of what ``draw`` draws; the last page is ended for it."""
    buffer = BytesIO()
    canvas = Canvas(buffer, pagesize=size)
    draw(canvas)
    canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def write_lines(
    canvas: Canvas,
    lines: Sequence[str],
    *,
    left: float = 72,
    top: float = 72,
    font: str = "Times-Roman",
    size: float = 11,
) -> float:
    """Draw lines under each other from ``top`` points below the page's top; return where the next one would stand."""
    canvas.setFont(font, size)
    for line in lines:
        canvas.drawString(left, HEIGHT - top - size, line)
        top += size * 1.2
    return top


def page_of_facts(seed: int, n_sentences: int = 40) -> list[str]:
    """Sentences that no two pages share."""
    chance = random.Random(seed)

    def clause(joint: str) -> str:
        words = (chance.choice(_VERBS), chance.choice(_OBJECTS), joint, chance.choice(_PLACES))
        return " ".join(words)

    return [
        f"The {chance.choice(_SUBJECTS)} of sample {seed}-{number} {clause('in the')} and {clause('for the')}."
        for number in range(n_sentences)
    ]


def book(n_pages: int, n_preface: int, *, sentences_per_page: int = 60) -> tuple[bytes, list[Fact]]:
    """A book with running heads and printed page numbers: i, ii, ... in the preface, then from 1; text flows on."""
    labels = [_roman(number) for number in range(1, n_preface + 1)] + [
        str(n) for n in range(1, n_pages - n_preface + 1)
    ]
    facts: list[Fact] = []
    buffer = BytesIO()
    canvas = Canvas(buffer, pagesize=A4)
    canvas.addPageLabel(0, "ROMAN_LOWER", 1)
    canvas.addPageLabel(n_preface, "ARABIC", 1)
    sentences = iter([fact for seed in range(n_pages) for fact in page_of_facts(seed, sentences_per_page)])
    carried: list[tuple[str, str]] = []  # lines not drawn yet, with the sentence that begins in each, or ""
    for index, label in enumerate(labels):
        canvas.setFont("Times-Italic", 9)
        canvas.drawString(72, HEIGHT - 40, "A Book of Facts")
        canvas.drawRightString(WIDTH - 72, HEIGHT - 40, label)
        top = (
            write_lines(canvas, [f"Chapter {index // 10 + 1}"], font="Helvetica-Bold", size=18)
            if index % 10 == 0
            else 72
        )
        while top < HEIGHT - 100:
            if not carried:
                carried = _wrapped([next(sentences) for _ in range(5)])
                top += 8
            line, begun = carried.pop(0)
            if begun:
                facts.append(Fact(begun, index, label))
            top = write_lines(canvas, [line], top=top)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue(), facts


def scan() -> ImageReader:
    """The picture of a page with nothing but dark blots."""
    from PIL import Image, ImageDraw

    picture = Image.new("L", (600, 850), 255)
    draw = ImageDraw.Draw(picture)
    for row in range(60, 800, 24):
        draw.rectangle((60, row, 540, row + 10), fill=30)
    return ImageReader(picture)


def _wrapped(sentences: Sequence[str]) -> list[tuple[str, str]]:
    """A paragraph in lines; with each the first sentence that begins in it."""
    text = " ".join(sentences)
    lines: list[tuple[str, str]] = []
    position = 0
    starts = {text.index(sentence): sentence for sentence in sentences}
    for line in simpleSplit(text, "Times-Roman", 11, WIDTH - 144):
        begun = [sentence for start, sentence in starts.items() if position <= start < position + len(line) + 1]
        lines.append((line, begun[0] if begun else ""))
        position += len(line) + 1
    return lines


def _roman(number: int) -> str:
    return "x" * (number // 10) + ("", "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix")[number % 10]
