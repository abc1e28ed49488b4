"""The portrait by daylight: its contour, its print, and whether the ghost image shows the same picture.

Doc 9303 part 2, appendix A, names substitution of the photograph among the threats, and further portraits among what
guards against it. Pictures are compared, never identities. All need genuine samples: issuers print frames and rules
about portraits, and which, and where a ghost image is, they alone tell.
"""

import numpy as np

from docscan.checks.finding import NOT_ENROLLED, Finding, not_performed, undetermined
from docscan.checks.flatness import LEAST, not_flat
from docscan.checks.measured import Measurement, captured_askew
from docscan.crops import shown_scale
from docscan.documents.model import PhotoZone
from docscan.documents.pictures import LEAST_SHARE
from docscan.documents.prints import sharper
from docscan.evidence import Evidence
from docscan.ghost import likeness, likest_half, pair_of
from docscan.grain import grain_of, rougher
from docscan.page_geometry import in_capture, moved
from docscan.photo_zone import edge_profiles, edges_beyond
from docscan.types import Box, Homography, Region
from docscan.zones import corners_mm

_COARSEST_GHOST = 6.0  # pixels a millimetre, about 150 dpi: a ghost image's head is some 40 pixels high
_COARSEST_PRINT = 7.5  # about 190 dpi: dots, and cuts of a tenth of a millimetre; no coarser page was measured
# Logarithm of the brightness, against the samples', from which something lies over the ghost image: 5 of 277 genuine
# documents of training states had it, fingers and glare; 97 % had less than 0.07.
_COVERED = 0.15
# Of ``Comparison.numbers``, above which the finest contrast makes lines of contours: 19 of 20 of 457 genuine documents
# of calibration states have less of each. Sharpened, one in seven of 139 looked cut about.
_SHARP = {"contrast_0": 0.76, "contrast_1": 0.47}
# Correlation of portrait and ghost image that may be two holders', and that of a half which rarely is: of 180 genuine
# documents of calibration states two have less than the first. Of 529 portraits that fail beside other holders' ghost
# images 28 have more than the second, and of 183 that fail under a thumb 112.
_UNLIKE, _HALF_ALIKE = 0.9, 0.955
_FAINTEST = 0.05  # contrast of a portrait; 8 of those 277 had less, and noise was then as strong as what was compared


def _known(evidence: Evidence) -> tuple[PhotoZone, Homography] | Finding:
    """Return what samples show at the portrait and how their frame lies on the page; or why neither is known."""
    model, laid = evidence.model, evidence.laid
    if model is None:
        return not_performed(NOT_ENROLLED)
    if model.photo is None:
        return not_performed("The document model holds nothing of portraits: there is none, or enrol it again.")
    if laid is None or laid.share < LEAST_SHARE:
        return undetermined("The page could not be laid on the genuine samples': compare the portrait by eye.")
    if evidence.comparison.covered is not None:
        return undetermined(str(evidence.comparison.missing))
    return model.photo, laid.in_millimetres


def _region(name: str, evidence: Evidence, box: Box, to_page: Homography) -> Region:
    return Region(name, in_capture(moved(corners_mm(box), to_page), evidence.page.to_capture))


def _portrait(evidence: Evidence, too_coarse: str) -> tuple[PhotoZone, Homography, Region] | Finding:
    """Return what ``_known`` does and the portrait's region; or why it cannot be judged."""
    known = _known(evidence)
    if isinstance(known, Finding):
        return known
    photo, to_page = known
    region = _region("portrait", evidence, photo.zone, to_page)
    if shown_scale(evidence.page) < _COARSEST_PRINT:
        return undetermined(too_coarse, region)
    if evidence.comparison.hindered:  # light and dark lines run along every contour then
        return undetermined(str(evidence.comparison.missing), region)
    return photo, to_page, region


def edge(evidence: Evidence) -> Measurement | Finding:
    """Measure how much stronger lines along the portrait are than the samples', on all four sides together."""
    known = _portrait(evidence, "The picture is too coarse to show an edge or a cut about the portrait.")
    if isinstance(known, Finding):
        return known
    photo, to_page, region = known
    if (bent := not_flat(evidence, LEAST, region)) is not None:
        return bent
    if sharper(evidence.comparison.numbers, _SHARP):
        return undetermined(
            "The picture is sharper than those of genuine samples: lines along the portrait may be the software's, so "
            "look at its contour by eye.",
            region,
        )
    return Measurement(
        100 * edges_beyond(edge_profiles(evidence.page, to_page, photo.zone), photo.edges),
        passed="No lines or shadows run along the portrait but those of genuine documents of this kind.",
        failed="Straight lines or shadows run along the portrait that genuine documents of this kind do not have, as a "
        "photograph stuck on or a cut laminate leaves them.",
        region=region,
    )


def halftone(evidence: Evidence) -> Measurement | Finding:
    """Measure how much finer or coarser dots, raster and noise of the portrait's print are than the samples'."""
    known = _portrait(evidence, "The picture is too coarse to show how the portrait was printed.")
    if isinstance(known, Finding):
        return known
    photo, to_page, region = known
    apart = rougher(grain_of(evidence.page, to_page, photo.zone), photo.grain)
    how = "rougher" if apart.mean() > 0 else "smoother"
    return Measurement(
        float(np.abs(apart).mean()),
        passed="The portrait's print is as fine as that of genuine documents of this kind.",
        failed=f"The portrait's print is {how} than that of genuine documents of this kind, as another process leaves.",
        region=region,
    )


def ghost(evidence: Evidence) -> Measurement | Finding:
    """Measure how unlike the portrait the ghost image is: 0 the same picture, 1 another."""
    known = _known(evidence)
    if isinstance(known, Finding):
        return known
    photo, to_page = known
    if photo.ghost is None:
        return not_performed("Genuine documents of this kind show no ghost image.")
    region = _region("ghost", evidence, photo.ghost.place, to_page)
    if shown_scale(evidence.page) < _COARSEST_GHOST:
        return undetermined("The picture is too coarse to compare the ghost image with the portrait.", region)
    if captured_askew(evidence.page):  # of 119 genuine documents on calibration states 13 looked like another's
        return undetermined(
            "Seen askew, ghost image and portrait cannot be compared: hold the camera straight above the page.",
            region,
        )
    if (bent := not_flat(evidence, LEAST, region)) is not None:
        return bent
    pair = pair_of(evidence.page, to_page, photo.ghost.portrait, photo.ghost.place)
    seen = likeness(pair, photo.ghost)
    if seen.covered > _COVERED:
        return undetermined("Glare, a shadow or a finger lies over the ghost image: capture it again.", region)
    if seen.contrast < _FAINTEST:
        return undetermined("The portrait has too little contrast to compare the ghost image with it.", region)
    if seen.correlation < _UNLIKE and likest_half(pair, photo.ghost) > _HALF_ALIKE:
        return undetermined(
            "Half of the ghost image shows the same picture as the portrait, and something, such as a finger, may lie "
            "over the rest: capture it again.",
            region,
        )
    return Measurement(
        1 - seen.correlation,
        passed="The ghost image shows the same picture as the portrait.",
        failed="The ghost image does not show the picture that the main portrait shows; on genuine documents of this "
        "kind both are the same.",
        region=region,
    )
