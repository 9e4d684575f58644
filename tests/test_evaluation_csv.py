"""An instructor's own questions: whatever a spreadsheet writes is read, and every mistake in it is named."""

from pathlib import Path

import pytest
from factories import make_chunk

from tutor.evaluation.csv_questions import read_csv_questions
from tutor.evaluation.errors import QuestionSetInvalid
from tutor.evaluation.question_set import Question

NEBULA = make_chunk("A nebula is a cloud of gas.", "It is vast.", kind="definition", term="nebula", document_id="sky")
REPEATED = make_chunk("A nebula is a cloud of gas.", kind="takeaway", document_id="sky", start=200)
GIANTS = make_chunk("Red giants are cool.", heading_path=("Chapter 2: Stars", "2.1 Red giants"), start=300)
CHUNKS = (NEBULA, REPEATED, GIANTS)


def read(tmp_path: Path, content: str | bytes) -> tuple[Question, ...]:
    path = tmp_path / "mine.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return read_csv_questions(path, CHUNKS).questions


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_commas_semicolons_and_tabs_part_the_columns_alike(tmp_path: Path, delimiter: str) -> None:
    (question,) = read(tmp_path, f"question{delimiter}expected\nWhat is a nebula?{delimiter}nebula\n")

    assert (question.text, question.gold) == ("What is a nebula?", (NEBULA.chunk_id,))


def test_what_excel_writes_is_read_byte_order_mark_and_all(tmp_path: Path) -> None:
    content = 'Question;Expected\r\n"What is a nebula; and why?";Nebula\r\n;\r\n'.encode("utf-8-sig")

    (question,) = read(tmp_path, content)

    assert question.text == "What is a nebula; and why?"


def test_a_chunk_that_repeats_the_definition_is_accepted_too(tmp_path: Path) -> None:
    (question,) = read(tmp_path, "question,expected\nWhat is a nebula?,nebula\n")

    assert question.also_ok == (REPEATED.chunk_id,)
    assert question.relevance == {NEBULA.chunk_id: 2, REPEATED.chunk_id: 1}


@pytest.mark.parametrize("heading", ["2.1 Red giants", "red giants", "Chapter 2: Stars", "stars"])
def test_a_heading_is_found_with_and_without_its_number(tmp_path: Path, heading: str) -> None:
    (question,) = read(tmp_path, f"question,expected\nHow hot?,{heading}\n")

    assert GIANTS.chunk_id in question.gold


def test_refuse_means_that_the_course_does_not_say_it(tmp_path: Path) -> None:
    questions = read(
        tmp_path, "question,expected,kind\nWhat is a nebula?,nebula,sky\nWhat does it cost?,Refuse,money\n"
    )

    assert [(q.question_id, q.kind, q.in_scope) for q in questions] == [
        ("row-2", "sky", True),
        ("row-3", "money", False),
    ]


def test_every_bad_row_is_named_at_once_with_what_may_have_been_meant(tmp_path: Path) -> None:
    content = "question,expected\nWhat?,nebulla\n,nebula\nWhy?,\nGood?,nebula\n"

    with pytest.raises(QuestionSetInvalid) as complaint:
        read(tmp_path, content)

    text = str(complaint.value)
    assert "row 2: the course has no term or heading 'nebulla'; did you mean 'nebula'?" in text
    assert "row 3: no question" in text
    assert "row 4: no expected" in text
    assert "row 5" not in text


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"", "first row must name the columns 'question' and 'expected'"),
        (b"frage,antwort\na,b\n", "first row must name the columns"),
        (b"question,expected\n", "no question in it"),
        (b"question,expected\nWhat, why?,nebula\n", "row 2 has more columns than the first row"),
        (b'question,expected\nok?,nebula\n"open,nebula\n', "row 3"),
        ("question,expected\nWas heißt Nebel?,nebula\n".encode("cp1252"), "save it as 'CSV UTF-8'"),
    ],
)
def test_a_file_that_is_not_such_a_csv_says_what_is_wrong(tmp_path: Path, content: bytes, complaint: str) -> None:
    with pytest.raises(QuestionSetInvalid, match=complaint):
        read(tmp_path, content)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(QuestionSetInvalid, match=r"gone\.csv: no such file"):
        read_csv_questions(tmp_path / "gone.csv", CHUNKS)
