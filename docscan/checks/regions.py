"""The region network on a page: crops of each region, one call, calibrated scores."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from docscan.crops import cut, local_scale, shrunk
from docscan.page_geometry import in_capture
from docscan.runtime import Models
from docscan.types import Capture, Homography, Image, Page, Region, RegionScore
from docscan.zones import ZONES, corners_mm, crop_corners

MODEL = "region"


def prepared(crops: Sequence[Image]) -> NDArray[np.float32]:
    """Return crops as the network wants them: n x 3 x 128 x 128, -1 to 1."""
    stacked = np.stack(crops).astype(np.float32).transpose(0, 3, 1, 2)
    return np.asarray(stacked / 127.5 - 1, np.float32)


def probability(logit: float) -> float:
    """Return the logistic function of a logit."""
    return 1 / (1 + math.exp(-max(-60.0, min(60.0, logit))))


def pooled(logits: NDArray[np.floating[Any]]) -> float:
    """Pool the crops of a region into one logit: their mean, since a re-printed region is so throughout."""
    return float(np.mean(logits))


def calibrated(logit: float, calibration: Mapping[str, float]) -> float:
    """Turn a pooled logit into a log10 likelihood ratio, bounded by what the calibration set supports."""
    ratio = calibration["slope"] * logit + calibration["intercept"]
    return max(calibration["lowest"], min(calibration["highest"], ratio))


def cut_regions(image: Image, to_capture: Homography, page: Page) -> dict[str, list[Image]]:
    """Cut the crops of each region of a page."""
    return {
        name: [cut(image, to_capture, x, y) for x, y in corners] for name, corners in crop_corners(page.size).items()
    }


def _abstains(page: Page, scale: float, parameters: Mapping[str, Any]) -> str | None:
    """Return why the network had better not look, in words, or None; ``scale`` is the capture's pixels a millimetre."""
    if page.size not in ZONES:
        return f"The network for printing knows passport data pages (ID-3) only, not {page.size} documents."
    lowest = float(parameters["lowest_pixels_per_mm"])
    if scale < lowest:
        return (
            f"The capture shows {scale * 25.4:.0f} dpi; to judge how the page was printed, {lowest * 25.4:.0f} dpi or "
            "more are needed: move closer or scan at 300 dpi."
        )
    if page.quality.sharpness < float(parameters["lowest_sharpness"]):
        return "The capture is too blurred to judge how the page was printed: hold still, or clean the glass."
    return None


def score_regions(capture: Capture, page: Page, models: Models) -> tuple[dict[str, RegionScore], str | None]:
    """Score every region of a page with the network, in one call.

    Returns
    -------
    tuple
        Scores by region name, and None; or no scores, and why the network abstained.
    """
    parameters = models.entries[MODEL].parameters
    width, height = page.size.millimetres
    scale = local_scale(page.to_capture, width / 2, height / 2)
    reason = _abstains(page, scale, parameters)
    if reason is not None:
        return {}, reason
    image, to_capture = shrunk(capture.visible, page.to_capture, scale)
    crops = cut_regions(image, to_capture, page)
    session = models.sessions[MODEL]
    (logits,) = session.run(None, {"crops": prepared([crop for region in crops.values() for crop in region])})
    scores, start = {}, 0
    for name, region in crops.items():
        logit = pooled(logits[start : start + len(region), 0])
        start += len(region)
        ratio = calibrated(logit, parameters["calibration"][name])
        threshold = probability(parameters["thresholds"][name])
        scores[name] = RegionScore(
            Region(name, in_capture(corners_mm(ZONES[page.size][name]), page.to_capture)),
            probability(logit),
            threshold,
            ratio,
        )
    return scores, None


def bound(count_genuine: int, count_forged: int) -> tuple[float, float]:
    """Return the lowest and highest log10 likelihood ratio that a calibration set of this size supports.

    With no error in n trials the rate may still be about 1 / n; no ratio may claim more.
    """
    return -math.log10(max(count_forged, 1)), math.log10(max(count_genuine, 1))
