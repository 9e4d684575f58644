"""API keys: made, kept as hashes in one file, found again, revoked.

A key is shown once, when it is made; the file holds its SHA-256 only. A plain hash is enough here, as a key has 256
random bits: there is nothing to guess. A running server notices a changed file by its stat and acts on it at the next
request. This module knows nothing about HTTP.
"""

import fcntl
import hashlib
import hmac
import logging
import os
import secrets
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from pydantic import AwareDatetime, BaseModel, ConfigDict, TypeAdapter, ValidationError

from tutor.errors import TutorError

PREFIX = "ct_"

logger = logging.getLogger(__name__)


class KeysUnreadable(TutorError):
    """The key file is not what it should be; no key is accepted until it is mended."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"the key file {path} cannot be read; move it away and make new keys: course-tutor keys create"
        )


class UnknownKey(TutorError):
    """No key has this id."""

    def __init__(self, key_id: str) -> None:
        super().__init__(f"there is no key {key_id!r}; see: course-tutor keys list")


class ApiKey(BaseModel):
    """What is kept of one key: everything but the key."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    key_id: str
    name: str
    sha256: str
    courses: tuple[str, ...] = ()  # empty: every course
    created_at: AwareDatetime
    expires_at: AwareDatetime | None = None

    def opens(self, course_id: str) -> bool:
        """Whether the key may ask this course."""
        return not self.courses or course_id in self.courses

    def expired(self, now: datetime) -> bool:
        """Whether the key's time is over at ``now``."""
        return self.expires_at is not None and self.expires_at <= now


_ApiKeys = TypeAdapter(tuple[ApiKey, ...])
_Stamp = tuple[int, int, int]


class KeyFile:
    """The keys of one installation, in one JSON file that only its owner may read.

    Args:
        path: The file; made with the first key.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._stamp: _Stamp | None = None
        self._keys: tuple[ApiKey, ...] = ()

    def create(
        self, name: str, *, courses: Sequence[str] = (), expires_at: datetime | None = None
    ) -> tuple[ApiKey, str]:
        """Make a key and keep its hash.

        Returns:
            What is kept, and the key itself, which nobody can be shown again.
        """
        secret = PREFIX + secrets.token_urlsafe(32)
        key = ApiKey(
            key_id=secrets.token_hex(4),
            name=name,
            sha256=_digest(secret),
            courses=tuple(courses),
            created_at=datetime.now(UTC),
            expires_at=expires_at,
        )
        with self._locked():
            self._write((*self._read(), key))
        return key, secret

    def revoke(self, key_id: str) -> ApiKey:
        """Forget a key.

        Raises:
            UnknownKey: No key has this id.
        """
        with self._locked():
            keys = self._read()
            revoked = next((key for key in keys if key.key_id == key_id), None)
            if revoked is None:
                raise UnknownKey(key_id)
            self._write(tuple(key for key in keys if key is not revoked))
        return revoked

    def all(self) -> tuple[ApiKey, ...]:
        """Every key, oldest first, expired ones too."""
        return self._read()

    def find(self, secret: str) -> ApiKey | None:
        """The key that ``secret`` is, if it is one and still good; compares in constant time."""
        digest = _digest(secret)
        found = None
        for key in self._current():  # all of them, always: the time tells nothing about which
            if hmac.compare_digest(key.sha256, digest):
                found = key
        return None if found is None or found.expired(datetime.now(UTC)) else found

    def _current(self) -> tuple[ApiKey, ...]:
        """The keys, read again whenever the file is another than before; none while it cannot be read."""
        stamp = _stamp(self._path)
        if stamp != self._stamp:
            try:
                self._keys = self._read()
            except KeysUnreadable as error:
                logger.error("%s", error)
                self._keys = ()
            self._stamp = stamp
        return self._keys

    def _read(self) -> tuple[ApiKey, ...]:
        try:
            return _ApiKeys.validate_json(self._path.read_bytes())
        except FileNotFoundError:
            return ()
        except (OSError, ValidationError) as error:
            raise KeysUnreadable(self._path) from error

    def _write(self, keys: tuple[ApiKey, ...]) -> None:
        """Replace the file in one step, so that a reader never sees half of it."""
        # mkstemp gives mode 0600.
        descriptor, aside = tempfile.mkstemp(dir=self._path.parent, prefix=self._path.name)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(_ApiKeys.dump_json(keys, indent=2))
                file.flush()
                os.fsync(file.fileno())
            Path(aside).replace(self._path)
        except BaseException:
            Path(aside).unlink(missing_ok=True)
            raise

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Keep two commands from losing each other's change."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._path.with_suffix(".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def _digest(secret: str) -> str:
    # "surrogatepass": a header is bytes to its sender, so a key may be anything; it must not be an error.
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def _stamp(path: Path) -> _Stamp | None:
    try:
        stat = path.stat()
    except OSError:
        return None
    return stat.st_mtime_ns, stat.st_ino, stat.st_size
