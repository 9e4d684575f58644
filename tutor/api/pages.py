"""The few plain pages that people may see instead of the chat."""

import html
from dataclasses import dataclass

from starlette.responses import HTMLResponse

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'; base-uri 'none'; form-action 'none'"

_TEMPLATE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
:root {{ color-scheme: light dark; font: 1.1rem/1.6 system-ui, sans-serif; }}
main {{ max-width: 34rem; margin: 15vh auto 0; padding: 0 1.5rem; }}
</style>
</head>
<body><main><h1>{title}</h1>{paragraphs}</main></body>
</html>
"""

# Relative, so that it holds wherever the service is mounted: both /login and /instructor/ lie beside /chat/.
_TO_CHAT = '<p><a href="../chat/">Go to the chat</a></p>'


@dataclass(frozen=True, slots=True)
class Page:
    """A title and a few paragraphs of plain text."""

    title: str
    paragraphs: tuple[str, ...]
    leads_to_chat: bool = False


LINK_NEEDED = Page(
    "This course tutor needs its link",
    (
        "Open the address that was printed in the terminal when the tutor was started. It ends with a one-time token "
        "and lets this browser in until the tutor is stopped.",
        "Whoever started the tutor can also let everybody in with: course-tutor serve --open",
    ),
)

LINK_USED = Page(
    "This link has been used",
    (
        "Each printed link lets one browser in, once. If that was this browser, the chat is still open to it.",
        "For another browser, ask whoever runs the tutor for a new link: the terminal shows the command that prints "
        "one; restarting the tutor prints one too.",
    ),
    leads_to_chat=True,
)

INSTRUCTORS_ONLY = Page(
    "These pages are for instructors",
    (
        "Here the course's files are kept and its answers are checked. Your link lets you ask and read in the chat.",
        "If you teach this course, ask whoever runs the tutor for an instructor's link: course-tutor link --role "
        "instructor",
    ),
    leads_to_chat=True,
)


EMBED_REFUSED = Page(
    "The tutor could not be opened here",
    (
        "This frame's address works once and for a few minutes, inside the page that it was made for. Reload that page "
        "to get another.",
    ),
)


def page_response(page: Page, *, status: int) -> HTMLResponse:
    """The page as a reply."""
    paragraphs = "".join(f"<p>{html.escape(paragraph)}</p>" for paragraph in page.paragraphs)
    if page.leads_to_chat:
        paragraphs += _TO_CHAT
    content = _TEMPLATE.format(title=html.escape(page.title), paragraphs=paragraphs)
    return HTMLResponse(content, status_code=status, headers={"content-security-policy": _POLICY})
