"""Looks into a store from outside, whichever it is: what it keeps, what is written there, and how to damage it."""

from pathlib import Path
from typing import Any

from sqlalchemy import text

from index.folder_generations import FolderGenerations
from index.generation_store import GenerationStore
from index.pg_connection import Session
from index.pg_generations import PgGenerations
from tutor.bootstrap import Parts
from tutor.state.scope import ACROSS_COURSES

_TEXTS = {
    "index_lines": "line", "index_generations": "manifest", "stored_pieces": "content",
}  # fmt: skip


def kept_generations(store: GenerationStore, course_id: str) -> set[str]:
    """The generations that are there, and have not been pruned."""
    if isinstance(store, FolderGenerations):
        return {path.name for path in (store.root / course_id).iterdir() if path.is_dir()}
    statement = "select generation from index_generations where course_id = %(course)s::text and pruned_at is null"
    return {name for (name,) in _database_of(store).ask(lambda session: session.rows(statement, course=course_id))}


def add_orphan(store: GenerationStore, course_id: str) -> None:
    """Leave what a writer leaves that is killed between writing and the row that would know of it."""
    if isinstance(store, FolderGenerations):
        (store.root / course_id / "orphan").mkdir()
    else:
        _do(
            store,
            "insert into index_generations (course_id, generation, manifest) values (%(course)s, 'orphan', '')",
            course=course_id,
        )


def change_manifest(store: GenerationStore, course_id: str, generation: str, old: bytes, new: bytes) -> None:
    """Change what a generation says of itself."""
    if isinstance(store, FolderGenerations):
        path = store.root / course_id / generation / "manifest.json"
        path.write_bytes(path.read_bytes().replace(old, new))
    else:
        _do(
            store,
            "update index_generations set manifest = replace(convert_from(manifest, 'UTF8'), %(old)s, %(new)s)::bytea"
            " where course_id = %(course)s and generation = %(generation)s",
            course=course_id, generation=generation, old=old.decode(), new=new.decode(),
        )  # fmt: skip


def cut_documents(store: GenerationStore, course_id: str, generation: str) -> None:
    """Cut the end of a generation's documents off."""
    if isinstance(store, FolderGenerations):
        path = store.root / course_id / generation / "documents.jsonl"
        path.write_bytes(path.read_bytes()[:-10])
    else:
        _do(
            store,
            "update index_lines set line = substr(line, 1, length(line) - 10)"
            " where course_id = %(course)s and generation = %(generation)s and part = 'documents.jsonl'",
            course=course_id, generation=generation,
        )  # fmt: skip


def places_with(parts: Parts, folder: Path, words: str) -> list[str]:
    """Every file of the folder, and every table of a store in the database, that holds some words."""
    found = [str(path) for path in folder.rglob("*") if path.is_file() and words.encode() in path.read_bytes()]
    if isinstance(parts.generations, PgGenerations):
        with parts.database.reading() as connection:
            for table, column in _TEXTS.items():
                statement = text(f"select {column} from {table}")  # noqa: S608  (names of ours)
                rows = connection.execute(statement, execution_options=ACROSS_COURSES)
                found += [table for (content,) in rows if words.encode() in bytes(content)]
    return found


def _do(store: GenerationStore, statement: str, **parameters: Any) -> None:
    def work(session: Session) -> int:
        return session.do(statement, **parameters)

    assert _database_of(store).ask(work) >= 1


def _database_of(store: GenerationStore) -> Any:
    assert isinstance(store, PgGenerations)
    return store.database
