"""An instructor's own questions: a CSV with the columns ``question`` and ``expected``, checked against the course.

``expected`` is a term that the course defines, a heading, or the word ``refuse``. A column ``kind`` may group them.
"""

import csv
import difflib
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from corpus.types import Chunk
from tutor.evaluation.errors import QuestionSetInvalid
from tutor.evaluation.question_set import Question, QuestionSet
from tutor.evaluation.same_words import fold, says_the_same

REFUSE = "refuse"
_DELIMITERS = (",", ";", "\t")
_NUMBERING = re.compile(r"\s*(?:chapter\s+)?\d+(?:\.\d+)*\s*[.:)]?\s+", re.IGNORECASE)


def read_csv_questions(path: Path, chunks: Sequence[Chunk]) -> QuestionSet:
    """Read the questions of a file and find what each expects among the course's chunks.

    Excel's byte order mark is fine, and so are semicolons or tabs between columns.

    Raises:
        QuestionSetInvalid: The file or one of its rows cannot be understood; every bad row is named.
    """
    try:
        content = path.read_bytes()
    except FileNotFoundError as error:
        raise QuestionSetInvalid(f"{path}: no such file") from error
    return parse_csv_questions(csv_rows(content, str(path)), chunks, name=str(path))


def parse_csv_questions(
    rows: Sequence[tuple[int, Mapping[str, str]]], chunks: Sequence[Chunk], *, name: str
) -> QuestionSet:
    """Find what each row's question expects among the course's chunks; its id is "row-" and the row's number.

    Raises:
        QuestionSetInvalid: A row cannot be understood; every bad row is named.
    """
    expectations = _Expectations(chunks)
    questions, complaints = [], []
    for number, row in rows:
        question, expected = row.get("question", "").strip(), row.get("expected", "").strip()
        if not question and not expected:
            continue
        if not question or not expected:
            complaints.append(f"row {number}: no {'expected' if question else 'question'}")
            continue
        kind = row.get("kind", "").strip()
        if fold(expected).strip() == REFUSE:
            questions.append(Question(f"row-{number}", question, kind or "to refuse"))
        elif gold := expectations.gold(expected):
            questions.append(expectations.question(f"row-{number}", question, kind or "in scope", gold))
        else:
            complaints.append(
                f"row {number}: the course has no term or heading {expected!r}{expectations.near(expected)}"
            )
    if complaints:
        raise QuestionSetInvalid(f"{name}: " + "; ".join(complaints))
    if not questions:
        raise QuestionSetInvalid(f"{name}: no question in it")
    texts = {chunk.chunk_id: chunk.text for chunk in chunks}
    wanted = {item for question in questions for item in question.accepted}
    return QuestionSet(Path(name).stem, "chunk", tuple(questions), {item: texts[item] for item in sorted(wanted)})


class _Expectations:
    """What an instructor may expect of a course: terms, aliases and headings, folded."""

    def __init__(self, chunks: Sequence[Chunk]) -> None:
        self._folded = {chunk.chunk_id: fold(chunk.text) for chunk in chunks}
        self._named: dict[str, dict[str, None]] = {}
        self._spelling: dict[str, str] = {}
        for chunk in chunks:
            for name in _names(chunk):
                self._named.setdefault(fold(name), {})[chunk.chunk_id] = None
                self._spelling.setdefault(fold(name), name)

    def gold(self, expected: str) -> tuple[str, ...]:
        """Chunks that define the term, or stand under the heading; empty when the course has neither."""
        return tuple(self._named.get(fold(expected), ()))

    def question(self, question_id: str, text: str, kind: str, gold: Sequence[str]) -> Question:
        """Chunks that repeat a gold chunk's words are accepted too, at half the grade."""
        also = tuple(
            chunk_id
            for chunk_id, words in self._folded.items()
            if chunk_id not in gold and any(says_the_same(words, self._folded[item]) for item in gold)
        )
        relevance = dict.fromkeys(also, 1) | dict.fromkeys(gold, 2)
        return Question(question_id, text, kind, relevance=relevance, gold=tuple(gold), also_ok=also)

    def near(self, expected: str) -> str:
        """What the instructor may have meant, in words to put behind a complaint."""
        close = difflib.get_close_matches(fold(expected), self._spelling, n=1)
        return f"; did you mean {self._spelling[close[0]]!r}?" if close else ""


def _names(chunk: Chunk) -> tuple[str, ...]:
    headings = (chunk.document_title, *chunk.heading_path)
    bare = (_NUMBERING.sub("", heading, count=1) for heading in headings)
    names = (chunk.term, *chunk.aliases, *headings, *bare)
    return tuple(dict.fromkeys(name for name in names if fold(name).strip()))


def csv_rows(content: bytes, name: str) -> list[tuple[int, dict[str, str]]]:
    """Rows by lower-case column name, with the row number a spreadsheet shows.

    Raises:
        QuestionSetInvalid: It is not UTF-8, lacks a column, or is no CSV.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise QuestionSetInvalid(f"{name}: not UTF-8; save it as 'CSV UTF-8' in your spreadsheet") from error
    lines = text.splitlines(keepends=True)
    header = lines[0] if lines else ""
    for delimiter in _DELIMITERS:
        columns = [name.strip().casefold() for name in next(csv.reader([header], delimiter=delimiter), [])]
        if {"question", "expected"} <= set(columns):
            rows = csv.DictReader(lines[1:], fieldnames=columns, delimiter=delimiter, restval="", strict=True)
            return _numbered(rows, name)
    raise QuestionSetInvalid(
        f"{name}: the first row must name the columns 'question' and 'expected', not {header.strip()[:200]!r}"
    )


def _numbered(rows: "csv.DictReader[str]", name: str) -> list[tuple[int, dict[str, str]]]:
    numbered: list[tuple[int, dict[str, str]]] = []
    try:
        for number, row in enumerate(rows, start=2):
            if None in row:
                raise QuestionSetInvalid(
                    f"{name}: row {number} has more columns than the first row; quote text that has a comma in it"
                )
            numbered.append((number, row))
    except csv.Error as error:
        raise QuestionSetInvalid(f"{name}: row {len(numbered) + 2}: {error}") from error
    return numbered
