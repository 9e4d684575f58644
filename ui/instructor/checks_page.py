"""Check: the instructor's own question set, asked of the course before and after a change."""

from collections.abc import Sequence

from tutor.insight_schemas import Check, CheckedQuestion, CheckSummary
from ui.escaping import escape
from ui.instructor.desk import Desk
from ui.instructor.drawing import Drawn, Here, Tone, badge, empty, lead, table, when
from ui.instructor.sources_page import UNDER_WAY

_OUTCOME: dict[str, tuple[str, Tone]] = {
    "ok": ("As expected", "good"),
    "wrong": ("Wrong", "bad"),
    "refused": ("Refused", "warn"),
}
_SHOWN_ROWS = 500
_EARLIER = 20


async def draw_checks(desk: Desk, params: dict[str, str]) -> Drawn:
    """A file to run, one result in full, and the others."""
    checks = (await desk.checks()).checks
    over = [check for check in checks if check.state not in UNDER_WAY]
    running = [check.job_id for check in checks if check.state in UNDER_WAY]
    shown = next((check for check in over if check.job_id == params.get("job")), over[0] if over else None)
    drop = (
        '<div class="ci-drop"><p class="ci-drop-words"><strong>Drop your question set here</strong> or '
        '<label class="ct-button ci-choose">Choose a CSV file<input type="file" accept=".csv,text/csv" '
        'class="ct-hidden" data-check="" /></label></p><p class="ci-soft">Two columns: question, and expected: a '
        "term that the course defines, a heading, or the word refuse. A spreadsheet saved as CSV will do.</p></div>"
        '<div class="ci-uploads" aria-live="polite"></div><div class="ci-jobs" aria-live="polite"></div>'
    )
    top = lead("Ask the course your own questions and see which are answered as you expect, before and after a change.")
    body = (
        _result(shown)
        if shown
        else empty("No check yet", "The result stands here, row by row, and beside it what the check before it found.")
    )
    return Drawn("Check", top + drop + body + _others(Here(desk.course_id), over, shown), running)


def _result(check: Check) -> str:
    if check.state == "failed":
        return f'<div class="ci-note ci-bad"><p>This check could not be run: {escape(check.error)}</p></div>'
    rows = [_row(row) for row in check.rows[:_SHOWN_ROWS]]
    headings = ["Question", "Outcome", "Before", "Expected", "Got"]
    body = table("Result, row by row", headings, rows) if rows else ""
    numbers = _numbers(check.summary, check.before) if check.summary else ""
    return f"<h3>Result of {when(check.finished_at or check.created_at)}</h3>{numbers}{body}"


def _numbers(now: CheckSummary, before: CheckSummary | None) -> str:
    """The outcomes, each beside the one of the check before."""
    counts = (
        ("as expected", now.ok, before.ok if before else None),
        ("wrong", now.wrong, before.wrong if before else None),
        ("refused", now.refused, before.refused if before else None),
    )
    cards = "".join(
        f"<li><strong>{count:,} of {now.n:,}</strong><span>{words}</span>"
        f'<span class="ci-soft">{"first check" if earlier is None else f"before: {earlier:,}"}</span></li>'
        for words, count, earlier in counts
    )
    return f'<ul class="ci-numbers">{cards}</ul>'


def _row(row: CheckedQuestion) -> list[str]:
    return [escape(row.question), _badge(row.outcome), _badge(row.before), escape(row.expected), escape(row.got)]


def _badge(outcome: str | None) -> str:
    if outcome is None:
        return "–"
    words, tone = _OUTCOME[outcome]
    return badge(words, tone)


def _others(here: Here, checks: Sequence[Check], shown: Check | None) -> str:
    items = "".join(
        f"<li>{here.link('Result', 'check', css='ci-link', job=check.job_id)} of "
        f"{when(check.finished_at or check.created_at)}</li>"
        for check in [check for check in checks if check is not shown][:_EARLIER]
    )
    return f'<details class="ci-items"><summary>Other checks</summary><ul>{items}</ul></details>' if items else ""
