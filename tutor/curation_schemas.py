"""Wire types of what instructors change in a course without touching its files: hidden passages, aliases, notes."""

from typing import Annotated

from pydantic import Field

from tutor.instructor_schemas import MAX_TEXT_CHARS, Moment
from tutor.schemas import Wire

MAX_NAME_CHARS = 200


class HideRequest(Wire):
    """A passage that no answer may use any more."""

    model_config = Wire.model_config | {
        "json_schema_extra": {"examples": [{"chunk_id": "3cdf507ed333682409d79399", "reason": "Outdated."}]}
    }

    chunk_id: str = Field(min_length=1, max_length=64)
    reason: str = Field(default="", max_length=MAX_TEXT_CHARS)


class Hidden(Wire):
    """A hidden passage."""

    chunk_id: str
    document_id: str
    text: str
    reason: str
    created_at: Moment


class HiddenList(Wire):
    """The hidden passages of a course, oldest first."""

    hidden: list[Hidden]


class AliasRequest(Wire):
    """Another name of a term that the course defines."""

    model_config = Wire.model_config | {"json_schema_extra": {"examples": [{"term": "Radiomics", "alias": "RDX"}]}}

    term: str = Field(min_length=1, max_length=MAX_NAME_CHARS)
    alias: str = Field(min_length=1, max_length=MAX_NAME_CHARS)


class Alias(Wire):
    """An alias that an instructor added."""

    alias_id: str
    term: str
    alias: str
    created_at: Moment


class AliasList(Wire):
    """The instructors' aliases, by term."""

    aliases: list[Alias]


class NoteRequest(Wire):
    """An instructor's own definition (with a term) or sentences (without)."""

    model_config = Wire.model_config | {
        "json_schema_extra": {
            "examples": [{"term": "Dosiomics", "aliases": [], "text": "Dosiomics is radiomics of dose maps."}]
        }
    }

    term: str = Field(default="", max_length=MAX_NAME_CHARS)
    aliases: list[Annotated[str, Field(min_length=1, max_length=MAX_NAME_CHARS)]] = Field(default=[], max_length=20)
    text: str = Field(min_length=1, max_length=MAX_TEXT_CHARS)


class Note(Wire):
    """A note; answers can cite it once it is published."""

    note_id: str
    term: str
    aliases: list[str]
    text: str
    created_at: Moment


class NoteList(Wire):
    """The instructors' notes, oldest first."""

    notes: list[Note]
