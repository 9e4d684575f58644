"""Rankers that never saw the question set they are judged on: what a course like no other can expect of ours.

The ranker that ships was fitted on the very question sets that the toolkits are judged by, so beside it stands one that
was fitted on the other sets only. Fitting needs LightGBM, which comes with the ``dev`` extra.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from index.course_index import CourseIndex
from index.course_tables import CourseTables
from index.generations import open_current
from index.learned_ranker import LearnedRanker
from index.protocols import Embedder
from index.tree_ensemble import TreeEnsemble
from tutor.evaluation.errors import EvaluationError

FILE = "held-out.json"


class CannotFit(EvaluationError):
    """There is nothing to fit with, or nothing to fit on."""


def fit_rankers(folders: Sequence[Path], embedder: Embedder, root: Path) -> Mapping[str, TreeEnsemble]:
    """For each question set, by its folder's name, a ranker fitted on all the others.

    Raises:
        CannotFit: LightGBM is not installed, or there is one set only.
    """
    try:
        from tutor.evaluation.fit_ranker import fit, read_queries  # noqa: PLC0415  (imports LightGBM)
    except ImportError as error:
        raise CannotFit(f"fitting needs LightGBM, which the dev extra has: {error}") from error
    if len(folders) < 2:
        raise CannotFit("a ranker that never saw a question set is fitted on others: name two or more")
    queries = [query for folder in folders for query in read_queries(folder, embedder, root)]
    names = {query.question_set for query in queries}
    return {name: fit([query for query in queries if query.question_set != name]) for name in names}


def keep(trees: TreeEnsemble, folder: Path) -> None:
    """Write a ranker beside the task it is for."""
    (folder / FILE).write_text(json.dumps(trees.as_json()), "utf-8")


def open_with_held_out(root: Path, course_id: str, embedder: Embedder, folder: Path) -> CourseIndex:
    """A course with the ranker that ``keep`` wrote, instead of the one that ships."""
    data = json.loads((folder / FILE).read_text("utf-8"))
    shipped = open_current(root, course_id, embedder)
    trees = TreeEnsemble.of(tuple(data["features"]), data["trees"])
    ranker = LearnedRanker(CourseTables.of(shipped.chunks, shipped.analyzer), trees)
    return open_current(root, course_id, embedder, ranker=ranker)
