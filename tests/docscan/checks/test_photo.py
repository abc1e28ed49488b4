"""Checks of the portrait by daylight, on documents of Utopia, enrolled and forged."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from docscan.checks import CHECKS
from docscan.cutting import part_of, straightened, upright
from docscan.documents import ghosts
from docscan.documents.ghosts import ghost_of
from docscan.documents.laying import Laid
from docscan.documents.model import GhostImage
from docscan.documents.photo import photo_of
from docscan.documents.pictures import laid_on_samples
from docscan.ghost import Pair, likeness, pair_of, sample_likeness
from docscan.inspection import Seen
from docscan.page_geometry import moved
from docscan.types import Box, CheckResult, Outcome, PageSize
from docscan.zones import LAYOUTS, corners_mm
from tests.docscan.checks.desk import Desk
from tests.docscan.scenes import seen_askew
from training.software import sharpened

PHOTO = [check for check in CHECKS if check.id.startswith("photo.")]


def _performed(desk: Desk, seen: Seen, *, enrolled: bool = True) -> dict[str, CheckResult]:
    return desk.results(seen, enrolled=enrolled, checks=PHOTO)


def _shown(seen: Seen, image: np.ndarray) -> Seen:
    return replace(seen, page=replace(seen.page, image=image))


def _ghost(desk: Desk) -> GhostImage:
    assert desk.model.photo is not None
    assert desk.model.photo.ghost is not None
    return desk.model.photo.ghost


def test_a_genuine_document_passes_all(desk: Desk) -> None:
    results = _performed(desk, desk.genuine())
    assert {name: one.outcome for name, one in results.items()} == {
        "photo.edge": Outcome.PASSED, "photo.halftone": Outcome.PASSED, "photo.ghost": Outcome.PASSED,
    }  # fmt: skip
    assert results["photo.ghost"].region is not None
    assert results["photo.ghost"].region.name == "ghost"


@pytest.mark.parametrize(
    ("recipe", "check", "says"),
    [
        ("portrait_laminate_cut", "photo.edge", "lines or shadows"),
        ("portrait_pasted", "photo.halftone", "smoother"),
        ("digital_splice", "photo.ghost", "does not show"),
    ],
)
def test_what_is_forged_is_found(desk: Desk, recipe: str, check: str, says: str) -> None:
    result = _performed(desk, desk.forged(recipe))[check]
    assert (result.outcome, says in result.explanation) == (Outcome.FAILED, True), result
    assert result.log10_lr > 1
    assert result.region is not None


def test_the_ghost_image_is_found_where_it_is(desk: Desk) -> None:
    """Ghost images of other holders show the face within a millimetre of where the model has it."""
    place, page = _ghost(desk).place, desk.genuine().page
    assert place.x > page.size.millimetres[0] / 2
    assert 0.2 < place.width / _ghost(desk).portrait.width < 0.6


def test_another_portrait_beside_the_ghost_fails_and_says_where(desk: Desk) -> None:
    """The portrait's own pixels exchanged for another holder's, everything else left as it was."""
    seen, other = desk.genuine(), desk.genuine(1)
    zone, scale = LAYOUTS[PageSize.ID_3].portrait, seen.page.pixels_per_mm
    assert zone is not None
    place, size = upright(zone, scale)
    patch = straightened(*part_of(other.page, np.eye(3), zone, scale), place, size)
    image, (left, top) = seen.page.image.copy(), (round(zone.x * scale), round(zone.y * scale))
    image[top : top + size[1], left : left + size[0]] = patch[..., None]
    result = _performed(desk, _shown(seen, image))["photo.ghost"]
    assert (result.outcome, "main portrait" in result.explanation) == (Outcome.FAILED, True), result


def _pair(desk: Desk, seen: Seen) -> Pair:
    known, laid = _ghost(desk), laid_on_samples(seen.page, desk.model.pictures)
    assert laid is not None
    return pair_of(seen.page, laid.in_millimetres, known.portrait, known.place)


@pytest.mark.parametrize("strength", [0.6, 1.5])
def test_a_ghost_that_faded_with_what_it_is_printed_on_shows_the_same_picture(desk: Desk, strength: float) -> None:
    """As software leaves both that brightens or darkens, while samples show the artwork as strong as ever."""
    known, own, other = _ghost(desk), _pair(desk, desk.genuine()), _pair(desk, desk.genuine(1))
    faded = replace(own, ghost=own.ghost.mean() + strength * (own.ghost - own.ghost.mean()))
    assert likeness(faded, known).correlation > likeness(own, known).correlation - 0.005
    assert (
        likeness(replace(faded, portrait=other.portrait), known).correlation < likeness(faded, known).correlation - 0.1
    )


def test_what_lies_over_the_ghost_is_no_forgery(desk: Desk) -> None:
    seen = desk.genuine()
    image, scale, place = seen.page.image.copy(), seen.page.pixels_per_mm, _ghost(desk).place
    centre = round((place.x + place.width) * scale), round(place.y * scale)
    cv2.circle(image, centre, round(5 * scale), (90, 60, 50), -1, cv2.LINE_AA)
    result = _performed(desk, _shown(seen, image))["photo.ghost"]
    assert (result.outcome, "finger" in result.explanation) == (Outcome.UNDETERMINED, True)


def test_a_finger_over_half_of_the_portrait_is_no_other_portrait(desk: Desk) -> None:
    """It lies where samples show nothing alike, so that nothing but the ghost image tells."""
    seen = desk.genuine()
    image, scale, face = seen.page.image.copy(), seen.page.pixels_per_mm, _ghost(desk).portrait
    tip = round((face.x + 0.35 * face.width) * scale), round((face.y + 0.3 * face.height) * scale)
    cv2.line(image, tip, (-tip[0], tip[1]), (200, 150, 120), round(13 * scale), cv2.LINE_AA)
    result = _performed(desk, _shown(seen, image))["photo.ghost"]
    assert (result.outcome, "Half of the ghost image" in result.explanation) == (Outcome.UNDETERMINED, True), result


def test_a_portrait_without_contrast_is_not_compared(desk: Desk) -> None:
    seen = desk.genuine()
    zone, scale = LAYOUTS[PageSize.ID_3].portrait, seen.page.pixels_per_mm
    assert zone is not None
    x, y, right, bottom = (round(v * scale) for v in (zone.x, zone.y, zone.x + zone.width, zone.y + zone.height))
    image = seen.page.image.copy()
    image[y:bottom, x:right] = 120 + 0.05 * image[y:bottom, x:right]
    result = _performed(desk, _shown(seen, image))["photo.ghost"]
    assert (result.outcome, "contrast" in result.explanation) == (Outcome.UNDETERMINED, True)


def test_lines_of_a_picture_that_was_sharpened_are_not_held_against_it(desk: Desk) -> None:
    seen = desk.genuine()
    result = _performed(desk, _shown(seen, sharpened(seen.page.image, 1.0, 2.0)))["photo.edge"]
    assert (result.outcome, "may be the software's" in result.explanation) == (Outcome.UNDETERMINED, True)


def test_a_coarse_page_says_nothing(desk: Desk) -> None:
    seen = desk.genuine()
    factor = 5 / seen.page.pixels_per_mm
    small = cv2.resize(seen.page.image, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    coarse = replace(seen, page=replace(seen.page, image=small, pixels_per_mm=5.0))
    for result in _performed(desk, coarse).values():
        assert (result.outcome, "too coarse" in result.explanation) == (Outcome.UNDETERMINED, True)


def test_a_page_that_software_enlarged_says_as_little(desk: Desk) -> None:
    seen = desk.genuine()
    enlarged = replace(seen, page=replace(seen.page, enlarged=seen.page.pixels_per_mm / 5.0))
    for result in _performed(desk, enlarged).values():
        assert (result.outcome, "too coarse" in result.explanation) == (Outcome.UNDETERMINED, True)


def test_without_samples_nothing_is_performed(desk: Desk) -> None:
    for result in _performed(desk, desk.genuine(), enrolled=False).values():
        assert (result.outcome, "enrolled" in result.explanation) == (Outcome.NOT_PERFORMED, True)


def test_an_older_model_and_a_kind_without_a_ghost_say_so(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    assert desk.model.photo is not None
    ghostless = replace(desk.model, photo=replace(desk.model.photo, ghost=None))
    monkeypatch.setattr(desk, "model", ghostless)
    results = _performed(desk, desk.genuine())
    assert "show no ghost image" in results["photo.ghost"].explanation
    assert results["photo.edge"].outcome is Outcome.PASSED
    monkeypatch.setattr(desk, "model", replace(ghostless, photo=None))
    for result in _performed(desk, desk.genuine()).values():
        assert (result.outcome, "enrol it again" in result.explanation) == (Outcome.NOT_PERFORMED, True)


def test_a_page_that_does_not_lie_on_the_samples_is_not_compared(desk: Desk) -> None:
    seen = desk.genuine()
    for result in _performed(desk, _shown(seen, np.full_like(seen.page.image, 200))).values():
        assert (result.outcome, "by eye" in result.explanation) == (Outcome.UNDETERMINED, True)


def test_a_page_seen_askew_does_not_compare_the_ghost(desk: Desk) -> None:
    seen = desk.genuine()
    results = _performed(desk, replace(seen, page=seen_askew(seen.page)))
    assert results["photo.ghost"].outcome is Outcome.UNDETERMINED
    assert "straight above" in results["photo.ghost"].explanation
    assert results["photo.edge"].outcome is Outcome.PASSED


def test_a_place_where_one_sample_does_not_show_its_portrait_is_no_ghost(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Samples of a visa without one once differed alike at some place, and all its genuine documents failed."""
    samples = [(desk.genuine(index).page, np.eye(3)) for index in range(1, 5)]
    zone = LAYOUTS[PageSize.ID_3].portrait
    assert zone is not None
    found = ghost_of(samples, zone)
    assert found is not None
    first = pair_of(*samples[0], found.portrait, found.place)

    def unlike(pair: Pair, known: GhostImage) -> float:
        return 0.5 if np.array_equal(pair.portrait, first.portrait) else sample_likeness(pair, known)

    monkeypatch.setattr(ghosts, "sample_likeness", unlike)
    assert ghost_of(samples, zone) is None


def test_samples_whose_ghosts_are_others_show_none(desk: Desk) -> None:
    """Where each sample has another's ghost image, as the same place on pages without one, nothing is found."""
    pages = [desk.genuine(index).page for index in range(1, 5)]
    place, zone = _ghost(desk).place, LAYOUTS[PageSize.ID_3].portrait
    assert zone is not None
    blank = []
    for page in pages:
        image = page.image.copy()
        around = moved(corners_mm(Box(place.x - 3, place.y - 4, place.width + 6, place.height + 8)), np.eye(3))
        (x, y), (right, bottom) = (np.rint(around[corner] * page.pixels_per_mm).astype(int) for corner in (0, 2))
        image[y:bottom, x:right] = 200
        blank.append(replace(page, image=image))
    assert ghost_of([(page, np.eye(3)) for page in blank], zone) is None


def test_too_few_samples_or_no_portrait_measure_nothing(desk: Desk) -> None:
    pages = [desk.genuine(index).page for index in range(1, 4)]
    laid = [Laid(np.eye(3), share) for share in (0.5, 0.5, 0.1)]
    assert photo_of(pages, laid, LAYOUTS[PageSize.ID_3]) is None
    assert photo_of(pages, [laid[0]] * 3, replace(LAYOUTS[PageSize.ID_3], portrait=None)) is None
