"""What lies on a page, beside genuine samples of its kind: Utopian passports, as a page reader takes them."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from datasets.sheet import Kind
from datasets.specimens import GENUINE, Order, make
from docscan.capture import ImageFile
from docscan.documents import comparison
from docscan.documents.compared import Comparison
from docscan.documents.coverings import BLEEDS, _reaching_in
from docscan.documents.laying import Laid
from docscan.documents.matching import library_of
from docscan.documents.model import DocumentModel, ReferencePicture
from docscan.documents.texture import CELL_MM
from docscan.inspection import gather, inspect
from docscan.page_geometry import moved
from docscan.scoring import decide, fuse
from docscan.tools import Tools
from docscan.types import Outcome, Page, Verdict
from training.fingers import COLOURS, held
from training.software import Picture


@pytest.fixture(scope="module")
def picture() -> Picture:
    made = make(Order(4711, 30, "XVA", Kind.TD3, GENUINE), ("visible",), device="reader", dpi=300)
    data = np.frombuffer(made.captured.files["visible"][0], np.uint8)
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8)


@pytest.fixture(scope="module")
def knowing(passports: DocumentModel, tools: Tools) -> Tools:
    return replace(tools, library=library_of([passports]), reader=None)


def _file(picture: np.ndarray) -> ImageFile:
    return ImageFile("one.png", cv2.imencode(".png", picture)[1].tobytes())


def _compared(picture: np.ndarray, knowing: Tools) -> Comparison:
    return gather(_file(picture), tools=knowing).comparison


_SEEDS = (2, 6, 9, 11)  # of fingers from the right over a page's data, over its middle, over its MRZ, from above


@pytest.mark.parametrize(
    ("name", "seed"), list(zip([name for name in COLOURS if "paper" not in name], _SEEDS, strict=True))
)
def test_a_finger_is_seen_where_it_lies(picture: Picture, knowing: Tools, name: str, seed: int) -> None:
    drawn = held(picture, COLOURS[name], np.random.default_rng(seed))
    evidence = gather(_file(drawn), tools=knowing)
    seen, page = evidence.comparison, evidence.page
    assert seen.hindered
    assert seen.missing is not None
    assert "finger" in seen.missing
    assert seen.covered is not None
    box = np.zeros(picture.shape[:2], np.uint8)
    cv2.fillConvexPoly(box, np.rint(moved(seen.covered, page.to_capture)).astype(np.int32), 1)
    covered = np.abs(drawn.astype(int) - picture).max(axis=-1) > 30
    assert (covered & (box > 0)).sum() > 0.5 * box.sum(), "most of the box is finger"


def _from_the_left(page: Page) -> int:
    """Return the seed of a finger that comes in from the left over the middle of the portrait."""
    for seed in range(1000):
        rng = np.random.default_rng(seed)
        side, along = rng.integers(4), rng.uniform(0.1, 0.9)
        if side == 2 and 20 < along * page.size.millimetres[1] < 40:
            return seed
    raise AssertionError("no such seed")


@pytest.mark.parametrize("name", ["dark skin", "a black glove"])
def test_a_finger_on_the_portrait_is_seen_by_its_reaching_in_from_the_edge(
    picture: Picture, knowing: Tools, name: str
) -> None:
    """Of the portrait no samples tell: its colours are each holder's own."""
    seed = _from_the_left(gather(_file(picture), tools=knowing).page)
    drawn = held(picture, COLOURS[name], np.random.default_rng(seed))
    seen = _compared(drawn, knowing)
    assert seen.missing is not None
    assert "finger" in seen.missing


def test_print_that_runs_over_the_edge_on_samples_too_is_no_finger(
    picture: Picture, knowing: Tools, passports: DocumentModel
) -> None:
    assert float(passports.measured[BLEEDS].mean[0]) == 0
    seed = _from_the_left(gather(_file(picture), tools=knowing).page)
    drawn = held(picture, COLOURS["a black glove"], np.random.default_rng(seed))
    for share, seen in ((0.2, True), (1.0, False)):
        told = replace(passports.measured[BLEEDS], mean=np.full(1, share, np.float32))
        kind = replace(passports, measured={**passports.measured, BLEEDS: told})
        assert (_compared(drawn, replace(knowing, library=library_of([kind]))).covered is not None) is seen


def test_what_does_not_reach_far_or_is_as_wide_as_the_page_is_no_finger() -> None:
    nothing = np.zeros((44, 62), bool)
    finger, thumb, strip, portrait = (nothing.copy() for _ in range(4))
    finger[20:28, :9] = True
    thumb[20:28, :4] = True
    strip[:, :8] = True
    portrait[5:24, 3:18] = True
    assert (_reaching_in(finger) == finger).all()
    for other in (nothing, thumb, strip, portrait):
        assert not _reaching_in(other).any()
    both = finger | portrait
    assert _reaching_in(both)[20:28, :3].all(), "together with the portrait on which it lies"


def test_nothing_is_seen_where_nothing_lies(picture: Picture, knowing: Tools) -> None:
    height, width = picture.shape[:2]
    across = np.linspace(0.7, 1.2, width)[None, :, None] * np.linspace(1.1, 0.8, height)[:, None, None]
    glare = cv2.circle(np.zeros((height, width, 1)), (int(0.6 * width), int(0.4 * height)), width // 25, (1.0,), -1)
    glare = cv2.GaussianBlur(glare, (0, 0), width / 200)[..., None]
    bluish = np.clip(picture * np.array([1.1, 0.95, 0.8]), 0, 255).astype(np.uint8)
    for name, one in {
        "as captured": picture,
        "lit from one side": np.clip(picture * across, 0, 255).astype(np.uint8),
        "glare": (picture * (1 - glare) + 255 * glare).astype(np.uint8),
        "bluish": bluish,
    }.items():
        seen = _compared(one, knowing)
        assert (seen.covered, seen.missing) == (None, None), name


@pytest.mark.parametrize("recipe", ["counterfeit_inkjet", "viz_altered"])
def test_what_is_forged_is_compared(knowing: Tools, recipe: str) -> None:
    made = make(Order(4711, 30, "XVA", Kind.TD3, recipe), ("visible",), device="reader", dpi=300)
    seen = gather(ImageFile(recipe, made.captured.files["visible"][0]), tools=knowing).comparison
    assert (seen.covered, seen.missing) == (None, None)


def test_under_a_finger_print_is_not_judged_and_the_report_says_where_it_lies(picture: Picture, knowing: Tools) -> None:
    drawn = held(picture, COLOURS["light skin"], np.random.default_rng(_SEEDS[0]))
    report = inspect(_file(drawn), tools=knowing).report
    says = {check.id: check for check in report.checks}
    for name in ("print.viz", "page.print", "reference.print", "reference.microtext", "photo.ghost", "photo.edge"):
        assert says[name].outcome is Outcome.UNDETERMINED, name
        assert "take it away" in says[name].explanation
    assert says["reference.print"].region is not None
    assert says["reference.print"].region.name == "covered"
    listed = [check for check in report.checks if check.id != "mrz.issuing_state"]  # states are invented
    verdict, reason = decide(listed, fuse(listed, knowing.models.fusions()), report.quality, refer_at=1.0)
    assert (verdict, "take it away" in reason) == (Verdict.INSUFFICIENT, True)


def test_fine_lines_that_little_hides_are_not_missed(knowing: Tools, monkeypatch: pytest.MonkeyPatch) -> None:
    """The cells of a line that is missing, which the code is told are hidden; too few to judge nothing else."""
    made = make(Order(4711, 30, "XVA", Kind.TD3, "microtext_missing"), ("visible",), device="reader", dpi=300)
    file = ImageFile("one", made.captured.files["visible"][0])
    line = gather(file, tools=knowing).comparison.line
    assert line is not None

    def hidden(_: Page, laid: Laid, __: ReferencePicture, own: np.ndarray, *, bleeds: bool) -> np.ndarray:
        assert not bleeds
        at = moved(line.corners, np.linalg.inv(laid.in_millimetres)) / CELL_MM
        (left, top), (right, bottom) = np.rint(at.min(0)).astype(int), np.rint(at.max(0)).astype(int)
        cells = np.zeros(own.shape, bool)
        cells[top:bottom, left:right] = True
        return cells

    monkeypatch.setattr(comparison, "hidden_cells", hidden)
    under = gather(file, tools=knowing).comparison
    assert under.missing is None
    assert under.line is not None
    assert under.line.lacks < 0.6 * line.lacks
    assert under.line.corners[:, 0].max() < line.corners[:, 0].min(), "what is left of it, beside"
