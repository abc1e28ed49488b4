"""The page's optically variable device (OVD) beside that of genuine samples, by daylight and under infrared.

Doc 9303 part 2, appendix A: an OVD or an equivalent guards the personal data against copying and replacement.
"""

from docscan.checks.finding import Finding, not_performed, undetermined
from docscan.checks.measured import Measurement
from docscan.checks.reference import not_compared
from docscan.checks.slots import hindered
from docscan.documents.model import OvdPlace
from docscan.documents.ovd import drawn, dullness, in_samples_light, over_exposed, shown_at
from docscan.documents.pictures import lies_exactly
from docscan.evidence import Evidence
from docscan.page_geometry import in_capture, moved
from docscan.types import Homography, Region, Spectrum
from docscan.zones import corners_mm

# Of 71 genuine documents of calibration states none had more than 0.006; lit unevenly, so that paper turned white, 7 of
# the 8 that then looked dull had 0.26 and more.
_MOST_EXPOSED = 0.05
# Deviations from which an OVD looks dull, and how many of them colours weaker by a factor of e are worth: of 35 genuine
# documents of calibration states, brightened by a gamma of 0.7, the mean is then what it is as captured.
_DULL, _PALE = 1.8, 3.5
_SOFT = "contrast_1"  # of ``Comparison.numbers``: how much fainter than the samples' lines of 0.2 to 0.4 mm are


def _known(evidence: Evidence) -> tuple[OvdPlace, Homography, Region] | Finding:
    """Return the OVD of the page's kind, the map from the samples' frame to the page's millimetres, and its region."""
    model, laid = evidence.model, evidence.laid
    if model is None:
        return not_performed("No genuine samples of this kind of document are enrolled.")
    if model.ovd is None:
        return not_performed("Genuine samples of this kind show no hologram (OVD) that could be compared.")
    if laid is None or not lies_exactly(laid):
        return undetermined(
            "The page could not be laid exactly on genuine samples of its kind: look at its hologram (OVD) by eye."
        )
    to_page = laid.in_millimetres
    corners = moved(corners_mm(model.ovd.box), to_page)
    return model.ovd, to_page, Region("ovd", in_capture(corners, evidence.page.to_capture))


def shines(evidence: Evidence) -> Measurement | Finding:
    """Measure by how many deviations of samples the OVD's colours are duller than theirs, and how soft all of it is."""
    known = _known(evidence)
    if isinstance(known, Finding):
        return known
    finding = not_compared(evidence)
    if finding is not None:
        return finding
    ovd, to_page, region = known
    shown = shown_at(evidence.page, to_page, ovd.box)
    if over_exposed(shown, ovd) > _MOST_EXPOSED:
        return undetermined(
            "The hologram (OVD) is over-exposed, so its colours cannot be compared: capture it in less light.",
            region,
        )
    assert evidence.model is not None  # or no OVD would be known
    picture = evidence.model.pictures[Spectrum.VISIBLE]
    dull = dullness(in_samples_light(shown, evidence.page, to_page, ovd, picture), ovd)
    if dull > _DULL > dull - _PALE * evidence.comparison.paleness:
        return undetermined(
            "All of the picture is paler than genuine samples, and so is the hologram (OVD): capture it as the samples "
            "were, or look at the hologram by eye.",
            region,
        )
    return Measurement(
        0.0,
        passed="The hologram (OVD) shines in colours as on genuine samples.",
        failed="Where genuine samples have a hologram (OVD) hardly any colours shine: it may be missing or a printed "
        "picture. Tilt the document and see whether it changes.",
        region=region,
        numbers={"dull": dull, _SOFT: evidence.comparison.numbers[_SOFT]},
    )


def under_infrared(evidence: Evidence) -> Measurement | Finding:
    """Measure how much of what the samples' OVD shows under infrared is missing: 0 nothing, 1 all."""
    found = hindered(evidence, Spectrum.IR)
    if found is not None:
        return found
    known = _known(evidence)
    if isinstance(known, Finding):
        return known
    ovd, to_page, region = known
    infrared = evidence.page.ir
    assert infrared is not None
    share = drawn(infrared, evidence.page, to_page, ovd)
    if share is None:
        return not_performed("The hologram (OVD) of genuine samples shows nothing under infrared light.")
    return Measurement(
        1 - share,
        passed="The hologram (OVD) looks under infrared light as on genuine samples.",
        failed="What the hologram (OVD) of genuine samples shows under infrared light is not there: it may be missing "
        "or a printed picture.",
        region=region,
    )
