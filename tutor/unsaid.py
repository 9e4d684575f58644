"""What a question asks for and its answer leaves out: a compared thing, a date, a person, a number, an example, a word.

An answer that goes past the question in silence reads as if it met it: "who invented deep learning?" is not answered by
a definition. What is unsaid is named instead, and the rest answered. Only what leaves traces in English spelling is
judged, every doubt speaks for the answer, and the words never claim more than that nothing was found.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile

from corpus.types import Chunk, Span
from index.analysis import words, written_words
from index.types import ScoredChunk
from tutor.answer_kinds import CAPITALISED, NUMBER_WORDS
from tutor.antecedents import points_back, sentence_of
from tutor.evidence import Evidence, missing_parts
from tutor.types import Query
from tutor.understanding.acronyms import looks_like_acronym
from tutor.understanding.knowledge import CourseKnowledge
from tutor.understanding.words import is_content, split_words, word_set

_ORIGIN_WORDS = word_set("""
    invented discovered developed created founded coined introduced proposed pioneered designed wrote published built
    named born started began described identified isolated demonstrated
    """)
_ORIGIN = rf"(?:{'|'.join(sorted(_ORIGIN_WORDS))}|invent|discover|develop|create|start|begin|come from)"
_INSTITUTION = (
    r"(?:compan(?:y|ies)|universit(?:y|ies)|scientists?|researchers?|persons?|country|countries|city|cities|hospitals?|"
    r"authors?|physicians?|institutes?|firms?)"
)
_ASKS_DATE = re.compile(
    r"\bwhen (?:was|were|did)\b|\b(?:what|which) (?:year|date|century|decade)\b|\bhow long ago\b", re.IGNORECASE
)
_ASKS_PERSON = re.compile(
    rf"\bwho (?:\w+ly |was |were |has |had |first ){{0,3}}(?:{_ORIGIN}|came up with|thought of)\b|\bby whom\b|"
    rf"\bwho (?:is|was|are|were|'s) (?:the )?(?:\w+ )?(?:inventors?|fathers?|founders?|authors?|creators?|discoverers?|"
    rf"pioneers?)\b|\b(?:what|which) {_INSTITUTION}\b",
    re.IGNORECASE,
)
_ASKS_PLACE = re.compile(rf"\bwhere (?:was|were|did)\b.{{0,80}}\b{_ORIGIN}\b", re.IGNORECASE)
_ASKS_NUMBER = re.compile(
    r"\bhow (?:many|long|old|tall|far|heavy)\b(?! short)|\b(?:what|which) (?:percentage|proportion|fraction)\b",
    re.IGNORECASE,
)
_ASKS_EXAMPLE = re.compile(r"\bexamples?\b", re.IGNORECASE)
_ASKS = (_ASKS_DATE, _ASKS_PERSON, _ASKS_PLACE, _ASKS_NUMBER, _ASKS_EXAMPLE)

_DATE = re.compile(
    r"\b1\d{3}\b|\b20\d\d\b|\bcentur|\bdecades?\b|\byears?\b|\bmonths?\b|\bweeks?\b|\bdays?\b|\bago\b|\b(?:BCE?|AD)\b|"
    r"\b(?:january|february|march|april|june|july|august|september|october|november|december)\b",
    re.IGNORECASE,
)
_EXAMPLE = re.compile(r"\b(?:examples?|instances?|e\.g|such as|includ(?:e|es|ing)|like|namely)\b", re.IGNORECASE)
_NOT_PROSE = re.compile(r"\$[^$]*\$|[\"“][^\"”]*[\"”]")  # formulas and titles have capitals that name nobody
_ENUMERATES = re.compile(r", (?:[\w-]+ ){0,2}[\w-]+,? (?:and|or) ")
_LOOSELY = 0.5  # certainty of a term that is hardly meant
_SAME_ROOT = 4  # letters that "surgery" shares with "surgeons"
_SAME_ROOT_SHARE = 0.55  # of the shorter word; not tuned


@dataclass(frozen=True, slots=True)
class Unsaid:
    """What was asked for and not found; empty when nothing is missing."""

    things: tuple[str, ...] = ()  # things to compare that the course lacks, as the query names them
    kind: str = ""  # which kind of answer is missing, to follow "nothing that ...": "says when"
    words: tuple[str, ...] = ()  # content words that the course never uses, when no other is left beside the terms

    def __bool__(self) -> bool:
        return bool(self.things or self.kind or self.words)


def find_unsaid(query: Query, chosen: Sequence[ScoredChunk], knowledge: CourseKnowledge) -> Unsaid:
    """Set a question against the chunks that are to answer it.

    Args:
        query: As understood.
        chosen: What would be shown.
        knowledge: Of the course.
    """
    if missing := missing_parts(query):
        return Unsaid(things=missing)
    if query.compared or query.intent in ("takeaways", "glossary"):
        return Unsaid()
    chunks = [item.chunk for item in chosen]
    if kind := _missing_kind(query, chunks, knowledge):
        return Unsaid(kind=kind)
    return Unsaid(words=_unmet_words(query, chunks, knowledge))


def about_the_rest(query: Query, chosen: Sequence[ScoredChunk], evidence: Evidence) -> tuple[ScoredChunk, ...]:
    """What is still worth showing: the best definition of each term that the question names, else what was chosen.

    Of a comparison, also the best chunk of each thing that the course does not define.
    """
    best: dict[str, ScoredChunk] = {}
    for item in evidence.ranking:
        chunk = item.chunk
        if chunk.kind == "definition" and chunk.term in query.terms:
            best.setdefault(chunk.term, item)
        elif query.compared and chunk.chunk_id in evidence.leads:
            best[chunk.chunk_id] = item
    return tuple(best.values()) or tuple(chosen)


def _missing_kind(query: Query, chunks: Sequence[Chunk], knowledge: CourseKnowledge) -> str:
    if not any(asks.search(query.used) for asks in _ASKS):
        return ""  # as most questions: to read all sentences took a tenth of an answer
    said = _said_of_it(query, chunks, knowledge)
    if _ASKS_DATE.search(query.used) and not _DATE.search(said):
        return "says when"
    for asks, kind in ((_ASKS_PERSON, "says who"), (_ASKS_PLACE, "says where")):
        if (match := asks.search(query.used)) and not _names_somebody(query, match, said, chunks, knowledge):
            return kind
    if (match := _ASKS_NUMBER.search(query.used)) and not _counts(said):
        return f"says {match[0].lower()}"
    only_defines = all(chunk.kind == "definition" for chunk in chunks)
    if _ASKS_EXAMPLE.search(query.used) and only_defines and not (_EXAMPLE.search(said) or _ENUMERATES.search(said)):
        return "is given as an example"
    return ""


def _counts(said: str) -> bool:
    """Whether there is a number, or an enumeration to be counted."""
    spoken = words(said)
    return any(word in NUMBER_WORDS or word[0].isdigit() for word in spoken) or bool(_ENUMERATES.search(said))


def _said_of_it(query: Query, chunks: Sequence[Chunk], knowledge: CourseKnowledge) -> str:
    """The sentences that share a word with the question, its verb of origin aside, and those that point back at them.

    A chunk holds names, dates and numbers of other things too.
    """
    asked = knowledge.analyzer.terms(query.used)
    about = frozenset(asked) - frozenset(knowledge.analyzer.stems(sorted(_ORIGIN_WORDS)))
    kept: list[str] = []
    for chunk in chunks:
        goes_on = False
        for span in chunk.sentences or (Span(chunk.char_start, chunk.char_end),):
            sentence = sentence_of(chunk, span)
            goes_on = not about.isdisjoint(knowledge.analyzer.terms(sentence)) or (goes_on and points_back(sentence))
            kept += [_NOT_PROSE.sub(" ", sentence)] if goes_on else []
    return ". ".join(kept)  # so that each is seen to begin anew, whatever a formula left at its end


def _names_somebody(
    query: Query, asked: re.Match[str], said: str, chunks: Sequence[Chunk], knowledge: CourseKnowledge
) -> bool:
    """Whether a proper name stands there that is neither the question's nor a term's, or the verb asked with."""
    if set(words(asked[0])) & _ORIGIN_WORDS & set(words(said)):
        return True  # "Galen described the pulse": a name that opens a sentence is no more capital than another word
    own = set(words(query.used)) | {word for chunk in chunks for word in words(" ".join((chunk.term, *chunk.aliases)))}
    names = {word for name in CAPITALISED.findall(said) for word in written_words(name) if not _is_acronym(word)}
    return any(name.lower() not in own and not knowledge.glossary.find(name) for name in names)


def _is_acronym(word: str) -> bool:
    return word.isupper() or looks_like_acronym(word)


def _unmet_words(query: Query, chunks: Sequence[Chunk], knowledge: CourseKnowledge) -> tuple[str, ...]:
    """The words of a question about a term, when the course has none of them; what is left of it is the term."""
    if not query.unknown_words:
        return ()
    spoken = split_words(query.used)
    in_terms = {
        place
        for mention in knowledge.glossary.mentions(query.used)
        if mention.certainty > _LOOSELY
        for place in range(mention.first_word, mention.end_word)
    }
    rest = [word.lower for place, word in enumerate(spoken) if place not in in_terms and is_content(word.lower)]
    if not in_terms or not rest or not set(rest) <= set(query.unknown_words):
        return ()
    said = set(words(" ".join(chunk.text for chunk in chunks)))
    return tuple(dict.fromkeys(word for word in rest if not any(_of_one_root(word, other) for other in said)))


def _of_one_root(word: str, other: str) -> bool:
    """Whether two words begin alike, such as "surgery" and "surgeons", which no stemmer joins."""
    alike = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(word, other, strict=False)))
    return alike >= _SAME_ROOT and alike >= _SAME_ROOT_SHARE * len(word)
