"""Questions: what students asked, filtered, searched, a page at a time."""

from urllib.parse import urlencode

from tutor.instructor_schemas import Feedback, Question, QuestionLog
from ui.escaping import escape
from ui.instructor.desk import Desk
from ui.instructor.drawing import (
    Drawn,
    Here,
    Tone,
    badge,
    bar,
    button,
    counted,
    empty,
    lead,
    select,
    table,
    text_field,
    when,
)

FILTERS = ("status", "verdict", "max_confidence", "search", "since", "until", "sort")
_PAGE_SIZE = "25"  # about two screens

STATUS: dict[str, tuple[str, Tone]] = {
    "answered": ("Answered", "good"),
    "partly": ("Partly", "warn"),
    "not_in_course": ("Not in the course", "bad"),
}
VERDICT: dict[str, tuple[str, Tone]] = {
    "up": ("Helpful", "good"),
    "down": ("Not helpful", "bad"),
    "wrong_source": ("Wrong source", "bad"),
    "missing": ("Should be in the course", "warn"),
}


async def draw_questions(desk: Desk, params: dict[str, str]) -> Drawn:
    """The log of questions with its filters."""
    chosen = {name: params[name] for name in FILTERS if params.get(name)}
    page = await desk.questions(**chosen, cursor=params.get("cursor", ""), limit=_PAGE_SIZE)
    here = Here(desk.course_id)
    rows = [_row(here, question) for question in page.questions]
    headings = ["Question", "Outcome", "Confidence", "Students say", "Asked"]
    if rows:
        body = table("Questions", headings, rows, css="ci-questions")
    elif page.log.state == "off":
        words = "This course keeps no questions: the log is turned off in the course's settings."
        body = empty("The log is off", words)
    elif chosen or params.get("cursor"):
        clear = here.link("Show all questions", "questions", css="ct-button")
        body = empty("Nothing matches", "No question fits these filters.", clear)
    else:
        body = empty(
            "No questions yet",
            "As soon as students ask, each question stands here with its answer, its sources and what they thought.",
        )
    top = lead("What students asked, without their names. Open one to see where its answer came from.")
    export = button("Export CSV", css="ct-button ct-quiet", export=_export_url(desk, chosen)) if rows else ""
    title = f'<div class="ci-title-row">{top}{export}</div>'
    return Drawn(
        "Questions",
        title + _filters(here, chosen) + _log(page.log) + body + _pager(here, chosen, params, page.next_cursor),
    )


def _log(log: QuestionLog) -> str:
    """Say so where questions are not being kept as they should be."""
    if log.state != "failing":
        return ""
    lost = f" {counted(log.n_lost, 'question')} could not be kept." if log.n_lost else ""
    return f'<div class="ci-note ci-bad"><p>Questions are not being kept: {escape(log.detail)}.{lost}</p></div>'


def _export_url(desk: Desk, chosen: dict[str, str]) -> str:
    return f"../api/v1{desk.path('questions')}?{urlencode(chosen)}"


def _filters(here: Here, chosen: dict[str, str]) -> str:
    status = {"": "Any outcome", **{value: words for value, (words, _) in STATUS.items()}}
    verdict = {"": "Any feedback", **{value: words for value, (words, _) in VERDICT.items()}}
    confidence = {"": "Any confidence", "0.3": "Below 30 %", "0.5": "Below 50 %", "0.7": "Below 70 %"}
    sort = {"": "Newest first", "oldest": "Oldest first", "least_sure": "Least confident first"}
    fields = (
        text_field("Search", "search", chosen.get("search", ""), kind="search", hint="Words of the question")
        + select("Outcome", "status", status, chosen.get("status", ""))
        + select("Feedback", "verdict", verdict, chosen.get("verdict", ""))
        + select("Confidence", "max_confidence", confidence, chosen.get("max_confidence", ""))
        + text_field("From", "since", chosen.get("since", ""), kind="date")
        + text_field("To", "until", chosen.get("until", ""), kind="date")
        + select("Order", "sort", sort, chosen.get("sort", ""))
    )
    go = '<button type="submit" class="ct-button">Search</button>'
    clear = here.link("Clear", "questions", css="ct-button ct-quiet") if chosen else ""
    return f'<form class="ci-filters" data-page="questions" role="search" data-instant="">{fields}{go}{clear}</form>'


def _row(here: Here, question: Question) -> list[str]:
    words, tone = STATUS.get(question.status, (question.status, "calm"))
    used = question.query_used
    read_as = f'<span class="ci-soft">Read as: {escape(used)}</span>' if used and used != question.question else ""
    tick = f" {badge('Verified', 'accent')}" if question.verified_id else ""
    return [
        here.link(question.question, "receipt", css="ci-question", answer=question.answer_id) + read_as,
        badge(words, tone) + tick,
        bar(question.confidence, f"{question.confidence:.0%}"),
        "".join(verdict_badge(each) for each in question.feedback) or "–",
        f'{when(question.asked_at)}<span class="ci-soft">{escape(question.person or "nobody named")}</span>',
    ]


def verdict_badge(feedback: Feedback) -> str:
    """What a student thought of an answer."""
    words, tone = VERDICT[feedback.verdict]
    source = f" [{feedback.marker}]" if feedback.marker else ""
    comment = f'<q class="ci-comment">{escape(feedback.comment)}</q>' if feedback.comment else ""
    done = ' <span class="ci-soft">handled</span>' if feedback.resolved_at else ""
    return f'<span class="ci-verdict">{badge(words + source, tone)}{done}{comment}</span>'


def _pager(here: Here, chosen: dict[str, str], params: dict[str, str], cursor: str | None) -> str:
    first = here.link("First page", "questions", css="ct-button ct-quiet", **chosen) if params.get("cursor") else ""
    more = here.link("Next page", "questions", css="ct-button", cursor=cursor, **chosen) if cursor else ""
    return f'<nav class="ci-pager" aria-label="Pages of questions">{first}{more}</nav>' if first or more else ""
