"""course.toml: what a course folder says about itself. Every key may be left out, and so may the file."""

import tomllib
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from corpus.decoding import decode_text
from corpus.errors import CourseFileInvalid, UnreadableFile

COURSE_FILE_NAME = "course.toml"
_MAX_COURSE_FILE_BYTES = 1_000_000

_Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300)]


class CourseFile(BaseModel):
    """The keys of course.toml."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    id: Annotated[str, StringConstraints(pattern=r"^[a-z0-9](?:[a-z0-9-]{0,78}[a-z0-9])?$")] | None = None
    title: _Line | None = None
    description: Annotated[str, StringConstraints(strip_whitespace=True, max_length=2000)] = ""
    language: Annotated[str, StringConstraints(pattern=r"^[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*$")] = "en"
    licence: Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)] = ""
    order: list[_Line] = Field(default_factory=list)  # files first, in this order; the others follow
    suggested_questions: Annotated[list[_Line], Field(max_length=20)] = Field(default_factory=list)


def read_course_file(folder: Path) -> CourseFile:
    """Read the folder's course.toml; a folder without one has all defaults.

    Raises:
        CourseFileInvalid: If it is no TOML, or a key is unknown, of the wrong type or out of bounds.
    """
    path = folder / COURSE_FILE_NAME
    if not path.is_file():
        return CourseFile()
    try:
        keys = tomllib.loads(decode_text(path.read_bytes(), COURSE_FILE_NAME, max_bytes=_MAX_COURSE_FILE_BYTES))
        return CourseFile.model_validate(keys)
    except UnreadableFile as error:
        if error.reason == "the file is empty":
            return CourseFile()
        raise CourseFileInvalid(f"{path}: {error.reason}") from error
    except OSError as error:
        raise CourseFileInvalid(f"{path}: {error.strerror}") from error
    except tomllib.TOMLDecodeError as error:
        raise CourseFileInvalid(f"{path}: not TOML: {error}") from error
    except ValidationError as error:
        raise CourseFileInvalid(f"{path}: {_explain(error)}") from error


def _explain(error: ValidationError) -> str:
    """Say in one line what is wrong with each key."""
    known = ", ".join(CourseFile.model_fields)
    faults: list[str] = []
    for fault in error.errors(include_url=False):
        key = ".".join(str(part) for part in fault["loc"])
        if fault["type"] == "extra_forbidden":
            faults.append(f"unknown key {key!r}; known are {known}")
        elif fault["type"] == "string_pattern_mismatch" and key == "id":
            faults.append(f"id is {fault['input']!r}; use a-z, 0-9 and hyphens, 80 characters at most")
        else:
            faults.append(f"{key}: {fault['msg']}, got {fault['input']!r}")
    return "; ".join(faults)
