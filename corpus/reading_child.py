"""The process that reads one file and dies: ``python -I -B -m corpus.reading_child``.

It takes one request as a JSON line from its standard input and answers with JSON lines on its standard output. Whatever
a file does to its reader happens here: ``corpus.reading_process`` is the other end, and believes nothing unchecked.
"""

import base64
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path

from corpus.decoding import too_large
from corpus.document_rows import Row, document_row, item_row, to_lines
from corpus.errors import UnreadableFile
from corpus.page_images import file_of_hash, render_page
from corpus.reading_limits import ReadingLimits, confine_this_process
from corpus.source_reading import MAX_SOURCE_BYTES, read_source


def main() -> None:
    """Read the request, confine the process, answer."""
    # Libraries that print must not end up in the answer.
    with os.fdopen(os.dup(1), "wb") as answer:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        request = json.loads(sys.stdin.buffer.readline())
        confine_this_process(ReadingLimits(**request["limits"]))
        try:
            for row in _answer(request):
                answer.write(to_lines([row]))
        except UnreadableFile as error:
            answer.write(to_lines([{"unreadable": error.reason, "source_name": error.source_name}]))
        except OSError as error:
            answer.write(to_lines([{"unreadable": error.strerror or str(error)}]))
        except MemoryError:
            answer.write(to_lines([{"failed": "memory"}]))
        except Exception as error:
            answer.write(to_lines([{"failed": type(error).__name__}]))


def _answer(request: Row) -> Iterator[Row]:
    path = Path(request["path"])
    if (size := path.stat().st_size) > MAX_SOURCE_BYTES:
        raise UnreadableFile(request["source_name"], too_large(size, MAX_SOURCE_BYTES))
    data = path.read_bytes()
    if request["task"] == "render":
        data = file_of_hash(data, request["sha256"], request["source_name"])
        png = render_page(data, request["page_index"], scale=request["scale"], source_name=request["source_name"])
        yield {"png": base64.b64encode(png).decode()}
    else:
        reading = read_source(
            data, request["source_name"], course_id=request["course_id"], document_id=request["document_id"]
        )
        yield from ({"item": item_row(item)} for item in reading.items)
        yield from ({"document": document_row(document)} for document in reading.documents)
    yield {"end": True}


if __name__ == "__main__":
    main()
