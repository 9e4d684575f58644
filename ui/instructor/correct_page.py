"""Correct: build the answer to a question from sentences of the course, and stand behind it.

The page holds the sentences as offsets into the course's documents; the API checks that they stand there, word by word.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from tutor.instructor_schemas import Verified
from tutor.schemas import Answer, SearchHit
from ui.escaping import course_text, escape
from ui.instructor.desk import Desk
from ui.instructor.drawing import Drawn, Here, button, empty, lead, place_words
from ui.places import page_in_full

_FOUND = 8  # passages shown for a search: more are another search away
# Good enough to choose from: what is chosen is verbatim wherever it is cut.
_SENTENCE_END = re.compile(r"(?<=[.!?])[\"”’)]*\s+(?=[\"“‘(]?[A-Z0-9])|\n+")


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a document that can stand in an answer."""

    document_id: str
    char_start: int
    char_end: int
    text: str


async def draw_correct(desk: Desk, params: dict[str, str]) -> Drawn:
    """The answer as it is, to be changed, and passages of the course to choose from."""
    here = Here(desk.course_id)
    question, pieces, verified_id, answer_id = await _subject(desk, params)
    query = params.get("search", "") or question
    hits = (await desk.search(query, _FOUND)).hits if query.strip() else []
    hidden = {"answer": answer_id, "verified": verified_id}
    return Drawn(
        "Correct an answer",
        lead(
            "An answer is whole sentences of the course. Choose and order them; students who ask this question get "
            "exactly these, with a tick, and every new version of the index is checked against them."
        )
        + '<div class="ci-sides ci-correct">'
        + _answer(question, pieces, verified_id, answer_id)
        + _choices(here, query, hits, hidden)
        + "</div>",
    )


async def _subject(desk: Desk, params: dict[str, str]) -> tuple[str, list[Piece], str, str]:
    """The question, what answers it now, and the ids of the verified answer and of the given answer, where known."""
    if verified_id := params.get("verified", ""):
        verified = await desk.verified_answer(verified_id)
        return verified.question, list(_verified_pieces(verified)), verified_id, ""
    if answer_id := params.get("answer", ""):
        answer = (await desk.receipt(answer_id)).answer
        return answer.query.used or answer.query.asked, list(_answer_pieces(answer)), "", answer_id
    return params.get("question", ""), [], "", ""


def _verified_pieces(verified: Verified) -> Iterator[Piece]:
    for statement in verified.statements:
        for span in statement.spans[:1]:
            yield Piece(span.document_id, span.char_start, span.char_end, span.quote or statement.text)


def _answer_pieces(answer: Answer) -> Iterator[Piece]:
    citations = {citation.marker: citation for citation in answer.citations}
    for statement in answer.statements:
        for marker in statement.citations[:1]:
            if cited := citations.get(marker):
                yield Piece(cited.document_id, cited.char_start, cited.char_end, cited.quote)


def _answer(question: str, pieces: Sequence[Piece], verified_id: str, answer_id: str) -> str:
    """What is edited. Buttons move and remove sentences in the page; only saving is sent."""
    listed = "".join(f"<li {_data(piece)}>{course_text(piece.text)}</li>" for piece in pieces)
    field = (
        f'<label class="ci-field"><span>Question</span><input type="text" name="question" required '
        f'value="{escape(question)}" /></label>'
    )
    ids = f'data-answer="{escape(answer_id)}" data-verified="{escape(verified_id)}"'
    return (
        f'<section class="ci-side ci-card" aria-label="The answer"><h3>The answer</h3><form class="ci-editor" {ids}>'
        f'{field}<ol class="ci-pieces" aria-label="Sentences, in order">{listed}</ol>'
        '<p class="ci-soft ci-no-pieces">No sentence yet. Without any, the answer is an honest “The course does not '
        "say this”, which is checked like every other.</p>"
        '<div class="ci-actions"><button type="submit" class="ct-button ci-primary">Mark as verified</button></div>'
        "</form></section>"
    )


def _choices(here: Here, query: str, hits: Iterable[SearchHit], hidden: dict[str, str]) -> str:
    """Passages found in the course, sentence by sentence."""
    kept = "".join(
        f'<input type="hidden" name="{name}" value="{escape(value)}" />' for name, value in hidden.items() if value
    )
    form = (
        f'<form class="ci-filters" data-page="correct" data-region="found" role="search">{kept}'
        f'<label class="ci-field"><span>Search the course</span><input type="search" name="search" '
        f'value="{escape(query)}" /></label><button type="submit" class="ct-button">Search</button></form>'
    )
    found = "".join(_hit(here, hit) for hit in hits) or empty(
        "No passage found", "Search for the words that the course itself uses."
    )
    return (
        f'<section class="ci-side" aria-label="Sentences to choose from"><h3>Sentences to choose from</h3>{form}'
        f'<div class="ci-found" data-region="found">{found}</div></section>'
    )


def _hit(here: Here, hit: SearchHit) -> str:
    sentences = "".join(
        f'<li><button type="button" class="ci-add" data-add="" {_data(piece)}><span aria-hidden="true">+</span>'
        f'<span class="ct-hidden">Add: </span><span>{course_text(piece.text)}</span></button></li>'
        for piece in sentences_of(hit)
    )
    page = page_in_full(hit.page, hit.page_label)
    where = f'{place_words(hit.heading_path, hit.document_title)} <span class="ci-soft">{escape(page)}</span>'
    hide = button(
        "Hide",
        act="hide",
        css="ct-button ct-quiet",
        chunk=hit.chunk_id,
        named=f"passage {hit.rank}",
        confirm="Hide this passage? No answer uses it from now on, also after the files are indexed again.",
    )
    opened = here.source("Open", hit.chunk_id, (hit.char_start, hit.char_end), css="ct-button ct-quiet")
    return (
        f'<article class="ci-card ci-hit"><div class="ci-title-row"><div>{where}</div>'
        f'<div class="ci-actions">{opened}{hide}</div></div><ul>{sentences}</ul></article>'
    )


def sentences_of(hit: SearchHit) -> list[Piece]:
    """A passage cut into sentences: pieces whose offsets give exactly their text."""
    cuts = [0, *(match.end() for match in _SENTENCE_END.finditer(hit.text)), len(hit.text)]
    pieces = []
    for start, end in pairwise(cuts):
        text = hit.text[start:end]
        first = start + len(text) - len(text.lstrip())
        last = start + len(text.rstrip())
        if first < last:
            pieces.append(Piece(hit.document_id, hit.char_start + first, hit.char_start + last, hit.text[first:last]))
    return pieces


def _data(piece: Piece) -> str:
    return f'data-document="{escape(piece.document_id)}" data-start="{piece.char_start}" data-end="{piece.char_end}"'
