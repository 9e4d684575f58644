"""Versions: which index answers, which one waits for a decision and why, which ones can come back."""

from tutor.source_schemas import Generation, VerifiedCheck
from ui.escaping import course_text, escape
from ui.instructor.desk import Desk
from ui.instructor.drawing import Drawn, Tone, badge, button, counted, empty, lead, table, when

_STATE: dict[str, tuple[str, Tone]] = {
    "live": ("Answers now", "good"),
    "kept": ("Kept", "calm"),
    "held": ("Waits for you", "warn"),
}
_OUTCOME: dict[str, tuple[str, Tone]] = {
    "same": ("The same", "good"),
    "changed": ("Changed", "warn"),
    "lost": ("Lost", "bad"),
}


async def draw_versions(desk: Desk, _: dict[str, str]) -> Drawn:
    """The held version first, with what it would change, then all."""
    generations = (await desk.generations()).generations
    held = "".join(_held(generation) for generation in generations if generation.state == "held")
    headings = ["Version", "State", "Contents", "Built", "Actions"]
    body = (
        table("Versions", headings, [_row(generation) for generation in generations])
        if generations
        else empty("No version yet", "The first one is built when the course gets its first file.")
    )
    words = "Each update builds a new version beside the one that answers, checks it, and then switches at once."
    return Drawn("Versions", lead(words) + held + body)


def _held(generation: Generation) -> str:
    """What a version would change, and the decision about it."""
    changed = [check for check in generation.checks.verified if check.outcome != "same"]
    same = len(generation.checks.verified) - len(changed)
    others = counted(same, "other verified answer stays", "other verified answers stay")
    kept = f'<p class="ci-soft">{others} as before.</p>' if same else ""
    cards = "".join(_changed(check) for check in changed)
    name = generation.generation
    return (
        '<section class="ci-card ci-held" aria-label="A new version"><h3>A new version waits for you</h3>'
        f"<p>It is ready, and {counted(len(changed), 'verified answer')} would no longer be what you verified. The "
        f"version before it goes on answering until you decide.</p>{cards}{kept}"
        '<div class="ci-actions">'
        + button(
            "Accept the new version", act="accept", css="ct-button ci-primary", generation=name,
            confirm="Let the new version answer? The one before is kept, so that you can go back.",
        )
        + button(
            "Keep the old one", act="discard", generation=name,
            confirm="Discard the new version? Your files stay; the next update builds it again.",
        )
        + "</div></section>"
    )  # fmt: skip


def _changed(check: VerifiedCheck) -> str:
    words, tone = _OUTCOME[check.outcome]
    before, now = _sentences(check.before), _sentences(check.now)
    return (
        f'<div class="ci-change"><h4>{escape(check.question)} {badge(words, tone)}</h4><div class="ci-sides">'
        f'<div class="ci-side"><h5>Verified</h5>{before}</div><div class="ci-side"><h5>New version</h5>{now}</div>'
        "</div></div>"
    )


def _sentences(sentences: list[str]) -> str:
    listed = "".join(f"<li>{course_text(sentence)}</li>" for sentence in sentences)
    return f"<ul>{listed}</ul>" if listed else '<p class="ci-soft">No answer</p>'


def _row(generation: Generation) -> list[str]:
    words, tone = _STATE.get(generation.state, (generation.state, "calm"))
    restore = (
        button(
            "Bring back", act="restore", css="ct-button ct-quiet", generation=generation.generation,
            confirm="Let this earlier version answer again? The present one is kept.",
        )
        if generation.state == "kept"
        else ""
    )  # fmt: skip
    contents = f"{counted(generation.n_documents, 'document')}, {counted(generation.n_chunks, 'passage')}"
    return [
        f"<code>{escape(generation.generation[:12])}</code>",
        badge(words, tone),
        contents,
        when(generation.published_at or generation.created_at),
        restore or "–",
    ]
