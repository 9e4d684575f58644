"""Everything an operator can set, read once from ``TUTOR_*`` environment variables or a ``.env`` file.

Only ``tutor.bootstrap``, the command line and ``ui.asgi`` see this; everything else takes plain arguments.
"""

import os
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, ValidationError, model_validator
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, SettingsConfigDict

from tutor.errors import SettingsError

DEFAULT_MODEL = "bundled"
DEFAULT_OPEN_CHUNKS = 100_000  # 1 to 1.7 GB by what was measured (docs/scaling.md)
MAX_WORKERS = 64  # each takes some hundred megabytes; more than that are not one machine's


def default_data_dir() -> Path:
    """Where the XDG base directory specification puts an application's data."""
    base = os.environ.get("XDG_DATA_HOME") or "~/.local/share"
    return Path(base).expanduser() / "course-tutor"


class Settings(BaseSettings):
    """One deployment's settings; each is documented in .env.example."""

    model_config = SettingsConfigDict(env_prefix="TUTOR_", env_file=".env", frozen=True, extra="ignore")

    data_dir: Path = Field(default_factory=default_data_dir, description="Indexes, keys and all other state.")
    database_url: str = Field(
        default="",
        repr=False,  # it may hold a password
        description="postgresql://... to keep the state there; default: an embedded database in the data directory.",
    )
    store: Literal["embedded", "pgvector"] = Field(
        default="embedded",
        description="Where indexes and original files are: in the data directory, or in the database.",
    )
    prepared_statements: bool = Field(
        default=True, description="Off behind a PgBouncer older than 1.21, which does not bear them."
    )
    courses_dir: Path | None = Field(
        default=None, description="Folder of course folders to index when missing; default: the bundled courses."
    )
    model: str = Field(
        default=DEFAULT_MODEL,
        description="Embedding model: 'bundled', a folder, or a sentence-transformers name where a hub is reachable.",
    )
    reranker: str = Field(
        default="",
        description="Cross-encoder that reads the best chunks again: a folder, or a name where a hub is reachable.",
    )
    host: str = Field(default="127.0.0.1", description="Address to bind.")
    port: int = Field(default=8000, ge=0, le=65535, description="Port to bind; 0 takes a free one.")
    workers: int = Field(default=1, ge=1, le=MAX_WORKERS, description="Processes that serve on the port together.")
    allowed_hosts: str = Field(
        default="",
        description="Comma-separated Host names to answer to, besides localhost, 127.0.0.1 and [::1].",
    )
    allowed_origins: str = Field(default="", description="Comma-separated origins that browsers may call the API from.")
    open_chunks: int = Field(
        default=DEFAULT_OPEN_CHUNKS,
        ge=1,
        description="Chunks of all courses that a process holds open; those asked longest ago are closed.",
    )
    max_question_chars: int = Field(default=4000, ge=100, le=20_000, description="Longest question, in characters.")
    max_body_bytes: int = Field(default=1_048_576, ge=10_000, description="Largest request body, in bytes.")
    max_upload_bytes: int = Field(
        default=104_857_600, ge=10_000, description="Largest upload of course files in one request, in bytes."
    )
    webhook_hosts: str = Field(
        default="", description="Comma-separated hosts that webhooks may call although their address is not public."
    )
    max_concurrent_asks: int = Field(default=2, ge=1, le=64, description="Questions worked on at once.")
    asks_per_minute: int = Field(
        default=30, ge=0, description="Questions and searches of one person in a minute; 0: no limit, as below."
    )
    asks_per_day: int = Field(default=1000, ge=0, description="Questions and searches of one person in a day.")
    key_asks_per_minute: int = Field(default=600, ge=0, description="Questions and searches by one key in a minute.")
    key_asks_per_day: int = Field(default=50_000, ge=0, description="Questions and searches by one key in a day.")
    address_asks_per_minute: int = Field(
        default=300, ge=0, description="Questions and searches of all visitors (serve --open) behind one address."
    )
    course_asks_per_day: int = Field(
        default=50_000, ge=0, description="Questions and searches of one course in a day, whoever asks."
    )
    log_questions: bool = Field(
        default=True, description="Keep questions and receipts for instructors, under pseudonyms; a course can say no."
    )
    min_people: int = Field(
        default=5, ge=5, le=1000, description="Topics of refused questions are shown once so many people asked."
    )
    retention_days: int = Field(
        default=90, ge=1, le=3650, description="Days that questions are kept; a course can set its own."
    )
    metrics_token: str = Field(
        default="",
        pattern="^([!-~]{16,200})?$",  # what a header can hold, and too long to be guessed
        repr=False,
        description="Bearer token that opens /metrics and nothing else; default: only keys that administer do.",
    )
    metrics_on_loopback: bool = Field(
        default=False, description="Let programs on this machine read /metrics without a token; not behind a proxy."
    )
    log_level: str = Field(
        default="INFO", pattern="^(DEBUG|INFO|WARNING|ERROR)$", description="Least severe log level."
    )

    @model_validator(mode="after")
    def _a_store_in_the_database_has_one(self) -> Self:
        if self.store == "pgvector" and not self.database_url:
            raise ValueError("TUTOR_STORE=pgvector needs TUTOR_DATABASE_URL, the database to keep it in")
        return self

    @classmethod
    def from_environment(cls) -> Self:
        """Read ``TUTOR_*`` variables; refuse misspelt ones, which would otherwise pass unnoticed.

        Raises:
            SettingsError: A variable is unknown or its value is out of bounds; the message names it.
        """
        known = {f"TUTOR_{name.upper()}" for name in cls.model_fields}
        if unknown := sorted(name for name in os.environ if name.startswith("TUTOR_") and name not in known):
            raise SettingsError(f"unknown settings {', '.join(unknown)}; see .env.example")
        try:
            return cls()
        except ValidationError as error:
            reasons = "; ".join(map(_reason, error.errors()))
            raise SettingsError(f"{reasons}; see .env.example") from error


def _reason(found: ErrorDetails) -> str:
    message = found["msg"].removeprefix("Value error, ")
    return f"TUTOR_{str(found['loc'][0]).upper()}: {message}" if found["loc"] else message
