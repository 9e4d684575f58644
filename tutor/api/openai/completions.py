"""From a list of messages to a question with its history, and from an answer to a completion or its events."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Self

from tutor import schemas
from tutor.answer_text import cited_answer, without_sources
from tutor.api.openai.wire import (
    ChatCompletion,
    ChatCompletionChunk,
    ChatMessage,
    ChatRequest,
    Choice,
    ChunkChoice,
    Delta,
    ReplyMessage,
    TokenUsage,
)
from tutor.types import Turn

CountTokens = Callable[[str], int]

_END = "data: [DONE]\n\n"


def question_and_history(messages: list[ChatMessage]) -> tuple[str, list[Turn]]:
    """The last message of the user, and what was said before it.

    System and tool messages are left out: the course's text answers, not a prompt, so there is nothing to instruct.
    """
    spoken = [
        Turn(m.role, without_sources(m.text()) if m.role == "assistant" else m.text())
        for m in messages
        if m.role == "user" or m.role == "assistant"  # noqa: PLR1714  (mypy narrows no set)
    ]
    asked = max((n for n, turn in enumerate(spoken) if turn.role == "user"), default=-1)
    return (spoken[asked].content, spoken[:asked]) if asked >= 0 else ("", [])


@dataclass(frozen=True, slots=True)
class Completion:
    """One answer on its way to an OpenAI client.

    Args:
        request: What was asked for.
        answer: What the course says.
        text: The answer with its sources.
        usage: What the messages and the text count.
    """

    request: ChatRequest
    answer: schemas.Answer
    text: str
    usage: TokenUsage

    @classmethod
    def of(cls, request: ChatRequest, answer: schemas.Answer, count_tokens: CountTokens) -> Self:
        """Write the answer down and count its tokens, which takes time for a long conversation: in a thread."""
        text = cited_answer(answer)
        prompt, completion = sum(count_tokens(message.text()) for message in request.messages), count_tokens(text)
        usage = TokenUsage(prompt_tokens=prompt, completion_tokens=completion, total_tokens=prompt + completion)
        return cls(request, answer, text, usage)

    def whole(self) -> ChatCompletion:
        """The reply in one piece."""
        refused = self.answer.status == "not_in_course"
        message = ReplyMessage(content=self.text, refusal=self.answer.message if refused else None)
        return ChatCompletion(
            id=self._id(),
            created=int(time.time()),
            model=self.request.model,
            choices=[Choice(message=message)],
            usage=self.usage,
            system_fingerprint=self._fingerprint(),
            citations=self.answer.citations,
        )

    def events(self) -> Iterator[str]:
        """The reply as server-sent events; their contents joined are the text of the whole reply."""
        created = int(time.time())

        def event(
            *choices: ChunkChoice, usage: TokenUsage | None = None, citations: list[schemas.Citation] | None = None
        ) -> str:
            chunk = ChatCompletionChunk(
                id=self._id(),
                created=created,
                model=self.request.model,
                choices=list(choices),
                usage=usage,
                system_fingerprint=self._fingerprint(),
                citations=citations,
            )
            return f"data: {chunk.model_dump_json(exclude_none=True)}\n\n"

        yield event(ChunkChoice(delta=Delta(role="assistant", content="")))
        for line in self.text.splitlines(keepends=True):
            yield event(ChunkChoice(delta=Delta(content=line)))
        yield event(ChunkChoice(delta=Delta(), finish_reason="stop"), citations=self.answer.citations)
        if self.request.stream_options and self.request.stream_options.include_usage:
            yield event(usage=self.usage)
        yield _END

    def _id(self) -> str:
        return f"chatcmpl-{self.answer.answer_id}"

    def _fingerprint(self) -> str:
        return f"course-tutor-{self.answer.generation}"
