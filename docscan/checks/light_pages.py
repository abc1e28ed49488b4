"""Whether a page looks under ultraviolet and under infrared as issued pages do: what a network makes of all of it.

Beside the checks of single things (paper, pattern, fibres, the MRZ's ink): an eraser's scar glows anywhere, and a datum
that was printed anew vanishes, or stays, where its neighbours do not.
"""

from docscan.checks.finding import Finding, not_performed
from docscan.checks.measured import Measurement
from docscan.checks.slots import hindered, no_samples
from docscan.evidence import Evidence
from docscan.light_network import usual
from docscan.page_answer import PageAnswer
from docscan.types import Spectrum

_PASSED = {
    Spectrum.UV: "Under ultraviolet light all of the page looks as issued pages do.",
    Spectrum.IR: "Under infrared light all of the page looks as genuine documents of this kind do.",
}
_PLACE = {
    Spectrum.UV: "Under ultraviolet light a place of the page looks as if it had been erased, glued or printed anew.",
    Spectrum.IR: "Under infrared light a place of the page looks as if it had been printed with another ink.",
}
_THROUGHOUT = {
    Spectrum.UV: "Under ultraviolet light the page looks throughout otherwise than issued pages do.",
    Spectrum.IR: "Under infrared light the page looks throughout otherwise than genuine documents of this kind do.",
}


def _measured(light: Spectrum, answer: PageAnswer, value: float, evidence: Evidence) -> Measurement:
    region = answer.region(evidence.page)
    failed = (_THROUGHOUT if region is None else _PLACE)[light]
    return Measurement(value, passed=_PASSED[light], failed=failed, region=region)


def _answer(light: Spectrum, evidence: Evidence) -> PageAnswer | Finding:
    found = hindered(evidence, light)
    if found is not None:
        return found
    return evidence.lights.answers.get(light) or not_performed("The models in use have no network for this light.")


def ultraviolet(evidence: Evidence) -> Measurement | Finding:
    """Measure how unlike issued pages a page looks under ultraviolet light; samples are not needed."""
    answer = _answer(Spectrum.UV, evidence)
    if isinstance(answer, Finding):
        return answer
    return _measured(Spectrum.UV, answer, answer.logit(), evidence)


def infrared(evidence: Evidence) -> Measurement | Finding:
    """Measure how much more unlike issued pages than the samples a page looks under infrared light.

    Which inks stay there is each issuer's choice: without samples the network took most genuine pages of two designs in
    twenty-four for forged ones.
    """
    answer = _answer(Spectrum.IR, evidence)
    if isinstance(answer, Finding):
        return answer
    told = evidence.usual.get(usual(answer, Spectrum.IR))
    if told is None:
        return no_samples()
    return _measured(Spectrum.IR, answer, answer.logit() - float(told.mean[0]), evidence)
