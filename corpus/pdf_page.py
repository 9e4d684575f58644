"""PDFium's view of one page becomes runs: what is set there, where it is seen, and whether anybody can see it."""

import ctypes
import math
from collections.abc import Iterator
from dataclasses import dataclass

import pypdfium2
import pypdfium2.raw as pdfium
from PIL.Image import Image

from corpus.decoding import clean_text
from corpus.errors import UnreadableFile
from corpus.pdf_geometry import Box, PageFrame
from corpus.pdf_types import PdfPage, Run

MAX_PAGE_CHARS = 200_000  # a page of a broadsheet has 30,000; beyond this it is no page for people
_MIN_VISIBLE_POINTS = 1.0  # of font size; the smallest print that anyone sets is 4
_NEAR_WHITE = 235  # of 255, in each colour; whether it is seen is then looked up in the page's picture
_VISIBLE_CONTRAST = 12  # of 255: between the lightest and the darkest point where the words stand
_BOLD_WEIGHT = 600
_FIXED_PITCH, _ITALIC, _FORCE_BOLD = 1 << 0, 1 << 6, 1 << 18  # font descriptor flags, PDF 1.7 table 123
_SCAN_SHARE = 0.5  # of the page that a picture covers, so that invisible text over it is what was recognised in it
_INVISIBLE = "set as invisible"
_MAX_LOOKED_AT_PIXELS = 2_000_000
_END_HYPHEN = "\ufffe"  # PDFium's sign for a hyphen at a line's end
_LIGATURES = str.maketrans(
    {"\ufb00": "ff", "\ufb01": "fi", "\ufb02": "fl", "\ufb03": "ffi", "\ufb04": "ffl", "\ufb05": "st", "\ufb06": "st"}
    | {_END_HYPHEN: "-"}
)


@dataclass(frozen=True, slots=True)
class _Font:
    bold: bool
    italic: bool
    fixed_pitch: bool


class PageReader:
    """Reads one page.

    Raises:
        UnreadableFile: If the page has no size, or more text than any page.
        PdfiumError: If the page is damaged.
    """

    def __init__(self, page: pypdfium2.PdfPage, text_page: pypdfium2.PdfTextPage, source_name: str, index: int) -> None:
        self._page = page
        self._text_page = text_page
        self._index = index
        width, height = page.get_size()
        left, bottom, right, top = page.get_bbox()
        if not all(map(math.isfinite, (width, height, left, bottom, right, top))):
            raise UnreadableFile(source_name, f"page {index + 1} has no size")
        self._frame = PageFrame(left, bottom, right, top, page.get_rotation(), width, height)
        self._n_chars = text_page.count_chars()
        if self._n_chars > MAX_PAGE_CHARS:
            reason = f"page {index + 1} has {self._n_chars:,} characters, more than the limit of {MAX_PAGE_CHARS:,}"
            raise UnreadableFile(source_name, reason)
        self._fonts: dict[int, _Font] = {}
        self._picture: Image | None = None

    def read(self, label: str) -> PdfPage:
        """Read all that is set on the page; ``label`` is its printed number."""
        runs = tuple(self._runs())
        is_scan = bool(runs) and all(run.hidden == _INVISIBLE for run in runs) and self._is_covered()
        return PdfPage(
            index=self._index,
            label=label,
            width=self._frame.width,
            height=self._frame.height,
            runs=runs,
            has_ink=pdfium.FPDFPage_CountObjects(self._page) > 0,
            is_scan=is_scan,
        )

    def _runs(self) -> Iterator[Run]:
        """Yield the runs in the order in which the page sets them."""
        text = self._characters()
        start, setting = 0, 0
        for number in range(self._n_chars + 1):
            address = self._set_by(number) if number < self._n_chars else -1
            if address != setting:
                if setting and (run := self._run(start, text[start:number])):
                    yield run
                start, setting = number, address

    def _characters(self) -> str:
        """All characters of the page, one for each that PDFium counts."""
        count = self._n_chars
        buffer = (ctypes.c_ushort * (count + 1))()
        written = pdfium.FPDFText_GetText(self._text_page, 0, count, buffer) - 1
        text = bytes(buffer)[: 2 * max(0, written)].decode("utf-16-le", "replace")
        if len(text) == count == written:
            return text
        codes = (pdfium.FPDFText_GetUnicode(self._text_page, number) for number in range(count))
        return "".join(chr(code) if code <= 0x10FFFF else "\ufffd" for code in codes)

    def _set_by(self, number: int) -> int:
        """The address of the instruction that sets a character; 0 for one that PDFium made up, such as a blank."""
        return ctypes.cast(pdfium.FPDFText_GetTextObject(self._text_page, number), ctypes.c_void_p).value or 0

    def _run(self, start: int, characters: str) -> Run | None:
        text = clean_text(characters.translate(_LIGATURES)).replace("\n", " ").replace("\t", " ")
        words_start = start + len(characters) - len(characters.lstrip())
        box = self._box(words_start, words_start + len(characters.strip()))
        if not text.strip() or box is None:
            return None
        matrix = pdfium.FS_MATRIX()
        pdfium.FPDFText_GetMatrix(self._text_page, start, matrix)
        size = pdfium.FPDFText_GetFontSize(self._text_page, start) * math.hypot(matrix.c, matrix.d)
        if not all(map(math.isfinite, (size, matrix.a, matrix.b, matrix.e, matrix.f))):
            return None
        along, across = self._frame.direction(matrix.a, matrix.b)
        raw = pdfium.FPDFText_GetTextObject(self._text_page, start)
        font = self._font(raw)
        return Run(
            text=text,
            box=box,
            baseline=self._frame.point(matrix.e, matrix.f)[1],
            size=size,
            bold=font.bold,
            italic=font.italic,
            fixed_pitch=font.fixed_pitch,
            upright=along > 0 and abs(across) < 0.1 * along,
            hidden=self._why_hidden(raw, start, box, size),
        )

    def _box(self, start: int, end: int) -> Box | None:
        """The box of some characters' ink; None for blanks."""
        found: Box | None = None
        corners = tuple(ctypes.c_double() for _ in range(4))
        for number in range(pdfium.FPDFText_CountRects(self._text_page, start, end - start)):
            pdfium.FPDFText_GetRect(self._text_page, number, *corners)
            left, top, right, bottom = (corner.value for corner in corners)
            if all(map(math.isfinite, (left, top, right, bottom))):
                box = self._frame.box(left, bottom, right, top)
                found = found.joined(box) if found else box
        return found

    def _font(self, raw_object: object) -> _Font:
        raw = pdfium.FPDFTextObj_GetFont(raw_object)
        address = ctypes.cast(raw, ctypes.c_void_p).value or 0
        if address not in self._fonts:
            flags = max(0, pdfium.FPDFFont_GetFlags(raw)) if address else 0
            weight = pdfium.FPDFFont_GetWeight(raw) if address else 0
            buffer = ctypes.create_string_buffer(200)
            size = pdfium.FPDFFont_GetBaseFontName(raw, buffer, 200) if address else 0
            name = buffer.value.decode("utf-8", "replace").lower() if 0 < size <= 200 else ""
            self._fonts[address] = _Font(
                bold=weight >= _BOLD_WEIGHT or bool(flags & _FORCE_BOLD) or "bold" in name or "black" in name,
                italic=bool(flags & _ITALIC) or "italic" in name or "oblique" in name,
                fixed_pitch=bool(flags & _FIXED_PITCH) or "courier" in name or "mono" in name,
            )
        return self._fonts[address]

    def _why_hidden(self, raw_object: object, start: int, box: Box, size: float) -> str:
        mode = pdfium.FPDFTextObj_GetTextRenderMode(raw_object)
        red, green, blue, alpha = self._colour(start)
        if mode in (pdfium.FPDF_TEXTRENDERMODE_INVISIBLE, pdfium.FPDF_TEXTRENDERMODE_CLIP) or alpha == 0:
            return _INVISIBLE
        if size < _MIN_VISIBLE_POINTS:
            return "too small to be seen"
        if not self._frame.shows(box):
            return "outside the page"
        outlined = mode in (pdfium.FPDF_TEXTRENDERMODE_STROKE, pdfium.FPDF_TEXTRENDERMODE_FILL_STROKE)
        is_light = min(red, green, blue) >= _NEAR_WHITE and not outlined
        return "of the colour of the page" if is_light and not self._is_seen(box) else ""

    def _colour(self, start: int) -> tuple[int, int, int, int]:
        """Red, green, blue and opacity of a character, 0 to 255; black where PDFium does not tell."""
        red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
        if not pdfium.FPDFText_GetFillColor(self._text_page, start, red, green, blue, alpha):
            return 0, 0, 0, 255
        return red.value, green.value, blue.value, alpha.value

    def _is_seen(self, box: Box) -> bool:
        """Tell whether the page's picture shows anything where light words stand."""
        if self._picture is None:
            scale = min(1.0, math.sqrt(_MAX_LOOKED_AT_PIXELS / (self._frame.width * self._frame.height)))
            self._picture = self._page.render(scale=scale, grayscale=True, may_draw_forms=False).to_pil()
        across = self._picture.width / self._frame.width
        down = self._picture.height / self._frame.height
        corners = (int(box.left * across), int(box.top * down), int(box.right * across) + 1, int(box.bottom * down) + 1)
        darkest, lightest = self._picture.crop(corners).convert("L").getextrema()
        return int(lightest) - int(darkest) >= _VISIBLE_CONTRAST  # type: ignore[arg-type]  # one band: two numbers

    def _is_covered(self) -> bool:
        """Tell whether one picture covers most of the page."""
        area = self._frame.width * self._frame.height
        for picture in self._page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_IMAGE], max_depth=3):
            left, bottom, right, top = picture.get_bounds()
            if abs((right - left) * (top - bottom)) >= _SCAN_SHARE * area:
                return True
        return False
