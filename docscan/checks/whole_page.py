"""Whether a page looks by daylight as issued pages do: what a network makes of all of it.

The checks ``print.*`` see squares of it in full; here is seen what is out of place among its surroundings, wherever.
"""

from docscan.checks.finding import Finding, not_performed, undetermined
from docscan.checks.measured import Measurement
from docscan.daylight_network import usual
from docscan.evidence import Evidence

_PASSED = "By daylight all of the page looks as issued pages do."
_PLACE = "A place of the page looks as if something had been erased, pasted, painted over or printed anew there."
_THROUGHOUT = "By daylight the page looks throughout otherwise than issued pages do."


def by_daylight(evidence: Evidence) -> Measurement | Finding:
    """Measure how unlike issued pages a page looks by daylight; samples, which are not needed, tell what is usual."""
    if evidence.region_abstained:
        return undetermined(evidence.region_abstained)
    answer = evidence.all_of_page
    if answer is None:
        return not_performed("The models in use have no network for whole pages.")
    region = answer.region(evidence.page)
    failed = _THROUGHOUT if region is None else _PLACE
    reached = evidence.reached(usual(answer))
    return Measurement(answer.logit(), passed=_PASSED, failed=failed, region=region, usual=reached)
