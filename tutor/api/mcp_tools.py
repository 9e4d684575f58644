"""The courses as tools of the Model Context Protocol: search, ask, define, read.

The tools read and change nothing, see the courses through whatever desk the transport gives them, and answer with the
same wire types as REST. The one door to the ``mcp`` package.
"""

from collections.abc import Awaitable, Callable, Sequence
from importlib.metadata import version
from typing import Annotated, Any, Protocol, TypeAlias, TypeVar

from mcp.server.mcpserver import Context, MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp.types import ToolAnnotations
from pydantic import Field

from tutor import schemas
from tutor.api.excerpts import excerpt
from tutor.api.wire import answer_on_wire, course_on_wire, glossary_entry_on_wire, hit_on_wire
from tutor.course_info import CourseInfo
from tutor.errors import QuestionTooLong, TutorError, UnknownDocument
from tutor.records.receipts import Channel
from tutor.tutor import Tutor
from tutor.types import Answer, Turn

T = TypeVar("T")
Call: TypeAlias = Context[Any, Any]

MAX_CONTEXT_CHARS = 5_000

_INSTRUCTIONS = """Answers from course texts only. Every statement of an answer is verbatim and cited: text[char_start:
char_end] of the document is the quote. status "not_in_course" means that the course does not say it: say so, and do not
answer from elsewhere in the course's name. Call list_courses first."""

_READ_ONLY = ToolAnnotations(read_only_hint=True, idempotent_hint=True, open_world_hint=False)

CourseId = Annotated[str, Field(description="A course_id of list_courses.", max_length=200)]


class CourseDesk(Protocol):
    """The courses as one caller may see them."""

    def courses(self) -> tuple[CourseInfo, ...]:
        """Those that the caller may ask."""
        ...

    def tutor(self, course_id: str) -> Tutor:
        """The tutor of one of them."""
        ...

    def ask(self, course_id: str, question: str, history: Sequence[Turn], channel: Channel) -> Answer:
        """The answer of one of them, recorded as the course wants."""
        ...


class Counter(Protocol):
    """Where a call is taken: finds the caller's desk, and does work off the event loop."""

    def desk(self, call: Call) -> CourseDesk:
        """The desk of whoever calls."""
        ...

    def spend(self, call: Call, course_id: str) -> Awaitable[None]:
        """Count a question or search, before it is worked on."""
        ...

    def work(self, call: Call, work: Callable[[], T], course_id: str) -> Awaitable[T]:
        """Do what takes time, in the turn of a course, or of none."""
        ...


def build_server(counter: Counter) -> MCPServer[Any]:
    """The server with its tools; how it is reached is the caller's business."""
    server: MCPServer[Any] = MCPServer(
        "course-tutor",
        title="Course tutor",
        instructions=_INSTRUCTIONS,
        version=version("course-tutor"),
        log_level="WARNING",
        subscriptions=False,
    )
    for tool in _tools(counter):
        server.add_tool(tool, annotations=_READ_ONLY)
    return server


def _tools(counter: Counter) -> list[Callable[..., Awaitable[Any]]]:
    async def list_courses(call: Call) -> schemas.CourseList:
        """List the courses that can be asked."""
        desk = counter.desk(call)
        return await _working(counter, call, lambda: _courses(desk))

    async def search_course(
        call: Call,
        course_id: CourseId,
        query: Annotated[str, Field(description="Words to search for.", max_length=schemas.MAX_QUESTION_CHARS)],
        top_k: Annotated[int, Field(ge=1, le=schemas.MAX_TOP_K)] = 5,
    ) -> schemas.SearchResults:
        """Find the passages of a course nearest to a query, whether or not they answer anything."""
        desk = counter.desk(call)
        return await _working(counter, call, lambda: _search(desk, course_id, query, top_k), course_id, counts=True)

    async def ask_course(
        call: Call,
        course_id: CourseId,
        question: Annotated[str, Field(max_length=schemas.MAX_QUESTION_CHARS)],
        history: Annotated[list[schemas.Turn], Field(max_length=schemas.MAX_TURNS)] = [],  # noqa: B006  (never changed)
    ) -> schemas.Answer:
        """Ask a course: cited sentences of its text, or that it does not say. ``history`` makes follow-ups work."""
        desk = counter.desk(call)
        turns = [Turn(turn.role, turn.content) for turn in history]
        return await _working(
            counter,
            call,
            lambda: answer_on_wire(desk.ask(course_id, question, turns, "mcp")),
            course_id,
            counts=True,
        )

    async def define_term(
        call: Call,
        course_id: CourseId,
        term: Annotated[str, Field(description="As the course or a learner spells it.", max_length=500)],
    ) -> schemas.GlossaryPage:
        """Look a term, an acronym or another name for it up in a course's glossary; empty when it is not defined."""
        desk = counter.desk(call)
        return await _working(counter, call, lambda: _define(desk, course_id, term), course_id)

    async def read_source(
        call: Call,
        course_id: CourseId,
        document_id: Annotated[str, Field(max_length=1000)],
        char_start: Annotated[int, Field(ge=0)],
        char_end: Annotated[int, Field(ge=0)],
        context: Annotated[int, Field(ge=0, le=MAX_CONTEXT_CHARS, description="Characters around it.")] = 500,
    ) -> schemas.SourceExcerpt:
        """Read a span of a document, such as a citation's, in its surroundings."""
        desk = counter.desk(call)
        return await _working(
            counter, call, lambda: _read(desk, course_id, document_id, (char_start, char_end), context), course_id
        )

    return [list_courses, search_course, ask_course, define_term, read_source]


async def _working(
    counter: Counter, call: Call, work: Callable[[], T], course_id: str = "", *, counts: bool = False
) -> T:
    """Do the work; what a caller can mend is told to it, a defect is not described.

    Args:
        counter: Where the call is taken.
        call: Which one.
        work: What it asks for.
        course_id: The course in whose turn it is done.
        counts: Whether it counts against the limits of the course and the caller.

    Raises:
        ToolError: The reason, for the caller.
    """
    try:
        if counts:
            await counter.spend(call, course_id)
        return await counter.work(call, work, course_id)
    except TutorError as error:
        raise ToolError(str(error)) from error


def _courses(desk: CourseDesk) -> schemas.CourseList:
    return schemas.CourseList(courses=[course_on_wire(info) for info in desk.courses()])


def _search(desk: CourseDesk, course_id: str, query: str, top_k: int) -> schemas.SearchResults:
    tutor = desk.tutor(course_id)
    if len(query) > tutor.max_question_chars:
        raise QuestionTooLong(len(query), tutor.max_question_chars)
    found = tutor.search(query, top_k=top_k) if query.strip() else ()
    hits = [hit_on_wire(hit, tutor.index) for hit in found]
    return schemas.SearchResults(query=query, hits=hits, generation=tutor.index.generation)


def _define(desk: CourseDesk, course_id: str, term: str) -> schemas.GlossaryPage:
    index = desk.tutor(course_id).index
    certain = {chunk_id for chunk_id, certainty in index.glossary.match(term).items() if certainty >= 1.0}
    found = [entry for entry in index.glossary.entries if certain.intersection(entry.chunk_ids)]
    return schemas.GlossaryPage(entries=[glossary_entry_on_wire(entry, index) for entry in found])


def _read(
    desk: CourseDesk, course_id: str, document_id: str, span: tuple[int, int], context: int
) -> schemas.SourceExcerpt:
    index = desk.tutor(course_id).index
    document = index.documents.get(document_id)
    if document is None:
        raise UnknownDocument(course_id, document_id)
    return excerpt(document, *span, context=context, generation=index.generation)
