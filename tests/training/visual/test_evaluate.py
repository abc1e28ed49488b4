from pathlib import Path

import pytest

from datasets.design.states import SPLITS
from datasets.sheet import Kind
from datasets.specimens import GENUINE, Order
from docscan.types import Outcome, Verdict
from training.visual import evaluate
from training.visual.__main__ import rows
from training.visual.evaluate import CARDS, KINDS, ONE_ZONE, Judged, groups, measured, report_of, sides

PASSED, FAILED, UNDETERMINED, NOT_PERFORMED = (
    Outcome.PASSED, Outcome.FAILED, Outcome.UNDETERMINED, Outcome.NOT_PERFORMED,
)  # fmt: skip


def judged(
    recipe: str,
    *outcomes: Outcome,
    legible: bool = True,
    modelled: bool = True,
    verdict: Verdict = Verdict.INSUFFICIENT,
) -> Judged:
    names = ("surname", "birth_date", "sex")
    return Judged(
        recipe, "reader", legible, modelled, None if recipe == GENUINE else "surname",
        dict(zip(names, outcomes, strict=False)), 100.0, verdict,
    )  # fmt: skip


def test_rates_count_what_they_say() -> None:
    table = rows(
        [
            judged(GENUINE, PASSED, PASSED),
            judged(GENUINE, PASSED, FAILED),
            judged(GENUINE, UNDETERMINED, NOT_PERFORMED, modelled=False),
            judged("viz_altered", FAILED, PASSED, verdict=Verdict.REFER),
            judged("viz_altered", UNDETERMINED, PASSED),
            judged("viz_altered", PASSED, PASSED, legible=False),
            judged("mrz_altered", FAILED, PASSED),
        ]
    )
    assert table["documents, of them legible"] == "7, 6"
    assert table["matched to their model"] == "85.7 %"
    assert table["genuine, contradicted (false alarms)"].startswith("33.3 % (1 of 3;")
    assert table["genuine, not compared in any datum"].startswith("33.3 % (1 of 3;")
    assert table["viz_altered, legible, not caught"].startswith("50.0 % (1 of 2;")
    assert table["viz_altered, all captures, not caught"].startswith("66.7 % (2 of 3;")
    assert table["viz_altered, all captures, not referred"].startswith("66.7 % (2 of 3;")
    assert table["genuine, referred for whatever reason"].startswith("0.0 % (0 of 3;")
    assert table["mrz_altered, legible, not caught"].startswith("0.0 % (0 of 1;")
    assert table["both, legible, not caught"].startswith("33.3 % (1 of 3;")


def test_each_state_and_side_of_a_split_is_a_group_with_a_seed_of_its_own() -> None:
    found = groups("test", 8)
    assert {(group.code, group.kind) for group in found} == {(code, kind) for code in SPLITS["test"] for kind in KINDS}
    assert len({group.seed for group in found}) == len(found)


@pytest.mark.parametrize("enrolled", [True, False])
def test_a_group_is_enrolled_and_inspected_as_the_product_does_it(enrolled: bool, tmp_path: Path) -> None:
    group = groups("validation", 2)[0]
    (done,) = measured([group], enrolled=enrolled, workers=1)
    genuine, altered = done
    assert (genuine.recipe, altered.recipe) == (GENUINE, "viz_altered")
    assert altered.modelled is enrolled
    assert genuine.compared
    assert not genuine.contradicts
    # Without a model the label stands over the name in the other script, and nothing tells whose the name is.
    assert altered.datum == "surname"
    assert altered.outcomes["surname"] is (FAILED if enrolled else UNDETERMINED)
    report_of(done, tmp_path / "outcomes.tsv")
    text = (tmp_path / "outcomes.tsv").read_text()
    assert len(text.splitlines()) == 2
    assert "surname=passed" in text or "surname=failed" in text


@pytest.mark.parametrize("recipe", [GENUINE, *ONE_ZONE])
def test_a_cards_sides_are_of_one_holder_and_one_of_them_is_altered(recipe: str) -> None:
    front, back = sides(Order(7, 3, "XVA", Kind.TD1_FRONT, recipe))
    assert (front.sheet.kind, back.sheet.kind) == (Kind.TD1_FRONT, Kind.TD1_BACK)
    assert front.sheet.holder == back.sheet.holder
    assert (bool(front.sheet.alterations), bool(back.sheet.alterations)) == (
        recipe == "viz_altered",
        recipe == "mrz_altered",
    )


def test_both_sides_of_cards_are_inspected() -> None:
    (genuine,) = evaluate._measure(False, groups("validation", 1, CARDS)[0])
    assert genuine.compared
    assert not genuine.modelled
    assert not genuine.contradicts
    assert not genuine.referred
