"""Generations in PostgreSQL: any number of machines open, publish and ask the same ones.

A generation is a manifest and rows that carry its name. Writing one is one transaction; switching to it is one row;
deleting it deletes its rows. The manifest's records are hashes of the rows, so whatever is missing, added or changed in
them is found before a question is answered from them.
"""

import hashlib
import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeVar

from corpus.types import Chunk, Document
from index.contents import Contents
from index.course_index import CourseIndex
from index.errors import AnotherWriter, IndexDamaged, IndexNotBuilt, IndexUnreachable
from index.generations import Pointer
from index.manifest import Manifest
from index.pg_connection import PgDatabase, Session
from index.pg_contents import (
    MANIFEST_OF,
    check_whole,
    lines_of,
    read_manifest,
    read_texts,
    read_vectors,
    read_whole,
    record_of,
    record_of_rows,
    rows_of,
)
from index.pg_schema import TABLES, ensure_schema
from index.pg_source import PgSource
from index.protocols import CandidateSource, Embedder, Reranker
from index.ranking import Ranker
from index.types import Vector

logger = logging.getLogger(__name__)

_WRITER_LOCK = 7_245_004  # any number; it names the lock among those of the database
_OPEN_ATTEMPTS = 5
GRACE_S = 60.0  # longer than any question takes that has opened a generation just before another took its place

Found = TypeVar("Found")

# Every statement on a course's rows names the course: one machine of several has them all.
_COURSES = "select course_id from index_live order by course_id"
_POINTER = "select generation, manifest_sha256 from index_live where course_id = %(course)s::text"
_NAMES = """select generation from index_generations
    where course_id = %(course)s::text and starts_with(generation, %(wanted)s::text)"""
_ADD = """insert into index_generations (course_id, generation, manifest)
    values (%(course)s::text, %(generation)s::text, %(manifest)s::bytea)"""
_COPY_LINES = "copy index_lines (course_id, generation, part, number, line) from stdin (format binary)"
_COPY_VECTORS = "copy index_vectors (course_id, generation, row, embedding, weights) from stdin (format binary)"
_SWITCH = """insert into index_live (course_id, generation, manifest_sha256)
    values (%(course)s::text, %(generation)s::text, %(manifest_sha256)s::text)
    on conflict (course_id) do update
    set generation = excluded.generation, manifest_sha256 = excluded.manifest_sha256, switched_at = now()"""
_WITHDRAW = "delete from index_live where course_id = %(course)s::text"
_PRUNE = """update index_generations set pruned_at = now()
    where course_id = %(course)s::text and generation <> all(%(keep)s::text[]) and pruned_at is null"""
_PRUNED = """select course_id, generation from index_generations
    where pruned_at <= now() - make_interval(secs => %(grace)s::float8)"""
_DELETE = "delete from {table} where course_id = %(course)s::text and generation = %(generation)s::text"
_LOCK = "select pg_try_advisory_lock(%(lock)s::bigint)"
_UNLOCK = "select pg_advisory_unlock(%(lock)s::bigint)"
_HOLDER = """select coalesce(nullif(application_name, ''), 'unknown'), coalesce(client_addr::text, 'this machine'), pid
    from pg_locks join pg_stat_activity using (pid)
    where locktype = 'advisory' and objid = %(lock)s::bigint::oid and granted"""
# Of a holder whose machine is gone without a word, the lock is free again after half a minute.
_NOTICE_DEATH = (
    "set tcp_keepalives_idle = 10", "set tcp_keepalives_interval = 5", "set tcp_keepalives_count = 4",
)  # fmt: skip


class PgGenerations:
    """A ``GenerationStore`` in a database, whose tables it makes where there are none.

    Args:
        database: Where.
        grace_s: How long the rows of a pruned generation stay.

    Raises:
        IndexUnreachable: It does not answer, or has no pgvector.
        IndexOutdated: Another version of this program made the tables.
    """

    def __init__(self, database: PgDatabase, *, grace_s: float = GRACE_S) -> None:
        self.database = database
        self._grace_s = grace_s
        ensure_schema(database)

    def courses(self) -> tuple[str, ...]:
        """Ids of the courses that answer, sorted."""
        return tuple(sorted(name for (name,) in self.database.ask(lambda session: session.rows(_COURSES))))

    def pointer(self, course_id: str) -> Pointer:
        """The generation that answers."""
        found = self.database.ask(lambda session: session.rows(_POINTER, course=course_id))
        if not found:
            raise IndexNotBuilt(course_id)
        return Pointer(*found[0])

    def manifest(self, course_id: str) -> Manifest:
        """What the generation that answers says of itself."""
        return self._reading(partial(read_manifest, course_id=course_id), course_id, None)

    def open(
        self,
        course_id: str,
        embedder: Embedder,
        *,
        pointer: Pointer | None = None,
        ranker: Ranker | None = None,
        reranker: Reranker | None = None,
    ) -> CourseIndex:
        """Check a generation and open it."""
        reading = partial(read_texts, course_id=course_id, fingerprint=embedder.fingerprint)
        manifest, texts, centre = self._reading(reading, course_id, pointer)
        found = _Found(texts.documents, texts.chunks, PgSource(self.database, manifest, texts.terms, centre))
        return CourseIndex(manifest, found, embedder, ranker=ranker, reranker=reranker)

    def read(
        self, course_id: str, *, fingerprint: str | None = None, pointer: Pointer | None = None
    ) -> tuple[Manifest, Contents]:
        """Check a generation and read all of it."""
        return self._reading(partial(read_whole, course_id=course_id, fingerprint=fingerprint), course_id, pointer)

    def reusable(self, course_id: str, fingerprint: str) -> tuple[str, Mapping[str, Vector]]:
        """The name of the generation that answers, checked, and its vectors by their keys."""
        manifest, vectors = self._reading(
            partial(read_vectors, course_id=course_id, fingerprint=fingerprint), course_id, None
        )
        return manifest.generation, vectors

    def find(self, course_id: str, generation: str) -> Pointer | None:
        """What points to a generation of that name."""
        statement = f"{MANIFEST_OF} and pruned_at is null"
        found = self.database.ask(lambda session: session.rows(statement, course=course_id, generation=generation))
        return Pointer(generation, hashlib.sha256(found[0][0]).hexdigest()) if found else None

    def sweep(self) -> None:
        """Delete the rows of generations that were pruned long enough ago."""
        for course_id, generation in self.database.ask(lambda session: session.rows(_PRUNED, grace=self._grace_s)):
            self.database.ask(partial(_delete, course_id=course_id, generation=generation))

    def close(self) -> None:
        """Let go of the database."""
        self.database.close()

    def _reading(self, read: Callable[..., Found], course_id: str, pointer: Pointer | None) -> Found:
        for attempt in range(_OPEN_ATTEMPTS):
            wanted = pointer or self.pointer(course_id)
            try:
                return self.database.ask(partial(read, pointer=wanted))
            except IndexDamaged:
                # A writer may have switched and pruned while we read; then there is a newer generation.
                if pointer or attempt + 1 == _OPEN_ATTEMPTS or self.pointer(course_id) == wanted:
                    raise
        raise AssertionError("unreachable: the last attempt returns or raises")

    @contextmanager
    def writing(self) -> Iterator["_PgWriter"]:
        """Become the writer; the lock ends with its connection, through which everything is written."""
        with self.database.session() as session:
            for statement in _NOTICE_DEATH:
                session.do(statement)
            if not session.rows(_LOCK, lock=_WRITER_LOCK)[0][0]:
                holder = session.rows(_HOLDER, lock=_WRITER_LOCK)
                who = "{} at {}, backend {}".format(*holder[0]) if holder else "unknown"
                raise AnotherWriter(self.database.name, who)
            try:
                yield _PgWriter(session)
            finally:
                with suppress(IndexUnreachable):  # then it is free already; closing alone would take a moment
                    session.do(_UNLOCK, lock=_WRITER_LOCK)


@dataclass(frozen=True, slots=True)
class _Found:
    """A ``Searchable``: the texts in memory, what finds them in the database."""

    documents: Sequence[Document]
    chunks: Sequence[Chunk]
    source: CandidateSource


class _PgWriter:
    """A ``GenerationWriter``, while the lock is held."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def write(self, manifest: Manifest, contents: Contents) -> Pointer:
        parts, rows = lines_of(contents), rows_of(contents)
        with self._session.transaction():
            generation = self._free_name(manifest.course_id, manifest.generation)
            records = (*(record_of(name, lines) for name, lines in parts.items()), record_of_rows(rows))
            manifest = replace(manifest, generation=generation, files=records)
            text = manifest.to_json()
            key = {"course": manifest.course_id, "generation": generation}
            self._session.do(_ADD, **key, manifest=text)
            head = (manifest.course_id.encode(), generation.encode())
            self._session.copy(
                _COPY_LINES,
                (
                    (*head, part.encode(), number.to_bytes(4, "big"), line)
                    for part, lines in parts.items()
                    for number, line in enumerate(lines)
                ),
            )
            self._session.copy(
                _COPY_VECTORS, ((*head, row.to_bytes(4, "big"), *fields) for row, fields in enumerate(rows))
            )
            pointer = Pointer(generation, hashlib.sha256(text).hexdigest())
            # Proves that all of it is there as it was meant, while the one before still answers.
            check_whole(self._session, manifest.course_id, pointer)
        return pointer

    def switch(self, course_id: str, pointer: Pointer) -> None:
        self._session.do(
            _SWITCH, course=course_id, generation=pointer.generation, manifest_sha256=pointer.manifest_sha256
        )
        logger.info("course %s now answers from generation %s", course_id, pointer.generation)

    def withdraw(self, course_id: str) -> None:
        self._session.do(_WITHDRAW, course=course_id)

    def prune(self, course_id: str, *, keep: frozenset[str]) -> None:
        self._session.do(_PRUNE, course=course_id, keep=sorted(keep))

    def remove_course(self, course_id: str) -> None:
        self.withdraw(course_id)
        self.prune(course_id, keep=frozenset())

    def _free_name(self, course_id: str, wanted: str) -> str:
        taken = {name for (name,) in self._session.rows(_NAMES, course=course_id, wanted=wanted)}
        name, n = wanted, 1
        while name in taken:
            n += 1
            name = f"{wanted}-{n}"
        return name


def _delete(session: Session, course_id: str, generation: str) -> None:
    with session.transaction():
        for table in reversed(TABLES[1:]):  # its own row last: without it nobody would know of the others
            session.do(_DELETE.format(table=table), course=course_id, generation=generation)
