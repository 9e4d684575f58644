"""The wire types: what travels between the API and its clients, and nothing else.

These models are the public contract. They import nothing of ours, so a client (the chat is one) can use them without
knowing how answers come about. Fields are only ever added. Offsets are Unicode code points into a document's canonical
text, end exclusive: ``document.text[char_start:char_end] == quote``.

An answer sent as server-sent events is: ``meta`` (MetaEvent); then ``delta`` (DeltaEvent) for each statement, each
``citation`` (Citation) once and before the first delta that uses it; then ``done`` (Answer), which equals the JSON
reply to the same question. ``error`` (Problem) takes the place of whatever would have followed.
"""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

MAX_TURNS = 50  # not tuned: follow-ups look a few turns back, never fifty
MAX_TURN_CHARS = 20_000  # an assistant turn may quote several passages
MAX_QUESTION_CHARS = 20_000  # the hard ceiling; a deployment sets a lower one, and OpenAPI shows that one
MAX_TOP_K = 50

CharOffset = Annotated[int, Field(ge=0, description="Offset in Unicode code points into the document's text.")]
# JSON has one kind of number: 3.0 is the integer 3.
Whole = Annotated[int, BeforeValidator(lambda sent: int(sent) if isinstance(sent, float) and sent % 1 == 0 else sent)]


class Wire(BaseModel):
    """Root of the wire types: strict about types, and silent about fields that a newer client may send."""

    model_config = ConfigDict(strict=True, frozen=True)


class Place(Wire):
    """Where a passage stands: ``document.text[char_start:char_end]`` is it."""

    document_id: str
    document_title: str
    heading_path: list[str]
    page: int | None = Field(default=None, description="Page counted from 1; null where the format has no pages.")
    page_label: str = Field(default="", description='As printed on the page, or "Slide 3"; empty when unknown.')
    char_start: CharOffset
    char_end: CharOffset
    chunk_id: str
    url: str = Field(description="The source with this span, relative to the service's root.")


class Turn(Wire):
    """One earlier message of the conversation."""

    role: Literal["user", "assistant"]
    content: str = Field(max_length=MAX_TURN_CHARS)


class AskRequest(Wire):
    """A learner's question, with the conversation so far (oldest first) when it is a follow-up."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"question": "What is radiomics?", "history": []}]})

    question: str = Field(max_length=MAX_QUESTION_CHARS, description="What the learner typed.")
    history: list[Turn] = Field(default=[], max_length=MAX_TURNS, description="Earlier turns, oldest first.")
    document_id: str = Field(default="", max_length=1000, description="The chapter asked from: cited first.")


class Correction(Wire):
    """A word of the question that was mended."""

    written: str
    read_as: str


class Query(Wire):
    """What was asked, and the self-contained query that was searched for."""

    asked: str
    used: str
    intent: str = Field(description="define, compare, list, explain, takeaways, glossary, small_talk, advice, ...")
    corrections: list[Correction] = []
    terms: list[str] = Field(default=[], description="Glossary terms the query names, as the course spells them.")
    document_id: str = Field(default="", description="The chapter it was asked from; empty for none.")


class Statement(Wire):
    """Whole sentences of the course, verbatim, with the markers of the citations that hold them."""

    text: str
    kind: Literal["definition", "takeaway", "passage"]
    term: str | None = Field(default=None, description="The term that a definition defines.")
    citations: list[int] = Field(description="Markers into the answer's citations.")


class Citation(Place):
    """Where a statement stands in the course."""

    marker: int = Field(ge=1, description="Numbered by first use in the answer.")
    course_id: str
    quote: str = Field(description="Exactly the document's text from char_start to char_end.")


class SectionReference(Wire):
    """A section to go to."""

    heading_path: list[str]
    char_start: CharOffset
    char_end: CharOffset


class NearestSection(SectionReference):
    """A section that lies near a question the course does not answer."""

    document_id: str


class VerifiedMark(Wire):
    """An instructor has verified this answer."""

    verified_id: str
    at: Annotated[datetime, Field(strict=False)]


class Answer(Wire):
    """What the course says, sentence by sentence, or that it does not say it."""

    answer_id: str
    status: Literal["answered", "partly", "not_in_course"]
    query: Query
    statements: list[Statement] = Field(description="Empty when the course does not say.")
    citations: list[Citation]
    nearest: list[NearestSection] = Field(description="Where to look when the course does not say.")
    message: str = Field(description="What to tell the learner beside or instead of statements.")
    confidence: float = Field(ge=0, le=1, description="Probability that the course answers the question.")
    generation: str = Field(description="The index generation that answered.")
    timing_ms: dict[str, float]
    verified: VerifiedMark | None = Field(default=None, description="Null where no instructor has verified it.")
    suggestions: list[str] = Field(default=[], description="What to ask next; the course answers each.")


class MetaEvent(Wire):
    """What kind of answer follows."""

    answer_id: str
    course_id: str
    status: Literal["answered", "partly", "not_in_course"]
    query: Query
    confidence: float
    generation: str


class DeltaEvent(Statement):
    """Text of one statement. Texts of the same ``statement`` are to be joined in order of arrival."""

    statement: int = Field(ge=0, description="Position in the answer's statements.")


class Course(Wire):
    """One course and whether it can answer yet."""

    course_id: str
    title: str
    description: str
    ready: bool
    reason: str = Field(description="Why it is not ready; empty when it is.")
    generation: str
    n_documents: int
    n_chunks: int
    suggested_questions: list[str]


class CourseList(Wire):
    """The courses that the caller may ask."""

    courses: list[Course]


class Section(SectionReference):
    """One heading and the text under it, subsections included."""

    heading: str
    level: int = Field(description="1 to 6; 0 for the text before the first heading.")


class DocumentSummary(Wire):
    """One document of a course, without its text."""

    document_id: str
    title: str
    source_name: str = Field(description="The file's path inside the course folder.")
    n_chars: int
    n_sections: int
    url: str


class DocumentPage(Wire):
    """One page of a course's documents, in reading order."""

    documents: list[DocumentSummary]
    next_cursor: str | None = Field(default=None, description="Pass as cursor to read on; null on the last page.")


class Document(Wire):
    """One document's canonical text: every citation's offsets count in it."""

    course_id: str
    document_id: str
    title: str
    source_name: str
    source_sha256: str
    generation: str
    text: str
    sections: list[Section]


class SourceExcerpt(Wire):
    """A span of a document in its surroundings: ``before + text + after`` is one stretch of the document."""

    course_id: str
    document_id: str
    document_title: str
    heading_path: list[str] = Field(description="Of the innermost section that holds the span's first character.")
    char_start: CharOffset
    char_end: CharOffset
    before: str
    text: str
    after: str
    excerpt_start: CharOffset
    excerpt_end: CharOffset
    document_chars: int
    previous: SectionReference | None = Field(default=None, description="The section before this one.")
    next: SectionReference | None = Field(default=None, description="The section after this one.")
    generation: str


class SearchRequest(Wire):
    """A query for passages; unlike a question it is not understood, only searched for."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"query": "limitations of radiomics", "top_k": 5}]})

    query: str = Field(max_length=MAX_QUESTION_CHARS)
    top_k: Whole = Field(default=10, ge=1, le=MAX_TOP_K)


class SearchHit(Place):
    """One passage. Scores order the hits of one query; they do not compare across queries."""

    rank: int
    score: float
    signals: dict[str, float] = Field(description="What each retriever says: dense, sentence, lexical, glossary.")
    kind: Literal["definition", "takeaway", "passage"]
    term: str | None = None
    text: str


class SearchResults(Wire):
    """Passages of one course, best first."""

    query: str
    hits: list[SearchHit]
    generation: str


class Definition(Place):
    """One place where the course defines a term."""

    text: str


class GlossaryEntry(Wire):
    """A term the course defines."""

    term: str
    aliases: list[str]
    definitions: list[Definition] = Field(description="Best first.")


class GlossaryPage(Wire):
    """One page of a course's glossary, in alphabetical order."""

    entries: list[GlossaryEntry]
    next_cursor: str | None = Field(default=None, description="Pass as cursor to read on; null on the last page.")


class ProblemField(Wire):
    """One thing that is wrong with the request."""

    pointer: str = Field(description="JSON pointer (RFC 6901) into the body, or the name of a parameter.")
    detail: str


class Problem(Wire):
    """An error as RFC 9457 has it, sent as application/problem+json."""

    type: str = Field(description="A stable URI of the kind of problem.")
    title: str
    status: int
    detail: str
    instance: str
    code: str = Field(description="A stable word for programs.")
    request_id: str
    errors: list[ProblemField] = []
