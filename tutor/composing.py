"""Composing: from ranked evidence to the few sentences a learner reads, each said once, in a helpful order.

Definitions come first, then takeaways, then explaining passages, except that the group which holds the best evidence
leads. What a minute of reading cannot hold is left to the nearest sections.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from corpus.types import Chunk, ChunkKind, Span
from index.types import ScoredChunk
from tutor.antecedents import Antecedent, sentence_of, with_antecedents
from tutor.citing import Draft, Passage
from tutor.relevance import SentenceRelevance
from tutor.sameness import fold, readable_sentences
from tutor.types import Query

MAX_WORDS = 230  # a minute of reading, the usual figure for adults
MAX_PASSAGE_SENTENCES = 3  # not tuned
MAX_RUN_CHARS = 700  # not tuned
_NONE: Mapping[str, Antecedent] = MappingProxyType({})


@dataclass(slots=True)
class _Composition:
    """What has been said so far, so that nothing is said twice."""

    drafts: list[Draft] = field(default_factory=list)
    said: dict[str, int] = field(default_factory=dict)  # folded sentence -> number of the draft that says it
    n_words: int = 0

    def add(self, chunk: Chunk, spans: Sequence[Span]) -> None:
        """Say ``spans`` of ``chunk``: what is new as statements, what is known as one more citation."""
        run: list[Span] = []
        for span in spans:
            passage = Passage(chunk, span.char_start, span.char_end)
            known = self.said.get(fold(passage.text))
            if known is None:
                run.append(span)
                continue
            self._say(chunk, run)
            run = []
            self._cite_again(known, passage)
        self._say(chunk, run)

    def _cite_again(self, known: int, passage: Passage) -> None:
        draft = self.drafts[known]
        cited = (draft.passage, *draft.also)
        if not any(_covers(item, passage) or item.chunk.chunk_id == passage.chunk.chunk_id for item in cited):
            self.drafts[known] = Draft(draft.passage, draft.kind, (*draft.also, passage))

    def introduce(self, antecedent: Antecedent, kind: ChunkKind) -> None:
        """Say the sentence that the next one points back at, unless it has been said."""
        if fold(sentence_of(antecedent.chunk, antecedent.span)) not in self.said:
            self._say(antecedent.chunk, (antecedent.span,), kind)

    def _say(self, chunk: Chunk, run: Sequence[Span], kind: ChunkKind | None = None) -> None:
        if not run:
            return
        for span in run:
            self.said.setdefault(fold(sentence_of(chunk, span)), len(self.drafts))
        passage = Passage(chunk, run[0].char_start, run[-1].char_end)
        self.drafts.append(Draft(passage, kind or chunk.kind))
        self.n_words += len(passage.text.split())


def _covers(passage: Passage, other: Passage) -> bool:
    same_document = passage.chunk.document_id == other.chunk.document_id
    return same_document and passage.char_start <= other.char_start and other.char_end <= passage.char_end


def compose(
    query: Query,
    evidence: Sequence[ScoredChunk],
    relevance: SentenceRelevance,
    antecedents: Mapping[str, Antecedent] = _NONE,
) -> tuple[Draft, ...]:
    """Turn chosen evidence, best first, into drafts of statements.

    Sentences that several chunks share become one statement with several citations; a definition of several
    sentences is cut where another chunk repeats one of them, so that each citation holds its statement verbatim.
    """
    shared = _shared_sentences(item.chunk for item in evidence)
    composition = _Composition()
    for item in _in_reading_order(query, evidence):
        if composition.n_words >= MAX_WORDS:
            break
        if antecedent := antecedents.get(item.chunk.chunk_id):
            composition.introduce(antecedent, item.chunk.kind)
        for spans in _cut(item.chunk, _sentences_to_say(query, item.chunk, relevance), shared):
            composition.add(item.chunk, spans)
    return tuple(composition.drafts)


def _in_reading_order(query: Query, evidence: Sequence[ScoredChunk]) -> list[ScoredChunk]:
    groups: dict[str, list[ScoredChunk]] = {"definition": [], "takeaway": [], "passage": []}
    for item in evidence:
        groups[item.chunk.kind].append(item)
    kinds = list(groups)
    if evidence and query.intent not in ("define", "compare", "glossary"):
        kinds.sort(key=lambda kind: kind != evidence[0].chunk.kind)  # stable: the others keep their order
    return [item for kind in kinds for item in groups[kind]]


def _sentences_to_say(query: Query, chunk: Chunk, relevance: SentenceRelevance) -> tuple[Span, ...]:
    sentences = readable_sentences(chunk)
    if query.intent == "glossary":
        return tuple(sentences[:1])
    if chunk.kind != "passage":
        return sentences
    run = relevance.best_run(chunk, sentences, max_sentences=MAX_PASSAGE_SENTENCES, max_chars=MAX_RUN_CHARS)
    chosen = tuple(s for s in sentences if s.char_start >= run.char_start and s.char_end <= run.char_end)
    return with_antecedents(chunk, chosen, sentences)


def _shared_sentences(chunks: Iterable[Chunk]) -> set[str]:
    """Folded sentences that stand at more than one place; chunks that overlap share a place, not a sentence."""
    places: dict[str, set[tuple[str, int]]] = defaultdict(set)
    for chunk in chunks:
        for span in readable_sentences(chunk):
            places[fold(sentence_of(chunk, span))].add((chunk.document_id, span.char_start))
    return {sentence for sentence, found in places.items() if len(found) > 1}


def _cut(chunk: Chunk, spans: Sequence[Span], shared: set[str]) -> list[list[Span]]:
    """Group neighbouring sentences; one that another chunk, or this one again, repeats stands alone."""
    groups: list[list[Span]] = []
    folded = [fold(sentence_of(chunk, span)) for span in spans]
    joined = False
    for span, sentence in zip(spans, folded, strict=True):
        alone = sentence in shared or folded.count(sentence) > 1
        if joined and not alone:
            groups[-1].append(span)
        else:
            groups.append([span])
        joined = not alone
    return groups
