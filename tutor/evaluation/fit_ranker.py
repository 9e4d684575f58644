"""Fit the ranker on question sets: ``python -m tutor.evaluation.fit_ranker FOLDER ... --out index/models/ranker.json``.

LambdaMART (boosted trees on a ranking loss) by LightGBM, which only fitting needs: the trees go to a JSON file that
``index.tree_ensemble`` evaluates with NumPy alone. Each query goes through the tutor's own understanding and the
index's own features, so what is fitted is what is served.

Source: Burges, "From RankNet to LambdaRank to LambdaMART: An Overview", MSR-TR-2010-82.
"""

import json
import math
import zlib
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import lightgbm
import numpy as np
import typer
from numpy.typing import NDArray

from corpus.beir import read_beir_corpus
from index.builder import build_generation
from index.course_index import CourseIndex
from index.course_tables import CourseTables
from index.generations import open_current
from index.protocols import Embedder
from index.ranking import ConvexRanker
from index.ranking_features import FEATURES, ranking_features
from index.tree_ensemble import MAX_LEAVES, TreeEnsemble, TreeRow
from tutor.bootstrap import build_embedder, evaluation_root
from tutor.cli.console import out
from tutor.evaluation.beir_questions import read_question_set
from tutor.evaluation.question_set import Question, QuestionSet
from tutor.settings import Settings
from tutor.understanding.knowledge import CourseKnowledge
from tutor.understanding.understand import understand

# More of these never makes a chunk worse, whatever the fitting sets say.
RISING = frozenset({
    "dense", "dense_gap", "dense_z", "dense_rank", "lexical", "lexical_share", "lexical_rank", "fused", "glossary",
    "coverage", "sentence_coverage", "bigrams", "heading_coverage", "feedback", "feedback_gap",
})  # fmt: skip
N_TREES = 200
N_FOLDS = 5
LABEL_GAIN = (0, 1, 3)


@dataclass(frozen=True, slots=True)
class FittingQuery:
    """One judged query: the features of its candidates and the relevance of the documents they stand in."""

    question_set: str
    kind: str
    group: str  # queries of one group never stand on both sides of a split
    features: NDArray[np.float32]  # (n_candidates, n_features)
    documents: tuple[str, ...]  # per candidate
    relevance: dict[str, int]

    def best_of_each_document(self) -> NDArray[np.int64]:
        """The candidate of each document that fusion likes best: what a document is judged by."""
        fused = self.features[:, FEATURES.index("fused")]
        best: dict[str, int] = {}
        for place, document in enumerate(self.documents):
            if document not in best or fused[place] > fused[best[document]]:
                best[document] = place
        return np.array(sorted(best.values()), np.int64)


def read_queries(folder: Path, embedder: Embedder, root: Path) -> list[FittingQuery]:
    """The judged queries of one question set, seen as the ranker sees them."""
    questions = read_question_set(folder)
    course = read_beir_corpus(folder)
    build_generation(course, embedder, root)
    index = open_current(root, course.course_id, embedder, ranker=ConvexRanker())
    tables = CourseTables.of(index.chunks, index.analyzer)
    knowledge = CourseKnowledge.of(index)
    found = [_read_query(questions, question, index, tables, knowledge) for question in questions.questions]
    return [query for query in found if query is not None]


def _read_query(
    questions: QuestionSet, question: Question, index: CourseIndex, tables: CourseTables, knowledge: CourseKnowledge
) -> FittingQuery | None:
    query = understand(question.text, question.history, knowledge)
    if not question.relevance or not query.used:
        return None
    signals = index.candidates(query.used)
    return FittingQuery(
        question_set=questions.name,
        kind=question.kind,
        group=f"{questions.name}:{min(question.relevance).split('#')[0]}",  # of one module or article
        features=ranking_features(query.used, signals, tables),
        documents=tuple(index.chunks[row].document_id for row in signals.rows),
        relevance=dict(question.relevance),
    )


def fit(queries: Sequence[FittingQuery], *, n_trees: int = N_TREES) -> TreeEnsemble:
    """Fit the trees; every set and kind of question weighs by the square root of how many there are."""
    counts = Counter((query.question_set, query.kind) for query in queries)
    blocks, labels, weights, sizes = [], [], [], []
    for query in queries:
        rows = query.best_of_each_document()
        label = [min(query.relevance.get(query.documents[row], 0), len(LABEL_GAIN) - 1) for row in rows]
        if any(label):
            blocks.append(query.features[rows])
            labels += label
            weights += [1 / math.sqrt(counts[query.question_set, query.kind])] * len(rows)
            sizes.append(len(rows))
    data = lightgbm.Dataset(
        np.concatenate(blocks), labels, group=sizes, weight=np.array(weights) / np.mean(weights),
        feature_name=list(FEATURES),
    )  # fmt: skip
    parameters = {
        "objective": "lambdarank", "num_leaves": MAX_LEAVES, "learning_rate": 0.06, "min_data_in_leaf": 40,
        "lambda_l2": 5.0, "feature_fraction": 0.7, "bagging_fraction": 0.8, "bagging_freq": 1, "seed": 0,
        "lambdarank_truncation_level": 10, "label_gain": list(LABEL_GAIN), "deterministic": True, "verbose": -1,
        "monotone_constraints": [int(name in RISING) for name in FEATURES], "num_threads": 2, "max_bin": 127,
    }  # fmt: skip
    booster = lightgbm.train(parameters, data, n_trees)
    return TreeEnsemble.of(FEATURES, [tree_row(info["tree_structure"]) for info in booster.dump_model()["tree_info"]])


def tree_row(root: dict[str, Any]) -> TreeRow:
    """LightGBM's nested tree as lists; leaves numbered from the left."""
    tree = TreeRow(feature=[], threshold=[], rules_out=[], leaf=[])
    _walk(root, tree)
    return tree


def _walk(node: dict[str, Any], tree: TreeRow) -> None:
    if "leaf_value" in node:
        tree["leaf"].append(round(float(node["leaf_value"]), 6))
        return
    first = len(tree["leaf"])
    place = len(tree["feature"])
    tree["feature"].append(int(node["split_feature"]))
    tree["threshold"].append(float(np.float32(node["threshold"])))
    tree["rules_out"].append(0)
    _walk(node["left_child"], tree)
    tree["rules_out"][place] = sum(1 << leaf for leaf in range(first, len(tree["leaf"])))
    _walk(node["right_child"], tree)


def ndcg_at_10(query: FittingQuery, scores: NDArray[np.float32]) -> float:
    """nDCG@10 with linear gain, a document by its best candidate; for choosing what to fit, not for reporting."""
    best: dict[str, float] = defaultdict(lambda: -math.inf)
    for document, score in zip(query.documents, scores, strict=True):
        best[document] = max(best[document], float(score))
    order = sorted(best, key=lambda document: -best[document])[:10]
    discount = [1 / math.log2(place + 2) for place in range(10)]
    ideal = sum(d * g for d, g in zip(discount, sorted(query.relevance.values(), reverse=True), strict=False))
    return sum(d * query.relevance.get(document, 0) for d, document in zip(discount, order, strict=False)) / ideal


def cross_validate(queries: Sequence[FittingQuery], n_trees: int) -> dict[str, float]:
    """nDCG@10 of each set when its groups are held out in turn."""
    held: dict[str, list[float]] = defaultdict(list)
    for number in range(N_FOLDS):
        trees = fit([query for query in queries if _fold(query) != number], n_trees=n_trees)
        for query in (query for query in queries if _fold(query) == number):
            held[query.question_set].append(ndcg_at_10(query, trees.scores(query.features)))
    return {name: float(np.mean(values)) for name, values in held.items()}


def _fold(query: FittingQuery) -> int:
    return zlib.crc32(query.group.encode()) % N_FOLDS


def leave_one_set_out(queries: Sequence[FittingQuery], n_trees: int) -> dict[str, float]:
    """nDCG@10 of each set when it is not among those fitted on: what a course never seen can expect."""
    held: dict[str, float] = {}
    for name in sorted({query.question_set for query in queries}):
        trees = fit([query for query in queries if query.question_set != name], n_trees=n_trees)
        mine = [query for query in queries if query.question_set == name]
        held[name] = float(np.mean([ndcg_at_10(query, trees.scores(query.features)) for query in mine]))
    return held


def main(
    folders: Annotated[list[Path], typer.Argument(help="Question sets in BEIR layout.")],
    out_file: Annotated[Path, typer.Option("--out", help="Where the trees go.")] = Path("index/models/ranker.json"),
    n_trees: Annotated[int, typer.Option(help="How many trees.")] = N_TREES,
) -> None:
    """Report what fitting gains on held-out questions and on held-out sets, then fit on all and write the trees."""
    settings = Settings.from_environment()
    embedder = build_embedder(settings)
    queries = [query for folder in folders for query in read_queries(folder, embedder, evaluation_root(settings))]
    fused = FEATURES.index("fused")
    for name in sorted({query.question_set for query in queries}):
        mine = [query for query in queries if query.question_set == name]
        out.print(name, "fusion", round(float(np.mean([ndcg_at_10(q, q.features[:, fused]) for q in mine])), 4))
    out.print("questions held out", cross_validate(queries, n_trees))
    out.print("sets held out", leave_one_set_out(queries, n_trees))
    trees = fit(queries, n_trees=n_trees)
    out_file.parent.mkdir(parents=True, exist_ok=True)
    out_file.write_text(json.dumps(trees.as_json(), separators=(",", ":")) + "\n", "utf-8")
    out.print(f"{len(trees.leaf)} trees to {out_file}")


if __name__ == "__main__":
    typer.run(main)
