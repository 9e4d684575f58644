"""Platforms' published keys: fetched when needed, kept, fetched once more for a key nobody has seen yet."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

import jwt

from tutor.lti.errors import LaunchRefused
from tutor.lti.types import Platform
from tutor.outbound import CallFailed, Outbound

COOL_DOWN_S = 60.0  # between two fetches from one address, whatever tokens claim: forgeries must not make us knock
KEEP_S = 24 * 3600.0  # a key that a platform withdrew is believed no longer than this
_MAX_KEYS = 50


@dataclass(frozen=True, slots=True)
class _Fetched:
    keys: dict[str, jwt.PyJWK]
    at: float  # when the keys were fetched, monotonic
    tried_at: float  # when that was tried last


class PlatformKeys:
    """Finds the key that signed a launch; safe to share between threads.

    Args:
        outbound: The way to the platforms.
        clock: Seconds, monotonic.
    """

    def __init__(self, outbound: Outbound, clock: Callable[[], float] = time.monotonic) -> None:
        self._outbound = outbound
        self._clock = clock
        self._fetched: dict[str, _Fetched] = {}
        self._fetching = threading.Lock()

    def find(self, platform: Platform, key_id: str) -> jwt.PyJWK:
        """The platform's key of that id.

        Raises:
            LaunchRefused: It has published no such key, or none could be fetched.
        """
        known = self._fetched.get(platform.jwks_url)
        if known is None or key_id not in known.keys or self._is_stale(known):
            known = self._fetch(platform.jwks_url)
        if self._is_stale(known) or (key := known.keys.get(key_id)) is None:
            raise LaunchRefused("the platform has published no key of this id")
        return key

    def _is_stale(self, known: _Fetched) -> bool:
        return self._clock() - known.at > KEEP_S

    def _fetch(self, url: str) -> _Fetched:
        with self._fetching:
            known = self._fetched.get(url)
            if known is not None and self._clock() - known.tried_at < COOL_DOWN_S:
                return known
            try:
                keys = _keys_in(self._outbound.get(url).json)
            except CallFailed as error:
                # Remembered as well, or every forged launch would make us knock at a door that nobody opens.
                now = self._clock()
                self._fetched[url] = replace(known, tried_at=now) if known else _Fetched({}, now, now)
                raise LaunchRefused(f"its keys cannot be fetched: {error}") from error
            now = self._clock()
            self._fetched[url] = _Fetched(keys, now, now)
            return self._fetched[url]


def _keys_in(document: object) -> dict[str, jwt.PyJWK]:
    """The RSA signing keys of a JSON Web Key Set; whatever else it holds is left out."""
    listed = document.get("keys") if isinstance(document, dict) else None
    found: dict[str, jwt.PyJWK] = {}
    for entry in listed[:_MAX_KEYS] if isinstance(listed, list) else ():
        if not isinstance(entry, dict) or entry.get("kty") != "RSA" or entry.get("use", "sig") != "sig":
            continue
        try:
            found[str(entry["kid"])] = jwt.PyJWK(entry, algorithm="RS256")
        except (jwt.PyJWTError, KeyError, ValueError):
            continue
    return found
