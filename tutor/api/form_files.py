"""The files of a multipart form, written to the disk as they arrive; nothing else of the form is kept."""

import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import BinaryIO

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from tutor.ingest.errors import UploadMalformed
from tutor.ingest.receiving import Arrival
from tutor.state.errors import StateUnwritable
from tutor.state.half_written import folder_being_written

MAX_FILES = 200  # of one request: far more than anybody picks in a dialogue, and each takes an open file
MAX_HEADERS = 16  # of one part; browsers send two
MAX_HEADER_BYTES = 16 * 1024  # of one part: a file name of 5,000 characters may have 20,000 bytes and is refused
_WRITE_AT_ONCE = 1 << 20  # collected before a thread is asked to write them


class FormFiles:
    """Takes the body of one form and gives its files.

    Args:
        folder: Where to write them; deleted with all that is in it by whoever made it.
        boundary: Of the form, as its Content-Type says.

    Raises:
        UploadMalformed: The boundary is none.
    """

    def __init__(self, folder: Path, boundary: bytes) -> None:
        self.arrivals: list[Arrival] = []
        self._folder = folder
        self._headers: dict[bytes, bytes] = {}
        self._name = bytearray()
        self._value = bytearray()
        self._file: BinaryIO | None = None
        self._finished = False
        callbacks = {
            "on_part_begin": self._on_part_begin,
            "on_header_field": lambda data, start, end: self._name.extend(data[start:end]),
            "on_header_value": lambda data, start, end: self._value.extend(data[start:end]),
            "on_header_end": self._on_header_end,
            "on_headers_finished": self._on_headers_finished,
            "on_part_data": self._on_part_data,
            "on_part_end": self.close,
            "on_end": self._on_end,
        }
        limits = {"max_header_count": MAX_HEADERS, "max_header_size": MAX_HEADER_BYTES}
        try:
            self._parser = MultipartParser(boundary, callbacks, **limits)  # type: ignore[arg-type]  # its own TypedDict
        except FormParserError as error:
            raise UploadMalformed(str(error)) from error

    def write(self, piece: bytes) -> None:
        """Take the next piece of the body.

        Raises:
            UploadMalformed: It is no form, or one with too many parts.
            StateUnwritable: The disk is full.
        """
        try:
            self._parser.write(piece)
        except FormParserError as error:
            raise UploadMalformed(str(error)) from error
        except OSError as error:
            raise StateUnwritable(self._folder, error) from error

    def finish(self) -> list[Arrival]:
        """The files, once the whole body was taken.

        Raises:
            UploadMalformed: The form has no end.
        """
        self.close()
        if not self._finished:
            raise UploadMalformed("it ends in the middle of the form")
        return self.arrivals

    def close(self) -> None:
        """Close the file that is being written."""
        file, self._file = self._file, None
        if file is not None:
            file.close()

    def _on_part_begin(self) -> None:
        self._headers = {}

    def _on_header_end(self) -> None:
        self._headers[bytes(self._name).lower()] = bytes(self._value)
        self._name.clear()
        self._value.clear()

    def _on_headers_finished(self) -> None:
        _, options = parse_options_header(self._headers.get(b"content-disposition"))
        if b"filename" not in options or options.get(b"name") != b"file":
            return
        if len(self.arrivals) == MAX_FILES:
            raise UploadMalformed(f"it has more than {MAX_FILES} files")
        path = self._folder / str(len(self.arrivals))
        self.arrivals.append(Arrival(options[b"filename"].decode("utf-8", "replace"), path))
        self._file = path.open("xb")

    def _on_part_data(self, data: bytes, start: int, end: int) -> None:
        if self._file is not None:
            self._file.write(data[start:end])

    def _on_end(self) -> None:
        self._finished = True


@contextlib.asynccontextmanager
async def arriving_files(request: Request, uploads: Path) -> AsyncIterator[list[Arrival]]:
    """The files of a request's form, on the disk while the block runs.

    Raises:
        UploadMalformed: The request is no form with files.
        StateUnwritable: The disk is full.
        ClientDisconnect: It was cut.
    """
    media_type, options = parse_options_header(request.headers.get("content-type"))
    if media_type != b"multipart/form-data" or not options.get(b"boundary"):
        raise UploadMalformed(f"its Content-Type is {media_type.decode('latin-1') or 'missing'}")
    with contextlib.ExitStack() as held:
        folder = await run_in_threadpool(_new_folder, uploads, held)
        try:
            form = FormFiles(folder, options[b"boundary"])
            try:
                await _fill(form, request)
                yield form.finish()
            finally:
                form.close()
        finally:
            await run_in_threadpool(held.close)


def _new_folder(uploads: Path, held: contextlib.ExitStack) -> Path:
    try:
        return held.enter_context(folder_being_written(uploads))
    except OSError as error:
        raise StateUnwritable(uploads, error) from error


async def _fill(form: FormFiles, request: Request) -> None:
    collected = bytearray()
    async for piece in request.stream():
        collected += piece
        if len(collected) >= _WRITE_AT_ONCE:
            whole, collected = bytes(collected), bytearray()
            await run_in_threadpool(form.write, whole)
    if collected:
        await run_in_threadpool(form.write, bytes(collected))
