"""What can go wrong with what must survive.

TutorError
└── StateError
    ├── DatabaseDamaged      the database is not what was written
    ├── DatabaseUnreachable  the address is wrong, or nobody answers there
    ├── KeyLost              the installation's own key is gone from the database
    ├── SchemaNewer          a newer version of the tutor wrote this database
    ├── StateUnwritable      the data directory cannot be written
    ├── DataDirTaken         another server holds the data directory
    ├── BlobMissing          a stored file is not there
    ├── BlobDamaged          a stored file is there and is not what was stored
    └── TooManyBytes         more arrived than the limit allows
"""

from pathlib import Path

from tutor.errors import TutorError


class StateError(TutorError):
    """Root of everything this package raises."""


class DatabaseDamaged(StateError):
    """The database is not what was written."""

    def __init__(self, where: str, reason: str) -> None:
        super().__init__(
            f"the database {where} is damaged: {reason}; nothing was changed. Restore a backup: "
            "course-tutor restore <file> --replace, which keeps the damaged one aside"
        )


class DatabaseUnreachable(StateError):
    """The address is wrong, or nobody answers there."""

    def __init__(self, where: str, reason: str) -> None:
        super().__init__(f"cannot use the database {where}: {reason}; see TUTOR_DATABASE_URL in .env.example")


class KeyLost(StateError):
    """The installation's own key is gone from the database."""

    def __init__(self) -> None:
        super().__init__(
            "the database has lost its installation's key, by which it knows its people: "
            "course-tutor restore <backup file> --replace"
        )


class SchemaNewer(StateError):
    """A newer version of the tutor wrote this database."""

    def __init__(self, found: str, known: str) -> None:
        super().__init__(
            f"the database has schema {found!r}, this version of the tutor knows up to {known!r}; "
            "install the newer version again, or restore a backup that this one made"
        )


class StateUnwritable(StateError):
    """The data directory cannot be written."""

    def __init__(self, path: Path, error: OSError) -> None:
        reason = error.strerror or str(error)
        super().__init__(f"cannot write to {path}: {reason}; free space or change its owner, or set TUTOR_DATA_DIR")


class DataDirTaken(StateError):
    """Another server holds the data directory."""

    def __init__(self, data_dir: Path, pid: int, origin: str) -> None:
        at = f" at {origin}" if origin else ""
        super().__init__(
            f"process {pid or 'unknown'} serves the data directory {data_dir} already{at}; end it first, "
            "or give this one another: TUTOR_DATA_DIR"
        )


class BlobMissing(StateError):
    """A stored file is not there."""

    def __init__(self, sha256: str) -> None:
        super().__init__(f"the stored file {sha256} is missing; bring the file again, or restore a backup")
        self.sha256 = sha256


class BlobDamaged(StateError):
    """A stored file is there and is not what was stored."""

    def __init__(self, sha256: str) -> None:
        super().__init__(f"the stored file {sha256} is damaged; bring the file again, or restore a backup")


class TooManyBytes(StateError):
    """More arrived than the limit allows."""

    def __init__(self, limit: int) -> None:
        super().__init__(f"more than {limit} bytes were sent; the limit is TUTOR_MAX_UPLOAD_BYTES")
        self.limit = limit
