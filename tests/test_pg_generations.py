"""Generations in PostgreSQL: found like those in a folder, whole or refused, and seen by every machine at once."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import BUNDLED_COURSE
from hashing_embedder import HashingEmbedder
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from index_samples import STARS, contents_of, course_of, document_of, manifest_of
from sqlalchemy import make_url

from corpus.course_folder import read_course
from corpus.types import Course
from index.builder import publish_course
from index.candidates import NO_ROWS
from index.errors import (
    AnotherWriter,
    EmbedderMismatch,
    GenerationGone,
    IndexDamaged,
    IndexingError,
    IndexNotBuilt,
    IndexUnreachable,
)
from index.folder_generations import FolderGenerations
from index.generation_store import GenerationStore
from index.generations import Pointer
from index.lexical_rows import lexical_from_rows, row_weights, terms_of
from index.onnx_embedder import OnnxEmbedder
from index.pg_connection import PgDatabase, Row, Session
from index.pg_generations import PgGenerations
from index.pg_schema import TABLES

pytest_plugins = ["postgres_server"]

EMBEDDER = HashingEmbedder()
WORDS = ["star", "stars", "giant", "nebula", "dust", "helium", "light", "the", "of", "red", "cold", "x-ray"]


@pytest.fixture
def store(store_address: str) -> Iterator[PgGenerations]:
    store = PgGenerations(PgDatabase(make_url(store_address)), grace_s=0)
    yield store
    store.database.ask(lambda session: session.do(f"truncate {', '.join(TABLES)}"))
    store.close()


def published(
    store: GenerationStore, course: Course, name: str = "first", embedder: HashingEmbedder = EMBEDDER
) -> Pointer:
    contents = contents_of(course, embedder)
    with store.writing() as writer:
        pointer = writer.write(manifest_of(course, contents, embedder, name), contents)
        writer.switch(course.course_id, pointer)
    return pointer


def changed(store: PgGenerations, statement: str) -> None:
    assert store.database.ask(lambda session: session.do(statement)) != 0


def counted(store: PgGenerations, table: str) -> int:
    return len(store.database.ask(lambda session: session.rows(f"table {table}")))


def test_what_was_written_is_read_back_and_opened(store: PgGenerations) -> None:
    course = course_of(STARS)
    pointer = published(store, course)

    manifest, contents = store.read("stars")
    index = store.open("stars", EMBEDDER)

    assert (store.courses(), store.pointer("stars"), manifest.generation) == (("stars",), pointer, "first")
    assert contents.documents == course.documents
    assert [chunk.text for chunk in index.chunks] == list(STARS)
    assert index.retrieve("What is a red giant?")[0].chunk.text == STARS[1]
    original = contents_of(course, EMBEDDER)
    np.testing.assert_allclose(contents.vectors.matrix(), original.vectors.matrix(), atol=2**-11)
    assert (contents.lexical.scores("red stars") == original.lexical.scores("red stars")).all()


def test_a_folder_and_the_database_vouch_for_documents_by_the_same_hash(store: PgGenerations, tmp_path: Path) -> None:
    published(store, course_of(STARS))
    published(FolderGenerations(tmp_path), course_of(STARS))

    here, there = store.read("stars")[0], FolderGenerations(tmp_path).read("stars")[0]

    same = {record for record in here.files if record.name == "documents.jsonl"}
    assert len(same) == 1
    assert same <= set(there.files)
    assert here.generation == there.generation


paragraphs = st.lists(st.lists(st.sampled_from(WORDS), min_size=1, max_size=12).map(" ".join), min_size=1, max_size=40)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(paragraphs, st.data())
def test_both_stores_find_the_same_candidates(store: PgGenerations, texts: list[str], data: st.DataObject) -> None:
    course = course_of(texts)
    pointer = published(store, course, "any")
    contents = contents_of(course, EMBEDDER)
    rows = st.lists(st.integers(0, len(texts) - 1), unique=True, max_size=5)
    also, hidden = (np.array(sorted(data.draw(rows)), np.int64) for _ in range(2))
    query = data.draw(st.lists(st.sampled_from([*WORDS, "unheard"]), max_size=6).map(" ".join))
    vector = EMBEDDER.embed_query(query)
    per_signal = data.draw(st.integers(1, 45))

    found = store.open("stars", EMBEDDER, pointer=pointer)._source
    mine = found.candidates(query, vector, per_signal=per_signal, also=also, hidden=hidden)
    all_of_them = contents.source.candidates(query, vector, per_signal=len(texts), also=NO_ROWS, hidden=hidden)
    theirs = contents.source.candidates(query, vector, per_signal=per_signal, also=also, hidden=hidden)

    place = {row: number for number, row in enumerate(all_of_them.rows.tolist())}
    where = [place[row] for row in mine.rows.tolist()]
    np.testing.assert_allclose(mine.dense, all_of_them.dense[where], atol=2e-3)
    np.testing.assert_allclose(mine.lexical, all_of_them.lexical[where], rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(mine.vectors, all_of_them.vectors[where], atol=1e-3)
    # Where two chunks are as near as half precision tells, either may be the last of those chosen.
    border = float(np.sort(all_of_them.dense)[::-1][: per_signal + 1][-1]) if len(all_of_them.dense) else 0.0
    for row in set(mine.rows.tolist()) ^ set(theirs.rows.tolist()):
        assert abs(float(all_of_them.dense[place[row]]) - border) < 4e-3
    assert not set(mine.rows.tolist()) & set(hidden.tolist())
    with store.writing() as writer:
        writer.remove_course("stars")
    store.sweep()


@settings(deadline=None)
@given(st.lists(st.lists(st.sampled_from(WORDS), max_size=9).map(" ".join), min_size=1, max_size=9))
def test_weights_by_chunk_give_the_scores_that_they_were_taken_from(texts: list[str]) -> None:
    lexical = contents_of(course_of(texts), EMBEDDER).lexical

    again = lexical_from_rows(terms_of(lexical), row_weights(lexical), lexical._analyzer)

    for query in ("star", "red giant star", "nothing of it"):
        assert (again.scores(query) == lexical.scores(query)).all()


DAMAGE = {
    "a vector that was changed": "update index_vectors set embedding = embedding + embedding where row = 1",
    "a sign that was flipped": "update index_vectors set embedding = (select"
    " ('[' || string_agg((-x)::text, ',') || ']')::halfvec from unnest(embedding::real[]) as x) where row = 2",
    "weights of another word": "update index_vectors set weights = (select weights from index_vectors where row = 0)"
    " where row = 1",
    "a row that is gone": "delete from index_vectors where row = 3",
    "a row too many": "insert into index_vectors select course_id, generation, 9, embedding, weights from index_vectors"
    " where row = 3",
    "rows that changed places": "update index_vectors set row = case row when 0 then 10 else 0 end where row in (0)",
    "a text that was changed": "update index_lines set line = set_byte(line, 60, 65) where part = 'documents.jsonl'",
    "a chunk that is gone": "delete from index_lines where part = 'chunks.jsonl' and number = 2",
    "a chunk too many": "insert into index_lines select course_id, generation, part, 9, line from index_lines"
    " where part = 'chunks.jsonl' and number = 2",
    "terms that were changed": "update index_lines set line = line || line where part = 'terms.json'",
    "a part too many": "insert into index_lines select course_id, generation, 'more', 0, line from index_lines"
    " where part = 'terms.json'",
    "a manifest that was changed": "update index_generations set manifest = manifest || ' '::bytea",
    "a manifest that is gone": "delete from index_generations",
    "a pointer to nothing": "update index_live set generation = 'another'",
    "a pointer with another hash": "update index_live set manifest_sha256 = repeat('0', 64)",
}


@pytest.mark.parametrize("statement", DAMAGE.values(), ids=DAMAGE.keys())
def test_whatever_is_not_as_it_was_written_is_never_opened(store: PgGenerations, statement: str) -> None:
    published(store, course_of(STARS))

    changed(store, statement)

    with pytest.raises(IndexDamaged):
        store.open("stars", EMBEDDER)
    with pytest.raises(IndexingError):
        store.read("stars")
    with pytest.raises(IndexingError):
        store.reusable("stars", EMBEDDER.fingerprint)


def test_what_the_next_generation_builds_on_is_the_vectors_by_their_keys(store: PgGenerations) -> None:
    published(store, course_of(STARS))
    manifest, contents = store.read("stars")

    generation, vectors = store.reusable("stars", EMBEDDER.fingerprint)

    assert generation == manifest.generation
    assert list(vectors) == list(contents.embedding_keys)
    assert (np.array(list(vectors.values())) == contents.vectors.matrix()).all()


def test_another_embedder_and_another_course_are_refused(store: PgGenerations) -> None:
    published(store, course_of(STARS))

    with pytest.raises(EmbedderMismatch):
        store.open("stars", HashingEmbedder(name="another"))
    with pytest.raises(IndexNotBuilt):
        store.open("cells", EMBEDDER)


def test_two_embedders_dimensions_lie_side_by_side(store: PgGenerations) -> None:
    published(store, course_of(STARS))

    published(store, course_of(STARS), "second", wide := HashingEmbedder(dimension=48))

    assert store.open("stars", wide).retrieve("red giant")[0].chunk.text.startswith("A red giant")


def test_one_writes_at_a_time_and_is_named(store: PgGenerations, store_address: str) -> None:
    other = PgGenerations(PgDatabase(make_url(store_address)))

    with store.writing(), pytest.raises(AnotherWriter, match="backend"), other.writing():
        raise AssertionError("two writers")

    with other.writing():
        pass
    other.close()


def test_what_cannot_be_written_whole_leaves_nothing(store: PgGenerations, monkeypatch: pytest.MonkeyPatch) -> None:
    course = course_of(STARS)
    contents = contents_of(course, EMBEDDER)
    monkeypatch.setattr("index.pg_contents.hash_of_rows", lambda _rows: "0" * 64)  # as if a row was lost on its way

    with store.writing() as writer, pytest.raises(IndexDamaged):
        writer.write(manifest_of(course, contents, EMBEDDER), contents)

    assert {table: counted(store, table) for table in TABLES} == dict.fromkeys(TABLES, 0)


def test_who_is_on_the_way_through_a_generation_ends_there_and_later_is_told_that_it_is_gone(
    store: PgGenerations,
) -> None:
    hasty, patient = store, PgGenerations(store.database, grace_s=3600)
    old = published(patient, course_of(STARS))
    index = patient.open("stars", EMBEDDER)
    new = published(patient, course_of(STARS[:2]), "second")

    with patient.writing() as writer:
        writer.prune("stars", keep=frozenset({new.generation}))
    patient.sweep()
    assert index.retrieve("red giant")[0].chunk.text == STARS[1]

    hasty.sweep()
    with pytest.raises(GenerationGone, match=old.generation):
        index.retrieve("red giant")
    with pytest.raises(GenerationGone):
        index.vectors_of(index.chunks[:1])
    assert counted(patient, "index_vectors") == 2


KILLED = """
import os, signal, sys
sys.path.insert(0, sys.argv[2])
from sqlalchemy import make_url
from hashing_embedder import HashingEmbedder
from index_samples import contents_of, course_of, manifest_of
from index.pg_connection import PgDatabase, Session
from index.pg_generations import PgGenerations
course, embedder = course_of(["A pulsar is a star."]), HashingEmbedder()
contents = contents_of(course, embedder)
really, left = Session.{method}, {at}
def dying(*arguments, **named):
    global left
    left -= 1
    if not left:
        os.kill(os.getpid(), signal.SIGKILL)
    return really(*arguments, **named)
store = PgGenerations(PgDatabase(make_url(sys.argv[1])))
with store.writing() as writer:
    Session.{method} = dying
    writer.switch("stars", writer.write(manifest_of(course, contents, embedder, "killed"), contents))
"""


@pytest.mark.parametrize(("method", "at"), [("copy", 1), ("copy", 2), ("rows", 3), ("do", 2)])
def test_a_writer_that_is_killed_leaves_the_generation_before_answering(
    store: PgGenerations, store_address: str, method: str, at: int
) -> None:
    pointer = published(store, course_of(STARS))
    code = KILLED.format(method=method, at=at)

    killed = subprocess.run([sys.executable, "-c", code, store_address, str(Path(__file__).parent)], check=False)

    assert killed.returncode == -9
    assert store.pointer("stars") == pointer
    assert store.open("stars", EMBEDDER).retrieve("red giant")[0].chunk.text == STARS[1]
    with store.writing() as writer:  # the lock died with its process
        writer.prune("stars", keep=frozenset({pointer.generation}))
    store.sweep()
    assert counted(store, "index_generations") == 1


def test_every_statement_names_the_course(store: PgGenerations, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: set[str] = set()
    for method in ("rows", "do", "copy"):
        really = getattr(Session, method)

        def noting(session: Session, statement: str, *arguments: Any, _really: Any = really, **named: Any) -> Any:
            seen.add(statement)
            return _really(session, statement, *arguments, **named)

        monkeypatch.setattr(Session, method, noting)

    old = published(store, course_of(STARS))
    published(store, course_of(STARS[:2]), "second")
    index = store.open("stars", EMBEDDER)
    index.retrieve("red giant")
    index.vectors_of(index.chunks)
    store.read("stars", pointer=old)
    with store.writing() as writer:
        writer.prune("stars", keep=frozenset())
        writer.withdraw("stars")
        writer.remove_course("stars")
    store.sweep()
    store.courses()

    touching = {statement for statement in seen if any(table in statement for table in TABLES)}
    across = {statement for statement in touching if not _names_the_course(statement)}
    assert len(touching) > 12
    # What finds courses cannot name one: the list of them, and what was pruned and is to be deleted, course by course.
    assert across == {s for s in across if s.startswith("select course_id")}
    assert len(across) == 2


def _names_the_course(statement: str) -> bool:
    tables = len(re.findall(r"\b(?:from|join|update|into|copy)\s+index_\w+", statement))
    scoped = statement.count("course_id = %(course)s::text") + len(re.findall(r"\(course_id, ", statement))
    return tables > 0 and scoped >= tables


def test_no_approximate_index_is_used_where_there_is_one(store: PgGenerations, monkeypatch: pytest.MonkeyPatch) -> None:
    published(store, course_of(STARS))
    changed(store, "create index near on index_vectors using hnsw ((embedding::halfvec(32)) halfvec_ip_ops)")
    explained: list[Row] = []
    really = Session.rows

    def explaining(session: Session, statement: str, **parameters: Any) -> list[Row]:
        explained.extend(really(session, f"explain {statement}", **parameters))
        return really(session, statement, **parameters)

    index = store.open("stars", EMBEDDER)
    monkeypatch.setattr(Session, "rows", explaining)
    index.retrieve("red giant")
    monkeypatch.undo()

    changed(store, "drop index near")
    assert any("index_vectors" in line for (line,) in explained)
    assert not any("near" in line for (line,) in explained)


def test_a_server_that_is_not_there_is_named_and_nothing_else(tmp_path: Path) -> None:
    database = PgDatabase(make_url(f"postgresql://someone:secret@/nothing?host={tmp_path}"))

    with pytest.raises(IndexUnreachable, match="nothing") as raised:
        PgGenerations(database)

    assert "secret" not in str(raised.value)


def test_a_connection_that_was_cut_is_made_again(store: PgGenerations) -> None:
    published(store, course_of(STARS))
    index = store.open("stars", EMBEDDER)
    others = "pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()"

    with store.database.session() as session:
        session.rows(f"select pg_terminate_backend(pid) from {others}")  # noqa: S608

    assert index.retrieve("red giant")[0].chunk.text == STARS[1]


def test_a_course_of_formulas_alone_can_be_kept(store: PgGenerations) -> None:
    published(store, Course("stars", "Stars", (document_of(["∮", "∇"]),)))

    assert len(store.open("stars", EMBEDDER).retrieve("What is this?")) == 2


def test_the_bundled_course_is_ranked_alike_in_both_stores(
    store: PgGenerations, tmp_path: Path, embedder: OnnxEmbedder
) -> None:
    course, folder = read_course(BUNDLED_COURSE), FolderGenerations(tmp_path)
    publish_course(course, embedder, folder)
    with store.writing() as writer:
        writer.switch(course.course_id, writer.write(*folder.read(course.course_id)))
    here, there = (each.open(course.course_id, embedder) for each in (folder, store))

    for question in (*here.suggested_questions, "What is a CNN?", "overfitting", "How do I bake bread?"):
        ours, theirs = (each.retrieve(question, top_k=10) for each in (here, there))
        assert [item.chunk.chunk_id for item in ours] == [item.chunk.chunk_id for item in theirs]
        assert here.nearness(embedder.embed_query(question)) == pytest.approx(
            there.nearness(embedder.embed_query(question)), abs=1e-4
        )
