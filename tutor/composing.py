"""Composing: from ranked evidence to the few sentences a learner reads, each said once, in a helpful order.

Definitions come first, then takeaways, then explaining passages, except that the group which holds the best evidence
leads. What a minute of reading cannot hold is left to the nearest sections.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from corpus.types import Chunk, ChunkKind, Span
from index.types import ScoredChunk
from tutor.antecedents import Antecedent, sentence_of, with_antecedents
from tutor.citing import Draft, Passage
from tutor.relevance import SentenceRelevance
from tutor.sameness import fold, readable_sentences
from tutor.telling import ANNOUNCES, DEFINES, UNFIT, Telling
from tutor.types import Query

MAX_WORDS = 230  # a minute of reading, the usual figure for adults
MAX_PASSAGE_SENTENCES = 3  # not tuned
MAX_RUN_CHARS = 700  # not tuned
_SHORT_TAKEAWAY = 60  # words: a textbook's summaries are longer, and of them only what was asked is said; not tuned
_MANY_SUMMARIES = 3  # that a minute cannot hold in full
_CLEARLY_MORE = 0.2  # of the query's weight; not tuned


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

    def within_a_minute(self, chunk: Chunk, spans: Sequence[Span]) -> Sequence[Span]:
        """As many of the sentences as can still be read; the very first always."""
        left = MAX_WORDS - self.n_words
        for place, span in enumerate(spans):
            left -= len(sentence_of(chunk, span).split())
            if left < 0:
                return spans[: place if self.drafts else max(place, 1)]
        return spans

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


@dataclass(frozen=True, slots=True)
class _Choice:
    """What to say of one chunk."""

    item: ScoredChunk
    spans: tuple[Span, ...]
    form: float  # of the sentence that tells best
    share: float  # of the query's words, 0 to 1

    @property
    def kind(self) -> ChunkKind:
        return self.item.chunk.kind


@dataclass(frozen=True, slots=True)
class Wording:
    """What decides which sentences of a chunk are said for one query."""

    relevance: SentenceRelevance
    telling: Telling
    antecedents: Mapping[str, Antecedent] = field(default_factory=dict)  # by id of a takeaway that points back


def compose(
    query: Query, evidence: Sequence[ScoredChunk], wording: Wording, leads: frozenset[str] = frozenset()
) -> tuple[Draft, ...]:
    """Turn chosen evidence, best first, into drafts of statements.

    Sentences that several chunks share become one statement with several citations; a definition of several
    sentences is cut where another chunk repeats one of them, so that each citation holds its statement verbatim.

    Args:
        query: As understood.
        evidence: What was chosen to be shown, best first.
        wording: What decides which sentences of a chunk are said.
        leads: Ids of the best chunk of each part of the question: these are said, however they are worded.
    """
    shared = _shared_sentences(item.chunk for item in evidence)
    composition = _Composition()
    choices = _shortened(query, [_choose(query, item, wording) for item in evidence])
    for choice in _in_reading_order(query, _fit(choices, leads)):
        if composition.n_words >= MAX_WORDS:
            break
        chunk = choice.item.chunk
        if antecedent := wording.antecedents.get(chunk.chunk_id):
            composition.introduce(antecedent, chunk.kind)
        for spans in _cut(chunk, composition.within_a_minute(chunk, choice.spans), shared):
            composition.add(chunk, spans)
    return tuple(composition.drafts)


def _shortened(query: Query, choices: Sequence[_Choice]) -> Sequence[_Choice]:
    """Takeaways that are summaries of a paragraph each, with their first sentence, so that each has its say."""
    n_words = sum(len(choice.item.chunk.text.split()) for choice in choices)
    if query.intent != "takeaways" or n_words <= MAX_WORDS or len(choices) < _MANY_SUMMARIES:
        return choices
    return [replace(choice, spans=choice.spans[:1]) for choice in choices]


def _fit(choices: Sequence[_Choice], leads: frozenset[str]) -> Sequence[_Choice]:
    """The choices without those that tell nothing by themselves, unless nothing else is left.

    The best of all evidence stays, unless it is code that nobody asked for, and so does the best of each part.
    """
    telling = [
        choice
        for place, choice in enumerate(choices)
        if choice.form > (ANNOUNCES if place else UNFIT) or choice.item.chunk.chunk_id in leads
    ]
    return telling or choices


def _in_reading_order(query: Query, choices: Sequence[_Choice]) -> list[_Choice]:
    groups: dict[str, list[_Choice]] = {"definition": [], "takeaway": [], "passage": []}
    for choice in choices:
        groups[choice.kind].append(choice)
    kinds = list(groups)
    defines = query.intent in ("define", "compare", "glossary")
    if choices and not defines:
        lead = _lead(choices) if query.intent != "takeaways" else choices[0]
        kinds.sort(key=lambda kind: kind != lead.kind)  # stable: the others keep their order
        groups[lead.kind].sort(key=lambda choice: choice is not lead)
    ordered = [choice for kind in kinds for choice in groups[kind]]
    if defines:  # what defines without being a definition of the course's comes right behind those
        ordered.sort(key=lambda choice: choice.kind != "definition" and choice.form < DEFINES)
    return ordered


def _lead(choices: Sequence[_Choice]) -> _Choice:
    """The best of the evidence, unless another sentence holds clearly more of what was asked."""
    fullest = max(choices, key=lambda choice: choice.share)
    return fullest if fullest.share > choices[0].share + _CLEARLY_MORE else choices[0]


def _choose(query: Query, item: ScoredChunk, wording: Wording) -> _Choice:
    chunk = item.chunk
    sentences = readable_sentences(chunk)
    if query.intent == "glossary":
        return _Choice(item, sentences[:1], DEFINES, 1.0)
    form = [wording.telling.of(sentence_of(chunk, s), chunk.document_id, s.char_start) for s in sentences]
    if chunk.kind == "definition" or (chunk.kind == "takeaway" and _is_said_whole(query, chunk)):
        # The course's own definitions and takeaways say something, however worded.
        spans, its_form = sentences, max(0.0, *form)
    else:
        spans, its_form = _best_run(chunk, sentences, form, wording.relevance)
    share = max(wording.relevance.of(sentence_of(chunk, span)) for span in spans)
    return _Choice(item, spans, its_form, share)


def _is_said_whole(query: Query, takeaway: Chunk) -> bool:
    return query.intent == "takeaways" or len(takeaway.text.split()) <= _SHORT_TAKEAWAY


def _best_run(
    chunk: Chunk, sentences: tuple[Span, ...], form: Sequence[float], relevance: SentenceRelevance
) -> tuple[tuple[Span, ...], float]:
    """The sentences to say with what they point back at, and how well they tell."""
    run = relevance.best_run(chunk, sentences, max_sentences=MAX_PASSAGE_SENTENCES, max_chars=MAX_RUN_CHARS, form=form)
    places = [n for n, s in enumerate(sentences) if s.char_start >= run.char_start and s.char_end <= run.char_end]
    spans = with_antecedents(chunk, [sentences[n] for n in places], sentences)
    before = form[places[0] - (len(spans) - len(places)) : places[0]]
    if any(value <= UNFIT for value in before):
        return tuple(sentences[n] for n in places), ANNOUNCES  # it points back at code
    best = max(form[n] for n in places)
    return spans, min([best, *(value for value in before if value <= ANNOUNCES)])


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
