import pickle
from dataclasses import replace
from pathlib import Path

from datasets.forging.catalogue import shows
from datasets.sheet import Kind
from datasets.specimens import GENUINE
from docscan.runtime import open_models
from docscan.types import CheckResult, Outcome, Spectrum
from tests.conftest import ROOT
from training.witnesses.documents import COUNTERFEITS, ENROLLED, KINDS, WHOLE_PAGE, Wanted, groups
from training.witnesses.judging import rows
from training.witnesses.measuring import Witnessed, witness

REFERENCE = "reference.print"


def test_groups_share_no_document_and_no_state_with_another_split(tmp_path: Path) -> None:
    calibration, test = groups(tmp_path, "calibration"), groups(tmp_path, "test")
    assert (len(calibration), len(test)) == (10 * len(KINDS), 6 * len(KINDS))
    assert {order.split for group in calibration for order in group.orders} == {"calibration"}
    indices = [order.index for group in calibration for order in group.orders]
    assert indices == list(range(len(indices)))
    states = [{order.code for group in some for order in group.orders} for some in (calibration, test)]
    assert not states[0] & states[1]
    for group in (*calibration, *test):
        assert all((order.recipe, order.device) == (GENUINE, "reader") for order in group.orders[:ENROLLED])
        assert len({order.recipe for order in group.orders}) > 12


def test_a_set_of_whole_pages_has_no_other_forgery(tmp_path: Path) -> None:
    for group in groups(tmp_path, "test", 1, Wanted.WHOLE_PAGE):
        assert {order.recipe for order in group.orders} == {GENUINE, *WHOLE_PAGE}


def test_a_set_by_hand_is_from_phones_and_shares_no_document_with_the_usual(tmp_path: Path) -> None:
    usual = {order for group in groups(tmp_path, "test", 1) for order in group.orders}
    for group in groups(tmp_path, "test", 1, Wanted.BY_HAND):
        assert {order.device for order in group.orders[:ENROLLED]} == {"reader"}
        assert {order.device for order in group.orders[ENROLLED:]} == {"phone"}
        assert all(shows(order.recipe, ("visible",)) for order in group.orders if order.recipe != GENUINE)
        assert not {(order.seed, order.index) for order in group.orders} & {(one.seed, one.index) for one in usual}


def test_a_set_of_counterfeits_has_many_by_daylight_alone_and_shares_no_document_with_the_usual(tmp_path: Path) -> None:
    usual = {(order.seed, order.index) for group in groups(tmp_path, "test", 1) for order in group.orders}
    for group in groups(tmp_path, "test", 1, Wanted.COUNTERFEITS):
        recipes = [order.recipe for order in group.inspected]
        assert set(recipes) == {GENUINE, *COUNTERFEITS}
        assert min(recipes.count(recipe) for recipe in COUNTERFEITS) >= 10
        assert group.lights == ("visible",)
        assert not {(order.seed, order.index) for order in group.orders} & usual


def test_a_set_of_fronts_has_no_side_with_an_mrz(tmp_path: Path) -> None:
    fronts, usual = (groups(tmp_path, "test", None, which) for which in (Wanted.FRONTS, Wanted.USUAL))
    assert {order.kind for group in fronts for order in group.orders} == {Kind.TD1_FRONT}
    assert len(fronts) == len(usual) / len(KINDS)
    assert {group.without_mrz for group in fronts} == {True}
    assert {group.without_mrz for group in usual} == {False}
    assert not {group.folder for group in fronts} & {group.folder for group in usual}


def test_a_group_of_few_recipes_keeps_its_samples_its_genuine_documents_and_their_files(tmp_path: Path) -> None:
    whole = groups(tmp_path, "calibration", 1)[0]
    few = whole.only(["screen_recapture"])
    assert few.samples == whole.samples
    assert set(few.inspected) == {one for one in whole.inspected if one.recipe in (GENUINE, "screen_recapture")}
    assert len({one.recipe for one in few.inspected}) == 2
    assert [few.path(one) for one in few.orders] == [whole.path(one) for one in few.orders]


def test_where_nothing_is_enrolled_a_page_is_compared_with_nothing_and_no_sample_is_opened(tmp_path: Path) -> None:
    group = groups(tmp_path, "test", 1)[0]
    group = replace(group, orders=group.orders[: ENROLLED + 1])
    group.folder.mkdir(parents=True)
    picture = (ROOT / "datasets/samples/genuine-utopia.jpg").read_bytes()
    group.path(group.inspected[0]).write_bytes(pickle.dumps({"files": {"visible": picture}}))
    ((seen,),) = witness([group], ROOT / "models", 1, enrolled=False)
    outcomes = {check.id: check.outcome for check in seen.checks}
    assert not seen.modelled
    assert outcomes["page.print"] is Outcome.PASSED
    assert outcomes[REFERENCE] is Outcome.NOT_PERFORMED
    assert "page.print" in seen.numbers
    assert REFERENCE not in seen.numbers


def _witnessed(recipe: str, fails: bool, uv: float = 0.0, print_lr: float = -0.5) -> Witnessed:
    checks = (
        CheckResult("print.portrait", Outcome.PASSED, "", log10_lr=print_lr),
        CheckResult(REFERENCE, Outcome.FAILED if fails else Outcome.PASSED, "", log10_lr=0.5 if fails else -0.5),
        CheckResult("uv.made_up", Outcome.FAILED if uv > 0 else Outcome.PASSED, "", Spectrum.UV, log10_lr=uv),
        CheckResult("mrz.issuing_state", Outcome.FAILED, "", log10_lr=3.0),
    )
    return Witnessed(recipe, "A", 3, True, {}, checks)


def test_what_is_found_is_counted_among_what_the_network_lets_pass() -> None:
    models = open_models(ROOT / "models", providers=["CPUExecutionProvider"], threads=1, only=["region"])
    documents = [
        *[_witnessed(GENUINE, fails=False, uv=-0.5)] * 19,
        _witnessed(GENUINE, fails=True),
        *[_witnessed("counterfeit_toner", fails=True, uv=2.0)] * 3,
        _witnessed("counterfeit_toner", fails=False),
        *[_witnessed("counterfeit_toner", fails=True, print_lr=9.0)] * 5,  # which the network finds alone
    ]
    found = rows(documents, models, [REFERENCE])
    assert found[f"genuine that fail {REFERENCE}, where it spoke"].startswith("5.0 % (1 of 20")
    assert found[f"forgeries that it is there to find, found, where {REFERENCE} spoke"].startswith("88.9 % (8 of 9")
    assert found["counterfeits that the network alone lets pass, found by a reference check"].startswith(
        "75.0 % (3 of 4"
    )
    assert found["captured under three lights, of them genuine"] == "29, 20"
    assert found["captured by all devices: genuine referred from log10 LR 1.0"].startswith("0.0 % (0 of 20")
    assert found["captured by all devices: forged referred from log10 LR 2.0"].startswith("88.9 % (8 of 9")
    assert found["captured by all devices: genuine of which another capture is asked for"].startswith("5.0 % (1 of 20")
    assert found["captured by all devices: forged of which another capture is asked for"].startswith("0.0 % (0 of 9")
    assert found["captured by daylight alone: forged referred from log10 LR 1.0"] == "none of these"
    assert float(found["three lights: AUC"]) > float(found["visible light alone: AUC"])


def test_forgeries_that_do_not_show_under_a_light_are_told_apart_from_those_that_do() -> None:
    models = open_models(ROOT / "models", providers=["CPUExecutionProvider"], threads=1, only=["region"])

    def seen(recipe: str, value: float) -> Witnessed:
        numbers = {"uv.page": {"value": value}}
        said = CheckResult("uv.page", Outcome.PASSED, "", Spectrum.UV)
        return Witnessed(recipe, "A", 3, False, numbers, (*_witnessed(recipe, fails=False).checks, said))

    documents = [
        *[seen(GENUINE, value) for value in (0.0, 1.0, 2.0, 3.0)],
        *[seen("uv_bright_paper", 9.0)] * 2,
        *[seen("microtext_missing", 1.5)] * 2,
    ]
    found = rows(documents, models, ["uv.page"])
    assert found["uv.page: AUC of forgeries that show under its light; of others"] == "1.000; 0.500"
