"""The page against the genuine samples of its kind that a laboratory enrolled."""

from docscan.checks.finding import Finding, not_performed, undetermined
from docscan.checks.flatness import LEAST, not_flat
from docscan.checks.measured import Measurement
from docscan.evidence import Evidence
from docscan.page_geometry import in_capture
from docscan.types import Region
from docscan.zones import corners_mm

_WORDS = {
    "portrait": "portrait",
    "viz": "printed personal data",
    "mrz": "machine-readable zone",
    "background": "background pattern",
}


def not_compared(evidence: Evidence) -> Finding | None:
    """Return why the page was not compared with samples, and what hides it, if anything; None where it was."""
    missing, covered = evidence.comparison.missing, evidence.comparison.covered
    if missing is None:
        return None
    if evidence.model is None:
        return not_performed(missing)
    hides = None if covered is None else Region("covered", in_capture(covered, evidence.page.to_capture))
    return undetermined(missing, hides)


def microtext(evidence: Evidence) -> Measurement | Finding:
    """Measure how much of the samples' fine contrast is missing along a line, where nothing else differs.

    Microtext is printed in lines, and what a copier or an office printer cannot resolve is left out or runs together
    (Doc 9303 part 2, appendix A).
    """
    finding = not_compared(evidence)
    if finding is not None:
        return finding
    line = evidence.comparison.line
    if line is None:
        return undetermined(
            "The page could not be laid exactly on genuine samples of its kind: look for the microtext by eye."
        )
    place = Region("fine line", in_capture(line.corners, evidence.page.to_capture))
    # A page that does not lie flat has its lines beside the samples', where none are.
    bent = not_flat(evidence, LEAST, place)
    if bent is not None:
        return bent
    return Measurement(
        line.lacks,
        "Every fine line of print that genuine samples show is there.",
        "A line of fine print, such as microtext, that genuine samples show here is missing or faint.",
        place,
    )


def places(evidence: Evidence) -> Measurement | Finding:
    """Measure how the print of each place differs from the samples'; show the place that looks most altered."""
    finding = not_compared(evidence)
    if finding is not None:
        return finding
    seen = evidence.comparison.places
    if seen is None:
        return undetermined("The document model is from before places were compared: enrol it again.")
    return Measurement(
        0.0,
        "Every place that was looked at is printed as on the genuine samples.",
        "A place of the page is not printed as on genuine samples of its kind: it may have been altered or imitated.",
        Region("place", in_capture(corners_mm(seen.altered), evidence.page.to_capture)),
        seen.numbers,
    )


def print_of_page(evidence: Evidence) -> Measurement | Finding:
    """Measure how the print of the whole page differs from the samples'; name the region that differs most."""
    finding = not_compared(evidence)
    if finding is not None:
        return finding
    seen, model = evidence.comparison, evidence.model
    assert model is not None
    worst = max(seen.regions, key=lambda name: seen.regions[name])
    box = model.regions[worst].box
    return Measurement(
        0.0,
        "The page is printed as the genuine samples of its kind are.",
        f"The page is not printed as the genuine samples of its kind are, least so the {_WORDS[worst]}.",
        Region(worst, in_capture(corners_mm(box), evidence.page.to_capture)),
        seen.numbers,
    )
