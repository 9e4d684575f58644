"""Gradio's HTML document, as it leaves the house: guarded against blocked storage, under a content security policy.

Gradio writes its configuration and its start-up code as inline scripts, so the policy names them by a nonce that is new
with each page. ``unsafe-eval`` cannot be avoided: Gradio compiles a component's template and program with ``Function``.
What it would let in is code that is already on the page; markup, links and inline handlers in an answer stay dead.
"""

import re
import secrets
from collections.abc import Callable, Iterable

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_SCRIPT = re.compile(r"<script(?=[\s>])")  # Gradio escapes every "<" inside its JSON
_HEAD = re.compile(r"<head>")
# The first changes nothing at the path we serve, and without it no base is allowed at all; the second leads outside.
_SUPERFLUOUS = re.compile(
    r'<base href="\./" />|<link rel="manifest"[^>]*>|<meta\s+(?:property|name)="(?:og|twitter):[^>]*>'
)

_NO_ICON = '<link rel="icon" href="data:,">'  # or every browser asks for /favicon.ico


def chat_policy(nonce: str, framed_by: Iterable[str] = ()) -> str:
    """The page's content security policy: nothing from elsewhere, no inline script but those with the nonce.

    Args:
        nonce: New for each page.
        framed_by: Origins whose pages may show the chat in a frame, besides our own.
    """
    return "; ".join(
        (
            "default-src 'self'",
            f"script-src 'self' 'nonce-{nonce}' 'unsafe-eval'",
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            "connect-src 'self'",
            "object-src 'none'",
            "frame-src 'none'",
            "base-uri 'none'",
            "form-action 'self'",
            " ".join(("frame-ancestors 'self'", *sorted(framed_by))),
        )
    )


class ChatDocument:
    """Stands before a Gradio application and rewrites the HTML documents it serves.

    Args:
        app: Gradio's.
        guard: JavaScript that runs first in the document.
        framed_by: Gives the origins whose pages may show the chat in a frame, for the sender of a request.
    """

    def __init__(self, app: ASGIApp, *, guard: str, framed_by: Callable[[Scope], Iterable[str]] = lambda _: ()) -> None:
        self._app = app
        self._guard = guard
        self._framed_by = framed_by

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] == "http" and scope["path"].endswith("/"):
            # Compressed HTML could not be rewritten.
            headers = [(name, value) for name, value in scope["headers"] if name != b"accept-encoding"]
            scope = {**scope, "headers": headers}
            framed_by = self._framed_by(scope)
            send = _rewriting(send, lambda document: self._rewrite(document, framed_by))
        await self._app(scope, receive, send)

    def _rewrite(self, document: str, framed_by: Iterable[str]) -> tuple[str, str]:
        """The document as it is sent, and its policy."""
        nonce = secrets.token_urlsafe(16)
        document = _SUPERFLUOUS.sub("", document)
        document = _HEAD.sub(lambda head: f"{head[0]}{_NO_ICON}\n<script>{self._guard}</script>", document, count=1)
        return _SCRIPT.sub(f'<script nonce="{nonce}"', document), chat_policy(nonce, framed_by)


def _rewriting(send: Send, rewrite: Callable[[str], tuple[str, str]]) -> Send:
    """Hold an HTML reply back until it is whole, then send it rewritten; let every other reply pass."""
    held: list[Message] = []
    body = bytearray()

    async def rewriting(message: Message) -> None:
        if message["type"] == "http.response.start":
            if Headers(raw=message["headers"]).get("content-type", "").startswith("text/html"):
                held.append(message)
                return
        elif held and message["type"] == "http.response.body":
            body.extend(message.get("body", b""))
            if message.get("more_body", False):
                return
            start = held.pop()
            document, policy = rewrite(body.decode())
            headers = MutableHeaders(scope=start)
            headers["content-security-policy"] = policy
            headers["content-length"] = str(len(document.encode()))
            await send(start)
            message = {"type": "http.response.body", "body": document.encode(), "more_body": False}
        await send(message)

    return rewriting
