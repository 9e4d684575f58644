"""What OpenAI's chat completions look like on the wire, as far as a course can honour it.

Clients send many fields that mean nothing to an extractive tutor (``temperature``, ``tools`` ...): they are taken and
ignored, as the OpenAI API's own compatible servers do. Replies carry one field more, ``citations``.
"""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from tutor.schemas import MAX_TURNS, Citation


class TextPart(BaseModel):
    """One part of a message; parts that are not text are pictures and files, which a course text cannot answer."""

    type: str
    text: str = ""


class ChatMessage(BaseModel):
    """One message of the conversation."""

    role: Literal["system", "developer", "user", "assistant", "tool", "function"]
    content: str | list[TextPart] | None = None

    def text(self) -> str:
        """The message's words."""
        if isinstance(self.content, list):
            return "\n".join(part.text for part in self.content if part.type == "text")
        return self.content or ""


class StreamOptions(BaseModel):
    """What a streamed reply should hold besides the answer."""

    include_usage: bool = False


class ChatRequest(BaseModel):
    """A request for a chat completion."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "model": "tutor/deep-learning-in-medicine",
                    "messages": [{"role": "user", "content": "What is radiomics?"}],
                }
            ]
        }
    )

    model: str = Field(max_length=200, description="`tutor/` and the course's id.")
    messages: list[ChatMessage] = Field(min_length=1, max_length=2 * MAX_TURNS + 1)
    stream: bool | None = False
    stream_options: StreamOptions | None = None


class ReplyMessage(BaseModel):
    """The answer as an assistant's message."""

    role: Literal["assistant"] = "assistant"
    content: str
    refusal: str | None = Field(default=None, description="What was said instead of an answer the course lacks.")


class Choice(BaseModel):
    """The one choice there is."""

    index: int = 0
    message: ReplyMessage
    finish_reason: Literal["stop"] = "stop"
    logprobs: None = None


class TokenUsage(BaseModel):
    """Tokens as the course's embedding model counts them; nothing is billed."""

    prompt_tokens: int
    completion_tokens: int
    total_tokens: int


class ChatCompletion(BaseModel):
    """A whole reply."""

    id: str
    object: Literal["chat.completion"] = "chat.completion"
    created: int = Field(description="Seconds since 1970.")
    model: str
    choices: list[Choice]
    usage: TokenUsage
    system_fingerprint: str = Field(description="The index generation that answered.")
    citations: list[Citation] = Field(description="Where each sentence stands in the course; not in OpenAI's API.")


class Delta(BaseModel):
    """A piece of a streamed message."""

    role: Literal["assistant"] | None = None
    content: str | None = None


class ChunkChoice(BaseModel):
    """The one choice of a piece."""

    index: int = 0
    delta: Delta
    finish_reason: Literal["stop"] | None = None
    logprobs: None = None


class ChatCompletionChunk(BaseModel):
    """One event of a streamed reply."""

    id: str
    object: Literal["chat.completion.chunk"] = "chat.completion.chunk"
    created: int
    model: str
    choices: list[ChunkChoice]
    usage: TokenUsage | None = None
    system_fingerprint: str
    citations: list[Citation] | None = None


class Model(BaseModel):
    """A course as a model."""

    id: str
    object: Literal["model"] = "model"
    created: int = 0
    owned_by: Literal["course-tutor"] = "course-tutor"


class ModelList(BaseModel):
    """The courses that the caller may ask."""

    object: Literal["list"] = "list"
    data: list[Model]
