"""Questions to measure speed with: those of a file, or plain ones made of what the course itself names."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TypeVar

from index.course_index import CourseIndex
from tutor.evaluation.errors import QuestionSetInvalid

T = TypeVar("T")

_TEMPLATES = ("What is {}?", "{}", "how does {} work", "why is {} important", "difference between {} and {}")


def read_bench_questions(path: Path) -> tuple[str, ...]:
    """The questions of a file: the ``text`` of each line of a ``.jsonl``, else each line as it is.

    Raises:
        QuestionSetInvalid: The file is missing, is not such a file, or holds no question.
    """
    try:
        lines = [line for line in path.read_text(encoding="utf-8-sig").splitlines() if line.strip()]
        questions = [str(json.loads(line)["text"]) for line in lines] if path.suffix == ".jsonl" else lines
    except FileNotFoundError as error:
        raise QuestionSetInvalid(f"{path}: no such file") from error
    except (UnicodeDecodeError, ValueError, KeyError, TypeError) as error:
        raise QuestionSetInvalid(f"{path}: not lines of JSON with a text: {error}") from error
    asked = tuple(question.strip() for question in questions if question.strip())
    if not asked:
        raise QuestionSetInvalid(f"{path}: no question in it")
    return asked


def questions_about(index: CourseIndex) -> tuple[str, ...]:
    """Questions about the course's terms, or about its headings when it defines none; the shapes take turns."""
    terms = [entry.term for entry in index.glossary.entries]
    names = terms or list(dict.fromkeys(heading for chunk in index.chunks for heading in chunk.heading_path))
    names = names or [document.title for document in index.documents.values()]
    made = [
        template.format(name, names[(number + 1) % len(names)])
        for shift in range(len(_TEMPLATES))
        for number, name in enumerate(names)
        for template in (_TEMPLATES[(number + shift) % len(_TEMPLATES)],)
    ]
    return tuple(dict.fromkeys((*index.suggested_questions, *made)))


def evenly(questions: Sequence[T], n: int) -> tuple[T, ...]:
    """``n`` of the questions, or other things, at even distances; from the start again where there are fewer."""
    if len(questions) >= n:
        return tuple(questions[number * len(questions) // n] for number in range(n))
    return tuple(questions[number % len(questions)] for number in range(n))
