"""An old question asked again today, and what has changed since, in words."""

from collections.abc import Iterator, Sequence

from tutor.records.receipts import Candidate, Receipt

_A_LOT = 0.01  # probabilities that differ by less are the same to a reader


def same_answer(then: Receipt, now: Receipt) -> bool:
    """Whether a learner would read the same."""
    return _read(then) == _read(now)


def differences(then: Receipt, now: Receipt) -> tuple[str, ...]:
    """What has changed between two receipts of one question; empty when nothing that matters has."""
    return tuple(_answers(then, now)) + tuple(_causes(then, now))


def _answers(then: Receipt, now: Receipt) -> Iterator[str]:
    if then.answer.status != now.answer.status:
        yield f"Then it was {_STATUS[then.answer.status]}, now it is {_STATUS[now.answer.status]}."
    before = [statement.text for statement in then.answer.statements]
    after = [statement.text for statement in now.answer.statements]
    yield from (f"No longer shown: “{text}”" for text in before if text not in after)
    yield from (f"Now shown: “{text}”" for text in after if text not in before)
    if before != after and sorted(before) == sorted(after):
        yield "The same sentences stand in another order."
    cited = [{c.chunk_id for c in receipt.answer.citations} for receipt in (then, now)]
    if before == after and cited[0] != cited[1]:
        yield "The same sentences are cited from other passages."
    verified = [receipt.answer.verified is not None for receipt in (then, now)]
    if verified == [False, True]:
        yield "Now an instructor's verified answer is given."
    elif verified == [True, False]:
        yield "Then an instructor's verified answer was given, now the tutor's own."


def _causes(then: Receipt, now: Receipt) -> Iterator[str]:
    if then.answer.query.used != now.answer.query.used:
        yield f"The question was read as “{then.answer.query.used}”, now as “{now.answer.query.used}”."
    if then.answer.query.intent != now.answer.query.intent:
        yield f"It was taken for {then.answer.query.intent}, now for {now.answer.query.intent}."
    if abs(then.probability - now.probability) >= _A_LOT:
        yield f"The probability that the course answers it was {then.probability:.2f}, now {now.probability:.2f}."
    if then.threshold != now.threshold:
        yield f"The threshold for refusing was {then.threshold:.2f}, now {now.threshold:.2f}."
    if then.answer.generation != now.answer.generation:
        yield f"The course has been indexed anew: generation {then.answer.generation}, now {now.answer.generation}."
    models = (("embedding model", then.embedder, now.embedder), ("ranker", then.ranker, now.ranker),
              ("refusal model", then.refuser, now.refuser))  # fmt: skip
    yield from (f"The {name} is another one: {old}, now {new}." for name, old, new in models if old != new)
    first = [_first(receipt.candidates) for receipt in (then, now)]
    if first[0] != first[1]:
        yield f"The best passage was {first[0] or 'none'}, now {first[1] or 'none'}."
    hidden = {c.chunk_id for c in now.candidates if c.hidden} - {c.chunk_id for c in then.candidates if c.hidden}
    if hidden:
        yield f"{len(hidden)} of the passages considered have been hidden since."


_STATUS = {"answered": "answered", "partly": "answered in part", "not_in_course": "refused"}


def _read(receipt: Receipt) -> tuple[str, list[tuple[str, list[str]]]]:
    quotes = {citation.marker: citation.quote for citation in receipt.answer.citations}
    statements = [(s.text, [quotes.get(marker, "") for marker in s.citations]) for s in receipt.answer.statements]
    return receipt.answer.status, statements


def _first(candidates: Sequence[Candidate]) -> str:
    return candidates[0].chunk_id if candidates and not candidates[0].hidden else ""
