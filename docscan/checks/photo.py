"""The portrait by daylight: whether the ghost image shows the same picture.

Doc 9303 part 2, appendix A, names substitution of the photograph among the threats, and further portraits among what
guards against it. Pictures are compared, never identities.
"""

from docscan.checks.finding import Finding, not_performed, undetermined
from docscan.checks.measured import Measurement
from docscan.documents.pictures import LEAST_SHARE
from docscan.evidence import Evidence
from docscan.ghost import likeness, pair_of
from docscan.page_geometry import in_capture, moved
from docscan.types import Region
from docscan.zones import corners_mm

_COARSEST = 6.0  # pixels a millimetre, about 150 dpi: a ghost image's head is some 40 pixels high
# Logarithm of the brightness, against the samples', from which something lies over the ghost image: of 277 genuine
# documents of training states 4 had it, two fingers, glare and a stamp of light; 97 % were below 0.07.
_COVERED = 0.15
_FAINTEST = 0.05  # contrast of a portrait; 8 of those 277 had less, and noise was then as strong as what was compared


def ghost(evidence: Evidence) -> Measurement | Finding:
    """Measure how unlike the portrait the ghost image is: 0 the same picture, 1 another."""
    model, laid = evidence.model, evidence.laid
    if model is None:
        return not_performed("No genuine samples of this kind are enrolled, so the ghost image's place is not known.")
    if model.ghost is None:
        return not_performed("The genuine samples of this kind show no ghost image, or none was looked for.")
    if laid is None or laid.share < LEAST_SHARE:
        return undetermined("The page could not be laid on the genuine samples': compare both portraits by eye.")
    to_page = laid.in_millimetres
    corners = moved(corners_mm(model.ghost.place), to_page)
    region = Region("ghost", in_capture(corners, evidence.page.to_capture))
    if evidence.page.pixels_per_mm < _COARSEST:
        return undetermined("The picture is too coarse to compare the ghost image with the portrait.", region)
    seen = likeness(pair_of(evidence.page, to_page, model.ghost.portrait, model.ghost.place), model.ghost)
    if seen.covered > _COVERED:
        return undetermined("Glare, a shadow or a finger lies over the ghost image: capture it again.", region)
    if seen.contrast < _FAINTEST:
        return undetermined("The portrait has too little contrast to compare the ghost image with it.", region)
    return Measurement(
        1 - seen.correlation,
        passed="The ghost image shows the same picture as the portrait.",
        failed="The ghost image does not show the picture that the main portrait shows; on genuine documents of this "
        "kind both are the same.",
        region=region,
    )
