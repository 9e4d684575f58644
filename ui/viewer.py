"""What the source viewer shows: a passage in its surroundings, on its page, at its place in the LMS; old links.

Every value is JSON for the page. HTML in it is drawn and sanitised here; texts are shown as text by the page.
"""

from asyncio import to_thread
from typing import Any

from tutor.source_schemas import Box, CitedText, ExcerptPage, ResolvedCitation, SourceView
from ui.api_client import ApiClient
from ui.browser_events import CitationFollowed, SourceOpened
from ui.places import host_of, page_in_full
from ui.source_html import render_document, render_excerpt, render_version

Json = dict[str, Any]

_NEWS = {
    "unchanged": "",
    "moved": "The course was updated since this link was made. The passage now stands here.",
    "changed": "The text has changed since this link was made. Both versions are shown.",
    "gone": "This passage is no longer in the course. It is shown as it was.",
}


async def opened_source(client: ApiClient, wanted: SourceOpened) -> Json:
    """A span in its surroundings or, if wanted, in its whole document."""
    excerpt = await client.source(wanted.course, wanted.document, wanted.start, wanted.end)
    html = render_excerpt(excerpt)
    if wanted.whole:
        document = await client.document(wanted.course, wanted.document)
        # A chapter with a thousand formulas takes a while to draw; other learners' answers must not wait for it.
        html = await to_thread(render_document, document, wanted.start, wanted.end)
    return {
        "title": excerpt.document_title,
        "path": excerpt.heading_path,
        "html": html,
        "where": _where(excerpt),
        "link": _link(excerpt),
        "picture": _picture(excerpt),
    }


async def followed_citation(client: ApiClient, wanted: CitationFollowed) -> Json:
    """A permanent link: where its passage stands today, or what became of it."""
    found = await client.citation(wanted.course, wanted.citation, wanted.span())
    both = found.state in ("changed", "gone")
    return {
        "state": found.state,
        "news": _NEWS[found.state],
        "place": _place(found, wanted.citation),
        "title": _title(found),
        "then": render_version(found.then, "Then") if both and found.then else "",
    }


def _place(found: ResolvedCitation, chunk_id: str) -> Json | None:
    now = found.now
    if now is None:
        return None
    return {"chunk": chunk_id, "document": now.document_id, "start": now.char_start, "end": now.char_end}


def _title(found: ResolvedCitation) -> str:
    version: CitedText | None = found.now or found.then
    return version.document_title if version else ""


def _where(excerpt: SourceView) -> str:
    """The page or slide, and the activity of the LMS that the passage comes from."""
    page = page_in_full(excerpt.page.number, excerpt.page.label) if excerpt.page else ""
    return " · ".join(part for part in (page, excerpt.activity) if part)


def _link(excerpt: SourceView) -> Json | None:
    host = host_of(excerpt.link)
    return {"url": excerpt.link, "host": host} if host else None


def _picture(excerpt: SourceView) -> Json | None:
    """The page's picture and the boxes on it, as shares of its width and height."""
    page = excerpt.page
    if page is None or not page.image_url or page.width <= 0 or page.height <= 0:
        return None
    boxes = [_share(box, page) for box in excerpt.boxes if box.page_index == page.index]
    return {"url": page.image_url, "ratio": page.width / page.height, "number": page.number, "boxes": boxes}


def _share(box: Box, page: ExcerptPage) -> Json:
    return {
        "left": box.left / page.width,
        "top": box.top / page.height,
        "width": (box.right - box.left) / page.width,
        "height": (box.bottom - box.top) / page.height,
    }
