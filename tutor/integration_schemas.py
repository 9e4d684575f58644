"""Wire types for other systems: embed tokens, word of what happened, and how much a course is used."""

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from tutor.schemas import Whole, Wire

MAX_EMBED_TTL_S = 3600


class NewEmbedToken(Wire):
    """Whom a page of another system shows the chat to."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "course": "deep-learning-in-medicine",
                    "origin": "https://lms.example.edu",
                    "user": "4711",
                    "ttl_s": 300,
                }
            ]
        }
    )

    course: str = Field(min_length=1, max_length=200, description="The one course that it opens.")
    origin: str = Field(
        max_length=300,
        pattern=r"^https?://[A-Za-z0-9.:\[\]-]+$",
        description="Of the page that shows the frame; https, except on this machine.",
    )
    user: str = Field(
        default="",
        max_length=255,
        description="The system's own name for the person; only a hash of it is kept. Empty: nobody in particular.",
    )
    ttl_s: Whole = Field(
        default=300, ge=10, le=MAX_EMBED_TTL_S, description="Seconds in which the frame must be opened."
    )


class EmbedToken(Wire):
    """The address for one frame, once."""

    token: str
    url: str = Field(description="For the frame's `src`.")
    expires_in: int = Field(description="Seconds.")


EventName = Literal["import.completed", "import.failed", "feedback.created", "privacy.erased", "answer.flagged"]


class NewWebhook(Wire):
    """Who wants to be told of what."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"url": "https://lms.example.edu/hook", "events": ["import.completed", "import.failed"]}]
        }
    )

    url: str = Field(max_length=2000, description="https; where the messages are posted to.")
    events: list[EventName] = Field(min_length=1, max_length=20)
    courses: list[Annotated[str, Field(max_length=64)]] = Field(
        default=[], max_length=200, description="Course ids; empty: every course."
    )


class Webhook(Wire):
    """Who is told of what."""

    webhook_id: str
    url: str
    events: list[EventName]
    courses: list[str]
    created_at: datetime


class CreatedWebhook(Webhook):
    """A new webhook, with what its messages are signed with."""

    secret: str = Field(description="`whsec_...`, as the Standard Webhooks libraries take it; shown this once.")


class WebhookList(Wire):
    """The webhooks."""

    webhooks: list[Webhook]


class Delivery(Wire):
    """One message to one webhook."""

    delivery_id: str = Field(description="The message's `webhook-id`.")
    event: EventName
    course_id: str
    state: Literal["pending", "delivered", "dead"]
    attempts: int
    last_error: str
    next_at: datetime | None = Field(description="When it is tried again.")
    created_at: datetime


class DeliveryPage(Wire):
    """Messages, newest first."""

    deliveries: list[Delivery]
    next_cursor: str | None = None


class UsageDay(Wire):
    """One day, in UTC."""

    day: date
    asked: int = Field(description="Questions.")
    refused: int = Field(description="Of these, those that the course does not answer.")
    people: int | None = Field(description="Different people who asked; null where they are fewer than `min_people`.")
    up: int
    down: int
    wrong_source: int
    missing: int


class Usage(Wire):
    """How much a course was used."""

    course_id: str
    logged: bool = Field(description="Whether questions are kept at all; if not, nothing can be counted.")
    min_people: int
    days: list[UsageDay]
