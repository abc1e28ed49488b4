"""What is said of data that are set otherwise than on genuine samples."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from docscan.checks import typeface
from docscan.checks.finding import Finding
from docscan.checks.typeface import printed_alike
from docscan.documents.model import DocumentModel, Statistics
from docscan.documents.pictures import laid_on_samples
from docscan.evidence import Evidence
from docscan.types import Agreement, Box, FieldPlace, Outcome, TextLayout, TextLine, VisualField, VisualZone
from docscan.visual.alike import Deviation
from docscan.visual.baselines import BASELINE
from docscan.visual.read import read_visual
from docscan.visual.strokes import STROKES
from tests.docscan.checks.conftest import SCALE
from tests.docscan.checks.desk import Desk
from tests.docscan.documents.conftest import small_model

Make = Callable[..., Evidence]
NAMES = ("surname", "birth_date", "sex")


def _model(*, learned: bool = True) -> DocumentModel:
    place = FieldPlace(Box(40, 20, 20, 3), 3.0, 2.0, 4)
    one = Statistics(np.zeros(1, np.float32), np.zeros(1, np.float32), 4)
    measured = {part.format(name): one for name in NAMES for part in STROKES} if learned else {}
    return replace(small_model(), text=TextLayout(dict.fromkeys(NAMES, place), ()), measured=measured)


def _read() -> VisualZone:
    return VisualZone(
        {
            name: VisualField(
                name, "", TextLine("MUSTER", (0.9,) * 6, Box(40, 20 + 6 * number, 20, 3)), Agreement.AGREES
            )
            for number, name in enumerate(NAMES)
        }
    )


@pytest.mark.parametrize(
    ("away", "said"),
    [
        (Deviation(0.4, 0.0), "is in bolder type"),
        (Deviation(-0.4, 0.01), "is in finer type"),
        (Deviation(0.1, 0.3), "is in darker ink"),
        (Deviation(0.1, -0.3), "is in bolder type"),  # glare makes ink pale
        (Deviation(0.1, 0.03, 0.32, 4.0), "stands 0.3 mm lower"),
        (Deviation(0.1, 0.03, -0.2, 4.0), "stands 0.2 mm higher"),
    ],
)
def test_it_names_the_datum_that_stands_out_and_how(
    evidence: Make, monkeypatch: pytest.MonkeyPatch, away: Deviation, said: str
) -> None:
    found = dict.fromkeys(NAMES, Deviation(0.0, 0.0)) | {"birth_date": away}
    monkeypatch.setattr(typeface, "deviations", lambda *_: found)
    seen = printed_alike(evidence(model=_model(), visual=_read()))
    assert not isinstance(seen, Finding)
    assert f"the printed date of birth {said} than on genuine samples" in seen.failed
    assert seen.numbers == {
        "width": pytest.approx(np.log(1 + abs(away.width) / 0.05)),
        "darkness": pytest.approx(np.log(1 + max(0, away.darkness) / 0.03)),
        "displaced": pytest.approx(np.log(1 + away.displaced)),
    }
    assert seen.region is not None
    assert seen.region.polygon[0] == pytest.approx((40 * SCALE, 26 * SCALE))


def test_what_cannot_be_compared_says_why(evidence: Make) -> None:
    cases = (
        ({}, Outcome.NOT_PERFORMED, "No genuine samples"),
        ({"model": replace(_model(), text=TextLayout({}, ()))}, Outcome.NOT_PERFORMED, "no printed data"),
        ({"model": _model(learned=False)}, Outcome.NOT_PERFORMED, "enrol it again"),
        ({"model": _model()}, Outcome.UNDETERMINED, "Nothing was read."),
        ({"model": _model(), "visual": VisualZone({})}, Outcome.UNDETERMINED, "Too few"),
    )
    for given, outcome, words in cases:
        finding = printed_alike(evidence(**given))
        assert isinstance(finding, Finding)
        assert (finding.outcome, words in finding.explanation) == (outcome, True)
    seen = evidence(model=_model(), visual=_read())
    coarse = printed_alike(replace(seen, page=replace(seen.page, enlarged=1.5)))
    assert isinstance(coarse, Finding)
    assert "too coarse" in coarse.explanation


def test_a_captured_passports_data_stand_out_once_one_of_them_is_set_bold(desk: Desk, evidence: Make) -> None:
    seen, reader = desk.genuine(), desk.tools.reader
    assert {part.format("surname") for part in STROKES} <= desk.model.measured.keys()
    visual = read_visual(seen.page, seen.mrz, desk.model.text, reader)
    whole = evidence(page=seen.page, model=desk.model, visual=visual)
    genuine = printed_alike(whole)
    box, scale = visual.fields["birth_date"].line.box, seen.page.pixels_per_mm
    left, top, right, bottom = (round(scale * side) for side in (box.x, box.y, box.x + box.width, box.y + box.height))
    image = seen.page.image.copy()
    # Ink a tenth of a millimetre wider on either side.
    image[top:bottom, left:right] = np.min(
        [np.roll(image[top:bottom, left:right], shift, 1) for shift in (-1, 0, 1)], axis=0
    )
    forged = printed_alike(replace(whole, page=replace(seen.page, image=image)))
    assert not isinstance(genuine, Finding)
    assert not isinstance(forged, Finding)
    assert "the printed date of birth is in bolder type" in forged.failed
    assert forged.numbers["width"] > genuine.numbers["width"] + 0.5


def test_a_captured_passports_datum_stands_out_once_it_stands_lower(desk: Desk, evidence: Make) -> None:
    seen, reader = desk.genuine(), desk.tools.reader
    assert BASELINE.format("birth_date") in desk.model.measured
    visual = read_visual(seen.page, seen.mrz, desk.model.text, reader)
    laid = laid_on_samples(seen.page, desk.model.pictures)
    whole = evidence(page=seen.page, model=desk.model, visual=visual, laid=laid)
    genuine = printed_alike(whole)
    box, scale = visual.fields["birth_date"].line.box, seen.page.pixels_per_mm
    left, top, right, bottom = (round(scale * side) for side in (box.x, box.y, box.x + box.width, box.y + box.height))
    image, down = seen.page.image.copy(), round(0.4 * scale)
    image[top + down : bottom + down, left:right] = seen.page.image[top:bottom, left:right]
    forged = printed_alike(replace(whole, page=replace(seen.page, image=image)))
    assert not isinstance(genuine, Finding)
    assert not isinstance(forged, Finding)
    assert "the printed date of birth stands 0.4 mm lower" in forged.failed
    assert forged.numbers["displaced"] > genuine.numbers["displaced"] + 0.5
