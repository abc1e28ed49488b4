import math

import pytest

from docscan.scoring import LARGEST_LOG10_LR, confidence, decide, fuse, verbal
from docscan.types import CheckResult, Outcome, Quality, Verdict

GOOD = Quality(sharpness=0.6, glare=0.0, resolution_dpi=300, whole_page=True, usable=True)
POOR = Quality(0.6, 0.0, 40, whole_page=True, usable=False, advice=("Move closer.",))


def check(name: str, outcome: Outcome = Outcome.PASSED, log10_lr: float = 0.0) -> CheckResult:
    return CheckResult(name, outcome, f"{name} says so.", log10_lr=log10_lr)


@pytest.mark.parametrize(
    ("log10_lr", "words"),
    [
        (0.0, "no support"),
        (0.2, "no support"),
        (0.5, "weak support"),
        (1.5, "moderate support"),
        (2.5, "moderately strong support"),
        (3.1, "strong support"),
        (5.0, "very strong support"),
        (7.0, "extremely strong support"),
        (-1.5, "moderate support for genuine"),
        (-0.1, "no support"),
    ],
)
def test_enfsi_verbal_scale(log10_lr: float, words: str) -> None:
    assert verbal(log10_lr) == words


def test_families_add_up_and_the_strongest_witness_of_a_family_counts() -> None:
    checks = [check("print.portrait", Outcome.FAILED, 1.5), check("print.viz", log10_lr=-0.5)]
    assert fuse(checks, {}) == pytest.approx(1.5)
    assert fuse([*checks, check("mrz.dates", log10_lr=-0.1)], {}) == pytest.approx(1.4)
    assert fuse([check("a.b", Outcome.FAILED, 3), check("b.c", Outcome.FAILED, 3)], {}) == LARGEST_LOG10_LR


FUSION = {
    "patterns": [
        {"checks": ["print.portrait"], "share": 0.5},
        {"checks": ["print.viz"], "share": 0.25},
        {"checks": ["print.portrait", "print.viz"], "share": 0.25},
    ],
    "dependence": 0.5,
    "weight": 0.9,
    "intercept": -0.1,
    "lowest": -1.2,
    "highest": 2.0,
}


@pytest.mark.parametrize(("print_lr", "reference_lr", "both"), [(0.4, 1.2, 1.2), (1.1, -1.5, 1.1), (-0.5, -0.1, -0.5)])
def test_of_two_families_that_ask_the_region_network_the_stronger_counts(
    print_lr: float, reference_lr: float, both: float
) -> None:
    checks = [check("print.portrait", log10_lr=print_lr), check("reference.print", log10_lr=reference_lr)]
    assert fuse([*checks, check("mrz.dates", log10_lr=-0.1)], {}) == pytest.approx(both - 0.1)


def test_a_family_whose_dependence_was_fitted_is_fused_by_that_fit() -> None:
    seen = [check("print.portrait", Outcome.FAILED, 1.5), check("print.viz", log10_lr=-0.5)]
    fusions = {"print": FUSION}
    likelihood = 0.5 * 10**1.5 + 0.25 * 10**-0.5 + 0.25 * 10 ** (1.0 / 2**0.5)
    expected = 0.9 * math.log10(likelihood) - 0.1
    assert fuse(seen, fusions) == pytest.approx(expected)
    assert fuse([*seen, check("mrz.dates", log10_lr=-0.1)], fusions) == pytest.approx(expected - 0.1)
    # It never says more than its fit supports, in either direction.
    assert fuse([check("print.portrait", Outcome.FAILED, 9.0)], fusions) == 2.0
    assert fuse([check("print.portrait", log10_lr=-9.0)], fusions) == -1.2


def test_parts_that_a_forger_left_alone_do_not_speak_for_him() -> None:
    pasted = [check("print.portrait", Outcome.FAILED, 2.2)]
    fusions = {"print": FUSION}
    alone = fuse(pasted, fusions)
    for ratio in (0.0, -1.0, -2.5):
        # What it can take away is the share of forgeries that touch more than the portrait, never the evidence.
        assert alone - 0.5 < fuse([*pasted, check("print.viz", log10_lr=ratio)], fusions) <= alone


def test_a_part_that_a_side_does_not_have_says_nothing() -> None:
    seen = [check("print.portrait", log10_lr=0.4), check("print.viz", Outcome.NOT_PERFORMED)]
    assert fuse(seen, {"print": FUSION}) == pytest.approx(0.9 * 0.4 - 0.1)


def test_what_was_not_looked_at_does_not_count() -> None:
    silent = (Outcome.UNDETERMINED, Outcome.NOT_PERFORMED, Outcome.ABORTED)
    assert fuse([check("mrz.dates", outcome, 2.0) for outcome in silent], {}) == 0
    assert fuse([check("print.viz", outcome, 2.0) for outcome in silent], {"print": FUSION}) == 0


def test_probability_at_the_prior() -> None:
    assert confidence(0, 0.01).forgery_probability == pytest.approx(0.01)
    assert confidence(2, 0.01).forgery_probability == pytest.approx(100 / 199)


def test_verdicts() -> None:
    seen = [check("mrz.found"), check("print.portrait")]
    assert decide(seen, 0, GOOD, refer_at=1)[0] is Verdict.NO_CONCERN
    assert decide(seen, 0, POOR, refer_at=1) == (Verdict.INSUFFICIENT, "Move closer.")
    guilty = [*seen, check("print.viz", Outcome.FAILED, 2.0)]
    # A sign of forgery on a poor capture is still for a person to see.
    assert decide(guilty, 2.0, POOR, refer_at=1) == (Verdict.REFER, "print.viz says so.")


def test_the_main_reason_is_of_a_check_that_failed() -> None:
    passed = [check("mrz.found"), check("print.portrait", log10_lr=0.9), check("print.viz", log10_lr=0.8)]
    verdict, reason = decide(passed, 1.2, GOOD, refer_at=1)
    assert verdict is Verdict.REFER
    assert reason.startswith("No part of the print fails by itself")
    failed = [*passed, check("mrz.pitch", Outcome.FAILED, 0.7), check("document.expiry", Outcome.FAILED)]
    assert decide(failed, 1.9, GOOD, refer_at=1) == (Verdict.REFER, "mrz.pitch says so.")


def test_a_failed_check_that_does_not_refer_asks_for_another_capture() -> None:
    seen = [check("mrz.found"), check("print.portrait"), check("mrz.glyphs", Outcome.FAILED, 0.9)]
    verdict, reason = decide(seen, 0.9, GOOD, refer_at=1)
    assert verdict is Verdict.INSUFFICIENT
    assert "capture the document again" in reason
    assert decide(seen, 0.9, POOR, refer_at=1) == (Verdict.INSUFFICIENT, "Move closer.")
    expired = [*seen[:2], check("document.expiry", Outcome.FAILED)]  # says nothing of a forgery
    assert decide(expired, 0.0, GOOD, refer_at=1)[0] is Verdict.NO_CONCERN


def test_a_zone_whose_check_digits_fail_where_the_reader_was_not_sure_is_not_no_concern() -> None:
    seen = [check("mrz.found"), check("mrz.check_digits", Outcome.UNDETERMINED), check("print.portrait")]
    assert decide(seen, 0, GOOD, refer_at=1) == (Verdict.INSUFFICIENT, "mrz.check_digits says so.")
    unknown = [check("mrz.found"), check("mrz.check_digits", Outcome.NOT_PERFORMED), check("print.portrait")]
    assert decide(unknown, 0, GOOD, refer_at=1)[0] is Verdict.NO_CONCERN, "an old layout without check digits"


@pytest.mark.parametrize("blind", ["mrz.found", "print.portrait"])
def test_no_concern_needs_the_zone_and_the_print_to_have_been_looked_at(blind: str) -> None:
    seen = [
        check(name, Outcome.UNDETERMINED if name == blind else Outcome.PASSED)
        for name in ("mrz.found", "print.portrait")
    ]
    assert decide(seen, 0, GOOD, refer_at=1) == (Verdict.INSUFFICIENT, f"{blind} says so.")


@pytest.mark.parametrize("name", ["reference.print", "reference.places", "page.print"])
def test_where_the_network_errs_on_a_design_its_print_was_looked_at_beside_the_samples(name: str) -> None:
    blind = [check("mrz.found"), check("print.portrait", Outcome.UNDETERMINED), check(name)]
    verdict, reason = decide(blind, 0, GOOD, refer_at=1)
    if name == "reference.print":
        assert verdict is Verdict.NO_CONCERN
    else:
        assert (verdict, reason) == (Verdict.INSUFFICIENT, "print.portrait says so.")
    unheard = [*blind[:2], check(name, Outcome.UNDETERMINED)]
    assert decide(unheard, 0, GOOD, refer_at=1)[0] is Verdict.INSUFFICIENT


@pytest.mark.parametrize(
    ("agreeing", "verdict"),
    [(("surname", "expiry_date"), Verdict.NO_CONCERN), (("surname", "sex"), Verdict.INSUFFICIENT)],
)
def test_a_side_whose_zone_is_on_the_other_one_must_agree_with_it(agreeing: tuple[str, ...], verdict: Verdict) -> None:
    checks = [check("mrz.found", Outcome.NOT_PERFORMED), check("print.portrait")]
    checks += [check(f"viz.{name}") for name in agreeing]
    checks += [check("viz.birth_date", Outcome.UNDETERMINED)]
    assert decide(checks, -1.0, GOOD, refer_at=1.0, mrz_elsewhere=True)[0] is verdict
    assert decide(checks, -1.0, GOOD, refer_at=1.0)[0] is Verdict.INSUFFICIENT  # no zone was looked at
    assert decide(checks, 1.5, GOOD, refer_at=1.0, mrz_elsewhere=True)[0] is Verdict.REFER


def test_that_a_cards_front_was_not_looked_at_is_said() -> None:
    checks = [check("mrz.found"), check("print.viz")]
    said, half = (decide(checks, -1.0, GOOD, refer_at=1.0, front_missing=missing) for missing in (False, True))
    assert said[0] is half[0] is Verdict.NO_CONCERN
    assert "portrait was not looked at" in half[1]
    assert "portrait" not in said[1]
    shown = [*checks, check("viz.surname"), check("viz.birth_date")]  # a side that has the data too
    assert decide(shown, -1.0, GOOD, refer_at=1.0, front_missing=True) == said
