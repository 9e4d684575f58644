"""Whether answers cite what they should, only what they should, and word for word.

Recall and precision follow ALCE (Gao et al., EMNLP 2023, arXiv 2305.14627), with one difference: a citation is right
when a person listed its item for the question, not when a model judges that it supports the statement.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

from corpus.sentences import split_sentences
from corpus.types import Document
from tutor.evaluation.observation import Observation, cited_items
from tutor.evaluation.question_set import ItemKind, Question
from tutor.evaluation.same_words import fold, says_the_same
from tutor.types import Answer, Citation


@dataclass(frozen=True, slots=True)
class CitationScores:
    """Citations over one set, shares in [0, 1]; ``None`` where there is nothing to score."""

    recall: float | None  # mean over questions in scope
    precision: float | None  # over all chunks cited for questions in scope
    verbatim: float | None  # over all statements
    n_cited: int
    n_statements: int


def score_citations(
    observations: Sequence[Observation],
    item_kind: ItemKind,
    item_texts: Mapping[str, str],
    documents: Mapping[str, Document],
) -> CitationScores:
    """Score the citations of every answer.

    Args:
        observations: What the tutor answered.
        item_kind: Whether questions are judged on documents or on chunks.
        item_texts: Text of gold and accepted items, to see which say the same.
        documents: The course's documents by id, to check quotes against.
    """
    recalls, hits = [], []
    for observed in observations:
        if observed.question.in_scope:
            cited = cited_items(observed.answer, item_kind)
            recalls.append(citation_recall(observed.question, frozenset(cited.values()), item_texts))
            hits += [item in observed.question.accepted for item in cited.values()]
    verbatim = [held for observed in observations for held in verbatim_statements(observed.answer, documents)]
    return CitationScores(
        recall=fmean(recalls) if recalls else None,
        precision=fmean(hits) if hits else None,
        verbatim=fmean(verbatim) if verbatim else None,
        n_cited=len(hits),
        n_statements=len(verbatim),
    )


def citation_recall(question: Question, cited: frozenset[str], item_texts: Mapping[str, str]) -> float:
    """Share of what should be cited that is.

    Where any item will do, 1 or 0. Where all gold is needed, the share of gold items that are cited, themselves or by
    an accepted item that says a sentence of theirs in the same words.
    """
    if question.match == "any":
        return float(not question.accepted.isdisjoint(cited))
    stand_ins = [fold(item_texts.get(item, "")) for item in question.also_ok if item in cited]
    return fmean(
        item in cited or any(says_the_same(stand_in, fold(item_texts.get(item, ""))) for stand_in in stand_ins)
        for item in question.gold
    )


def verbatim_statements(answer: Answer, documents: Mapping[str, Document]) -> tuple[bool, ...]:
    """For each statement, whether every sentence of it stands word for word in a span that it cites.

    A citation holds only if its quote is the document's text at its span.
    """
    quotes = {c.marker: c.quote for c in answer.citations if _stands_where_it_says(c, documents)}
    verdicts = []
    for statement in answer.statements:
        held = [quotes[marker] for marker in statement.citations if marker in quotes]
        sentences = [statement.text[span.char_start : span.char_end] for span in split_sentences(statement.text)]
        all_found = bool(sentences) and all(any(s in quote for quote in held) for s in sentences)
        verdicts.append(all_found and len(held) == len(statement.citations))
    return tuple(verdicts)


def _stands_where_it_says(citation: Citation, documents: Mapping[str, Document]) -> bool:
    document = documents.get(citation.document_id)
    return (
        document is not None
        and citation.quote != ""
        and document.text[citation.char_start : citation.char_end] == citation.quote
    )
