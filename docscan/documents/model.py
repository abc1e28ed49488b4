"""A document model: what genuine documents of one kind look like, and nothing of any holder."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from docscan.types import Box, MrzFormat, PageSize, Spectrum, TextLayout


@dataclass(frozen=True, slots=True)
class Statistics:
    """What a vector measured on genuine samples is like; the single samples are not kept."""

    mean: NDArray[np.float32]
    spread: NDArray[np.float32]  # standard deviation over the samples
    samples: int  # on how many it was measured


@dataclass(frozen=True, slots=True)
class ReferenceRegion:
    """A region of interest of a kind of document.

    A sample's embedding is the mean of the region network's over the region's crops, 64 numbers; the network has an
    input for visible light alone. Its colour is mean and standard deviation of red, green and blue over the crops.
    """

    spots: tuple[tuple[float, float], ...]  # upper left corners of its crops, millimetres of the page
    box: Box  # around the crops
    embedding: Mapping[Spectrum, Statistics]
    colour: Mapping[Spectrum, Statistics]


@dataclass(frozen=True, slots=True)
class DocumentModel:
    """What genuine documents of one kind look like: places, means and spreads, nothing of any holder."""

    name: str
    version: int
    created: datetime
    docscan: str  # the version that learned it
    samples: int
    page_size: PageSize
    format: MrzFormat
    document_code: str
    issuing_state: str
    text: TextLayout
    regions: Mapping[str, ReferenceRegion]
    network: str  # sha256 of the region network whose embeddings these are
    appearance: Statistics  # see docscan.documents.appearance
    reach: float  # distance of a page's appearance up to which it is of this kind
