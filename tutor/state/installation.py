"""Facts of one installation: the random key that its pseudonyms are made with."""

import hashlib
import hmac
import secrets

from sqlalchemy import Connection, insert, select

from tutor.state.errors import KeyLost
from tutor.state.people_tables import installation

_PSEUDONYM_KEY = "pseudonym_key"


def ensure_pseudonym_key(connection: Connection) -> None:
    """Make the key with the database. It is kept with the data, so that a restored backup knows its people again."""
    if not _read(connection):
        value = secrets.token_hex(32)
        connection.execute(insert(installation).values(name=_PSEUDONYM_KEY, value=value))


def pseudonym_key(connection: Connection) -> bytes:
    """The installation's own key; secret.

    Raises:
        KeyLost: It is not there. Without it a person's id could be worked out from who they are.
    """
    if not (key := _read(connection)):
        raise KeyLost
    return bytes.fromhex(key)


def pseudonym(key: bytes, kind: str, identity: str) -> str:
    """The person id of an identity: the same for the same one, and of no use to find out which.

    Args:
        key: From ``pseudonym_key``.
        kind: Where the identity comes from: ``link``, ``visitor``, ``key``, ``lti``.
        identity: Whatever that place calls the person.
    """
    message = f"{kind}|{identity}".encode("utf-8", "surrogatepass")
    return hmac.new(key, message, hashlib.sha256).hexdigest()[:32]


def _read(connection: Connection) -> str:
    return connection.execute(
        select(installation.c.value).where(installation.c.name == _PSEUDONYM_KEY)
    ).scalar_one_or_none() or ""  # fmt: skip
