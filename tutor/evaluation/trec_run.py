"""A TREC run file, so that anybody can score the rankings with a tool of their own, such as trec_eval."""

import re
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote

from tutor.evaluation.observation import Observation, ranked_items
from tutor.evaluation.question_set import ItemKind

TAG = "course-tutor"


def write_run(path: Path, observations: Sequence[Observation], item_kind: ItemKind) -> None:
    """Write ``question Q0 item rank score tag`` lines, best first, with strictly falling scores.

    The scores are ordinal (n to 1): trec_eval sorts by score, not by rank, and breaks ties by item id.
    """
    lines = []
    for observed in observations:
        ranking = ranked_items(observed.ranking, item_kind)
        for rank, item in enumerate(ranking, start=1):
            question_id = without_spaces(observed.question.question_id)
            lines.append(f"{question_id} Q0 {without_spaces(item)} {rank} {len(ranking) - rank + 1} {TAG}\n")
    path.write_text("".join(lines), encoding="utf-8")


def without_spaces(name: str) -> str:
    """The id with white space percent-encoded: columns of a run are parted by it."""
    return re.sub(r"\s", lambda match: quote(match.group()), name)
