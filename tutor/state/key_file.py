"""Keys of earlier versions, which lay in ``keys.json``: taken into the database once, and the file put aside."""

import logging
from datetime import datetime
from pathlib import Path

from pydantic import AwareDatetime, BaseModel, ConfigDict, TypeAdapter, ValidationError

from tutor.errors import TutorError
from tutor.permissions import STUDENT
from tutor.state import audit, keys
from tutor.state.database import Database

KEY_FILE = "keys.json"

logger = logging.getLogger(__name__)


class KeysUnreadable(TutorError):
    """The key file is not what it should be."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"the key file {path} of an earlier version cannot be read; "
            "move it away and make new keys: course-tutor keys create"
        )


class _OldKey(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    key_id: str
    name: str
    sha256: str
    courses: tuple[str, ...] = ()
    created_at: AwareDatetime
    expires_at: AwareDatetime | None = None

    def as_key(self) -> keys.ApiKey:
        created_at: datetime = self.created_at
        return keys.ApiKey(
            key_id=self.key_id,
            name=self.name,
            sha256=self.sha256,
            permissions=STUDENT,  # what every key could do then
            courses=self.courses,
            created_at=created_at,
            expires_at=self.expires_at,
            revoked_at=None,
        )


_OldKeys = TypeAdapter(tuple[_OldKey, ...])


def import_key_file(database: Database, data_dir: Path) -> int:
    """Take over the keys of ``keys.json``, if there is one, and rename it.

    Returns:
        How many keys came.

    Raises:
        KeysUnreadable: The file is damaged; it stays where it is.
    """
    path = data_dir / KEY_FILE
    if not path.exists():
        return 0
    try:
        old = _OldKeys.validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        raise KeysUnreadable(path) from error
    with database.writing() as connection:
        known = {key.key_id for key in keys.all_keys(connection)}  # of an import that was cut off before the rename
        new = [each.as_key() for each in old if each.key_id not in known]
        for key in new:
            keys.keep(connection, key)
            audit.record(connection, audit.INSTALLATION, "system", "key.import", key.key_id)
    path.rename(path.with_suffix(".json.imported"))
    logger.warning("took %d keys from %s into the database; the file is now %s.imported", len(new), path, path.name)
    return len(new)
