"""What a check function returns, and how a rule's error rates become a likelihood ratio."""

import math
from dataclasses import dataclass

from docscan.types import Outcome, Region

# In the same words for all: a report groups them.
NOT_ENROLLED = "No genuine samples of this kind are enrolled, so there is nothing to compare with."


@dataclass(frozen=True, slots=True)
class Finding:
    """A check's result before the list has given it its id and light."""

    outcome: Outcome
    explanation: str
    log10_lr: float = 0.0
    score: float | None = None
    threshold: float | None = None
    region: Region | None = None


@dataclass(frozen=True, slots=True)
class RuleRates:
    """How often a rule fails, for forged and for genuine documents.

    The rate for genuine documents bounds what a failure may weigh. Until a rule's rates are measured they are
    assumptions, on the cautious side, and named as such where they stand.
    """

    fails_when_forged: float
    fails_when_genuine: float

    def finding(self, failed: bool, explanation: str, region: Region | None = None) -> Finding:
        """Return the finding of a rule that could be applied."""
        if failed:
            ratio = self.fails_when_forged / self.fails_when_genuine
            return Finding(Outcome.FAILED, explanation, math.log10(ratio), region=region)
        ratio = (1 - self.fails_when_forged) / (1 - self.fails_when_genuine)
        return Finding(Outcome.PASSED, explanation, math.log10(ratio), region=region)


def undetermined(explanation: str, region: Region | None = None) -> Finding:
    """Return the finding of a check that ran and cannot say."""
    return Finding(Outcome.UNDETERMINED, explanation, region=region)


def not_performed(explanation: str) -> Finding:
    """Return the finding of a check whose input was absent."""
    return Finding(Outcome.NOT_PERFORMED, explanation)
