from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from docscan.checks import CHECKS, Check, perform, perform_all
from docscan.checks.finding import Finding
from docscan.checks.mrz_geometry import geometry, place
from docscan.checks.printing import region
from docscan.documents.model import Statistics
from docscan.evidence import Evidence
from docscan.lanes import Lanes
from docscan.print_scores import RegionScore
from docscan.types import Outcome, Region
from tests.docscan.checks.conftest import SCALE, ZONE
from tests.docscan.documents.conftest import small_model

Make = Callable[..., Evidence]


def test_every_check_is_in_every_report(evidence: Make) -> None:
    results = perform_all(evidence(None))
    assert [result.id for result in results] == [check.id for check in CHECKS]
    assert len({check.id for check in CHECKS}) == len(CHECKS)
    assert all(result.explanation.endswith((".", "?")) for result in results)


def test_a_check_that_breaks_is_aborted_and_says_nothing_personal(evidence: Make) -> None:
    def broken(_: Evidence) -> None:
        raise RuntimeError("ERIKSSON")

    result = perform(Check("x.y", broken), evidence())  # type: ignore[arg-type]
    assert result.outcome is Outcome.ABORTED
    assert "ERIKSSON" not in result.explanation


def test_the_zone_is_measured_in_millimetres(evidence: Make) -> None:
    seen = place(evidence())
    assert seen is not None
    assert seen.pitch == pytest.approx(2.54, abs=0.01)
    assert (seen.left, seen.bottom, seen.tilt) == (pytest.approx(6), pytest.approx(80), pytest.approx(0))
    assert geometry(evidence()).outcome is Outcome.PASSED


@pytest.mark.parametrize(
    ("move", "says"),
    [
        (lambda x, y: (x * 0.85, y), "apart"),
        (lambda x, y: (x, y - 30 * SCALE), "above"),
        (lambda x, y: (x + 8 * SCALE, y), "over the page's edge"),
        (lambda x, y: (x, y - 0.05 * x), "tilted"),
    ],
)
def test_a_zone_out_of_place_fails(
    evidence: Make, move: Callable[[float, float], tuple[float, float]], says: str
) -> None:
    moved = tuple(move(x, y) for x, y in ZONE)
    finding = geometry(evidence(polygon=moved))
    assert finding.outcome is Outcome.FAILED
    assert says in finding.explanation
    # A reader without confidences outlines the zone only roughly.
    assert geometry(evidence(polygon=moved, confidence=None)).outcome is Outcome.UNDETERMINED


def test_a_page_without_a_border_cannot_be_measured(evidence: Make) -> None:
    seen = evidence()
    assert geometry(replace(seen, page=replace(seen.page, border_seen=False))).outcome is Outcome.UNDETERMINED


def test_a_zone_is_not_out_of_place_on_a_page_that_is_cut_off(evidence: Make) -> None:
    moved = tuple((x, y - 200.0) for x, y in ZONE)
    seen = evidence(polygon=moved)
    assert geometry(seen).outcome is Outcome.FAILED
    cut = replace(seen, page=replace(seen.page, quality=replace(seen.page.quality, whole_page=False)))
    assert geometry(cut).outcome is Outcome.UNDETERMINED


def test_a_region_that_looks_suspicious_on_genuine_samples_too_is_held_against_nobody(evidence: Make) -> None:
    check = region("portrait")
    score = RegionScore(Region("portrait", ZONE), forged=0.98, threshold=0.7, log10_lr=1.8)

    def said(mean: float, seen: RegionScore = score, *, of: str = "sha", name: str = "portrait") -> Finding:
        statistics = Statistics(np.full(1, mean, np.float32), np.zeros(1, np.float32), 5)
        model = replace(small_model(), network=of, measured={f"viz.print.{name}": statistics})
        return check(evidence(region_scores={"portrait": seen}, region_network="sha", model=model))

    alike = said(1.7)
    assert (alike.outcome, alike.log10_lr) == (Outcome.UNDETERMINED, 0.0)
    assert "genuine samples" in alike.explanation
    beyond = said(0.5)
    assert (beyond.outcome, beyond.log10_lr) == (Outcome.FAILED, pytest.approx(1.3))
    assert beyond.threshold is not None
    assert beyond.score is not None
    assert beyond.threshold < beyond.score < score.forged
    # What fails no check would still count beside other regions.
    quiet = said(1.0, replace(score, forged=0.68, log10_lr=0.4))
    assert (quiet.outcome, quiet.log10_lr, quiet.score) == (Outcome.PASSED, 0.0, 0.5)
    for other in (said(-2.0), said(1.7, of="another network's"), said(1.7, name="viz")):
        assert (other.outcome, other.log10_lr, other.score) == (Outcome.FAILED, 1.8, 0.98)


def test_the_print_of_a_region(evidence: Make) -> None:
    check = region("portrait")
    score = RegionScore(Region("portrait", ZONE), forged=0.9, threshold=0.7, log10_lr=1.8)
    failed = check(evidence(region_scores={"portrait": score}))
    assert (failed.outcome, failed.log10_lr, failed.score) == (Outcome.FAILED, 1.8, 0.9)
    assert failed.region is score.region
    place = Region("portrait", ZONE[::-1])
    assert check(evidence(region_scores={"portrait": replace(score, place=place)})).region is place
    good = replace(score, forged=0.1, log10_lr=-1.0, place=place)
    assert check(evidence(region_scores={"portrait": good})).region is score.region
    passed = check(evidence(region_scores={"portrait": replace(score, forged=0.1, log10_lr=-1.0)}))
    assert (passed.outcome, passed.log10_lr) == (Outcome.PASSED, -1.0)
    inkjet = replace(score, process="inkjet", alteration="overprinted")
    told = check(evidence(region_scores={"portrait": inkjet})).explanation
    assert "printed by inkjet" in told
    assert "pasted over" in told
    own = replace(score, process="laser_engraving", alteration="none")
    assert "laser" not in check(evidence(region_scores={"portrait": own})).explanation
    assert check(evidence(region_abstained="Too coarse.")).outcome is Outcome.UNDETERMINED
    assert check(evidence()).outcome is Outcome.NOT_PERFORMED


def test_checks_say_the_same_beside_each_other(evidence: Make) -> None:
    given = evidence(None)
    assert perform_all(given, Lanes(2)) == perform_all(given)
