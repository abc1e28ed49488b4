from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from docscan.zones import REGIONS
from training.region.calibrate import calibrate_fusion, calibrate_regions, document_ratio
from training.region.evaluate import CONDITIONS, evaluate
from training.region.measures import (
    Rate,
    auc,
    bpcer_at,
    cllr,
    cllr_min,
    det,
    ece,
    equal_error_rate,
    reliability,
)
from training.region.report import write_report
from training.region.scoring import Scored

RECIPES = ("counterfeit_inkjet", "digital_text", "portrait_morphed")


def _scored(count: int, seed: int = 0, gap: float = 4.0) -> list[Scored]:
    """Score documents whose forged regions lie a gap above genuine ones; a morph lies nowhere."""
    rng = np.random.default_rng(seed)
    found = []
    for index in range(count):
        recipe = "genuine" if index % 2 == 0 else RECIPES[index // 2 % 3]
        touched = {
            name: recipe == "counterfeit_inkjet" or (recipe == "digital_text" and name == "viz") for name in REGIONS
        }
        regions = {name: float(rng.normal(gap * touched[name] - 2, 0.9)) for name in REGIONS}
        capture = {"device": ("reader", "phone")[index // 4 % 2], "encoder": "jpeg", "quality": 80, "blur": 0.5}
        line: dict[str, Any] = {"recipe": recipe, "state": f"X{index % 3}", "kind": "TD3", "capture": capture}
        abstained = "Too coarse." if index % 10 == 0 else None
        found.append(Scored(f"document {index}", line, abstained, {} if abstained else regions, touched, 0.0, 9.5))
    return found


@pytest.fixture(scope="module")
def fitted() -> tuple[Any, Any]:
    seen = _scored(900)
    regions, thresholds = calibrate_regions(seen)
    assert set(regions) == set(thresholds) == set(REGIONS)
    return regions, calibrate_fusion(seen, regions)


def test_likelihood_ratios_are_calibrated(fitted: tuple[Any, Any]) -> None:
    regions, fusion = fitted
    unknown = [item for item in _scored(900, 1) if item.abstained is None]
    told = [item for item in unknown if item.told_by_print]
    genuine, forged = (
        np.array([document_ratio(item, regions, fusion) for item in told if item.genuine is wanted])
        for wanted in (True, False)
    )
    assert auc(genuine, forged) > 0.95
    assert cllr(genuine, forged) < cllr_min(genuine, forged) + 0.1
    assert ece(genuine, forged) < 0.1


def test_what_coarse_captures_add_is_taken_off() -> None:
    fine, coarse = _scored(900), _scored(900)
    seen = [replace(item, pixels_per_mm=13.0) for item in fine] + [
        replace(item, pixels_per_mm=8.0, regions={name: value + 0.7 for name, value in item.regions.items()})
        for item in coarse
    ]
    regions, _ = calibrate_regions(seen)
    assert [values["coarse"] for values in regions.values()] == pytest.approx([0.7] * len(REGIONS))
    apart = calibrate_regions([item for item in seen if item.pixels_per_mm == 13.0])[0]
    assert [values["weight"] for values in regions.values()] == pytest.approx(
        [values["weight"] for values in apart.values()], rel=0.01
    )


def test_two_pictures_of_a_document_support_no_more_than_one() -> None:
    seen = _scored(300)
    once, twice = (calibrate_regions(items)[0] for items in (seen, [*seen, *seen]))
    for name in REGIONS:
        assert [twice[name][end] for end in ("lowest", "highest")] == [once[name][end] for end in ("lowest", "highest")]


def test_ratios_are_bounded_and_no_weight_is_negative(fitted: tuple[Any, Any]) -> None:
    regions, fusion = fitted
    seen = [item for item in _scored(900) if item.abstained is None]
    for values in regions.values():
        assert values["weight"] >= 0
        assert values["highest"] <= np.log10(sum(item.genuine for item in seen))
        assert values["lowest"] < 0
    assert fusion["weight"] > 0
    assert sum(pattern["share"] for pattern in fusion["patterns"]) == pytest.approx(1)
    far = Scored("x", {"recipe": "genuine"}, None, dict.fromkeys(REGIONS, 99.0))
    assert document_ratio(far, regions, fusion) == pytest.approx(fusion["highest"])


def test_what_forgeries_touch_together_is_learned(fitted: tuple[Any, Any]) -> None:
    _, fusion = fitted
    shares = {tuple(pattern["checks"]): pattern["share"] for pattern in fusion["patterns"]}
    # Of the told forgeries half are whole pages, the others altered texts.
    assert shares[tuple(f"print.{name}" for name in REGIONS)] == pytest.approx(0.5, abs=0.05)
    assert shares[("print.viz",)] == pytest.approx(0.5, abs=0.05)
    assert 0 < shares[("print.portrait",)] < 0.01


def test_kinds_that_print_cannot_tell_are_counted_apart(fitted: tuple[Any, Any]) -> None:
    seen = _scored(600, 2)
    measured = evaluate(seen, [], *fitted, 1.0)
    assert {kind.name for kind in measured.kinds} == {"counterfeit_inkjet", "digital_text"}
    assert [kind.name for kind in measured.unseen] == ["portrait_morphed"]
    told = [item for item in seen if item.told_by_print and item.abstained is None]
    assert measured.whole.apcer.trials + measured.whole.bpcer.trials == len(told)
    assert measured.unseen[0].auc == pytest.approx(0.5, abs=0.1)
    assert measured.kinds[0].apcer.value >= measured.kinds[-1].apcer.value
    assert set(measured.conditions) == set(CONDITIONS)
    assert [group.name for group in measured.conditions["device"]] == ["phone", "reader"]
    assert measured.whole.abstained.errors > 0


def test_the_report_says_all_of_it(fitted: tuple[Any, Any], tmp_path: Path) -> None:
    real = [Scored("pass-xyz", {"recipe": "genuine", "state": "pass-xyz"}, None, dict.fromkeys(REGIONS, -3.0))]
    measured = evaluate(_scored(300, 3), real, *fitted, 1.0)
    path = tmp_path / "report.html"
    write_report(measured, path, {"network": "a test"}, {"left_out": [{"group": "inkjet", "eer": 0.12}], "designs": []})
    page = path.read_text()
    for said in ("APCER", "BPCER", "Cllr", "DET curve", "Reliability", "counterfeit inkjet", "pass-xyz", "95 %",
                 "By device", "By state", "BPCER at APCER 5 %", "0.12", "Not measured for this network"):  # fmt: skip
        assert said in page, said
    assert "http" not in page.split("<body>")[1].replace("http://www.w3.org", "")


def test_error_rates_have_counts_and_intervals() -> None:
    assert str(Rate(1, 100)) == "1.0 % (1 of 100; 95 % CI 0.2 to 5.4 %)"
    assert str(Rate(0, 0)) == "none of these"


def test_measures_on_ratios_that_one_can_reckon_by_hand() -> None:
    genuine, forged = np.array([-2.0, -1.0, 0.0, 1.0]), np.array([0.5, 1.5, 2.0, 3.0])
    assert auc(genuine, forged) == pytest.approx(15 / 16)
    assert bpcer_at(genuine, forged, 0.0) == 0.25
    assert bpcer_at(genuine, forged, 0.25) == 0.0
    assert equal_error_rate(genuine, forged) == pytest.approx(0.25, abs=0.13)
    apcer, bpcer = det(genuine, forged)
    assert (np.diff(apcer) >= 0).all()
    assert (np.diff(bpcer) <= 0).all()
    assert cllr(np.zeros(5), np.zeros(5)) == pytest.approx(1.0)
    assert cllr(np.full(5, -3.0), np.full(5, 3.0)) < 0.01
    assert cllr(np.full(5, 3.0), np.full(5, -3.0)) > 5
    assert cllr_min(genuine, forged) <= cllr(genuine, forged)
    assert sum(weight for _, _, weight in reliability(genuine, forged)) == pytest.approx(1)
    # Probabilities stated at random, as the toss of a coin would have it, are calibrated; overstated ones are not.
    assert ece(np.zeros(50), np.zeros(50)) == pytest.approx(0)
    assert ece(np.full(50, 2.0), np.full(50, 2.0)) == pytest.approx(0.49, abs=0.01)
