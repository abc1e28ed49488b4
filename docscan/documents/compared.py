"""What comes of comparing a page with the genuine samples of its kind."""

from collections.abc import Mapping
from dataclasses import dataclass

from docscan.page_geometry import Corners
from docscan.types import Box


@dataclass(frozen=True, slots=True)
class FaintLine:
    """Where along a line a page lacks most of the fine contrast that the samples have."""

    lacks: float  # deviations between genuine documents
    corners: Corners  # of the line, millimetres of the page


@dataclass(frozen=True, slots=True)
class Places:
    """How the region network's answers differ from those for the samples, place by place."""

    numbers: Mapping[str, float]  # see docscan.documents.places
    altered: Box  # the place that looks most altered, millimetres of the page


@dataclass(frozen=True, slots=True)
class Comparison:
    """A page beside the genuine samples of its kind; ``missing`` says in words why it was not compared, else None."""

    numbers: Mapping[str, float]  # how its print differs, see docscan.documents.prints and .texture
    regions: Mapping[str, float]  # by region, how much less like an issuer's print it looks than the samples do
    missing: str | None = None
    hindered: bool = False  # that is why: its picture, sharpened or with something on the page, does not show its print
    covered: Corners | None = None  # the box about what something on the page hides, millimetres of the page
    line: FaintLine | None = None  # None: too little of the background is known to look along lines
    places: Places | None = None  # None: the model is from before places were compared
    paleness: float = 0.0  # how many times weaker all its colours are than the samples', as a natural logarithm
