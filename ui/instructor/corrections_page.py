"""Corrections: everything that instructors changed about the answers, each with a way back."""

from asyncio import gather

from tutor.curation_schemas import Alias, Hidden, Note
from tutor.instructor_schemas import Verified
from ui.escaping import course_text, escape
from ui.instructor.desk import Desk
from ui.instructor.drawing import Drawn, Here, Tone, badge, button, counted, lead, table, text_field, when

_QUIET = "ct-button ct-quiet"
_STATE: dict[str, tuple[str, Tone]] = {
    "active": ("In use", "good"),
    "changed": ("Its sentences have changed", "warn"),
    "retired": ("Not in use", "calm"),
}


async def draw_corrections(desk: Desk, _: dict[str, str]) -> Drawn:
    """Verified answers, the instructor's own words, aliases and hidden passages."""
    verified, notes, aliases, hidden = await gather(
        desk.verified(limit="100"), desk.notes(), desk.aliases(), desk.hidden()
    )
    here = Here(desk.course_id)
    return Drawn(
        "Corrections",
        lead("What you and your colleagues changed. Students see the result at once, or after the next update.")
        + _verified(here, verified.verified)
        + _notes(notes.notes)
        + _aliases(aliases.aliases)
        + _hidden(hidden.hidden),
    )


def _group(title: str, words: str, body: str, action: str = "") -> str:
    return (
        f'<div class="ci-group"><div class="ci-title-row"><h3>{title}</h3>{action}</div>'
        f'<p class="ci-soft">{words}</p>{body}</div>'
    )


def _verified(here: Here, verified: list[Verified]) -> str:
    rows = []
    for each in verified:
        words, tone = _STATE.get(each.state, (each.state, "calm"))
        said = " ".join(course_text(statement.text) for statement in each.statements) or "The course does not say this."
        rows.append(
            [
                here.link(each.question, "correct", css="ci-question", verified=each.verified_id),
                f'<p class="ci-clamp">{said}</p>',
                badge(words, tone),
                when(each.updated_at),
                button(
                    "Remove", act="remove_verified", css=f"{_QUIET} ci-danger", verified=each.verified_id,
                    named=each.question,
                    confirm=f"Remove the verified answer to “{each.question}”? The tutor answers by itself again.",
                ),
            ]
        )  # fmt: skip
    new = here.link("Verify an answer", "correct", css="ct-button ci-primary", question=" ")
    body = table("Verified answers", ["Question", "Answer", "State", "Changed", "Actions"], rows) if rows else ""
    return _group(
        "Verified answers",
        "Whoever asks the same question gets these words, with a tick. New versions of the index are checked against "
        "them before they go live.",
        body,
        new,
    )


def _notes(notes: list[Note]) -> str:
    rows = [
        [
            escape(note.term) or '<span class="ci-soft">Note</span>',
            course_text(note.text),
            ", ".join(map(escape, note.aliases)) or "–",
            button(
                "Remove", act="remove_note", css=f"{_QUIET} ci-danger", note=note.note_id, named=note.term,
                confirm="Remove your own words from the course? They leave the answers with the next update.",
            ),
        ]
        for note in notes
    ]  # fmt: skip
    form = (
        '<form class="ci-filters ci-adding" data-act="add_note">'
        + text_field("Term, or nothing for a plain note", "term")
        + '<label class="ci-field ci-wide"><span>Definition or note</span>'
        '<textarea name="text" rows="2" required></textarea></label>'
        + text_field("Other words for it, with commas between", "aliases")
        + '<button type="submit" class="ct-button">Add</button></form>'
    )
    body = table("Your own words", ["Term", "Text", "Aliases", "Actions"], rows) if rows else ""
    words = "Definitions and sentences that the files lack. They are cited as “Instructor’s notes”."
    return _group("Your own words", words, body + form)


def _aliases(aliases: list[Alias]) -> str:
    rows = [
        [
            escape(alias.alias),
            escape(alias.term),
            button("Remove", act="remove_alias", css=f"{_QUIET} ci-danger", alias=alias.alias_id, named=alias.alias),
        ]
        for alias in aliases
    ]
    form = (
        '<form class="ci-filters ci-adding" data-act="add_alias">'
        + text_field("Students say", "alias", required=True)
        + text_field("The course says", "term", required=True)
        + '<button type="submit" class="ct-button">Add</button></form>'
    )
    body = table("Aliases", ["Students say", "The course says", "Actions"], rows) if rows else ""
    return _group("Aliases", "Other words that students use for a term of the course.", body + form)


def _hidden(hidden: list[Hidden]) -> str:
    rows = [
        [
            f'<p class="ci-clamp">{course_text(each.text)}</p>',
            escape(each.document_id),
            escape(each.reason) or "–",
            button("Show again", act="unhide", css=_QUIET, chunk=each.chunk_id, named="this passage"),
        ]
        for each in hidden
    ]
    count = counted(len(rows), "passage") if rows else "No passage is hidden"
    body = table("Hidden passages", ["Passage", "Document", "Why", "Actions"], rows) if rows else ""
    return _group("Hidden passages", f"{count}. Hide one from the receipt of an answer that used it.", body)
