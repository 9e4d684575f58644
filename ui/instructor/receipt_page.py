"""The receipt of one answer: what was searched for, every passage that was considered, and why it was decided so."""

from tutor.answer_text import page_words
from tutor.instructor_schemas import Candidate, Receipt, Replay
from tutor.schemas import Answer
from ui.escaping import course_text, escape
from ui.instructor.desk import Desk
from ui.instructor.drawing import Drawn, Here, badge, bar, button, counted, empty, place_words, table, when
from ui.instructor.questions_page import STATUS

SIGNALS = ("dense", "sentence", "lexical", "glossary")
_THROUGH = {
    "chat": "in the chat",
    "lti": "in the learning platform",
    "api": "through the API",
    "openai": "through the API for OpenAI's clients",
    "mcp": "by an AI client",
    "cli": "in the terminal",
}
_SIGNAL_WORDS = {"dense": "Meaning", "sentence": "Best sentence", "lexical": "Words", "glossary": "Glossary"}


async def draw_receipt(desk: Desk, params: dict[str, str]) -> Drawn:
    """One answer and how it came about; with ``replay`` also what today's index answers."""
    answer_id = params.get("answer", "")
    here = Here(desk.course_id)
    back = f'<p class="ci-back">{here.link("← All questions", "questions", css="ci-link")}</p>'
    if params.get("replay"):
        return Drawn("Then and now", back + _replayed(here, answer_id, await desk.replay(answer_id)))
    receipt = await desk.receipt(answer_id)
    replay = here.link("Ask it again today", "receipt", css="ct-button", answer=answer_id, replay="1")
    correct = here.link("Correct this answer", "correct", css="ct-button ci-primary", answer=answer_id)
    handled = button("Mark feedback as handled", act="resolve", css="ct-button ct-quiet", answer=answer_id)
    actions = f'<div class="ci-actions">{correct}{replay}{handled}</div>'
    return Drawn(
        "Receipt of an answer",
        f"{back}{_asked(receipt)}{actions}{_answer_card(here, receipt.answer)}{_decision(receipt)}"
        f"<h3>Passages that were considered</h3>{_candidates(here, receipt)}{_made_by(receipt)}",
    )


def _asked(receipt: Receipt) -> str:
    query = receipt.answer.query
    mended = ", ".join(f"{escape(word.written)} → {escape(word.read_as)}" for word in query.corrections)
    facts = {
        "Searched for": f"<q>{escape(query.used or receipt.query)}</q>",
        "Mended": mended,
        "Understood as": escape(query.intent.replace("_", " ")),
        "Terms": ", ".join(map(escape, query.terms)),
        "In parts": " · ".join(map(escape, receipt.parts)) if len(receipt.parts) > 1 else "",
        "Unknown words": ", ".join(map(escape, receipt.unknown_words)),
        "Asked": when(receipt.asked_at) + (f", {_THROUGH[receipt.channel]}" if receipt.channel in _THROUGH else ""),
        "Conversation": _history(receipt),
    }
    rows = "".join(f"<dt>{label}</dt><dd>{html}</dd>" for label, html in facts.items() if html)
    return f'<h3 class="ci-asked">{escape(query.asked)}</h3><dl class="ci-facts">{rows}</dl>'


def _history(receipt: Receipt) -> str:
    """The turns before, folded away."""
    if not receipt.history:
        return ""
    turns = "".join(
        f"<li>{'Student' if turn.role == 'user' else 'Tutor'}: {escape(turn.content)}</li>" for turn in receipt.history
    )
    return f"<details><summary>{counted(len(receipt.history), 'turn')} before</summary><ul>{turns}</ul></details>"


def _answer_card(here: Here, answer: Answer, heading: str = "What the student saw") -> str:
    words, tone = STATUS.get(answer.status, (answer.status, "calm"))
    citations = {citation.marker: citation for citation in answer.citations}
    items = []
    for statement in answer.statements:
        links = "".join(
            here.source(f"[{number}]", (c := citations[number]).chunk_id, (c.char_start, c.char_end), css="ci-marker")
            for number in statement.citations
            if number in citations
        )
        items.append(f"<li>{course_text(statement.text)} {links}</li>")
    listed = f'<ul class="ci-statements">{"".join(items)}</ul>' if items else f"<p>{escape(answer.message)}</p>"
    sources = "".join(
        f"<li>[{c.marker}] {place_words(c.heading_path, c.document_title)}"
        f'<span class="ci-soft">{escape(page_words(c))}</span></li>'
        for c in answer.citations
    )
    folded = f"<details><summary>Sources</summary><ul>{sources}</ul></details>" if sources else ""
    return f'<div class="ci-card"><h4>{heading} {badge(words, tone)}</h4>{listed}{folded}</div>'


def _decision(receipt: Receipt) -> str:
    """The probability against the threshold, on one line from 0 to 1."""
    refusal = receipt.refusal
    reached = refusal.probability >= refusal.threshold
    verdict = "so it was answered" if reached else "so it was refused"
    scale = (
        f'<div class="ci-scale" role="img" aria-label="Probability {refusal.probability:.0%}, threshold '
        f'{refusal.threshold:.0%}"><span class="ci-scale-fill" data-share="{refusal.probability:.3f}"></span>'
        f'<span class="ci-scale-mark" data-share="{refusal.threshold:.3f}"></span></div>'
    )
    features = "".join(
        f"<dt>{escape(name.replace('_', ' '))}</dt><dd>{value:.3f}</dd>" for name, value in refusal.features.items()
    )
    folded = f'<details><summary>What it was weighed from</summary><dl class="ci-features">{features}</dl></details>'
    return (
        f'<div class="ci-card"><h4>Does the course answer it?</h4><p>Probability <strong>{refusal.probability:.0%}'
        f"</strong>, threshold <strong>{refusal.threshold:.0%}</strong>, {verdict}.</p>{scale}"
        f"{folded if features else ''}</div>"
    )


def _candidates(here: Here, receipt: Receipt) -> str:
    if not receipt.candidates:
        return empty("Nothing was searched", "This question was answered without the course, as small talk is.")
    headings = ["Passage", "Used", *(_SIGNAL_WORDS[name] for name in SIGNALS), "Together", "Actions"]
    rows = [_candidate(here, candidate) for candidate in receipt.candidates]
    return table("Passages that were considered, best first", headings, rows, css="ci-candidates")


def _candidate(here: Here, candidate: Candidate) -> list[str]:
    used = badge("Used", "good") if candidate.chosen else badge("Hidden" if candidate.hidden else "Not used")
    hide = (
        button("Show again", act="unhide", css="ct-button ct-quiet", chunk=candidate.chunk_id)
        if candidate.hidden
        else button(
            "Hide", act="hide", css="ct-button ct-quiet", chunk=candidate.chunk_id, named=f"passage {candidate.rank}",
            confirm="Hide this passage? No answer uses it from now on, also after the files are indexed again.",
        )
    )  # fmt: skip
    opened = here.source("Open", candidate.chunk_id, css="ct-button ct-quiet")
    return [
        f'<span class="ci-rank">{candidate.rank}</span>{place_words(candidate.heading_path, candidate.document_title)}'
        + _passage(candidate.text),
        f'{used}<p class="ci-reason">{escape(candidate.why)}</p>',
        *(_signal(candidate.signals.get(name)) for name in SIGNALS),
        f"<strong>{candidate.score:.3f}</strong>",
        f'<div class="ci-actions">{opened}{hide}</div>',
    ]


def _passage(text: str) -> str:
    if not text:
        return '<p class="ci-reason">The course no longer has this passage.</p>'
    return (
        f'<details class="ci-passage"><summary>{escape(_opening(text))}</summary><p>{course_text(text)}</p></details>'
    )


def _signal(value: float | None) -> str:
    return "–" if value is None else bar(value, f"{value:.2f}")


def _opening(text: str) -> str:
    return text if len(text) <= 110 else f"{text[:110].rsplit(' ', 1)[0]} …"


def _made_by(receipt: Receipt) -> str:
    stages = ", ".join(f"{name} {ms:.0f} ms" for name, ms in receipt.stages_ms.items())
    facts = {
        "Version of the index": receipt.generation,
        "Embedding": receipt.embedder,
        "Ranking": receipt.ranker,
        "Refusing": receipt.refuser,
        "Time": stages,
    }
    rows = "".join(f"<dt>{label}</dt><dd>{escape(words)}</dd>" for label, words in facts.items() if words)
    return f'<details class="ci-made"><summary>Made by</summary><dl class="ci-facts">{rows}</dl></details>'


def _replayed(here: Here, answer_id: str, replay: Replay) -> str:
    """Then against now, side by side."""
    verdict = badge("The same answer", "good") if replay.same else badge("The answer has changed", "warn")
    differences = "".join(f"<li>{escape(words)}</li>" for words in replay.differences)
    listed = f'<ul class="ci-differences">{differences}</ul>' if differences else ""
    sides = "".join(
        f'<section class="ci-side" aria-label="{name}"><h3>{name}</h3>'
        f'<p class="ci-soft">Version {escape(receipt.generation)}</p>'
        f"{_answer_card(here, receipt.answer, 'Answer')}{_decision(receipt)}{_ranking(receipt)}</section>"
        for name, receipt in (("Then", replay.then), ("Now", replay.now))
    )
    receipt = here.link("Back to the receipt", "receipt", css="ct-button", answer=answer_id)
    correct = here.link("Correct this answer", "correct", css="ct-button ci-primary", answer=answer_id)
    return (
        f'<h3 class="ci-asked">{escape(replay.then.answer.query.asked)}</h3><p class="ci-verdict">{verdict}</p>{listed}'
        f'<div class="ci-actions">{correct}{receipt}</div><div class="ci-sides">{sides}</div>'
    )


def _ranking(receipt: Receipt) -> str:
    rows = "".join(
        f"<li>{place_words(c.heading_path, c.document_title)} {badge('Used', 'good') if c.chosen else ''} "
        f'<span class="ci-soft">{c.score:.3f}</span></li>'
        for c in receipt.candidates[:10]
    )
    return f'<div class="ci-card"><h4>Best passages</h4><ol class="ci-ranking">{rows}</ol></div>' if rows else ""
