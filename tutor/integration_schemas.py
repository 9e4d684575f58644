"""Wire types for other systems: tokens that embed the chat in their pages."""

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
