"""Places on a page as a reader sees it: in points (1/72 inch) from the top left corner, whatever way it was turned."""

from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle on the page, ``left <= right`` and ``top <= bottom``."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        """From left to right."""
        return self.right - self.left

    @property
    def height(self) -> float:
        """From top to bottom."""
        return self.bottom - self.top

    def joined(self, other: Self) -> "Box":
        """The smallest box that holds both."""
        return Box(
            min(self.left, other.left),
            min(self.top, other.top),
            max(self.right, other.right),
            max(self.bottom, other.bottom),
        )


@dataclass(frozen=True, slots=True)
class PageFrame:
    """How a page's own coordinates, from the bottom left before it is turned, become places as they are seen."""

    crop_left: float
    crop_bottom: float
    crop_right: float
    crop_top: float
    rotation: int  # clockwise, in degrees: 0, 90, 180 or 270
    width: float  # as seen
    height: float

    def point(self, x: float, y: float) -> tuple[float, float]:
        """Where a point of the page's own coordinates is seen."""
        match self.rotation:
            case 90:
                return y - self.crop_bottom, x - self.crop_left
            case 180:
                return self.crop_right - x, y - self.crop_bottom
            case 270:
                return self.crop_top - y, self.crop_right - x
            case _:
                return x - self.crop_left, self.crop_top - y

    def box(self, left: float, bottom: float, right: float, top: float) -> Box:
        """Where a rectangle is seen, to a hundredth of a point."""
        (x0, y0), (x1, y1) = self.point(left, bottom), self.point(right, top)
        return Box(round(min(x0, x1), 2), round(min(y0, y1), 2), round(max(x0, x1), 2), round(max(y0, y1), 2))

    def direction(self, x: float, y: float) -> tuple[float, float]:
        """Which way a vector is seen to point: to the right and down."""
        (x0, y0), (x1, y1) = self.point(0, 0), self.point(x, y)
        return x1 - x0, y1 - y0

    def shows(self, box: Box) -> bool:
        """Tell whether any of a box lies on the page."""
        return box.right > 0 and box.bottom > 0 and box.left < self.width and box.top < self.height
