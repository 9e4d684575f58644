"""Compares scores with saved ones, so that nobody makes them worse unseen."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from tutor.evaluation.errors import BaselineInvalid
from tutor.evaluation.scorecard_json import JsonObject, JsonValue

_LOWER_IS_BETTER = frozenset({"false_refused", "ece"})
_NOT_A_SCORE = frozenset({"n", "n_in_scope", "n_refuse", "n_cited", "n_statements", "threshold", "p50", "p95"})
_SECTIONS = ("overall", "by_kind", "refusal", "citations")


@dataclass(frozen=True, slots=True)
class Change:
    """One score then and now."""

    path: tuple[str, ...]  # ("by_kind", "typo", "success@1")
    before: float
    after: float
    weight: float  # of this score in the whole set: a kind counts by its share of the questions

    @property
    def gain(self) -> float:
        """How much better it is now; negative when worse, whichever way the score runs."""
        difference = self.after - self.before
        return -difference if self.path[-1] in _LOWER_IS_BETTER else difference

    def is_worse(self, tolerance: float) -> bool:
        """Whether it fell by more than ``tolerance``; a kind's fall counts as far as it moves the whole set's score."""
        return -self.gain * self.weight > tolerance + 1e-9


def read_baseline(path: Path) -> JsonObject:
    """Read what ``--save`` wrote.

    Raises:
        BaselineInvalid: The file is missing or holds something else.
    """
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise BaselineInvalid(f"{path}: no such file; make one with --save") from error
    except ValueError as error:
        raise BaselineInvalid(f"{path}: not a baseline: {error}") from error
    if not isinstance(found, dict) or "set" not in found or "overall" not in found:
        raise BaselineInvalid(f"{path}: not a baseline; make one with --save")
    return found


def compare(before: JsonObject, after: JsonObject) -> tuple[Change, ...]:
    """Every score that both have.

    Raises:
        BaselineInvalid: They are not over the same questions.
    """
    for path in (("set",), ("overall", "n"), ("refusal", "n_refuse")):
        if (was := _at(before, path)) != (now := _at(after, path)):
            raise BaselineInvalid(f"cannot compare: {'.'.join(path)} was {was!r} in the baseline and is {now!r} now")
    old = dict(_scores(before))
    return tuple(Change(path, old[path], value, _weight(path, after)) for path, value in _scores(after) if path in old)


def _scores(card: JsonObject) -> Iterator[tuple[tuple[str, ...], float]]:
    for section in _SECTIONS:
        yield from _leaves(card.get(section), (section,))


def _leaves(value: JsonValue, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], float]]:
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _leaves(inner, (*path, name))
    elif isinstance(value, int | float) and path[-1] not in _NOT_A_SCORE:
        yield path, float(value)


def _weight(path: tuple[str, ...], card: JsonObject) -> float:
    if "by_kind" not in path:
        return 1.0
    whole = _at(card, ("overall", "n")) if path[0] == "by_kind" else _at(card, ("refusal", "n_refuse"))
    members = _at(card, (*path[:-1], "n"))
    if not isinstance(members, int) or not isinstance(whole, int):
        return 1.0
    return members / whole


def _at(card: JsonValue, path: tuple[str, ...]) -> JsonValue:
    for name in path:
        card = card.get(name) if isinstance(card, dict) else None
    return card
