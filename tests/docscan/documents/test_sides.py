"""A card's two sides in one inspection: the front's printed data beside the back's MRZ, and one answer from two."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from typer.testing import CliRunner

from datasets.sheet import Kind
from datasets.specimens import GENUINE, Order, make
from docscan import tools as tools_room
from docscan.capture import Files, ImageFile
from docscan.cli import app
from docscan.documents.enrolment import enrol
from docscan.documents.matching import library_of
from docscan.documents.model import DocumentModel
from docscan.documents.samples import Sample
from docscan.errors import NotAnImageError
from docscan.inspection import Inspection, gather, inspect, read_mrz
from docscan.mrz import read as mrz_room
from docscan.sides import misread, on_other_side
from docscan.tools import Tools
from docscan.types import CheckResult, Image, Mrz, MrzFields, MrzFormat, Outcome, ParsedMrz, Report, Verdict, Zone
from docscan.visual.expected import FIELDS
from docscan.visual.strokes import STROKES
from tests.docscan.conftest import CREATED, Makes
from tests.docscan.documents.conftest import ENROLLED, STATE

HELD = 5  # the number of the card that is inspected
TELLING = ("surname", "given_names", "document_number", "birth_date", "expiry_date")


def _image(kind: Kind, recipe: str = GENUINE, number: int = HELD) -> ImageFile:
    made = make(Order(4711, number, STATE, kind, recipe), ("visible",), device="reader", dpi=220)
    return ImageFile(f"{kind}.png", made.captured.files["visible"][0])


@pytest.fixture(scope="module")
def front() -> ImageFile:
    return _image(Kind.TD1_FRONT)


@pytest.fixture(scope="module")
def back() -> ImageFile:
    return _image(Kind.TD1_BACK)


@pytest.fixture(scope="module")
def samples(card_fronts: list[Sample], makes: Makes) -> list[Sample]:
    """Three cards as an office has them, both sides of each."""
    backs = [makes.sample(STATE, Kind.TD1_BACK, number) for number in ENROLLED]
    return [replace(one, mrz_elsewhere=back.mrz) for one, back in zip(card_fronts, backs, strict=True)]


@pytest.fixture(scope="module")
def fronts(samples: list[Sample], tools: Tools) -> DocumentModel:
    return enrol("xva-i-front", samples, version=1, created=CREATED, models=tools.models, without_mrz=True)


@pytest.fixture(scope="module")
def knowing(tools: Tools, fronts: DocumentModel) -> Tools:
    return replace(tools, library=library_of([fronts]))


def _said(report: Report) -> dict[str, CheckResult]:
    return {check.id: check for check in report.checks}


def _both(one: ImageFile, other: ImageFile, tools: Tools) -> Inspection:
    return inspect(one, other_side=Files(other), tools=tools)


@pytest.mark.parametrize("turned", [False, True])
def test_a_fronts_data_are_compared_with_the_backs_zone_whatever_is_enrolled(
    front: ImageFile, back: ImageFile, tools: Tools, turned: bool
) -> None:
    if turned:
        image = cv2.imdecode(np.frombuffer(front.data, np.uint8), cv2.IMREAD_COLOR)
        assert image is not None
        front = ImageFile("front.png", cv2.imencode(".png", image[::-1, ::-1])[1].tobytes())
    inspection = _both(front, back, tools)
    report = inspection.report
    said = _said(report)
    for name in TELLING:
        assert said[f"viz.{name}"].outcome is Outcome.PASSED, name
    assert report.mrz is None
    assert report.other_side is not None
    assert report.other_side.mrz is not None
    assert (report.document.format, report.document.issuing_state) == ("TD1", STATE)
    assert said["mrz.found"].outcome is Outcome.NOT_PERFORMED
    assert "other side" in said["mrz.found"].explanation
    assert inspection.other_side is not None
    assert inspection.other_side.report is report.other_side


def _written(image: ImageFile, folder: Path) -> Path:
    path = folder / image.name
    path.write_bytes(image.data)
    return path


def test_the_sides_may_be_given_in_either_order(front: ImageFile, back: ImageFile, knowing: Tools) -> None:
    one, other = _both(front, back, knowing).report, _both(back, front, knowing).report
    assert one.other_side is not None
    assert other.other_side is not None
    assert (one.verdict, one.confidence) == (other.verdict, other.confidence)
    assert _outcomes(one) == _outcomes(other.other_side)
    assert _outcomes(other) == _outcomes(one.other_side)
    there = _said(other)["viz.surname"]
    assert there.outcome is Outcome.NOT_PERFORMED
    assert "compared there" in there.explanation


def _outcomes(report: Report) -> dict[str, Outcome]:
    return {check.id: check.outcome for check in report.checks}


def test_beside_a_valid_zone_nobody_looks_for_another(
    front: ImageFile, back: ImageFile, knowing: Tools, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked, read = [], mrz_room.read_alone

    def counting(image: Image, *others: Any, **more: Any) -> tuple[Mrz, ...]:  # noqa: ANN401
        looked.append(image.shape)
        return read(image, *others, **more)

    monkeypatch.setattr(mrz_room, "read_alone", counting)
    _both(back, front, knowing)
    assert len(looked) == 1
    _both(front, back, knowing)
    assert len(looked) == 3


def test_a_back_alone_asks_for_both_sides(back: ImageFile, tools: Tools) -> None:
    assert gather(back, tools=tools).front_missing
    report = inspect(back, tools=tools).report
    assert "both sides together" in _said(report)["viz.surname"].explanation
    assert report.this_side is report.other_side is None


def test_samples_of_both_sides_tell_where_a_front_prints_its_data(fronts: DocumentModel) -> None:
    assert fronts.format is None
    assert set(TELLING) <= set(fronts.text.fields) <= set(FIELDS)
    assert {STROKES[0].format(name) for name in TELLING} <= set(fronts.measured)
    assert fronts.own


def test_a_front_that_is_known_is_compared_at_its_places_and_in_its_type(
    front: ImageFile, back: ImageFile, knowing: Tools
) -> None:
    report = _both(front, back, knowing).report
    assert report.document.model == "xva-i-front"
    said = _said(report)
    for name in ("viz.surname", "viz.birth_date", "reference.type", "reference.print", "photo.edge"):
        assert said[name].outcome is Outcome.PASSED, name
    assert report.this_side is not None
    assert report.this_side.verdict is Verdict.NO_CONCERN


@pytest.mark.parametrize(("recipe", "on"), [("viz_altered", Kind.TD1_FRONT), ("mrz_altered", Kind.TD1_BACK)])
def test_what_was_altered_on_one_side_alone_contradicts_the_other(
    front: ImageFile, back: ImageFile, knowing: Tools, recipe: str, on: Kind
) -> None:
    altered = _image(on, recipe)
    sides = (altered, back) if on is Kind.TD1_FRONT else (front, altered)
    report = _both(*sides, knowing).report
    failed = [check for name, check in _said(report).items() if name.startswith("viz.") and check.speaks_for_forgery]
    assert len(failed) == 1
    assert "contradict" in failed[0].explanation
    assert failed[0].region is not None
    assert report.verdict is not Verdict.NO_CONCERN


def test_two_cards_sides_are_never_without_concern(back: ImageFile, knowing: Tools) -> None:
    another = _image(Kind.TD1_FRONT, number=HELD + 1)
    report = _both(another, back, knowing).report
    assert report.this_side is not None
    assert report.this_side.verdict is not Verdict.NO_CONCERN
    assert "one card" in report.this_side.reason or report.this_side.verdict is Verdict.REFER
    assert report.verdict is not Verdict.NO_CONCERN


def _junk(certainty: float) -> Mrz:
    fields = MrzFields("F", "ONS", "<", "FAGENSON", "", "ONS", None, None, None, "")
    parsed = ParsedMrz(MrzFormat.TD2, ("F<" * 18,) * 2, fields, {"composite": False})
    corners = ((100.0, 300.0), (600.0, 300.0), (600.0, 350.0), (100.0, 350.0))
    return Mrz(Zone(parsed.lines, ((certainty,) * 36,) * 2, corners, "docscan"), parsed)


def test_a_zone_that_was_read_surely_stays_whatever_it_says(back: ImageFile, tools: Tools) -> None:
    (beside,) = read_mrz(back, tools=tools)
    assert misread(_junk(0.5), beside=beside)
    assert not misread(_junk(0.999), beside=beside)
    assert not misread(_junk(0.5), beside=_junk(0.5))
    assert not misread(beside, beside=beside)
    assert not misread(None, beside=beside)


def test_a_zone_that_was_misread_on_a_front_gives_way_to_the_backs(
    front: ImageFile, back: ImageFile, knowing: Tools, monkeypatch: pytest.MonkeyPatch
) -> None:
    junk = _junk(0.5)
    shown = cv2.imdecode(np.frombuffer(front.data, np.uint8), cv2.IMREAD_COLOR_RGB)
    assert shown is not None
    read = mrz_room.read_alone

    def misreading(image: Image, *others: Any, **more: Any) -> tuple[Mrz, ...]:  # noqa: ANN401
        return (junk,) if np.array_equal(image, shown) else read(image, *others, **more)

    monkeypatch.setattr(mrz_room, "read_alone", misreading)
    report = _both(front, back, knowing).report
    assert report.mrz is None
    assert report.document.model == "xva-i-front"
    assert _said(report)["viz.surname"].outcome is Outcome.PASSED


def test_two_sides_without_a_zone_are_insufficient(front: ImageFile, tools: Tools) -> None:
    report = _both(front, front, tools).report
    assert report.verdict is Verdict.INSUFFICIENT
    assert _said(report)["viz.surname"].outcome is Outcome.NOT_PERFORMED


def test_an_other_side_that_is_no_image_is_named(front: ImageFile, tools: Tools) -> None:
    with pytest.raises(NotAnImageError, match=r"back\.txt"):
        _both(front, ImageFile("back.txt", b"no image"), tools)


def test_both_sides_are_inspected_and_enrolled_by_command(
    front: ImageFile,
    back: ImageFile,
    makes: Makes,
    tools: Tools,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DOCSCAN_DOCUMENTS", str(tmp_path / "library"))
    run = CliRunner().invoke
    fronts, backs = (
        [str(makes.path(STATE, kind, number)) for number in ENROLLED] for kind in (Kind.TD1_FRONT, Kind.TD1_BACK)
    )
    others = [word for path in backs for word in ("--other-side", path)]
    with monkeypatch.context() as once:
        once.setattr(tools_room, "open_enrolment_tools", lambda _settings: tools)
        refused = run(app, ["enroll", "xva-i-front", *fronts, *others])
        assert (refused.exit_code, "--no-mrz" in refused.stderr) == (2, True)
        few = run(app, ["enroll", "xva-i-front", *fronts, "--no-mrz", "--other-side", backs[0]])
        assert (few.exit_code, "1 times for 3" in few.stderr) == (2, True)
        wrong = run(app, ["enroll", "xva-i-front", *fronts, "--no-mrz", "--other-side", fronts[0], *others[2:]])
        assert wrong.exit_code != 0
        assert "no machine-readable zone" in wrong.stderr
        enrolled = run(app, ["enroll", "xva-i-front", *fronts, "--no-mrz", *others])
    assert enrolled.exit_code == 0, enrolled.output
    paths = [str(_written(image, tmp_path)) for image in (front, back)]
    html = tmp_path / "report.html"
    seen = run(app, ["inspect", paths[0], "--other-side", paths[1], "--json", "--html", str(html)])
    assert seen.exit_code == 0, seen.output
    report = json.loads(seen.stdout)
    assert report["document"]["model"] == "xva-i-front"
    assert report["other_side"]["mrz"]["format"] == "TD1"
    assert report["this_side"]["verdict"] == "no_concern"
    assert 'data-part="other-side"' in html.read_text(encoding="utf-8")
    alone = run(app, ["inspect", paths[0], "--other-uv", paths[1]])
    assert (alone.exit_code, "--other-side" in alone.stderr) == (2, True)


def test_the_graver_side_decides(front: ImageFile, knowing: Tools) -> None:
    report = _both(front, _image(Kind.TD1_BACK, "mrz_altered_wrong_check_digits"), knowing).report
    assert report.this_side is not None
    assert report.other_side is not None
    assert report.verdict is report.other_side.verdict is Verdict.REFER
    assert report.reason == report.other_side.reason != report.this_side.reason
    assert report.confidence.log10_lr >= report.other_side.confidence.log10_lr > 0
    assert on_other_side(report)
