"""Check results -> fused likelihood ratio -> verdict.

Every check brings a log10 likelihood ratio, forged against genuine, already bounded by what its error rate
supports. Checks of one family look at the same thing. Where training fitted how a family's ratios add up, that is
taken; elsewhere only the strongest witness for forgery counts. Families are taken as independent and add up (ENFSI
guideline for evaluative reporting in forensic science, 2015); of those that look at the same thing the strongest
counts. The sum is bounded, since no set of these checks was measured on enough documents to support more.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from docscan.types import CheckResult, Confidence, Outcome, Quality, Verdict

LARGEST_LOG10_LR = 4.0

# Families that look at what another looks at, the page's print: where they speak for a forgery the strongest of all
# counts, not their sum. What the other says for a genuine document they do not weaken.
_SAME_WITNESS = {"reference": "print", "photo": "print", "page": "print"}

# Beginnings of checks' names: of each line one must have spoken, or nobody looked at the zone or at the print. Beside
# genuine samples print was looked at where the network alone errs on their design.
_MRZ = ("mrz.",)
_PRINT = ("print.", "reference.print")

# Data that tell one card from another; of two cards of one state the nationality is the same, and often the sex.
_TELLING = ("viz.surname", "viz.given_names", "viz.document_number", "viz.birth_date", "viz.expiry_date")
_AGREEING = 2  # of these that agree before two sides are taken for those of one card
_MAYBE_TWO = "Fewer than two of its data are read as the other side's zone has them: see if both sides are of one card."

# Regions' ratios add up: their print can refer a document none of whose regions fails.
_TOGETHER = "No part of the print fails by itself, but together they look otherwise than issuers print them."
# Undetermined where a digit fails that may not have been read rightly: what the MRZ says is not known then.
_CHECK_DIGITS = "mrz.check_digits"
_HALF = "Nothing on this side speaks for a forgery; the card's side with the portrait was not looked at."
_AGAIN = "What failed says too little by itself: capture the document again, and compare that place by eye."

# Upper ends of the bands of the ENFSI verbal scale, as log10 of the likelihood ratio.
_VERBAL_SCALE = (
    (math.log10(2), "no support"),
    (1.0, "weak support"),
    (2.0, "moderate support"),
    (3.0, "moderately strong support"),
    (4.0, "strong support"),
    (6.0, "very strong support"),
    (math.inf, "extremely strong support"),
)


def verbal(log10_lr: float) -> str:
    """Return the ENFSI verbal equivalent; support for the document being genuine says so."""
    words = next(words for end, words in _VERBAL_SCALE if abs(log10_lr) < end)
    return f"{words} for genuine" if log10_lr < 0 and words != "no support" else words


def fused(ratios: Mapping[str, float], fusion: Mapping[str, Any]) -> float:
    """Fuse the ratios of a family's checks, by id, into the family's; bounded by what its fit supports.

    A forger touches one part of a page, or some, or all of it; the parts that he left alone look genuine and speak for
    nothing. So the family's ratio is the mean of those of each ``pattern`` of parts that may be forged together,
    weighed by the share of forgeries that are so. Within a pattern of n checks the ratios add up, over n to the power
    of ``dependence``: 0 where they are independent, 1 where all say the same.
    """
    weighed = []
    for pattern in fusion["patterns"]:
        seen = [ratios[name] for name in pattern["checks"] if name in ratios]
        if seen:
            weighed.append((pattern["share"], sum(seen) / len(seen) ** fusion["dependence"]))
    if not weighed:
        return 0.0
    likelihood = sum(share * 10**ratio for share, ratio in weighed) / sum(share for share, _ in weighed)
    total = fusion["weight"] * math.log10(likelihood) + fusion["intercept"]
    return float(max(fusion["lowest"], min(fusion["highest"], total)))


def fuse(checks: Iterable[CheckResult], fusions: Mapping[str, Mapping[str, Any]]) -> float:
    """Fuse the checks' log10 likelihood ratios into one, bounded to +-``LARGEST_LOG10_LR``.

    ``fusions`` holds, for the families that training fitted, the parameters of ``fused``.
    """
    families: dict[str, dict[str, float]] = {}
    for check in checks:
        if check.outcome in (Outcome.PASSED, Outcome.FAILED):
            families.setdefault(check.id.split(".")[0], {})[check.id] = check.log10_lr
    witnesses: dict[str, list[float]] = {}
    for family, ratios in families.items():
        ratio = fused(ratios, fusions[family]) if family in fusions else max(ratios.values())
        other = _SAME_WITNESS.get(family, family)
        if ratio > 0 or other not in families or other == family:
            witnesses.setdefault(other, []).append(ratio)
    total = sum(max(ratios) for ratios in witnesses.values())
    return max(-LARGEST_LOG10_LR, min(LARGEST_LOG10_LR, total))


def confidence(log10_lr: float, prior: float) -> Confidence:
    """Turn a fused log10 likelihood ratio into the report's confidence, at the stated prior."""
    odds = 10**log10_lr * prior / (1 - prior)
    return Confidence(forgery_probability=odds / (1 + odds), prior=prior, log10_lr=log10_lr, verbal=verbal(log10_lr))


def decide(
    checks: Sequence[CheckResult],
    log10_lr: float,
    quality: Quality,
    *,
    refer_at: float,
    mrz_elsewhere: bool = False,
    front_missing: bool = False,
) -> tuple[Verdict, str]:
    """Return the verdict on a side and its one main reason.

    ``refer`` wins over ``insufficient``: a sign of forgery on a poor capture is still for a person to see.
    A document whose printing or whose MRZ could not be looked at is never ``no_concern``, nor is one whose check digits
    fail where the reader was not sure, nor one on which a check failed that does not suffice to refer it: a second
    capture tells a sign from chance. Where the MRZ stands on a card's other side (``mrz_elsewhere``) it is looked at
    there, and enough data must agree with it. That its front was not looked at (``front_missing``) is said.
    """
    against = [check for check in checks if check.speaks_for_forgery]
    if log10_lr >= refer_at:
        return Verdict.REFER, max(against, key=lambda check: check.log10_lr).explanation if against else _TOGETHER
    if not quality.usable:
        return Verdict.INSUFFICIENT, quality.advice[0] if quality.advice else "The capture is too poor to judge."
    for family in (_PRINT,) if mrz_elsewhere else (_MRZ, _PRINT):
        members = [check for check in checks if check.id.startswith(family)]
        if not any(check.outcome in (Outcome.PASSED, Outcome.FAILED) for check in members):
            return Verdict.INSUFFICIENT, members[0].explanation
    agreeing = sum(check.id in _TELLING and check.outcome is Outcome.PASSED for check in checks)
    if mrz_elsewhere and agreeing < _AGREEING:
        return Verdict.INSUFFICIENT, _MAYBE_TWO
    for check in checks:
        if check.id == _CHECK_DIGITS and check.outcome is Outcome.UNDETERMINED:
            return Verdict.INSUFFICIENT, check.explanation
    if against:
        return Verdict.INSUFFICIENT, _AGAIN
    if front_missing and agreeing < _AGREEING:
        return Verdict.NO_CONCERN, _HALF
    return Verdict.NO_CONCERN, "Nothing that was looked at speaks for a forgery."
