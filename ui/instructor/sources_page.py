"""Sources: bring course files, see what became of each, and why."""

from tutor.source_schemas import Item, Job, Source
from ui.escaping import escape
from ui.instructor.desk import Desk
from ui.instructor.drawing import Drawn, Here, Tone, badge, button, counted, empty, from_root, lead, table, when

UNDER_WAY = frozenset({"queued", "running"})

_STATUS: dict[str, tuple[str, Tone]] = {
    "queued": ("Waiting", "calm"),
    "reading": ("Being read", "accent"),
    "read": ("Being indexed", "accent"),
    "indexed": ("Indexed", "good"),
    "partly": ("Partly indexed", "warn"),
    "failed": ("Failed", "bad"),
}
_OUTCOME: dict[str, tuple[str, Tone]] = {
    "read": ("Read", "good"),
    "partly": ("Partly", "warn"),
    "failed": ("Failed", "bad"),
    "skipped": ("Left out", "calm"),
}
_FORMATS = "PDF, Word, PowerPoint, EPUB, HTML, Markdown, text, zip, Common Cartridge, Canvas and Moodle exports"
_SHOWN_ITEMS = 200  # of one upload; a Moodle backup can have thousands, and the file has them all


async def draw_sources(desk: Desk, params: dict[str, str]) -> Drawn:
    """The course's files, the newest work on them, and where to drop more."""
    page = await desk.sources(cursor=params.get("cursor", ""))
    jobs = await desk.jobs()
    running = [job.job_id for job in jobs if job.state in UNDER_WAY]
    here = Here(desk.course_id)
    rows = [_row(source) for source in page.sources]
    headings = ["File", "Status", "In the course", "Changed", "Actions"]
    body = (
        table("Course files", headings, rows, css="ci-sources")
        if rows
        else empty(
            "No files yet",
            "Drop the course's files above. Each one is read, indexed and reported on here; students can ask about "
            "it as soon as it says “Indexed”.",
        )
    )
    more = here.link("More files", "sources", css="ct-button", cursor=page.next_cursor) if page.next_cursor else ""
    return Drawn("Sources", _top(rows) + _last_failure(jobs) + body + more, running)


def _top(rows: list[list[str]]) -> str:
    drop = (
        '<div class="ci-drop"><p class="ci-drop-words"><strong>Drop course files here</strong> or '
        '<label class="ct-button ci-choose">Choose files<input type="file" multiple class="ct-hidden" data-upload="" />'
        f'</label></p><p class="ci-soft">{_FORMATS}. A file with the same name becomes its new version.</p></div>'
    )
    words = "Everything that students can ask about comes from these files."
    rebuild = (
        button(
            "Rebuild the index",
            act="publish",
            css="ct-button ct-quiet",
            kind="rebuild",
            confirm="Rebuild the index from all files? The one in use keeps answering until the new one is ready.",
        )
        if rows
        else ""
    )
    return (
        f'<div class="ci-title-row">{lead(words)}{rebuild}</div>{drop}'
        '<div class="ci-uploads" aria-live="polite"></div><div class="ci-jobs" aria-live="polite"></div>'
    )


def _last_failure(jobs: list[Job]) -> str:
    """Say why the last work came to nothing, where it did."""
    last = next((job for job in jobs if job.kind != "check"), None)
    if last is None or last.state not in ("failed", "held"):
        return ""
    if last.state == "held":
        link = f'<a class="ci-link" data-page="versions" href="{escape(Here(last.course_id).url("versions"))}">'
        words = f"A new version waits for your decision: a verified answer would change. {link}Look at it</a>"
        return f'<div class="ci-note ci-warn">{words}</div>'
    return f'<div class="ci-note ci-bad"><p>The last update failed: {escape(last.error)}</p></div>'


def _row(source: Source) -> list[str]:
    words, tone = _STATUS.get(source.status, (source.status, "calm"))
    size = "" if source.kind == "notes" else f" · {_size(source.size)}"
    version = f" · version {source.version}" if source.version > 1 else ""
    name = (
        f'<span class="ci-name">{escape(source.name)}</span><span class="ci-soft">{_kind(source)}{size}{version}</span>'
    )
    return [
        f"{name}{_reason(source)}{_report(source)}",
        badge(words, tone),
        escape(counted(source.n_documents, "document")) if source.n_documents else "–",
        when(source.updated_at),
        _actions(source),
    ]


def _reason(source: Source) -> str:
    return f'<p class="ci-reason">{escape(source.reason)}</p>' if source.reason else ""


def _report(source: Source) -> str:
    """What became of each item inside the file."""
    if len(source.items) < 2 and not any(item.reason for item in source.items):
        return ""
    rows = "".join(_item(item) for item in source.items[:_SHOWN_ITEMS])
    more = len(source.items) - _SHOWN_ITEMS
    left = f'<li class="ci-soft">and {counted(more, "more item")}</li>' if more > 0 else ""
    summary = f"{counted(len(source.items), 'item')}: what became of each"
    return f'<details class="ci-items"><summary>{summary}</summary><ul>{rows}{left}</ul></details>'


def _item(item: Item) -> str:
    words, tone = _OUTCOME.get(item.outcome, (item.outcome, "calm"))
    size = f' <span class="ci-soft">{item.n_chars:,} characters</span>' if item.n_chars else ""
    reason = f' <span class="ci-reason">{escape(item.reason)}</span>' if item.reason else ""
    return f"<li>{badge(words, tone)} <span>{escape(item.name)}</span>{size}{reason}</li>"


def _actions(source: Source) -> str:
    parts = []
    quiet = "ct-button ct-quiet"
    if source.status in ("failed", "partly"):
        parts.append(
            button("Try again", act="retry_source", css=quiet, source=source.source_id, named=f"with {source.name}")
        )
    if source.file_url and source.kind != "notes":
        named = f'<span class="ct-hidden"> {escape(source.name)}</span>'
        parts.append(f'<a class="{quiet}" download="" href="{escape(from_root(source.file_url))}">Download{named}</a>')
    if source.kind != "notes":
        parts.append(
            button(
                "Remove",
                act="remove_source",
                css=f"{quiet} ci-danger",
                source=source.source_id,
                named=source.name,
                confirm=f"Remove “{source.name}”? Answers stop using it at once. You can bring the file again later.",
            )
        )
    return f'<div class="ci-actions">{"".join(parts)}</div>'


def _kind(source: Source) -> str:
    if source.kind == "notes":
        return "Your own definitions and notes"
    ending = source.name.rpartition(".")[2].upper()
    return escape(ending if 0 < len(ending) <= 6 and "." in source.name else "File")


def _size(size: int) -> str:
    for unit, bytes_in_it in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if size >= bytes_in_it:
            return f"{size / bytes_in_it:.1f} {unit}"
    return f"{size} bytes"
