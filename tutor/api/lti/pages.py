"""The plain pages of a launch: what people see when something is in the way, and the two that run a small script.

Everything that comes from a platform is escaped, also inside scripts; each page's policy allows its own script only.
"""

import html
import json
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from urllib.parse import urlencode

from starlette.responses import HTMLResponse


@dataclass(frozen=True, slots=True)
class Frame:
    """Who may show a page, and where its forms may go.

    Args:
        framed_by: Origins of platforms.
        form_origins: Besides our own. Browsers hold redirects after a form to it as well, and platforms redirect.
    """

    framed_by: Iterable[str] = ()
    form_origins: Iterable[str] = ()


def message_page(title: str, paragraphs: Sequence[str], frame: Frame, *, status: int) -> HTMLResponse:
    """A few sentences."""
    body = "".join(f"<p>{html.escape(paragraph)}</p>" for paragraph in paragraphs)
    return _page(title, body, frame, status=status)


def new_window_page(login_fields: Mapping[str, str], frame: Frame) -> HTMLResponse:
    """Offer the launch again in a window of its own, where the browser keeps cookies."""
    return _page("Open the course tutor in a new window", _new_window(login_fields), frame, status=200)


def _new_window(login_fields: Mapping[str, str]) -> str:
    return (
        "<p>This browser keeps nothing for a page inside another one. In a window of its own the tutor works.</p>"
        # A link, not a form: a form's policy would also forbid where the platform sends the window on to.
        f'<p><a class="button" target="_blank" href="/lti/login?{html.escape(urlencode(login_fields))}">'
        "Open in a new window</a></p>"
    )


def storage_put_page(
    *, key: str, value: str, target: str, platform_origin: str, next_url: str, frame: Frame
) -> HTMLResponse:
    """Give the platform's frame something to keep for us, then go on to the platform."""
    data = {"key": key, "value": value, "target": target, "origin": platform_origin, "next": next_url}
    return _script_page("storage_put.js", data, "Signing you in", "", frame)


def storage_get_page(
    *,
    key: str,
    target: str,
    platform_origin: str,
    fields: Mapping[str, str],
    login_fields: Mapping[str, str],
    frame: Frame,
) -> HTMLResponse:
    """Ask the platform's frame for what it kept, and post it together with the launch.

    Where the frame kept nothing, the launch is offered again in a window of its own.
    """
    data = {"key": key, "target": target, "origin": platform_origin}
    body = (
        f'<form id="launch" method="post" action="/lti/launch">{_hidden({**fields, "binding": ""})}</form>'
        f'<div id="blocked" hidden>{_new_window(login_fields)}</div>'
    )
    return _script_page("storage_get.js", data, "Signing you in", body, frame)


def posting_page(url: str, fields: Mapping[str, str], frame: Frame) -> HTMLResponse:
    """Send the browser to another site with a form, at once where scripts run and by a button where not."""
    body = (
        f'<form id="post" method="post" action="{html.escape(url)}">{_hidden(fields)}'
        '<button type="submit">Go on</button></form>'
    )
    return _script_page("posting.js", {}, "Going back to your course", body, frame)


def closing_page(title: str, paragraphs: Sequence[str], frame: Frame) -> HTMLResponse:
    """Tell the platform that its dialog can close (LTI Dynamic Registration 1.0, 3.7)."""
    body = "".join(f"<p>{html.escape(paragraph)}</p>" for paragraph in paragraphs)
    return _script_page("closing.js", {}, title, body, frame)


@dataclass(frozen=True, slots=True)
class Choice:
    """Something that a link can open."""

    value: str
    label: str
    indented: bool = False


def choosing_page(token: str, choices: Sequence[Choice], frame: Frame, *, graded: bool) -> HTMLResponse:
    """Let an instructor choose what a link opens."""
    rows = "".join(
        f'<label class="{"chapter" if choice.indented else "course"}"><input type="radio" name="choice" '
        f'value="{html.escape(choice.value)}" required> {html.escape(choice.label)}</label>'
        for choice in choices
    )
    practice = (
        '<fieldset><legend>Practice</legend><label><input type="number" name="practice" min="0" max="50" value="0"> '
        "questions in a graded practice set; 0 for the chat</label></fieldset>"
        if graded
        else ""
    )
    body = (
        f'<form method="post" action="/lti/deep-link">{_hidden({"token": token})}'
        f"<fieldset><legend>What the link opens</legend>{rows}</fieldset>{practice}"
        '<button type="submit">Add the link</button></form>'
    )
    return _page("Choose a course or a chapter", body, frame, status=200)


def _script_page(name: str, data: Mapping[str, str], title: str, body: str, frame: Frame) -> HTMLResponse:
    nonce = secrets.token_urlsafe(16)
    # "<" is the one character by which data could leave its element.
    said = json.dumps(data).replace("<", "\\u003c")
    script = files("tutor").joinpath("api", "lti", "scripts", name).read_text("utf-8")
    body += (
        f'<script type="application/json" id="data" nonce="{nonce}">{said}</script>'
        f'<script nonce="{nonce}">{script}</script>'
    )
    return _page(title, body, frame, status=200, nonce=nonce)


def _page(title: str, body: str, frame: Frame, *, status: int, nonce: str = "") -> HTMLResponse:
    template = files("tutor").joinpath("api", "lti", "page.html").read_text("utf-8")
    content = template.replace("{{title}}", html.escape(title)).replace("{{body}}", body)
    policy = "; ".join(
        (
            "default-src 'none'",
            "style-src 'unsafe-inline'",
            f"script-src 'nonce-{nonce}'" if nonce else "script-src 'none'",
            "base-uri 'none'",
            " ".join(("form-action 'self'", *sorted(frame.form_origins))),
            " ".join(("frame-ancestors 'self'", *sorted(frame.framed_by))),
        )
    )
    return HTMLResponse(content, status_code=status, headers={"content-security-policy": policy})


def _hidden(fields: Mapping[str, str]) -> str:
    return "".join(
        f'<input type="hidden" name="{html.escape(name)}" value="{html.escape(value)}">'
        for name, value in fields.items()
    )
