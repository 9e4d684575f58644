"""The door to PDFium: a PDF file, its pages, its table of contents and what its author says about it.

PDFium is not safe for threads: one thread a process, and a process of its own for files of strangers.
"""

import math
from types import TracebackType
from typing import Self

import pypdfium2
import pypdfium2.raw as pdfium
from PIL.Image import Image

from corpus.decoding import clean_text
from corpus.errors import UnreadableFile
from corpus.pdf_page import PageReader
from corpus.pdf_types import Bookmark, PdfPage

_MAX_BOOKMARKS = 10_000
_MAX_TITLE_CHARS = 300
_MAX_LABEL_CHARS = 30


class PdfFile:
    """An opened PDF file.

    Raises:
        UnreadableFile: If it is locked by a password, or so damaged that it has no page.
    """

    def __init__(self, data: bytes, source_name: str) -> None:
        try:
            self._pdf = pypdfium2.PdfDocument(data)
        except pypdfium2.PdfiumError as error:
            if error.err_code in (pdfium.FPDF_ERR_PASSWORD, pdfium.FPDF_ERR_SECURITY):
                raise UnreadableFile(source_name, "encrypted: it needs a password; save it without one") from error
            raise UnreadableFile(source_name, "a damaged PDF file; save or export it again") from error
        self._source_name = source_name

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pdf.close()

    def __len__(self) -> int:
        return len(self._pdf)

    @property
    def title(self) -> str:
        """What the file calls itself; often nothing, or the name of a program's file."""
        return clean_text(self._pdf.get_metadata_value("Title"))[:_MAX_TITLE_CHARS].strip()

    def bookmarks(self) -> tuple[Bookmark, ...]:
        """The file's own table of contents, in its order."""
        found: list[Bookmark] = []
        for bookmark in self._pdf.get_toc(max_depth=6):
            target = bookmark.get_dest()
            index = target.get_index() if target else None
            if index is not None:
                title = clean_text(bookmark.get_title()[:_MAX_TITLE_CHARS]).strip()
                found.append(Bookmark(title, bookmark.level + 1, index))
            if len(found) == _MAX_BOOKMARKS:
                break
        return tuple(found)

    def page(self, index: int) -> PdfPage:
        """Read one page.

        Raises:
            UnreadableFile: If the page is damaged or has more text than any page.
        """
        page = self._load(index)
        try:
            text_page = page.get_textpage()
            try:
                return PageReader(page, text_page, self._source_name, index).read(self._label(index))
            finally:
                text_page.close()
        except (pypdfium2.PdfiumError, ValueError, OverflowError) as error:
            raise UnreadableFile(self._source_name, f"page {index + 1} is damaged") from error
        finally:
            page.close()

    def picture(self, index: int, *, scale: float, max_pixels: int) -> Image:
        """The page as it is seen, ``scale`` pixels a point, fewer where it would have more than ``max_pixels``.

        Raises:
            UnreadableFile: If there is no such page or it cannot be drawn.
        """
        page = self._load(index)
        try:
            width, height = page.get_size()
            if not (width >= 1 and height >= 1):
                raise UnreadableFile(self._source_name, f"page {index + 1} has no size")
            fitting = min(scale, math.sqrt(max_pixels / (width * height)) * 0.99)
            picture: Image = page.render(scale=fitting, may_draw_forms=False).to_pil()
            return picture
        except (pypdfium2.PdfiumError, ValueError, OverflowError) as error:
            raise UnreadableFile(self._source_name, f"page {index + 1} cannot be drawn") from error
        finally:
            page.close()

    def _load(self, index: int) -> pypdfium2.PdfPage:
        if not 0 <= index < len(self._pdf):
            raise UnreadableFile(self._source_name, f"it has {len(self._pdf)} pages, no page {index + 1}")
        try:
            return self._pdf[index]
        except pypdfium2.PdfiumError as error:
            raise UnreadableFile(self._source_name, f"page {index + 1} is damaged") from error

    def _label(self, index: int) -> str:
        label = self._pdf.get_page_label(index)[: _MAX_LABEL_CHARS * 2]
        return " ".join(clean_text(label).split())[:_MAX_LABEL_CHARS]
