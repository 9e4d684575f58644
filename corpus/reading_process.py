"""Files of strangers are read in a process of their own, which may be slow, greedy or killed without harm to this one.

The child starts afresh (no fork: it shares no memory, threads or secrets with this process), has an empty environment,
puts itself under ``ReadingLimits`` and dies with its parent. What it sends is checked before it is believed.
"""

import base64
import json
import logging
import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from corpus.decoding import clean_text
from corpus.document_checks import faults_of
from corpus.document_rows import from_lines, read_document, read_item
from corpus.errors import ReadingFailed, UnreadableFile
from corpus.reading_limits import ReadingLimits
from corpus.types import Document, ItemReport, SourceReading

logger = logging.getLogger(__name__)

_COMMAND = (sys.executable, "-I", "-B", "-m", "corpus.reading_child")
_READ_BYTES = 1 << 16
_CRASHES = {signal.SIGSEGV, signal.SIGBUS, signal.SIGABRT, signal.SIGILL, signal.SIGFPE, signal.SIGTRAP}
_EXPORT_AGAIN = "save or export the file again, or split it"

_Answer = dict[str, Any]  # a JSON line of the child


def read_in_child(
    path: Path, source_name: str, *, course_id: str, document_id: str, limits: ReadingLimits | None = None
) -> SourceReading:
    """Read a file as ``corpus.source_reading.read_source`` does, in a child process.

    Args:
        path: Where the file lies; its name is not looked at.
        source_name: What the file is called, for people.
        course_id: The course it belongs to.
        document_id: The id of its document, or of its documents' common beginning where it holds several.
        limits: What reading it may take.

    Raises:
        UnreadableFile: If nothing of it can be read; the reason is for whoever uploaded it.
        ReadingFailed: If the child was stopped, crashed or answered nonsense; it is an ``UnreadableFile`` too.
    """
    source_name = clean_text(source_name)
    request = {"task": "read", "course_id": course_id, "document_id": document_id}
    documents: list[Document] = []
    items: list[ItemReport] = []
    try:
        for answer in _answers(path, source_name, request, limits or ReadingLimits()):
            if "document" in answer:
                documents.append(_checked(read_document(answer["document"], course_id), document_id))
            else:
                items.append(read_item(answer["item"]))
    except (KeyError, TypeError, ValueError) as error:
        raise ReadingFailed(source_name, f"its reader answered nonsense ({error}); {_EXPORT_AGAIN}") from error
    return SourceReading(tuple(documents), tuple(items))


def render_page_in_child(
    path: Path,
    source_name: str,
    page_index: int,
    *,
    sha256: str,
    scale: float = 2.0,
    limits: ReadingLimits | None = None,
) -> bytes:
    """Draw a page of a PDF file as ``corpus.page_images.render_page`` does, in a child process.

    Args:
        path: Where the file lies, or a package that it lies in.
        source_name: For messages.
        page_index: From 0.
        sha256: Of the file.
        scale: Pixels for each point.
        limits: Of the child.

    Raises:
        UnreadableFile: If there is no such page, or the file cannot be read; ``ReadingFailed`` as for reading.
    """
    request = {"task": "render", "page_index": page_index, "scale": scale, "sha256": sha256}
    answers = list(_answers(path, clean_text(source_name), request, limits or ReadingLimits()))
    try:
        return base64.b64decode(answers[0]["png"], validate=True)
    except (IndexError, KeyError, TypeError, ValueError) as error:
        raise ReadingFailed(source_name, "its reader answered nonsense") from error


def _checked(document: Document, document_id: str) -> Document:
    if document.document_id != document_id and not document.document_id.startswith(f"{document_id}--"):
        raise ValueError(f"a document with the id {document.document_id!r}")
    for fault in faults_of(document):
        raise ValueError(fault)
    return document


def _answers(path: Path, source_name: str, request: _Answer, limits: ReadingLimits) -> Iterator[_Answer]:
    """Yield what the child answers, up to its last word.

    Raises:
        UnreadableFile, ReadingFailed: If it says that it cannot, or does not come to its last word.
    """
    # A path may hold surrogates, which stand for bytes that are no UTF-8: JSON in ASCII keeps them.
    sent = request | {"path": str(path.absolute()), "source_name": source_name, "limits": asdict(limits)}
    started = time.monotonic()
    output, how_it_ended = _run(json.dumps(sent).encode() + b"\n", limits)
    taken_s = time.monotonic() - started
    logger.debug("a child read %s: %d bytes in %.1f s, %s", path.name, len(output), taken_s, how_it_ended or "well")
    if how_it_ended:
        raise ReadingFailed(source_name, how_it_ended)
    try:
        answers = from_lines(output)
    except ValueError as error:
        raise ReadingFailed(source_name, f"its reader answered nonsense; {_EXPORT_AGAIN}") from error
    for answer in answers:
        if "unreadable" in answer:
            raise UnreadableFile(str(answer.get("source_name", source_name)), str(answer["unreadable"]))
        if "failed" in answer:
            raise ReadingFailed(source_name, _why_failed(str(answer["failed"]), limits))
    if not answers or "end" not in answers[-1]:
        raise ReadingFailed(source_name, f"its reader stopped half-way; {_EXPORT_AGAIN}")
    yield from answers[:-1]


def _run(request: bytes, limits: ReadingLimits) -> tuple[bytes, str]:
    """Run the child; return its output and why it must not be used, or "" when it ended well."""
    with subprocess.Popen(  # noqa: S603
        _COMMAND,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={"LANG": "C.UTF-8"},
        cwd="/",
        start_new_session=True,
    ) as child:
        try:
            output, stopped = _converse(child, request, limits)
        finally:
            _kill(child)
    return output, stopped or _how_it_ended(child.returncode, limits)


def _converse(child: subprocess.Popen[bytes], request: bytes, limits: ReadingLimits) -> tuple[bytes, str]:
    """Send the request and collect the answer, within the limits of time and size."""
    assert child.stdin is not None  # noqa: S101 - both are pipes
    assert child.stdout is not None  # noqa: S101
    deadline = time.monotonic() + limits.wall_s
    try:
        child.stdin.write(request)
        child.stdin.close()
    except BrokenPipeError:  # it died before it read anything; how it ended tells
        pass
    output = bytearray()
    with selectors.DefaultSelector() as selector:
        selector.register(child.stdout, selectors.EVENT_READ)
        while True:
            if not selector.select(max(0.0, deadline - time.monotonic())):
                return b"", f"reading took longer than {limits.wall_s:g} s; {_EXPORT_AGAIN}"
            piece = os.read(child.stdout.fileno(), _READ_BYTES)
            if not piece:
                break
            output += piece
            if len(output) > limits.result_bytes:
                return b"", f"its text is more than {limits.result_bytes / 1e6:g} MB; split the file"
    try:
        child.wait(max(0.1, deadline - time.monotonic()))
    except subprocess.TimeoutExpired:
        return b"", f"reading took longer than {limits.wall_s:g} s; {_EXPORT_AGAIN}"
    return bytes(output), ""


def _kill(child: subprocess.Popen[bytes]) -> None:
    """End the child and whatever it started."""
    if child.poll() is None:
        os.killpg(child.pid, signal.SIGKILL)


def _how_it_ended(returncode: int, limits: ReadingLimits) -> str:
    """Why a child's answer must not be used; "" when it ended by itself."""
    if returncode == 0:
        return ""
    if returncode == -signal.SIGXCPU:
        return f"reading took more than {limits.cpu_s} s of processor time; {_EXPORT_AGAIN}"
    if -returncode in _CRASHES:
        # PDFium ends itself when it gets no more memory, which looks like any other crash.
        return f"the file crashes its reader or needs more memory than {_memory(limits)}; {_EXPORT_AGAIN}"
    if returncode < 0:
        return "reading was stopped from outside, perhaps for lack of memory; try again"
    return f"its reader could not start or failed (status {returncode}); try again"


def _why_failed(what: str, limits: ReadingLimits) -> str:
    if what == "memory":
        return f"reading took more memory than {_memory(limits)}; split the file"
    return f"its reader met something that it does not understand ({what[:60]}); {_EXPORT_AGAIN}"


def _memory(limits: ReadingLimits) -> str:
    return f"{limits.address_space_bytes / 2**30:.2g} GiB"
