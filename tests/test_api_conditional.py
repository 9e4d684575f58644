"""What a caller has already is not sent again, and what has changed is."""

from pathlib import Path

import pytest
from service_samples import Sample, make_sample, shared_sample
from sqlalchemy import update

from tutor.state.course_tables import courses

STARS = "/api/v1/courses/stars"
PATHS = ["/api/v1/courses", STARS, f"{STARS}/glossary?limit=1", f"{STARS}/documents", f"{STARS}/documents/lesson",
         f"{STARS}/documents/lesson/source?start=0&end=5"]  # fmt: skip


@pytest.mark.parametrize("path", PATHS)
def test_the_same_is_not_sent_twice(path: str) -> None:
    sample = shared_sample()
    first = sample.get(path)

    tags = (first.headers["etag"], f"W/{first.headers['etag']}", f'"x", {first.headers["etag"]}', "*")
    for tag in tags:
        again = sample.get(path, **{"if-none-match": tag})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == first.headers["etag"]
        assert again.headers.get("link") == first.headers.get("link")
        assert again.headers["cache-control"] == "no-store"
    assert sample.get(path, **{"if-none-match": '"another"'}).content == first.content


def test_each_page_of_a_list_has_its_own_tag() -> None:
    sample = shared_sample()

    tags = {sample.get(f"{STARS}/glossary?limit={limit}").headers["etag"] for limit in (1, 2)}

    assert len(tags) == 2


def test_what_has_changed_is_sent(tmp_path: Path) -> None:
    sample = make_sample(tmp_path)
    tag = sample.get(STARS).headers["etag"]
    with sample.access.database.writing() as connection:
        connection.execute(update(courses).where(courses.c.course_id == "stars").values(title="Suns"))

    reply = sample.get(STARS, **{"if-none-match": tag})

    assert (reply.status_code, reply.json()["title"]) == (200, "Suns")


def test_a_refusal_has_no_tag_and_a_tag_opens_nothing() -> None:
    sample: Sample = shared_sample()

    assert "etag" not in sample.get("/api/v1/courses/none").headers
    assert sample.get(STARS, key=None, **{"if-none-match": "*"}).status_code == 401
