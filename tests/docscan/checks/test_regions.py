from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import cv2
import numpy as np
import pytest

from docscan.checks.regions import (
    ALTERATIONS,
    APPRAISAL,
    CELL_MM,
    MODEL,
    PROCESSES,
    Looked,
    abstains,
    bound,
    calibrated,
    fitting,
    flat_share,
    grainless,
    look,
    looks_at,
    strongest,
)
from docscan.crops import CROP_PIXELS
from docscan.errors import ModelError
from docscan.evidence import Evidence
from docscan.exposure import MOST_LACKING
from docscan.quality import PRINT_JPEG
from docscan.runtime import ManifestEntry, Models
from docscan.types import Capture, MrzFormat, Page
from docscan.zones import REGIONS
from tests.docscan.checks.desk import Desk

Make = Callable[..., Evidence]

CELLS = 11
LIMITS = {"lowest_pixels_per_mm": 7.0, "lowest_sharpness": 0.15, "most_flat": 1.0}  # the page here has no grain


class _Session:
    """Stands for the network: what lies in the crop of a number is forged by inkjet, all else is genuine."""

    def __init__(self, forged: int | None = None) -> None:
        self.forged, self.calls = forged, list[tuple[int, ...]]()

    def run(self, names: list[str], feeds: Mapping[str, np.ndarray]) -> list[np.ndarray]:
        crops = feeds["crops"]
        self.calls.append(crops.shape)
        n = len(crops)
        logits = {
            "forged": np.full((n, CELLS, CELLS), -4, np.float32),
            "process": np.zeros((n, len(PROCESSES), CELLS, CELLS), np.float32),
            "alteration": np.zeros((n, len(ALTERATIONS), CELLS, CELLS), np.float32),
            "crop": np.full(n, -4, np.float32),
            "embedding": np.zeros((n, 64), np.float32),
        }
        if self.forged is not None:
            logits["forged"][self.forged] = 5
            logits["crop"][self.forged] = 5
            logits["process"][self.forged, PROCESSES.index("inkjet")] = 6
        return [logits[name] for name in names]


def _models(session: _Session) -> Models:
    weights = {"weight": 0.5, "intercept": 0.0, "lowest": -1.5, "highest": 1.5}
    parameters = {
        "calibration": dict.fromkeys(REGIONS, weights),
        "thresholds": dict.fromkeys(REGIONS, 0.5),
        "heat_zero": 0.0,
        **LIMITS,
    }
    entry = ManifestEntry(
        file="x", version="1", sha256="0" * 64, created="", dataset={}, error_rates={}, parameters=parameters
    )
    return Models({MODEL: entry}, {MODEL: session})


class _Appraisal:
    """Stands for the network that weighs the answers: of one region nothing is forged, whatever the other one says."""

    def __init__(self, genuine: str) -> None:
        self.genuine = REGIONS.index(genuine)

    def run(self, _names: None, feeds: Mapping[str, np.ndarray]) -> list[np.ndarray]:
        answers, (region,) = feeds["answers"], feeds["region"]
        assert answers.shape == (len(region), 1 + len(PROCESSES) + len(ALTERATIONS), CELLS, CELLS)
        return [np.where((region == self.genuine)[:, None, None], np.float32(-9), answers[:, 0])]


def _with_appraisal(models: Models, genuine: str, wanted: str) -> Models:
    """Return models whose calibrations are of an appraisal with a hash."""
    region = models.entries[MODEL]
    weighed = region.model_copy(update={"parameters": region.parameters | {"appraisal": wanted}})
    appraisal = region.model_copy(update={"sha256": "1" * 64})
    return Models(
        {MODEL: weighed, APPRAISAL: appraisal}, {MODEL: models.sessions[MODEL], APPRAISAL: _Appraisal(genuine)}
    )


def _looked(evidence: Make, session: _Session, **page: object) -> Looked:
    seen = evidence()
    return look(seen.capture, replace(seen.page, **page), MrzFormat.TD3, _models(session))


def test_all_crops_of_a_document_go_in_one_call(evidence: Make) -> None:
    session = _Session()
    looked = _looked(evidence, session)
    assert [shape[1:] for shape in session.calls] == [(3, CROP_PIXELS, CROP_PIXELS)]
    assert session.calls[0][0] <= 24
    assert set(looked.scores) == set(REGIONS)
    assert looked.abstained is None
    assert all(score.log10_lr < 0 and score.forged < score.threshold for score in looked.scores.values())


def test_a_forged_crop_tells_its_region_its_process_and_its_place(evidence: Make) -> None:
    looked = _looked(evidence, _Session(forged=0))  # the first: the portrait's upper left corner
    scores = looked.scores
    assert scores["portrait"].forged > scores["portrait"].threshold
    assert scores["portrait"].process == "inkjet"
    assert scores["portrait"].alteration is None
    assert all(scores[name].log10_lr < 0 for name in REGIONS if name != "portrait")
    rows, columns = np.nonzero(np.nan_to_num(looked.heat.forged) > 0.9)
    x, y = columns.min() * CELL_MM, rows.min() * CELL_MM
    assert (x, y) == pytest.approx((0.5, 6.0), abs=CELL_MM)
    assert len(rows) == CELLS * CELLS
    assert np.isnan(looked.heat.forged).any()


def test_the_place_of_a_region_is_its_suspicious_crop_and_a_cell_about_it(evidence: Make) -> None:
    page, spots = evidence().page, _looked(evidence, _Session()).spots
    looked = _looked(evidence, _Session(forged=len(spots["portrait"]) + len(spots["viz"])))  # the MRZ's first
    place, whole = looked.scores["mrz"].place, looked.scores["mrz"].region
    assert place is not None
    assert place.name == whole.name == "mrz"
    corners = cv2.perspectiveTransform(np.array([place.polygon]), np.linalg.inv(page.to_capture))[0]
    assert corners[0] == pytest.approx(np.array(spots["mrz"][0]) - CELL_MM, abs=CELL_MM / 2 + 0.01)
    assert corners[2] - corners[0] == pytest.approx((CELLS + 2) * CELL_MM)


def test_a_portrait_is_outlined_as_a_whole(evidence: Make) -> None:
    assert _looked(evidence, _Session(forged=0)).scores["portrait"].place is None


@pytest.mark.parametrize(("recipe", "region"), [("viz_altered", "viz"), ("mrz_altered", "mrz")])
def test_what_was_altered_is_outlined(desk: Desk, recipe: str, region: str) -> None:
    seen, altered = desk.forged(recipe), desk.altered(recipe)
    place = look(seen.capture, seen.page, seen.mrz_format, desk.tools.models).scores[region].place
    assert place is not None
    outline = cv2.boundingRect(
        np.float32(cv2.perspectiveTransform(np.array([place.polygon]), np.linalg.inv(seen.page.to_capture))[0])
    )
    assert outline[2] * outline[3] < 400  # mm²
    assert any(_meet(outline, box) for box in altered)


def _meet(one: Sequence[float], other: Sequence[float]) -> bool:
    """Tell whether two boxes (left, top, width, height) share some of the page."""
    return all(max(one[i], other[i]) < min(one[i] + one[i + 2], other[i] + other[i + 2]) for i in (0, 1))


def test_scores_and_map_leave_out_what_coarse_captures_add(evidence: Make) -> None:
    seen, models = evidence(), _models(_Session(forged=0))
    for weights in models.entries[MODEL].parameters["calibration"].values():
        weights["coarse"] = 6.0  # at 8 pixels a millimetre, as the page is here
    looked = look(seen.capture, seen.page, MrzFormat.TD3, models)
    assert looked.scores["portrait"].log10_lr == pytest.approx(0.5 * (5 - 6))
    assert np.nanmax(looked.heat.forged) == pytest.approx(1 / (1 + np.exp(1)), abs=1e-3)


@pytest.mark.parametrize(("genuine", "forged"), [("portrait", False), ("mrz", True)])
def test_scores_and_map_are_of_what_the_answers_amount_to(evidence: Make, genuine: str, forged: bool) -> None:
    seen, session = evidence(), _Session(forged=0)
    models = _with_appraisal(_models(session), genuine, "1" * 64)
    looked = look(seen.capture, seen.page, MrzFormat.TD3, models)
    portrait = looked.scores["portrait"]
    assert (portrait.forged > portrait.threshold) is forged
    assert bool((np.nan_to_num(looked.heat.forged) > 0.9).any()) is forged
    assert looked.answers["portrait"].forged[0].min() == 5, "what samples are compared with is the network's own answer"


def test_calibrations_of_another_appraisal_are_refused() -> None:
    alone = _models(_Session())
    fits, other = (_with_appraisal(alone, "mrz", digit * 64) for digit in "12")
    for models in (alone, fits):
        assert fitting(models) is models
    for models in (other, Models({MODEL: other.entries[MODEL]}, alone.sessions)):
        with pytest.raises(ModelError, match="sha256 222222222222… that is not there"):
            fitting(models)


def _abstained(page: Page, scale: float) -> str:
    return str(abstains(page, MrzFormat.TD3, scale, LIMITS))


def test_out_of_its_depth_it_abstains_and_says_what_to_do(evidence: Make) -> None:
    page = evidence().page
    assert abstains(page, None, 8.0, LIMITS) is None
    assert "300 dpi" in _abstained(page, 5.0)
    assert "blurred" in _abstained(replace(page, quality=replace(page.quality, sharpness=0.05)), 8.0)
    lost = replace(page, found=False, quality=replace(page.quality, whole_page=False))
    assert "not found" in _abstained(lost, 8.0)
    cropped = replace(page, found=False)
    assert abstains(cropped, MrzFormat.TD3, 8.0, LIMITS) is None, "a scan cropped to the page, as its MRZ confirms"
    assert "not found" in str(abstains(cropped, None, 8.0, LIMITS))
    assert "in colour" in _abstained(replace(page, quality=replace(page.quality, coloured=False)), 8.0)
    squeezed = replace(page, quality=replace(page.quality, jpeg_quality=15.5))
    assert "compressed so strongly (JPEG quality 16)" in _abstained(squeezed, 8.0)
    fine = replace(page, quality=replace(page.quality, jpeg_quality=PRINT_JPEG))
    assert abstains(fine, MrzFormat.TD3, 8.0, LIMITS) is None
    assert "too dark" in _abstained(replace(page, quality=replace(page.quality, brightened=MOST_LACKING + 0.1)), 8.0)
    dim = replace(page, quality=replace(page.quality, brightened=MOST_LACKING))
    assert abstains(dim, MrzFormat.TD3, 8.0, LIMITS) is None
    enlarged = _abstained(replace(page, enlarged=2.0), 12.0)
    assert "enlarged the picture 2.0 times, and it shows no more than 152 dpi" in enlarged
    assert abstains(replace(page, enlarged=1.6), MrzFormat.TD3, 12.0, LIMITS) is None, "7.5 of 7 pixels are left"
    session = _Session()
    looked = _looked(evidence, session, quality=replace(page.quality, sharpness=0.05))
    assert (looked.scores, looked.heat, session.calls) == ({}, None, [])


def test_it_tells_beforehand_whether_it_would_look(evidence: Make) -> None:
    page = evidence().page
    models = _models(_Session())
    assert looks_at(page, MrzFormat.TD3, models)
    coarse = replace(page, to_capture=np.diag([0.5, 0.5, 1.0]) @ page.to_capture)
    assert not looks_at(coarse, MrzFormat.TD3, models)


def test_a_picture_without_grain_was_never_captured() -> None:
    rng = np.random.default_rng(0)
    drawn = np.full((4, CROP_PIXELS, CROP_PIXELS, 3), 255, np.uint8)
    drawn[:, 40:60] = 0
    captured = np.clip(drawn * 0.8 + 20 + rng.normal(0, 2, drawn.shape), 0, 255).astype(np.uint8)
    # Glare upon a corner is no reason to look away.
    captured[0, :80, :80] = 255
    assert flat_share(list(drawn)) > 0.8
    assert flat_share(list(captured)) < 0.1
    assert "Capture the document itself" in str(grainless(list(drawn), {"most_flat": 0.15}))
    assert grainless(list(captured), {"most_flat": 0.15}) is None


def test_without_grain_the_network_is_not_asked(evidence: Make) -> None:
    session = _Session()
    models = _models(session)
    models.entries[MODEL].parameters["most_flat"] = 0.15
    seen = evidence()
    blank = Capture(np.full_like(seen.capture.visible, 255))
    looked = look(blank, seen.page, MrzFormat.TD3, models)
    assert (looked.scores, looked.heat, session.calls) == ({}, None, [])
    assert "without any grain" in str(looked.abstained)


def test_a_region_is_as_bad_as_its_worst_part() -> None:
    cells = np.full((3, 11, 11), -5.0)
    cells[1, :6, :5] = 2
    assert strongest(cells) == 2
    cells[2] = 1  # all over a crop, and nowhere as strong
    assert strongest(cells) == 2
    cells[0, 0, 0] = 9  # a lone cell
    assert strongest(cells) == 2


def test_no_ratio_says_more_than_its_calibration_supports() -> None:
    lowest, highest = bound(200, 50)
    calibration = {"weight": 3.0, "intercept": 0.0, "lowest": lowest, "highest": highest}
    assert calibrated(50, calibration, 14.0) == pytest.approx(np.log10(200))
    assert calibrated(-50, calibration, 14.0) == pytest.approx(-np.log10(50))


@pytest.mark.parametrize(("scale", "ratio"), [(16.0, 0.8), (12.0, 0.8), (10.0, 0.6), (8.0, 0.4), (7.8, 0.4)])
def test_coarse_captures_have_to_look_more_like_a_forgery(scale: float, ratio: float) -> None:
    calibration = {"weight": 0.8, "intercept": 0.0, "coarse": 0.5, "lowest": -2.0, "highest": 2.0}
    assert calibrated(1.0, calibration, scale) == pytest.approx(ratio)


def test_a_picture_finer_than_crops_is_looked_at_as_well(evidence: Make) -> None:
    seen = evidence()
    fine = np.kron(seen.capture.visible, np.ones((3, 3, 1), np.uint8))
    to_capture = np.diag([3.0, 3.0, 1.0]) @ seen.page.to_capture
    page = replace(seen.page, to_capture=to_capture)
    looked = look(Capture(fine), page, MrzFormat.TD3, _models(_Session()))
    assert set(looked.scores) == set(REGIONS)
    polygon = np.array(looked.scores["mrz"].region.polygon)
    assert polygon[:, 1].max() <= fine.shape[0] + 3 * 24
