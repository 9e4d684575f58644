"""``/v1/chat/completions`` and ``/v1/models``: what the openai client, Moodle's OpenAI provider and others call."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Response
from starlette.responses import StreamingResponse

from tutor.api.backend import AtDesk
from tutor.api.json_only import JsonOnly
from tutor.api.openai.completions import Completion, question_and_history
from tutor.api.openai.errors import error_responses
from tutor.api.openai.wire import ChatCompletion, ChatRequest, Model, ModelList
from tutor.api.streams import EVENT_STREAM
from tutor.api.wire import answer_on_wire
from tutor.errors import UnknownCourse
from tutor.summing_up import LONG_TEXT_CHARS, sum_up

router = APIRouter(prefix="/v1", route_class=JsonOnly, tags=["openai"])

PREFIX = "tutor/"

_COMPLETION: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The completion; as server-sent events when `stream` is true.",
        "content": {EVENT_STREAM: {"schema": {"type": "string"}}},
    }
}


@router.post(
    "/chat/completions",
    operation_id="createChatCompletion",
    summary="Ask a course, as OpenAI clients ask",
    response_model=ChatCompletion,
    responses={**_COMPLETION, **error_responses(404, 415, 422)},
)
async def create_chat_completion(body: ChatRequest, desk: AtDesk) -> ChatCompletion | Response:
    """Answer the last user message from the course that the model names, with its sources in the text.

    A message of more than 1,500 characters is taken for a page of the course that is to be summed up, as Moodle's
    "Summarise" sends it: the reply is the definitions and takeaways of the course that stand in it, a minute's reading.

    Earlier user and assistant messages are the history of a follow-up. System messages and sampling parameters change
    nothing: the answer is made of the course's own sentences.
    """
    question, history = question_and_history(body.messages)
    course_id = course_of(body.model)
    desk.require("ask", course_id)
    await desk.spend(course_id)

    def complete() -> Completion:
        tutor = desk.tutor(course_id)
        answer = sum_up(tutor.index, question) if len(question) > LONG_TEXT_CHARS else None
        if answer is None or (not answer.statements and len(question) <= tutor.max_question_chars):
            answer = desk.ask(course_id, question, history, "openai")  # long, but it may be a question all the same
        return Completion.of(body, answer_on_wire(answer), tutor.index.count_tokens)

    completion = await desk.backend.workers.run(complete, desk.request, course_id)
    if body.stream:
        return StreamingResponse(completion.events(), media_type=EVENT_STREAM, headers={"x-accel-buffering": "no"})
    return completion.whole()


@router.get("/models", operation_id="listModels", summary="List the courses as models", responses=error_responses())
def list_models(desk: AtDesk) -> ModelList:
    """A model for each course that the caller may ask."""
    return ModelList(data=[Model(id=PREFIX + info.course_id) for info in desk.courses() if info.ready])


@router.get(
    "/models/{model:path}",
    operation_id="readModel",
    summary="Read one course as a model",
    responses=error_responses(404, 422),
)
def read_model(
    model: Annotated[str, Path(max_length=200, examples=["tutor/deep-learning-in-medicine"])], desk: AtDesk
) -> Model:
    """One course as a model."""
    return Model(id=PREFIX + desk.course(course_of(model)).course_id)


def course_of(model: str) -> str:
    """The course that a model's name stands for.

    Raises:
        UnknownCourse: The name is no course's.
    """
    if not model.startswith(PREFIX):
        raise UnknownCourse(model)
    return model.removeprefix(PREFIX)
