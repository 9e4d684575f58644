"""In whose name a question waits in the line, told from the request alone, before anybody looks up who that is.

It is only a claim. Whoever waits has been let in with it, so a name that is invented gains nothing: it is refused at
the door. A browser's cookie counts only where not everybody may come with one of their own making.
"""

from starlette.datastructures import Headers
from starlette.types import Scope

from tutor.api.identity import Access

_NOTE = "claim"


def note_claim(scope: Scope, access: Access) -> str:
    """Leave the claim in the scope for those behind, and give it.

    Args:
        scope: The request's.
        access: Knows what lets somebody in.
    """
    headers = Headers(scope=scope)
    credential = headers.get("authorization", "").partition(" ")[2].strip()
    if not credential and not access.open_to_all:
        credential = access.cookie_in(headers)
    client = scope.get("client")
    # A hash that differs in each process, since the credential is a secret.
    claim = f"credential {hash(credential)}" if credential else f"address {client[0] if client else ''}"
    scope.setdefault("state", {})[_NOTE] = claim
    return claim


def claim_of(scope: Scope) -> str:
    """The claim that was noted; the same for all where no gate stands in front."""
    return str(scope.get("state", {}).get(_NOTE, ""))
