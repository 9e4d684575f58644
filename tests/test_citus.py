"""The generations on Citus, sharded by course: the same statements. Only where a cluster is offered."""

import os
from collections.abc import Iterator

import pytest
from hashing_embedder import HashingEmbedder
from index_samples import CELLS, STARS, contents_of, course_of, manifest_of
from sqlalchemy import make_url

from index.pg_connection import PgDatabase
from index.pg_generations import PgGenerations
from index.pg_schema import TABLES

EMBEDDER = HashingEmbedder()


@pytest.fixture
def store() -> Iterator[PgGenerations]:
    address = os.environ.get("COURSE_TUTOR_CITUS")
    if not address:
        pytest.skip(
            "no Citus to test with: set COURSE_TUTOR_CITUS to the address of an empty database on a coordinator"
        )
    store = PgGenerations(PgDatabase(make_url(address)), grace_s=0)
    for table in TABLES:
        with_first = "" if table == TABLES[0] else f", colocate_with => '{TABLES[0]}'"
        statement = f"select create_distributed_table('{table}', 'course_id'{with_first})"
        store.database.ask(lambda session, statement=statement: session.rows(statement))
    yield store
    store.close()


def test_courses_on_several_machines_are_published_asked_and_deleted(store: PgGenerations) -> None:
    for course in (course_of(STARS), course_of(CELLS, course_id="cells")):
        contents = contents_of(course, EMBEDDER)
        with store.writing() as writer:
            writer.switch(course.course_id, writer.write(manifest_of(course, contents, EMBEDDER), contents))

    found = [store.open(name, EMBEDDER).retrieve("What is a red giant?")[0].chunk.text for name in store.courses()]

    assert found[1] == STARS[1]
    assert found[0] in CELLS
    with store.writing() as writer:
        for name in store.courses():
            writer.remove_course(name)
    store.sweep()
    assert store.courses() == ()
