"""Signatures of the Standard Webhooks specification 1.0: HMAC-SHA256 over id, time and body."""

import base64
import hashlib
import hmac
from collections.abc import Mapping

from tutor.state.webhooks import SECRET_PREFIX


def signed_headers(secret: str, message_id: str, timestamp: int, body: bytes) -> Mapping[str, str]:
    """The headers that let the other side check who sent a body, and when.

    Args:
        secret: The webhook's, with its prefix.
        message_id: The same at each attempt.
        timestamp: Seconds since 1970, of this attempt.
        body: To the byte.
    """
    key = base64.b64decode(secret.removeprefix(SECRET_PREFIX))
    signature = hmac.digest(key, f"{message_id}.{timestamp}.".encode() + body, hashlib.sha256)
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": f"v1,{base64.b64encode(signature).decode()}",
    }
