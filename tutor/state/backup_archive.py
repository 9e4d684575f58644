"""The file that a backup is: a plain tar, whose last member vouches for every other by size and SHA-256.

Whatever was cut, flipped, added or left out is found before anything is restored from it.
"""

import hashlib
import io
import json
import os
import re
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, BinaryIO

from index.durable import sync_folder
from tutor.state.errors import StateError, StateUnwritable

FORMAT = 1
MANIFEST = "manifest.json"
_MANIFEST_MAX_BYTES = 256 << 20  # of a million files; what claims more is no backup of ours
# Members are rows of a table, original files, and files of index generations; nothing can leave the folder.
_NAME = re.compile(r"(?:rows/\w+\.jsonl|blobs/[0-9a-f]{2}/[0-9a-f]{64}|index(?:/[A-Za-z0-9_][\w.-]*)+)")


class BackupDamaged(StateError):
    """The file is no backup, or not a whole one."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"{path} cannot be restored: {reason}; nothing was changed. Take another backup of the series")


@dataclass(frozen=True, slots=True)
class Member:
    """One file in the archive."""

    name: str
    size: int  # bytes
    sha256: str


@dataclass(frozen=True, slots=True)
class BackupManifest:
    """What an archive holds."""

    created_at: str
    revision: str  # of the schema that the rows fit
    rows: dict[str, int]  # by table
    files: tuple[Member, ...]


class BackupWriter:
    """Adds files to an archive that is being written."""

    def __init__(self, archive: tarfile.TarFile) -> None:
        self._archive = archive
        self.files: list[Member] = []

    def add(self, name: str, content: BinaryIO, size: int) -> None:
        """Add one file of ``size`` bytes."""
        info = tarfile.TarInfo(name)
        info.size = size
        info.mode = 0o600
        hashing = _Hashing(content)
        self._archive.addfile(info, hashing)
        self.files.append(Member(name, size, hashing.sha256.hexdigest()))

    def finish(self, created_at: str, revision: str, rows: dict[str, int]) -> BackupManifest:
        """Add the manifest, which must be the last."""
        manifest = BackupManifest(created_at, revision, rows, tuple(self.files))
        body = json.dumps({"format": FORMAT, **asdict(manifest)}).encode()
        content = body + b"\n" + hashlib.sha256(body).hexdigest().encode() + b"\n"  # it vouches for itself, too
        info = tarfile.TarInfo(MANIFEST)
        info.size = len(content)
        info.mode = 0o600
        self._archive.addfile(info, io.BytesIO(content))
        return manifest


@contextmanager
def writing_backup(path: Path) -> Iterator[BackupWriter]:
    """Write an archive aside and give it its name once it is whole, on the disk, and read back.

    Raises:
        StateUnwritable: The disk is full, or may not be written; nothing is left.
        BackupDamaged: What was read back is not what was written.
    """
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        # Only its owner may read it: it holds the keys that pseudonyms and launches are made with.
        descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            with tarfile.open(fileobj=file, mode="w", format=tarfile.PAX_FORMAT) as archive:
                yield BackupWriter(archive)
            file.flush()
            os.fsync(file.fileno())
        read_manifest(aside)
        aside.replace(path)
        sync_folder(path.parent)
    except OSError as error:
        raise StateUnwritable(path, error) from error
    finally:
        aside.unlink(missing_ok=True)


def read_manifest(path: Path) -> BackupManifest:
    """Read an archive through and check every file of it.

    Raises:
        BackupDamaged: It is no backup, or not a whole one.
    """
    seen: list[Member] = []
    manifest = None
    try:
        with tarfile.open(path, mode="r:") as archive:
            for info in archive:
                content = archive.extractfile(info) if info.isreg() else None
                if content is None or manifest is not None:
                    raise BackupDamaged(path, f"{info.name!r} does not belong there")
                if info.name == MANIFEST:
                    manifest = _parse(path, content.read(_MANIFEST_MAX_BYTES))
                elif not _NAME.fullmatch(info.name) or ".." in info.name:
                    raise BackupDamaged(path, f"{info.name!r} is no name of ours")
                else:
                    seen.append(Member(info.name, info.size, _sha256_of(content)))
    except (tarfile.TarError, OSError, EOFError, ValueError) as error:
        raise BackupDamaged(path, str(error)) from error
    if manifest is None:
        raise BackupDamaged(path, "its end is missing")
    if tuple(seen) != manifest.files:
        raise BackupDamaged(path, "its files are not those that its manifest lists")
    return manifest


def extract(path: Path, folder: Path) -> None:
    """Write the files of an archive that ``read_manifest`` has passed into a folder, and to the disk."""
    with tarfile.open(path, mode="r:") as archive:
        for info in archive:
            content = archive.extractfile(info)
            if content is None or info.name == MANIFEST or not _NAME.fullmatch(info.name):
                continue
            target = folder / info.name
            target.parent.mkdir(parents=True, exist_ok=True)
            with target.open("wb") as file:
                while piece := content.read(1 << 20):
                    file.write(piece)
                file.flush()
                os.fsync(file.fileno())
            target.chmod(0o644 if info.name.startswith("index/") else 0o600)
    for place in [folder, *(path for path in folder.rglob("*") if path.is_dir())]:
        sync_folder(place)


def _parse(path: Path, text: bytes) -> BackupManifest:
    body, _, digest = text.rstrip(b"\n").rpartition(b"\n")
    if hashlib.sha256(body).hexdigest().encode() != digest:
        raise BackupDamaged(path, "its manifest is not what was written")
    try:
        fields = json.loads(body)
        if fields.pop("format") != FORMAT:
            raise BackupDamaged(path, "another version of the tutor wrote it; use that version")
        return BackupManifest(**fields | {"files": tuple(Member(**each) for each in fields["files"])})
    except (ValueError, KeyError, TypeError) as error:
        raise BackupDamaged(path, f"its manifest cannot be read: {error}") from error


def _sha256_of(content: IO[bytes]) -> str:
    digest = hashlib.sha256()
    while piece := content.read(1 << 20):
        digest.update(piece)
    return digest.hexdigest()


class _Hashing(io.RawIOBase):
    """Passes bytes on and hashes them."""

    def __init__(self, content: BinaryIO) -> None:
        self._content = content
        self.sha256 = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        piece = self._content.read(size)
        self.sha256.update(piece)
        return piece
