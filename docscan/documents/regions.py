"""What the regions of a page look like at given places: for enrolment, and for whoever compares a page with a model."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from docscan.checks.regions import MODEL, Answers, ask, doubts, part_of, view_of
from docscan.crops import CROP_MM, overview
from docscan.runtime import Models
from docscan.types import Capture, Image, MrzFormat, Page, Spectrum
from docscan.zones import SEARCH_PIXELS_PER_MM, Spots, crop_spots, layout_of


@dataclass(frozen=True, slots=True)
class RegionLook:
    """One region of one page.

    ``answers`` are the region network's for the region's crops, None where it abstains, ``doubt`` the log10 likelihood
    ratio that they amount to, and ``embedding`` the mean of theirs, 64 numbers. The network has an input for visible
    light alone: under ultraviolet and infrared there is only the ``colour``, mean and standard deviation of red, green
    and blue over the crops, 6 numbers from 0 to 255.
    """

    answers: Answers | None
    doubt: float | None
    embedding: NDArray[np.float32] | None
    colour: Mapping[Spectrum, NDArray[np.float32]]


def common_spots(captured: Sequence[tuple[Capture, Page]], mrz_format: MrzFormat | None) -> dict[str, Spots]:
    """Return where to cut the crops of each region on every document of a kind: by the mean of their pages."""
    size = captured[0][1].size
    seen = [overview(capture.visible, page.to_capture, size, SEARCH_PIXELS_PER_MM) for capture, page in captured]
    mean = np.mean(seen, axis=0, dtype=np.float32)
    return crop_spots(np.rint(mean).astype(np.uint8), layout_of(size, mrz_format))


def regions_of(
    capture: Capture, page: Page, mrz_format: MrzFormat | None, spots: Mapping[str, Spots], models: Models
) -> dict[str, RegionLook]:
    """Measure the regions of one page under every light that was given.

    Parameters
    ----------
    spots
        By region, the upper left corners of its crops in millimetres of the page.
    """
    answers, doubt = _answers(capture.visible, page, mrz_format, spots, models)
    lights = {spectrum: image for spectrum in Spectrum if (image := page.light(spectrum)) is not None}
    return {
        name: RegionLook(
            answers.get(name),
            doubt.get(name),
            np.asarray(answers[name].embedding.mean(0), np.float32) if name in answers else None,
            {light: _colour(image, page.pixels_per_mm, places) for light, image in lights.items()},
        )
        for name, places in spots.items()
    }


def _answers(
    visible: Image, page: Page, mrz_format: MrzFormat | None, spots: Mapping[str, Spots], models: Models
) -> tuple[dict[str, Answers], dict[str, float]]:
    """Return the network's answers and what they amount to; nothing where it abstains, as when it judges the print."""
    view = view_of(visible, page, mrz_format, models.entries[MODEL].parameters, spots)
    if view.abstained is not None:
        return {}, {}
    answers = ask(models.sessions[MODEL], view.crops)
    return part_of(answers, spots), doubts(answers, view, models)


def _colour(image: Image, pixels_per_mm: float, spots: Spots) -> NDArray[np.float32]:
    def part(x: float, y: float) -> Image:
        left, top = (max(0, round(value * pixels_per_mm)) for value in (x, y))
        right, bottom = (round((value + CROP_MM) * pixels_per_mm) for value in (x, y))
        return image[top:bottom, left:right].reshape(-1, 3)

    pixels = np.concatenate([part(x, y) for x, y in spots])
    return np.concatenate([pixels.mean(0), pixels.std(0)]).astype(np.float32)
