"""Wire types of the source viewer: a span with the page it stands on and its place in the learning platform."""

from pydantic import Field

from tutor.schemas import SourceExcerpt, Wire


class PageOfSource(Wire):
    """The page of a file that a span begins on."""

    index: int = Field(description="From 0: the page's place in the file.")
    number: int = Field(description="From 1.")
    label: str = Field(description='As printed on it, or "Slide 3"; empty when unknown.')
    width: float = Field(description="In points; 0 where the format has no geometry.")
    height: float
    image_url: str | None = Field(description="Its picture; null where the format has none.")


class BoxOnPage(Wire):
    """Where a line of a span stands on its page, in points from the page's top left corner."""

    page_index: int
    left: float
    top: float
    right: float
    bottom: float


class SourceView(SourceExcerpt):
    """A span in its surroundings, on its page."""

    page: PageOfSource | None = None
    boxes: list[BoxOnPage] = Field(default=[], description="On all of its pages.")
    link: str = Field(default="", description="The activity in the learning platform; empty when unknown.")
    activity: str = ""
    source_name: str = Field(default="", description="The file's name.")
