import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from types import SimpleNamespace

import cv2
import matplotlib
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from docscan.checks import CHECKS
from docscan.checks.finding import Finding
from docscan.checks.mrz_geometry import LEFT, MIDDLE, geometry
from docscan.checks.mrz_type import DISTANCE, PITCH, STRANGENESS, UNEVENNESS, glyphs
from docscan.documents.laying import Laid
from docscan.documents.model import Statistics
from docscan.evidence import Evidence
from docscan.mrz.ocr_b import ATLAS, CELL, atlas
from docscan.mrz.recognise import ALPHABET
from docscan.runtime import Calibration
from docscan.types import Capture, MrzFormat, Outcome
from docscan.typesetting import typesetting_of
from tests.docscan.checks.conftest import PASSPORT, SCALE
from training import software
from training.ocr_b import atlas as drawn_atlas

Make = Callable[..., Evidence]
Moves = Mapping[tuple[int, int], tuple[float, float]]

MONO = Path(matplotlib.get_data_path()) / "fonts/ttf/DejaVuSansMono.ttf"
CALIBRATIONS = {
    name: Calibration.model_validate(found)
    for name, found in json.loads((Path(__file__).parents[3] / "models/manifest.json").read_text())["checks"].items()
}


@cache
def _mono(character: str) -> NDArray[np.float32]:
    """Draw a character in another face, its capitals as high as OCR-B's."""
    face = ImageFont.truetype(str(MONO), 31)
    picture = Image.new("L", CELL[::-1], 0)
    ImageDraw.Draw(picture).text((CELL[1] / 2, 31.5), character, 255, face, anchor="ms")
    return np.asarray(picture, np.float32) / 255


def _shape(face: str, character: str) -> NDArray[np.float32]:
    cuts = {"round": 0, "square": 1}
    return _mono(character) if face == "mono" else atlas()[cuts[face], ALPHABET.index(character)]


def printed(
    *,
    pitch: float = 2.54,
    distance: float = 6.35,
    face: str = "round",
    moves: Moves | None = None,
    bend: float = 0.0,
    blur: float = 0.8,
    flatter: float = 1.0,
) -> NDArray[np.uint8]:
    """Print the passport's zone, in the middle of where the fixture has it.

    ``moves`` has how far characters stand beside their places, by line and column, ``bend`` how far the zone's middle
    lies below its ends; millimetres. ``blur`` is in pixels. ``flatter`` is how high the zone looks, as a share.
    """
    page = np.full((704, 1000), 225, np.float32)
    size = SCALE * 2.54 / CELL[1]
    for line, text in enumerate(PASSPORT):
        for column, character in enumerate(text):
            right, below = (moves or {}).get((line, column), (0.0, 0.0))
            x = 61.9 + (column - 21.5) * pitch + right
            y = 75.5 + (line - 0.5) * distance + below + bend * (1 - ((column - 21.5) / 21.5) ** 2)
            shift = np.array([x * SCALE - 0.5, y * SCALE - 0.5]) - size * (np.array(CELL[::-1]) - 1) / 2
            left, top = (int(value) for value in np.floor(shift))
            move = np.array([[size, 0, shift[0] - left], [0, size, shift[1] - top]])
            ink = cv2.warpAffine(_shape(face, character), move, (24, 40), flags=cv2.INTER_LINEAR)
            page[top : top + 40, left : left + 24] -= 190 * ink
    squeezed = np.array([[1.0, 0, 0], [0, flatter, 75.5 * SCALE * (1 - flatter)]])
    page = cv2.warpAffine(page, squeezed, page.shape[::-1], borderMode=cv2.BORDER_REPLICATE)
    page = cv2.GaussianBlur(page, (0, 0), blur) + np.random.default_rng(5).normal(0, 4, page.shape)
    return np.repeat(np.clip(page, 0, 255).astype(np.uint8)[..., None], 3, -1)


def _statistics(mean: float, spread: float) -> Statistics:
    return Statistics(np.array([mean], np.float32), np.array([spread], np.float32), 5)


SAMPLES = SimpleNamespace(
    format=MrzFormat.TD3,
    measured={
        PITCH: _statistics(2.54, 0.005),
        DISTANCE: _statistics(6.35, 0.01),
        STRANGENESS: _statistics(0.001, 0.001),
    },
)


class Desk:
    """Sets a zone and says what the checks of its type say of it."""

    def __init__(self, evidence: Make) -> None:
        self._evidence = evidence

    def evidence(self, share: float = 0.6, shrink: float = 1.0, sharpened: float = 0.0, **other: object) -> Evidence:
        names = ("pitch", "distance", "face", "moves", "bend", "blur", "flatter")
        given = {name: other.pop(name) for name in names if name in other}
        image = printed(**given)  # type: ignore[arg-type]
        if shrink != 1.0:
            small = cv2.resize(image, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA)
            image = np.asarray(cv2.resize(small, image.shape[1::-1]), np.uint8)
        image = software.sharpened(image, sharpened, 2.0)
        values = {"capture": Capture(image), "calibrations": CALIBRATIONS, "model": SAMPLES} | other
        seen = self._evidence(**values)
        laid = Laid(np.eye(3), share)
        return replace(seen, typesetting=typesetting_of(seen.capture, seen.page, seen.mrz, laid))

    def findings(self, **other: object) -> dict[str, Finding]:
        seen = self.evidence(**other)  # type: ignore[arg-type]
        wanted = ("mrz.glyphs", "mrz.pitch", "mrz.alignment")
        return {check.id: check.perform(seen) for check in CHECKS if check.id in wanted}


@pytest.fixture
def desk(evidence: Make) -> Desk:
    return Desk(evidence)


SHARPENED = {"blur": 0.3, "sharpened": 1.0}  # as scanners' software does it


@pytest.mark.parametrize("captured", [{}, SHARPENED])
def test_characters_are_found_to_a_fiftieth_of_a_pitch(desk: Desk, captured: dict[str, float]) -> None:
    moved = {(0, 7): (0.3, 0.0), (1, 12): (0.0, -0.25), (1, 30): (-0.2, 0.2)}
    seen, still = (desk.evidence(moves=moves, **captured).typesetting for moves in (moved, {}))
    assert seen is not None
    assert still is not None
    for place, (right, below) in moved.items():
        found = 2.54 * (seen.glyphs.stands[place] - still.glyphs.stands[place])
        assert found == pytest.approx([right, below], abs=0.05)


@pytest.mark.parametrize(
    "other", [{}, {"face": "square"}, {"bend": 0.8}, {"moves": {(1, 5): (0.03, -0.03)}}, SHARPENED]
)
def test_a_genuine_zone_passes_all(desk: Desk, other: dict[str, object]) -> None:
    found = desk.findings(**other)
    assert {name: finding.outcome for name, finding in found.items()} == dict.fromkeys(found, Outcome.PASSED)


def test_lines_may_stand_as_close_as_cards_have_them(desk: Desk) -> None:
    outline = tuple((x * SCALE, y * SCALE) for x, y in ((6, 72.4), (117.8, 72.4), (117.8, 78.6), (6, 78.6)))
    found = desk.findings(distance=4.23, polygon=outline)
    assert found["mrz.glyphs"].outcome is found["mrz.alignment"].outcome is Outcome.PASSED


def test_an_outline_that_is_too_high_on_a_page_that_is_laid_too_low_makes_no_other_shapes(desk: Desk) -> None:
    seen, exact = (desk.evidence(flatter=share).typesetting for share in (0.8, 1.0))
    assert seen is not None
    assert exact is not None
    assert seen.glyphs.strangeness == pytest.approx(exact.glyphs.strangeness, abs=0.002)
    assert desk.findings(flatter=0.8)["mrz.alignment"].outcome is Outcome.PASSED


@pytest.mark.parametrize("millimetres", [2.40, 2.46, 2.60])
def test_another_pitch_than_the_samples_fails_and_is_named(desk: Desk, millimetres: float) -> None:
    finding = desk.findings(pitch=millimetres)["mrz.pitch"]
    assert finding.outcome is Outcome.FAILED
    assert f"stand {millimetres:.2f} mm apart" in finding.explanation


def test_a_page_laid_a_little_wider_than_it_is_has_no_other_pitch(desk: Desk) -> None:
    assert desk.findings(pitch=2.54 * 1.02, distance=6.35 * 1.02)["mrz.pitch"].outcome is Outcome.PASSED


@pytest.mark.parametrize(
    ("moves", "says"),
    [
        ({(1, 4): (0.0, 0.3)}, "In line 2 of the machine-readable zone character 5 stands 0.3"),
        (
            {(1, place): (0.05, -0.28) for place in range(13, 20)},
            "line 2 of the machine-readable zone characters 1",
        ),
        ({(0, place): (0.3, 0.0) for place in range(5, 13)}, "to the right of their places"),
    ],
)
def test_characters_that_stand_beside_the_others_places_fail_and_are_named(desk: Desk, moves: Moves, says: str) -> None:
    finding = desk.findings(moves=moves)["mrz.alignment"]
    assert finding.outcome is Outcome.FAILED
    assert says in finding.explanation
    assert finding.region is not None
    line, first = min(moves)
    middle = (61.9 + (first - 21.5) * 2.54) * SCALE, (75.5 + (line - 0.5) * 6.35) * SCALE
    assert cv2.pointPolygonTest(np.array(finding.region.polygon, np.float32), middle, False) > 0


def _uneven(mean: float) -> SimpleNamespace:
    return SimpleNamespace(measured={UNEVENNESS: _statistics(mean, 0.3)})


@pytest.mark.parametrize(
    ("samples", "outcome"),
    [(_uneven(0.5), Outcome.FAILED), (None, Outcome.PASSED), (_uneven(1.6), Outcome.PASSED)],
)
def test_samples_tell_how_evenly_an_issuer_sets_zones(
    desk: Desk, samples: SimpleNamespace | None, outcome: Outcome
) -> None:
    moved = {(1, place): (0.0, -0.12) for place in range(13, 20)}
    assert desk.findings(moves=moved, model=samples)["mrz.alignment"].outcome is outcome


def test_another_face_than_ocr_b_fails(desk: Desk) -> None:
    finding = desk.findings(face="mono")["mrz.glyphs"]
    assert finding.outcome is Outcome.FAILED
    assert "OCR-B" in finding.explanation


def test_what_genuine_samples_have_beside_ocr_b_is_not_held_against_a_page(desk: Desk) -> None:
    strange = SimpleNamespace(measured={STRANGENESS: _statistics(0.5, 0.01)})
    assert desk.findings(face="mono", model=strange)["mrz.glyphs"].outcome is Outcome.PASSED


def test_by_what_genuine_samples_differ_is_not_held_against_a_page_either(desk: Desk) -> None:
    seen = desk.evidence(face="mono").typesetting
    assert seen is not None
    found = {
        spread: desk.findings(
            face="mono",
            model=SimpleNamespace(measured={STRANGENESS: _statistics(seen.glyphs.strangeness - 0.03, spread)}),
        )["mrz.glyphs"].outcome
        for spread in (0.001, 0.03)
    }
    assert found == {0.001: Outcome.FAILED, 0.03: Outcome.UNDETERMINED}


@pytest.mark.parametrize(
    ("other", "outcome", "says"),
    [
        ({"lines": None}, Outcome.NOT_PERFORMED, "No machine-readable zone"),
        ({"confidence": None}, Outcome.UNDETERMINED, "not seen sharply enough"),
        ({"shrink": 0.15}, Outcome.UNDETERMINED, "not seen sharply enough"),
    ],
)
def test_what_cannot_be_measured_is_not(desk: Desk, other: dict[str, object], outcome: Outcome, says: str) -> None:
    for finding in desk.findings(**other).values():
        assert finding.outcome is outcome
        assert says in finding.explanation


def test_a_coarse_capture_tells_nothing_of_single_characters(desk: Desk) -> None:
    seen = desk.evidence()
    assert seen.typesetting is not None
    coarse = replace(seen.typesetting, glyphs=replace(seen.typesetting.glyphs, pitch=9.0))
    findings = [check.perform(replace(seen, typesetting=coarse)) for check in CHECKS if check.id == "mrz.alignment"]
    assert [finding.outcome for finding in findings] == [Outcome.UNDETERMINED]
    assert "move closer" in findings[0].explanation


def test_shapes_seen_from_the_side_are_not_judged(desk: Desk) -> None:
    seen = desk.evidence()
    assert seen.typesetting is not None
    assert seen.typesetting.on_page is not None
    flat = replace(seen.typesetting.on_page, line_distance=0.82 * 6.35)
    finding = glyphs(replace(seen, typesetting=replace(seen.typesetting, on_page=flat)))
    assert isinstance(finding, Finding)
    assert finding.outcome is Outcome.UNDETERMINED
    assert "seen from the side" in finding.explanation


def test_the_pitch_needs_samples_on_which_the_page_lies(desk: Desk) -> None:
    assert desk.findings(model=None)["mrz.pitch"].outcome is Outcome.NOT_PERFORMED
    assert desk.findings(share=0.1)["mrz.pitch"].outcome is Outcome.UNDETERMINED


@pytest.mark.parametrize(("right", "outcome"), [(1.5, Outcome.PASSED), (2.5, Outcome.FAILED)])
def test_a_zone_stands_where_the_samples_have_it(desk: Desk, right: float, outcome: Outcome) -> None:
    seen = desk.evidence()
    assert seen.typesetting is not None
    assert seen.typesetting.on_samples is not None
    place = {
        LEFT: _statistics(seen.typesetting.on_samples.left + right, 0.3),
        MIDDLE: _statistics(seen.typesetting.on_samples.middle, 0.3),
    }
    finding = geometry(replace(seen, model=SimpleNamespace(measured=place)))  # type: ignore[arg-type]
    assert finding.outcome is outcome
    assert (f"{right:.1f} mm from where" in finding.explanation) == (outcome is Outcome.FAILED)


def test_the_atlas_is_what_training_draws() -> None:
    shipped = cv2.imread(str(ATLAS), cv2.IMREAD_GRAYSCALE)
    assert shipped is not None
    assert np.abs(shipped.astype(int) - drawn_atlas().astype(int)).max() <= 2
