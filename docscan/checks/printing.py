"""How a region was printed and whether it was altered, as the region network saw it."""

from collections.abc import Callable

from docscan.checks.finding import Finding, not_performed, undetermined
from docscan.checks.measured import beyond
from docscan.checks.regions import DOUBT, probability
from docscan.evidence import Evidence
from docscan.print_scores import RegionScore
from docscan.types import Outcome

_WORDS = {
    "portrait": "portrait",
    "viz": "printed personal data",
    "mrz": "machine-readable zone",
    "background": "background pattern",
}

# What the network's classes are to an officer. An issuer's own processes say nothing by themselves.
_PROCESSES = {
    "inkjet": "it looks printed by inkjet",
    "toner": "it looks printed by a laser printer or copier",
    "display": "it looks photographed from a screen",
}
_ALTERATIONS = {
    "splice": "it looks taken from another picture",
    "copy_move": "it looks copied from another place of the image",
    "re_rendered": "it looks set anew in an image editor",
    "inpainted": "something looks painted over in an image editor",
    "overprinted": "it looks printed or pasted over what was there",
}


def _suspicion(name: str, seen: RegionScore) -> str:
    signs = [_ALTERATIONS.get(seen.alteration or ""), _PROCESSES.get(seen.process or "")]
    told = " and ".join(sign for sign in signs if sign)
    return f"The {_WORDS[name]} is suspicious: {told or 'its print differs from what issuers leave'}."


def _beyond_samples(name: str, seen: RegionScore, evidence: Evidence) -> tuple[float, float]:
    """Return log10 ratio and score beside what genuine samples of the page's kind amount to, to the same network.

    By how much they vary is left out: a screen's picture of a page is often within that.
    """
    samples = evidence.usual.get(DOUBT.format(name))
    if evidence.model is None or evidence.model.network != evidence.region_network or samples is None:
        return seen.log10_lr, seen.forged
    ratio = beyond(seen.log10_lr, float(samples.mean[0]))
    return (seen.log10_lr, seen.forged) if ratio == seen.log10_lr else (ratio, probability(ratio))


def region(name: str) -> Callable[[Evidence], Finding]:
    """Return the check of one region of the page."""

    def check(evidence: Evidence) -> Finding:
        if evidence.region_abstained:
            return undetermined(evidence.region_abstained)
        if name not in evidence.region_scores:
            return not_performed("It is not on this side of the document, or not in view.")
        seen = evidence.region_scores[name]
        ratio, score = _beyond_samples(name, seen, evidence)
        failed = score >= seen.threshold
        if seen.forged >= seen.threshold and not failed:
            return undetermined(
                f"On genuine samples of this kind the {_WORDS[name]} looks suspicious to the network as well, so that "
                "it tells nothing: compare by eye."
            )
        explanation = (
            _suspicion(name, seen) if failed else f"The print of the {_WORDS[name]} looks like the issuer's process."
        )
        return Finding(
            Outcome.FAILED if failed else Outcome.PASSED,
            explanation,
            ratio,
            score=score,
            threshold=seen.threshold,
            region=(failed and seen.place) or seen.region,
        )

    return check
