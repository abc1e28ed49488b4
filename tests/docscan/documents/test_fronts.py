"""A card's front, which has no MRZ: enrolled, known either way up, and compared with its samples."""

import json
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from typer.testing import CliRunner

from datasets.sheet import Kind
from datasets.specimens import Order, make
from docscan.capture import ImageFile
from docscan.cli import app
from docscan.documents.enrolment import enrol
from docscan.documents.matching import library_of, match
from docscan.documents.model import DocumentModel
from docscan.documents.packing import pack, unpack
from docscan.documents.samples import Sample
from docscan.errors import DocumentModelError
from docscan.inspection import Inspection, inspect
from docscan.mrz import second_reader
from docscan.tools import Tools
from docscan.types import Box, Outcome, PageSize, Spectrum, Verdict
from tests.docscan.conftest import CREATED, Makes
from tests.docscan.documents.conftest import ENROLLED, STATE

NO_BORDER = 0  # the number of one whose border does not convince


def _enrolled(card_fronts: list[Sample], tools: Tools) -> DocumentModel:
    return enrol("xva-i-front", card_fronts, version=1, created=CREATED, models=tools.models, without_mrz=True)


@pytest.fixture(scope="module")
def fronts(card_fronts: list[Sample], tools: Tools) -> DocumentModel:
    return _enrolled(card_fronts, tools)


def _holds(outer: Box, inner: Box) -> bool:
    middle = inner.x + inner.width / 2, inner.y + inner.height / 2
    return outer.x < middle[0] < outer.x + outer.width and outer.y < middle[1] < outer.y + outer.height


@pytest.fixture(scope="module")
def knowing_fronts(tools: Tools, fronts: DocumentModel) -> Tools:
    return replace(tools, library=library_of([fronts]))


def _inspected(image: bytes, tools: Tools) -> Inspection:
    return inspect(ImageFile("front.png", image), tools=tools)


def test_a_sample_is_turned_the_way_its_text_stands(card_fronts: list[Sample], makes: Makes) -> None:
    for number, sample in zip(ENROLLED, card_fronts, strict=True):
        upright = makes.sample(STATE, Kind.TD1_FRONT, number).page.image
        assert np.array_equal(sample.page.image, upright)


def test_it_has_nothing_of_an_mrz_and_hides_what_is_each_holders_own(
    fronts: DocumentModel, card_fronts: list[Sample]
) -> None:
    assert (fronts.format, fronts.document_code, fronts.issuing_state) == (None, None, None)
    assert fronts.page_size is PageSize.ID_1
    assert {"portrait", "viz"} <= set(fronts.regions) <= {"portrait", "viz", "background"}
    numbers = [line for line in card_fronts[0].lines if sum(map(str.isdigit, line.text)) >= 6]
    assert len(numbers) >= 2  # as dates
    picture = fronts.pictures[Spectrum.VISIBLE]
    for line in numbers:
        assert any(_holds(box, line.box) for box in fronts.data)
        row, column = (
            int(value * picture.pixels_per_mm)
            for value in (line.box.y + line.box.height / 2, line.box.x + line.box.width / 2)
        )
        assert not picture.known[row, column]
    assert picture.known.mean() > 0.4
    assert fronts.photo is not None


def test_it_is_kept_as_it_is(fronts: DocumentModel) -> None:
    again = unpack(pack(fronts), "that was packed")
    assert (again.format, again.own) == (None, fronts.own)
    assert pack(again) == pack(fronts)


@pytest.mark.parametrize("turned", [False, True])
def test_a_front_is_known_either_way_up_and_compared_with_its_samples(
    knowing_fronts: Tools, makes: Makes, turned: bool
) -> None:
    image = cv2.imread(str(makes.path(STATE, Kind.TD1_FRONT, 5)))
    assert image is not None
    seen = _inspected(cv2.imencode(".png", image[::-1, ::-1] if turned else image)[1].tobytes(), knowing_fronts)
    assert seen.report.document.model == "xva-i-front"
    said = {check.id: check for check in seen.report.checks}
    for compared in ("reference.print", "reference.places", "photo.edge", "photo.halftone", "print.portrait"):
        assert said[compared].outcome is Outcome.PASSED, compared
    assert said["mrz.found"].outcome is said["mrz.pitch"].outcome is Outcome.NOT_PERFORMED
    assert (seen.report.verdict, seen.report.reason) == (Verdict.INSUFFICIENT, said["mrz.found"].explanation)
    assert "inspect both together" in seen.report.reason
    upright = makes.sample(STATE, Kind.TD1_FRONT, 5).page.image
    shown = cv2.resize(seen.page.image, upright.shape[1::-1])
    apart, apart_turned = (cv2.norm(way, upright, cv2.NORM_L1) for way in (shown, shown[::-1, ::-1]))
    assert apart < 0.6 * apart_turned


def test_on_a_front_that_is_known_nobody_else_looks_for_an_mrz(
    knowing_fronts: Tools, tools: Tools, makes: Makes, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []
    monkeypatch.setattr(second_reader, "read", lambda image: asked.append(image.shape))
    image = makes.path(STATE, Kind.TD1_FRONT, 5).read_bytes()
    assert _inspected(image, knowing_fronts).report.document.model == "xva-i-front"
    assert not asked
    other = makes.path("XVE", Kind.TD1_FRONT, 1).read_bytes()
    assert _inspected(other, knowing_fronts).report.document.model is None
    assert _inspected(image, tools).report.document.model is None
    assert len(asked) == 2


def test_a_front_whose_border_was_not_found_is_found_by_its_samples(knowing_fronts: Tools, makes: Makes) -> None:
    assert not makes.sample(STATE, Kind.TD1_FRONT, NO_BORDER).page.found
    seen = _inspected(makes.path(STATE, Kind.TD1_FRONT, NO_BORDER).read_bytes(), knowing_fronts)
    assert seen.report.document.model == "xva-i-front"
    assert seen.page.found
    assert not seen.page.border_seen
    said = {check.id: check.outcome for check in seen.report.checks}
    assert said["reference.print"] is said["print.portrait"] is Outcome.PASSED


def test_a_front_with_another_portrait_is_referred(knowing_fronts: Tools) -> None:
    order = Order(4713, 7, STATE, Kind.TD1_FRONT, "portrait_pasted")
    data, _ = make(order, ("visible",), device="reader", dpi=250).captured.files["visible"]
    report = _inspected(data, knowing_fronts).report
    assert report.document.model == "xva-i-front"
    assert report.verdict is Verdict.REFER
    assert {check.id for check in report.checks if check.outcome is Outcome.FAILED} >= {"photo.edge"}


def test_a_side_with_an_mrz_is_not_of_its_kind(fronts: DocumentModel, card_fronts: list[Sample], makes: Makes) -> None:
    back = makes.sample(STATE, Kind.TD1_BACK, 0)
    assert back.mrz is not None
    library = library_of([fronts])
    assert match(card_fronts[0].page, None, library).model is fronts
    assert match(card_fronts[0].page, back.mrz.parsed, library).likeliest is None
    assert match(back.page, None, library).model is None


def test_what_makes_no_model_of_a_front_is_named(card_fronts: list[Sample], makes: Makes, tools: Tools) -> None:
    *two, last = card_fronts

    def refused(third: Sample, words: str) -> None:
        with pytest.raises(DocumentModelError, match=words):
            _enrolled([*two, replace(third, file="third.png")], tools)

    refused(makes.sample(STATE, Kind.TD1_BACK, 0), "third.png shows a machine-readable zone .* leave --no-mrz away")
    refused(replace(last, page=replace(last.page, found=False)), "third.png .* page was not found")
    refused(replace(last, page=replace(last.page, size=PageSize.ID_3)), "third.png .* only a card's")
    refused(replace(two[0], lines=two[0].lines[1:]), "third.png show the same document")
    with pytest.raises(DocumentModelError, match="enrolled with --no-mrz"):
        enrol("xva-i-front", card_fronts, version=1, created=CREATED, models=tools.models)


def test_it_is_enrolled_and_listed_by_command(makes: Makes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCSCAN_DOCUMENTS", str(tmp_path / "library"))
    files = [str(makes.path(STATE, Kind.TD1_FRONT, number)) for number in ENROLLED]
    enrolled = CliRunner().invoke(app, ["enroll", "xva-i-front", *files, "--no-mrz"])
    assert enrolled.exit_code == 0, enrolled.output
    assert "no MRZ" in CliRunner().invoke(app, ["documents", "list"]).stdout
    (row,) = json.loads(CliRunner().invoke(app, ["documents", "list", "--json"]).stdout)
    assert (row["name"], row["format"], row["issuing_state"]) == ("xva-i-front", None, None)
