"""Whether the image given for a light shows that light, and why the checks of a light may not speak.

BSI TR-03135 demands that what cannot be checked is said and not counted as a failure.
"""

from collections.abc import Callable

from docscan.checks.finding import Finding, not_performed, undetermined
from docscan.evidence import Evidence
from docscan.types import Outcome, Spectrum

_NAMES = {Spectrum.UV: "ultraviolet", Spectrum.IR: "infrared"}


def unusable(evidence: Evidence, light: Spectrum) -> Finding | None:
    """Return why nothing can be said of a light; None where its image was given and seems to be right."""
    if evidence.page.light(light) is None:
        return not_performed(f"No image under {_NAMES[light]} light was given.")
    fault = evidence.lights.wrong.get(light)
    return None if fault is None else undetermined(fault)


def hindered(evidence: Evidence, light: Spectrum) -> Finding | None:
    """Return why nothing can be measured under a light: its image, or what lies on the page; None where something can.

    What lies there is found by daylight, beside samples; a finger is dark under ultraviolet and shows no ink that stays
    under infrared.
    """
    found = unusable(evidence, light)
    if found is not None or evidence.comparison.covered is None:
        return found
    # Its place is named once, by the checks of print.
    return undetermined(str(evidence.comparison.missing))


def right_image(light: Spectrum) -> Callable[[Evidence], Finding]:
    """Return the check whether a light's image is of that light and of this page; it never fails."""

    def check(evidence: Evidence) -> Finding:
        return unusable(evidence, light) or Finding(
            Outcome.PASSED, f"The {_NAMES[light]} image looks like one under that light."
        )

    return check


def nothing_expected(evidence: Evidence, light: Spectrum) -> Finding:
    """Return the finding of a check that only genuine samples can be compared with, and cannot."""
    if evidence.model is not None and light in evidence.model.pictures:
        return undetermined(
            "The page could not be laid exactly on genuine samples of its kind: see that all of it is in the image."
        )
    return no_samples()


def no_samples() -> Finding:
    """Return the finding of a check for which no samples are enrolled."""
    return not_performed(
        "No genuine samples of this kind are enrolled with this light, so there is nothing to compare with."
    )
