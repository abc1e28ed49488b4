"""What every recipe is given, and what it tells of what it did."""

from collections.abc import Callable
from dataclasses import dataclass

from datasets.physics.surface import Box
from datasets.sheet import Sheet

Parameters = dict[str, str | float]

Drawn = Callable[..., Sheet]
"""Draws this document; takes ``making``, ``face`` and ``ghost_face`` of ``datasets.design.drawing.draw``."""


@dataclass(frozen=True, slots=True)
class Change:
    """What a forger chose, and where it was done; name and lights are the catalogue's."""

    parameters: Parameters
    boxes: tuple[Box, ...]
