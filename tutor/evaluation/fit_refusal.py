"""Fit the refusal: ``python -m tutor.evaluation.fit_refusal FOLDER ... --out index/models/refusal.json``.

Questions to be refused come from three places: those the sets mark so, the questions of every other set, and questions
of small courses cut from the large ones with their answers left out (``small_courses``). LightGBM fits monotone
boosted trees on the log loss, so that the result is a probability; ``index.tree_ensemble`` evaluates them.
"""

import json
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import astuple, dataclass
from functools import lru_cache
from pathlib import Path
from typing import Annotated

import lightgbm
import numpy as np
import typer
from numpy.typing import NDArray

from corpus.beir import read_beir_corpus
from index.course_index import CourseIndex
from index.generations import open_current
from index.protocols import Embedder
from index.tree_ensemble import MAX_LEAVES, TreeEnsemble
from index.types import Vector
from tutor.bootstrap import build_embedder, evaluation_root
from tutor.cli.console import out
from tutor.evaluation.beir_questions import read_question_set
from tutor.evaluation.fit_ranker import N_FOLDS, tree_row
from tutor.evaluation.question_set import Question
from tutor.evaluation.refusal_scores import auroc
from tutor.evaluation.small_courses import cut_small_courses
from tutor.evidence import gather
from tutor.refusal import FEATURES, refusal_features
from tutor.settings import Settings
from tutor.takeaway_list import asks_for_all_takeaways
from tutor.takeaway_topics import TakeawayTopics
from tutor.understanding.knowledge import CourseKnowledge
from tutor.understanding.understand import understand

RISING = frozenset({
    "similarity", "first_similarity", "first_coverage", "coverage", "sentence_coverage", "names_term", "in_order",
    "side_by_side", "nearness",
})  # fmt: skip
FALLING = frozenset({
    "unknown", "unknown_words", "rare_words", "rare_share", "subject_unknown", "subject_rare", "heaviest_missing",
    "denies", "opposites", "lacks_answer", "names_missing",
})  # fmt: skip
N_TREES = 150
N_SMALL_COURSES = 40
FALSE_REFUSALS = 0.05
THRESHOLDS = (0.2, 0.3, 0.4, 0.5, 0.6)
# Near misses written against a paragraph on purpose teach what tells them: much weight. Courses cut from encyclopaedia
# articles are like no course: little.
WEIGHT = {("squad2-dev", "set"): 2.0, ("squad2-dev", "small"): 0.2}


@dataclass(frozen=True, slots=True)
class Case:
    """One question put to one course."""

    question_set: str
    question_id: str
    group: str  # cases of one group never stand on both sides of a split: of one module or article
    source: str  # "set": as the set judges it; "small": of a course cut from it
    in_scope: bool
    features: tuple[float, ...]


class RememberingEmbedder:
    """An embedder that keeps the vectors of queries: small courses ask the same ones again and again."""

    def __init__(self, embedder: Embedder) -> None:
        self.fingerprint = embedder.fingerprint
        self.max_tokens = embedder.max_tokens
        self.count_tokens = embedder.count_tokens
        self.embed_passages = embedder.embed_passages
        self._embed = lru_cache(maxsize=None)(embedder.embed_query)

    def embed_query(self, query: str) -> Vector:
        """As the embedder does, once per query."""
        return self._embed(query)

    def embed_queries(self, queries: Sequence[str]) -> list[Vector]:
        """The same for several."""
        return [self._embed(query) for query in queries]


def read_cases(folder: Path, embedder: Embedder, root: Path) -> Iterator[Case]:
    """Every question of a set put to its own course, and to small courses cut from it."""
    questions = read_question_set(folder)
    index = open_current(root, read_beir_corpus(folder).course_id, embedder)
    everything = [(question, question.in_scope) for question in questions.questions]
    groups: dict[str, str] = {}
    yield from _cases(questions.name, "set", index, everything, groups)
    in_scope = [question for question in questions.questions if question.in_scope]
    for course in cut_small_courses(index, in_scope, embedder, N_SMALL_COURSES):
        yield from _cases(questions.name, "small", course.index, course.questions, groups)


def _cases(
    name: str,
    source: str,
    index: CourseIndex,
    questions: Sequence[tuple[Question, bool]],
    groups: dict[str, str],
) -> Iterator[Case]:
    knowledge, topics = CourseKnowledge.of(index), TakeawayTopics.of_index(index)
    for question, in_scope in questions:
        query = understand(question.text, question.history, knowledge)
        if query.used and not asks_for_all_takeaways(query):
            evidence = gather(query, index, topics)
            features = astuple(refusal_features(query, evidence, index, knowledge))
            # A question without an answer belongs to what it comes nearest to in the whole course.
            nearest = min(question.relevance, default=evidence.ranking[0].chunk.document_id)
            group = groups.setdefault(question.question_id, f"{name}:{nearest.split('#')[0]}")
            yield Case(name, question.question_id, group, source, in_scope, features)


def fit(cases: Sequence[Case], *, n_trees: int = N_TREES) -> TreeEnsemble:
    """Fit the trees; each set, source and side weighs by the square root of its number of questions."""
    counts = Counter((case.question_set, case.source, case.in_scope) for case in cases)
    weights = np.array([
        WEIGHT.get((case.question_set, case.source), 1.0)
        / np.sqrt(counts[case.question_set, case.source, case.in_scope])
        for case in cases
    ])  # fmt: skip
    data = lightgbm.Dataset(
        _matrix(cases), [int(case.in_scope) for case in cases], weight=weights / weights.mean(),
        feature_name=list(FEATURES),
    )  # fmt: skip
    parameters = {
        "objective": "binary", "num_leaves": MAX_LEAVES, "learning_rate": 0.05, "min_data_in_leaf": 30,
        "lambda_l2": 5.0, "feature_fraction": 0.7, "bagging_fraction": 0.8, "bagging_freq": 1, "seed": 0,
        "deterministic": True, "verbose": -1, "num_threads": 1, "boost_from_average": True,
        "monotone_constraints": [int(name in RISING) - int(name in FALLING) for name in FEATURES],
    }  # fmt: skip
    booster = lightgbm.train(parameters, data, n_trees)
    return TreeEnsemble.of(FEATURES, [tree_row(info["tree_structure"]) for info in booster.dump_model()["tree_info"]])


def _matrix(cases: Sequence[Case]) -> NDArray[np.float32]:
    return np.array([case.features for case in cases], np.float32)


def _probabilities(trees: TreeEnsemble, cases: Sequence[Case]) -> NDArray[np.float32]:
    return (1.0 / (1.0 + np.exp(-trees.scores(_matrix(cases))))).astype(np.float32)


def held_out(cases: Sequence[Case]) -> dict[str, list[tuple[bool, float]]]:
    """Each set's judged questions with their probability when they, and their copies in small courses, are held out."""
    found: dict[str, list[tuple[bool, float]]] = {}
    for number in range(N_FOLDS):
        trees = fit([case for case in cases if _fold(case) != number])
        test = [case for case in cases if _fold(case) == number and case.source == "set"]
        for case, probability in zip(test, _probabilities(trees, test), strict=True):
            found.setdefault(case.question_set, []).append((case.in_scope, float(probability)))
    return found


def _fold(case: Case) -> int:
    return zlib.crc32(case.group.encode()) % N_FOLDS


def other_sets_held_out(cases: Sequence[Case]) -> dict[str, list[tuple[bool, float]]]:
    """The same when nothing of the whole set is fitted on: what a course never seen can expect."""
    found: dict[str, list[tuple[bool, float]]] = {}
    for name in sorted({case.question_set for case in cases}):
        trees = fit([case for case in cases if case.question_set != name])
        test = [case for case in cases if case.question_set == name and case.source == "set"]
        probabilities = map(float, _probabilities(trees, test))
        found[name] = [(case.in_scope, probability) for case, probability in zip(test, probabilities, strict=True)]
    return found


def _report(title: str, by_set: dict[str, list[tuple[bool, float]]]) -> None:
    for name, judged in sorted(by_set.items()):
        inside = np.array([probability for in_scope, probability in judged if in_scope])
        outside = np.array([probability for in_scope, probability in judged if not in_scope])
        if len(inside) and len(outside):
            at = "; ".join(
                f"{threshold:.2f}: {float((outside < threshold).mean()):.3f} refused, "
                f"{float((inside < threshold).mean()):.3f} wrongly"
                for threshold in THRESHOLDS
            )
            at_5 = float((outside < np.quantile(inside, FALSE_REFUSALS)).mean())
            area = auroc(inside.tolist(), outside.tolist())
            out.print(f"{title}, {name}: AUROC {area:.3f}, {at_5:.3f} at 5 % false; {at}", highlight=False)


def main(
    folders: Annotated[list[Path], typer.Argument(help="Question sets in BEIR layout, indexed by fit_ranker before.")],
    out_file: Annotated[Path, typer.Option("--out", help="Where the trees go.")] = Path("index/models/refusal.json"),
) -> None:
    """Report on held-out questions and held-out sets, then fit on all and write the trees."""
    settings = Settings.from_environment()
    embedder = RememberingEmbedder(build_embedder(settings))
    cases = [case for folder in folders for case in read_cases(folder, embedder, evaluation_root(settings))]
    out.print(Counter((case.question_set, case.source, case.in_scope) for case in cases))
    _report("questions held out", held_out(cases))
    _report("set held out", other_sets_held_out(cases))
    trees = fit(cases)
    out_file.write_text(json.dumps(trees.as_json(), separators=(",", ":")) + "\n", "utf-8")
    out.print(f"{len(trees.leaf)} trees to {out_file}")


if __name__ == "__main__":
    typer.run(main)
