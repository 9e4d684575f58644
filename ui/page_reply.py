"""What a page's handlers reply with, whatever happens: an answer, or calm words about what to do."""

from collections.abc import Awaitable, Mapping
from typing import Any

from pydantic import ValidationError

from ui.api_client import ApiError

PageReply = dict[str, Any]  # JSON for the page: {"ok": true, ...} or {"ok": false, "words": "..."}
UNREADABLE = "The page sent something unreadable. Please reload it."


async def replying(reply: Awaitable[Mapping[str, object]]) -> PageReply:
    """The reply, or the words of what kept it from being given."""
    try:
        return {"ok": True, **await reply}
    except ApiError as error:
        return {"ok": False, "words": error.words}
    except ValidationError:
        return {"ok": False, "words": UNREADABLE}
