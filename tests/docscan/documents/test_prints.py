from dataclasses import replace
from functools import cache

import cv2
import numpy as np
import pytest

from datasets.sheet import Kind
from datasets.specimens import GENUINE, Order, make
from docscan.capture import ImageFile
from docscan.documents.compared import Comparison
from docscan.documents.matching import library_of, nearest_model
from docscan.documents.model import DocumentModel
from docscan.documents.packing import pack, unpack
from docscan.documents.prints import BANDS, CHANNELS, differences, paleness
from docscan.inspection import gather, inspect, see
from docscan.tools import Tools
from docscan.types import Outcome
from tests.docscan.conftest import Makes
from training.software import sharpened


@cache
def _file(recipe: str) -> ImageFile:
    made = make(Order(4711, 30, "XVA", Kind.TD3, recipe), ("visible",), device="reader", dpi=300)
    return ImageFile(recipe, made.captured.files["visible"][0])


@pytest.fixture(scope="module")
def knowing(passports: DocumentModel, tools: Tools) -> Tools:
    return replace(tools, library=library_of([passports]), reader=None)


@pytest.fixture(scope="module")
def compared(knowing: Tools) -> dict[str, Comparison]:
    recipes = GENUINE, "counterfeit_inkjet", "counterfeit_toner", "microtext_missing", "microtext_blurred"
    return {recipe: gather(_file(recipe), tools=knowing).comparison for recipe in recipes}


def test_a_model_keeps_the_mean_print_of_its_samples(passports: DocumentModel) -> None:
    kept = passports.print
    assert kept is not None
    assert kept.crops.shape == (sum(len(region.spots) for region in passports.regions.values()), 9)
    assert kept.contrasts.shape == (CHANNELS * BANDS, *kept.known.shape)
    assert 0.2 < kept.known.mean() < 1
    assert np.abs(kept.colours.mean((1, 2))).max() < 1e-3


def test_a_print_does_not_differ_from_itself(passports: DocumentModel) -> None:
    assert passports.print is not None
    numbers = differences(passports.print, passports.print)
    patterns = [value for name, value in numbers.items() if name.startswith("pattern_")]
    assert patterns == pytest.approx([1.0] * 15)
    others = [value for name, value in numbers.items() if not name.startswith(("pattern_", "capture_scale"))]
    assert others == pytest.approx([0.0] * len(others))


def test_a_page_is_paler_where_all_of_its_colours_are_weaker_and_not_where_they_are_others(
    passports: DocumentModel,
) -> None:
    samples = passports.print
    assert samples is not None
    assert paleness(samples, samples) == pytest.approx(0.0, abs=1e-6)
    assert paleness(replace(samples, colours=samples.colours / 2), samples) == pytest.approx(np.log(2))
    assert paleness(replace(samples, colours=samples.colours[::-1] / 2), samples) == 0.0


@pytest.mark.parametrize("recipe", ["counterfeit_inkjet", "counterfeit_toner"])
def test_a_counterfeit_differs_where_a_genuine_document_does_not(compared: dict[str, Comparison], recipe: str) -> None:
    genuine, forged = compared[GENUINE], compared[recipe]
    assert genuine.missing is None
    assert forged.missing is None
    assert forged.numbers["forged_mean"] > genuine.numbers["forged_mean"] + 0.5
    assert forged.numbers["pattern_9"] < genuine.numbers["pattern_9"]
    assert min(forged.regions.values()) > max(genuine.regions.values()) - 0.5


def test_a_missing_line_of_microtext_is_seen(compared: dict[str, Comparison]) -> None:
    genuine, forged = compared[GENUINE].line, compared["microtext_missing"].line
    assert genuine is not None
    assert forged is not None
    assert forged.lacks > 5 > genuine.lacks


def test_microtext_that_runs_together_is_seen_along_its_line(compared: dict[str, Comparison]) -> None:
    genuine, forged = compared[GENUINE].places, compared["microtext_blurred"].places
    assert genuine is not None
    assert forged is not None
    assert forged.numbers["line_forged"] > 3 > genuine.numbers["line_forged"]


def test_a_model_compares_as_before_when_it_comes_from_its_files(
    passports: DocumentModel, compared: dict[str, Comparison], tools: Tools
) -> None:
    stored = library_of([unpack(pack(passports), "here")])
    again = gather(_file("counterfeit_inkjet"), tools=replace(tools, library=stored, reader=None)).comparison
    before = compared["counterfeit_inkjet"]
    assert again.numbers == pytest.approx(before.numbers, rel=1e-4, abs=1e-4)
    assert again.places == before.places


def test_what_another_network_said_of_the_samples_is_not_compared(passports: DocumentModel, tools: Tools) -> None:
    other = library_of([replace(passports, network="ab" * 32)])
    comparison = gather(_file(GENUINE), tools=replace(tools, library=other, reader=None)).comparison
    assert comparison.missing is not None
    assert "another network" in comparison.missing


def test_the_report_says_which_is_printed_as_the_samples_are(knowing: Tools) -> None:
    outcomes = {}
    for recipe in (GENUINE, "counterfeit_inkjet"):
        report = inspect(_file(recipe), tools=knowing).report
        outcomes[recipe] = next(check for check in report.checks if check.id == "reference.print").outcome
    assert outcomes == {GENUINE: Outcome.PASSED, "counterfeit_inkjet": Outcome.FAILED}


def _sharpened(file: ImageFile, amount: float) -> ImageFile:
    picture = cv2.imdecode(np.frombuffer(file.data, np.uint8), cv2.IMREAD_COLOR)
    sharp = sharpened(np.asarray(picture, np.uint8), amount, 2.0)
    return ImageFile(file.name, cv2.imencode(".jpg", sharp, [cv2.IMWRITE_JPEG_QUALITY, 95])[1].tobytes())


def test_what_software_sharpened_far_beyond_the_samples_is_not_judged_by_its_print(knowing: Tools) -> None:
    little, says = (
        {check.id: check for check in inspect(_sharpened(_file(GENUINE), amount), tools=knowing).report.checks}
        for amount in (0.2, 2.0)
    )
    for name in ("print.viz", "page.print", "page.copy_move", "reference.print", "reference.places", "photo.edge"):
        assert (little[name].outcome, says[name].outcome) == (Outcome.PASSED, Outcome.UNDETERMINED), name
        assert "switch sharpening off" in says[name].explanation


def test_what_a_scanner_set_to_grey_leaves_is_not_judged_by_its_print(knowing: Tools) -> None:
    grey = cv2.imdecode(np.frombuffer(_file(GENUINE).data, np.uint8), cv2.IMREAD_GRAYSCALE)
    file = ImageFile("grey.jpg", cv2.imencode(".jpg", grey)[1].tobytes())
    says = {check.id: check for check in inspect(file, tools=knowing).report.checks}
    for name in ("print.viz", "page.print", "page.copy_move", "reference.print", "reference.ovd"):
        assert says[name].outcome is Outcome.UNDETERMINED, name
        assert "in shades of grey" in says[name].explanation
    for name in ("mrz.check_digits", "photo.edge"):
        assert says[name].outcome is Outcome.PASSED, f"{name} needs no colours"


def test_a_page_of_no_known_kind_is_not_compared(makes: Makes, tools: Tools) -> None:
    path = makes.path("XVA", Kind.TD2, 0)
    evidence = gather(ImageFile(path.name, path.read_bytes()), tools=replace(tools, reader=None))
    assert evidence.model is None
    assert evidence.comparison.missing is not None


def test_a_page_unlike_the_samples_is_of_their_kind_where_it_lies_on_them(makes: Makes, knowing: Tools) -> None:
    """As a counterfeit is, in other colours; another design is not, whatever its colours."""
    found = []
    for code in ("XVA", "UTO"):
        image = cv2.imread(str(makes.path(code, Kind.TD3, 6)))
        tinted = np.clip(image * np.array([0.45, 1.0, 1.0]) + np.array([120, 0, 0]), 0, 255).astype(np.uint8)
        file = ImageFile(code, cv2.imencode(".png", tinted)[1].tobytes())
        seen = see(file, tools=knowing)
        nearest = nearest_model(seen.page, None, knowing.library)
        assert nearest is None or not nearest.within_reach
        found.append(gather(file, tools=knowing).model is not None)
    assert found == [True, False]
