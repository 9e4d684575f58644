"""What an index generation says about itself: its course, its counts, its embedder, and every file's size and hash."""

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self

FORMAT = 3  # raise it when a file's meaning changes; older generations are then refused and rebuilt
MANIFEST_NAME = "manifest.json"


@dataclass(frozen=True, slots=True)
class FileRecord:
    """One file of a generation, as it was written."""

    name: str  # relative to the generation's folder, with "/"
    size: int  # bytes
    sha256: str

    @classmethod
    def of(cls, path: Path, folder: Path) -> Self:
        """Measure a file in ``folder``."""
        with path.open("rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        return cls(path.relative_to(folder).as_posix(), path.stat().st_size, sha256)

    def damage(self, folder: Path) -> str:
        """What is wrong with the file in ``folder`` now; empty when it is as it was written."""
        path = folder / self.name
        if not path.is_file():
            return f"{self.name} is missing"
        if (size := path.stat().st_size) != self.size:
            return f"{self.name} has {size} bytes, its manifest says {self.size}"
        if self.of(path, folder).sha256 != self.sha256:
            return f"{self.name} has another SHA-256 than its manifest says"
        return ""


@dataclass(frozen=True, slots=True)
class Manifest:
    """Everything needed to trust a generation before loading it, and the course's own words about itself."""

    format: int
    course_id: str
    title: str
    description: str
    language: str
    licence: str
    suggested_questions: tuple[str, ...]
    generation: str
    created: str  # ISO 8601, UTC
    embedder: str  # fingerprint
    n_documents: int
    n_chunks: int
    n_vectors: int
    files: tuple[FileRecord, ...]

    def to_json(self) -> bytes:
        """The manifest as a file."""
        return json.dumps(asdict(self), ensure_ascii=False, indent=2).encode() + b"\n"

    @classmethod
    def from_json(cls, text: bytes) -> Self:
        """The manifest in a file.

        Raises:
            ValueError: If it is not JSON in UTF-8.
            KeyError, TypeError: If a field is missing or unknown.
        """
        fields = json.loads(text)
        files = tuple(FileRecord(**record) for record in fields.pop("files"))
        return cls(**fields | {"files": files, "suggested_questions": tuple(fields["suggested_questions"])})


def format_of(text: bytes) -> int:
    """The format number of a manifest file, which can be read even when the rest cannot; -1 when there is none."""
    try:
        return int(json.loads(text)["format"])
    except (ValueError, KeyError, TypeError):
        return -1
