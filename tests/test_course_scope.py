"""Every statement on a course's rows names the course: the watch that the whole test run is under."""

import pytest
from course_scope import COURSE_TABLES, unscoped_tables
from sqlalchemy import delete, insert, select, text, update
from sqlalchemy.sql.elements import ClauseElement

from tutor.state.asking_tables import feedback, questions
from tutor.state.database import Database
from tutor.state.every_table import EVERY_TABLE
from tutor.state.people_tables import people
from tutor.state.scope import ACROSS_COURSES
from tutor.state.work_tables import jobs

pytest_plugins = ["postgres_server"]

OF_STARS = questions.c.course_id == "stars"
SAME_COURSE = feedback.c.course_id == questions.c.course_id
OTHER = questions.alias("other")


@pytest.mark.parametrize(
    ("statement", "unscoped"),
    [
        (select(questions).where(OF_STARS), set()),
        (select(questions), {"questions"}),
        (select(questions).where(questions.c.answer_id == "a"), {"questions"}),
        (select(questions).where(questions.c.course_id != "stars"), {"questions"}),
        (select(questions).where(questions.c.course_id.in_(["stars"])), set()),
        (select(feedback).join(questions, SAME_COURSE).where(OF_STARS), set()),
        (select(feedback).join(questions, SAME_COURSE), {"feedback", "questions"}),
        (select(feedback).join(questions, feedback.c.answer_id == questions.c.answer_id).where(OF_STARS), {"feedback"}),
        (select(people).where(people.c.person_id.in_(select(questions.c.person_id))), {"questions"}),
        (select(OTHER).where(OTHER.c.course_id == "stars"), set()),
        (select(OTHER), {"questions"}),
        (select(people), set()),
        (update(jobs).values(state="done"), {"jobs"}),
        (update(jobs).where(jobs.c.course_id == "stars").values(state="done"), set()),
        (delete(questions), {"questions"}),
        (insert(questions), set()),
        (text("SELECT * FROM questions"), {"questions"}),
        (text("SELECT * FROM questions WHERE course_id = :course"), set()),
    ],
    # A set in its own order would name the tests otherwise in every process.
    ids=lambda case: (str(sorted(case)) if isinstance(case, set) else str(case)).replace("\n", "")[:60],
)
def test_a_statement_without_the_course_is_told_from_one_with_it(statement: ClauseElement, unscoped: set[str]) -> None:
    assert unscoped_tables(statement) == unscoped


def test_this_run_is_watched_and_what_is_meant_for_all_courses_says_so(database: Database) -> None:
    with database.reading() as connection:
        with pytest.raises(AssertionError, match="touches questions without course_id"):
            connection.execute(select(questions))

        assert connection.execute(select(questions), execution_options=ACROSS_COURSES).all() == []


def test_every_table_with_a_course_has_it_first_in_its_key() -> None:
    with_course = {table.name for table in EVERY_TABLE if "course_id" in table.c}

    # A platform's own courses belong to the platform; which of our courses they open is only a value.
    # The same holds of messages to a webhook: they hold ids and no data of the course.
    assert with_course - COURSE_TABLES == {"lti_contexts", "webhook_deliveries"}
