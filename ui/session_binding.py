"""Gradio's session hashes and event ids belong to whoever used them first.

Gradio hands an answer to anyone who names the session hash of the browser tab that asked. Here a hash is bound to the
caller who brings it first; to everybody else it does not exist. Visitors whose browser keeps no cookies (inside a
foreign page, say) cannot be told apart: for them the hash itself, which cannot be guessed, is all the protection.

Gradio keeps a tab's events in the memory of the process that took them. Where several serve together, each hash has
its home in one of them, and whichever receives a request for it passes it on.
"""

import json
import re
from collections import OrderedDict
from collections.abc import Callable
from typing import Protocol
from urllib.parse import parse_qs

from starlette.types import ASGIApp, Message, Receive, Scope, Send

MAX_BOUND = 20_000  # not tuned: two for each tab and question; the one unused for longest is forgotten

_BY_QUERY = re.compile(r".*/gradio_api/queue/data")
_BY_BODY = re.compile(r".*/gradio_api/(queue/join|cancel|component_server)/?")
_JOIN = re.compile(r".*/gradio_api/queue/join/?")


class Homes(Protocol):
    """Knows where what has a name lives, and passes requests on to there."""

    def elsewhere(self, name: str) -> int | None:
        """Another process's slot; None where it is this one."""
        ...

    async def forward(self, slot: int, scope: Scope, body: bytes, receive: Receive, send: Send) -> None:
        """Let the process of that slot serve the request."""
        ...


class SessionBinding:
    """Stands before a Gradio application; the whole body must arrive in one piece.

    Args:
        app: Gradio's.
        owner_of: Names the caller of a request; equal names are the same caller.
        refuse: Answers a request for what belongs to somebody else.
        siblings: Where several processes serve together.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        owner_of: Callable[[Scope], str],
        refuse: Callable[[Scope], ASGIApp],
        siblings: Homes | None = None,
    ) -> None:
        self._app = app
        self._owner_of = owner_of
        self._refuse = refuse
        self._siblings = siblings
        self._owners: OrderedDict[str, str] = OrderedDict()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        body = b""
        if _BY_BODY.fullmatch(scope["path"]):
            body = (await receive()).get("body", b"")
            receive = _replay(body, receive)
        names = _names_in(scope, body)
        slot = self._elsewhere(body, names or [])
        if slot is not None and self._siblings is not None:
            await self._siblings.forward(slot, scope, body, receive, send)
            return
        owner = self._owner_of(scope)
        if names is None or not all(self._owns(owner, name) for name in names):
            await self._refuse(scope)(scope, receive, send)
            return
        if _JOIN.fullmatch(scope["path"]):
            send = self._noting_event(owner, send)
        await self._app(scope, receive, send)

    def _elsewhere(self, body: bytes, names: list[str]) -> int | None:
        """Which other process the request is for; what names no session is for this one, which refuses it."""
        hashes = _strings_in(body, "session_hash") if body else names
        return self._siblings.elsewhere(hashes[0]) if self._siblings is not None and hashes else None

    def _owns(self, owner: str, name: str) -> bool:
        """Whether the name is the owner's; a name that nobody has used becomes theirs."""
        found = self._owners.setdefault(name, owner)
        self._owners.move_to_end(name)
        while len(self._owners) > MAX_BOUND:
            self._owners.popitem(last=False)
        return found == owner

    def _noting_event(self, owner: str, send: Send) -> Send:
        """Bind the event id that Gradio answers with."""

        async def noting(message: Message) -> None:
            if message["type"] == "http.response.body" and (names := _strings_in(message.get("body", b""), "event_id")):
                self._owns(owner, names[0])
            await send(message)

        return noting


def _names_in(scope: Scope, body: bytes) -> list[str] | None:
    """The session hashes and event ids that a request names; None when it should name one and does not."""
    path = scope["path"]
    if _BY_QUERY.fullmatch(path):
        named = parse_qs(scope["query_string"].decode("latin-1"), keep_blank_values=True).get("session_hash", [])
        return named if len(named) == 1 else None
    if _BY_BODY.fullmatch(path):
        return _strings_in(body, "session_hash", "event_id") or None
    return []


def _strings_in(body: bytes, *fields: str) -> list[str]:
    """The values of these fields of a JSON object, where they are strings; none when it is not one."""
    try:
        content = json.loads(body)
    except (ValueError, RecursionError):
        return []
    if not isinstance(content, dict):
        return []
    return [content[field] for field in fields if isinstance(content.get(field), str)]


def _replay(body: bytes, receive: Receive) -> Receive:
    waiting: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def replayed() -> Message:
        return waiting.pop() if waiting else await receive()

    return replayed
