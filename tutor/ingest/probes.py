"""Twenty questions that any sound index of a course answers by itself: is each of its definitions found by its term?"""

from collections.abc import Sequence

from corpus.types import Chunk
from index.course_index import CourseIndex
from tutor.ingest.gate import ProbeReport

N_PROBES = 20
WITHIN = 10  # ranks; the definition is first on nearly every course, the margin is for terms defined many times
# Below it an index is broken, and not a term odd. Not tuned.
ENOUGH = 0.8


def probe(index: CourseIndex) -> ProbeReport:
    """Ask for definitions spread over the course; for passages where it has too few."""
    definitions = _spread(list(index.of_kind("definition")), N_PROBES)
    passages: list[Chunk] = []
    if len(definitions) < N_PROBES:
        others = [chunk for chunk in index.chunks if chunk.kind != "definition"]
        passages = _spread(others, N_PROBES - len(definitions))
    questions = [f"What is {chunk.term}?" for chunk in definitions] + [_opening(index, chunk) for chunk in passages]
    vectors = index.embed_queries(questions)
    missed: list[str] = []
    for question, vector, wanted in zip(questions, vectors, (*definitions, *passages), strict=True):
        best = [found.chunk for found in index.retrieve(question, top_k=WITHIN, query_vector=vector)]
        if not any(_is_it(chunk, wanted) for chunk in best):
            missed.append(question)
    return ProbeReport(len(questions), len(questions) - len(missed), tuple(missed))


def enough(report: ProbeReport) -> bool:
    """Whether an index that gave this report may answer."""
    return report.found >= ENOUGH * report.asked


def _is_it(chunk: Chunk, wanted: Chunk) -> bool:
    if wanted.kind == "definition":
        return chunk.kind == "definition" and chunk.term.casefold() == wanted.term.casefold()
    return chunk.text == wanted.text


def _opening(index: CourseIndex, chunk: Chunk) -> str:
    first = chunk.sentences[0]
    return index.documents[chunk.document_id].text[first.char_start : first.char_end][:300]


def _spread(chunks: Sequence[Chunk], wanted: int) -> list[Chunk]:
    if len(chunks) <= wanted:
        return list(chunks)
    return [chunks[number * len(chunks) // wanted] for number in range(wanted)]
