"""Reads the questions and judgements of a folder in BEIR layout.

``queries.jsonl`` holds the questions, ``qrels.tsv`` (or BEIR's ``qrels/test.tsv``) the judged documents, ``oos.jsonl``
further questions that the corpus does not answer, ``questions.jsonl`` what an answer should cite, and
``qrels.<field>.tsv`` judgements on the corpus rows' ``meta.<field>``. Only ``queries.jsonl`` and the qrels must exist.

Layout: Thakur et al., BEIR, NeurIPS 2021; the extra files are ours and described in docs/evaluation.md.
"""

import gzip
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Literal, TypeVar

from pydantic import AliasChoices, BaseModel, ConfigDict, Field, ValidationError

from tutor.evaluation.errors import QuestionSetInvalid
from tutor.evaluation.question_set import GroupJudgements, Match, Question, QuestionSet
from tutor.types import Turn


class _TurnRow(BaseModel):
    role: Literal["user", "assistant"]
    content: str


class _QuestionRow(BaseModel):
    """A line of queries.jsonl, oos.jsonl or questions.jsonl; fields we do not know are left alone."""

    model_config = ConfigDict(frozen=True, extra="ignore", coerce_numbers_to_str=True)

    question_id: str = Field(validation_alias=AliasChoices("_id", "id"), min_length=1)
    text: str = Field(validation_alias=AliasChoices("text", "question"))
    kind: str = "all"
    history: tuple[_TurnRow, ...] = ()
    gold: tuple[str, ...] = ()
    needs_all: tuple[str, ...] = ()
    also_ok: tuple[str, ...] = ()
    match: Match = "any"
    in_scope: bool | None = None


class _CorpusRow(BaseModel):
    """What evaluation needs of a corpus line; reading it as a document is the corpus package's work."""

    model_config = ConfigDict(frozen=True, extra="ignore", coerce_numbers_to_str=True)

    document_id: str = Field(validation_alias="_id")
    text: str = ""
    meta: dict[str, object] = Field(default_factory=dict, validation_alias=AliasChoices("meta", "metadata"))


Row = TypeVar("Row", bound=BaseModel)
Qrels = Mapping[str, Mapping[str, int]]  # question id -> document id -> grade


def read_question_set(folder: Path) -> QuestionSet:
    """Read a folder's questions; those neither judged nor marked as to be refused are left out and counted.

    To be refused are the questions of ``oos.jsonl``, those marked ``in_scope: false`` and, where they have no judged
    document, those whose kind is ``unanswerable`` or begins with ``oos``.

    Raises:
        QuestionSetInvalid: A file is missing or a line cannot be understood; the message names it.
    """
    if not folder.is_dir():
        raise QuestionSetInvalid(f"{folder}: no such folder")
    qrels = _read_qrels(_first_existing(folder, "qrels.tsv", "qrels/test.tsv"))
    cited = {row.question_id: row for row in _rows_if_there(folder / "questions.jsonl", _QuestionRow)}
    asked = [cited.get(row.question_id, row) for row in _rows(folder / "queries.jsonl", _QuestionRow)]
    outside = list(_rows_if_there(folder / "oos.jsonl", _QuestionRow))
    _refuse_repeated_ids([*asked, *outside], folder)
    judged = [row for row in asked if row.question_id in qrels]
    to_refuse = [row for row in asked if row.question_id not in qrels and _is_to_be_refused(row)] + outside
    questions = (*(_question(row, qrels[row.question_id]) for row in judged), *map(_outside, to_refuse))
    if not questions:
        raise QuestionSetInvalid(f"{folder}: no question is judged, and none is marked as to be refused")
    corpus = {
        row.document_id: row for row in _rows(_first_existing(folder, "corpus.jsonl.gz", "corpus.jsonl"), _CorpusRow)
    }
    _refuse_unknown_documents(questions, corpus, folder)
    return QuestionSet(
        name=folder.resolve().name,
        item_kind="document",
        questions=questions,
        item_texts={item: corpus[item].text for question in questions for item in question.accepted},
        groups=tuple(_read_groups(path, corpus) for path in sorted(folder.glob("qrels.*.tsv"))),
        n_unjudged=len(asked) + len(outside) - len(questions),
    )


def _is_to_be_refused(row: _QuestionRow) -> bool:
    return row.in_scope is False or row.kind == "unanswerable" or row.kind.startswith("oos")


def _question(row: _QuestionRow, relevance: Mapping[str, int]) -> Question:
    """Without gold of its own, a question's best-graded documents are its gold and the others are accepted too."""
    best = max(relevance.values())
    gold = row.gold or row.needs_all or tuple(item for item, grade in relevance.items() if grade == best)
    return Question(
        question_id=row.question_id,
        text=row.text,
        kind=row.kind,
        history=_turns(row),
        relevance=relevance,
        gold=gold,
        also_ok=tuple(item for item in dict.fromkeys((*row.also_ok, *relevance)) if item not in gold),
        match="all" if row.needs_all else row.match,
    )


def _outside(row: _QuestionRow) -> Question:
    return Question(row.question_id, row.text, row.kind, _turns(row))


def _turns(row: _QuestionRow) -> tuple[Turn, ...]:
    return tuple(Turn(turn.role, turn.content) for turn in row.history)


def _first_existing(folder: Path, *names: str) -> Path:
    for name in names:
        if (folder / name).is_file():
            return folder / name
    raise QuestionSetInvalid(f"{folder}: no {' or '.join(names)} here")


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    try:
        with (
            gzip.open(path, "rt", encoding="utf-8-sig")
            if path.suffix == ".gz"
            else path.open(encoding="utf-8-sig") as lines
        ):
            yield from ((number, line) for number, line in enumerate(lines, start=1) if line.strip())
    except FileNotFoundError as error:
        raise QuestionSetInvalid(f"{path}: no such file") from error
    except (UnicodeDecodeError, gzip.BadGzipFile, EOFError) as error:
        raise QuestionSetInvalid(f"{path}: cannot be read as UTF-8 text: {error}") from error


def _rows(path: Path, model: type[Row]) -> Iterator[Row]:
    for number, line in _lines(path):
        try:
            yield model.model_validate(json.loads(line))
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(map(str, first["loc"]))
            raise QuestionSetInvalid(f"{path}, line {number}: {where}: {first['msg']}") from error
        except ValueError as error:
            raise QuestionSetInvalid(f"{path}, line {number}: not JSON: {error}") from error


def _rows_if_there(path: Path, model: type[Row]) -> Iterator[Row]:
    return _rows(path, model) if path.is_file() else iter(())


def _read_qrels(path: Path) -> Qrels:
    """Grades above 0; a header line, as BEIR has, is skipped."""
    qrels: dict[str, dict[str, int]] = {}
    for number, line in _lines(path):
        fields = line.rstrip("\r\n").split("\t")
        if number == 1 and len(fields) == 3 and not fields[2].strip().isdigit():
            continue
        if len(fields) != 3 or not fields[2].strip().lstrip("-").isdigit():
            raise QuestionSetInvalid(f"{path}, line {number}: expected query-id, corpus-id and a whole score, by tabs")
        if (grade := int(fields[2])) > 0:
            qrels.setdefault(fields[0], {})[fields[1]] = grade
    return qrels


def _read_groups(path: Path, corpus: Mapping[str, _CorpusRow]) -> GroupJudgements:
    name = path.name.removeprefix("qrels.").removesuffix(".tsv")
    group_of = {row.document_id: str(row.meta[name]) for row in corpus.values() if name in row.meta}
    return GroupJudgements(name, group_of, {qid: frozenset(groups) for qid, groups in _read_qrels(path).items()})


def _refuse_repeated_ids(rows: list[_QuestionRow], folder: Path) -> None:
    seen: set[str] = set()
    for row in rows:
        if row.question_id in seen:
            raise QuestionSetInvalid(f"{folder}: two questions have the id {row.question_id!r}")
        seen.add(row.question_id)


def _refuse_unknown_documents(questions: tuple[Question, ...], corpus: Mapping[str, _CorpusRow], folder: Path) -> None:
    for question in questions:
        if unknown := sorted((question.accepted | question.relevance.keys()) - corpus.keys()):
            raise QuestionSetInvalid(
                f"{folder}: question {question.question_id!r} is judged on {unknown[0]!r}, which the corpus lacks"
            )
