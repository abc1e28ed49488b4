import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from docscan.zones import REGIONS
from tests.training.region.conftest import here
from training.region import data
from training.region.cutting import MOST_CROPS, Cut, Limits, Software, cut_as_product, cut_by_truth
from training.region.data import Crops, cut_split, open_split

PORTRAIT = REGIONS.index("portrait")


def test_crops_are_labelled_by_what_was_touched(cut: tuple[Path, Crops]) -> None:
    crops = cut[1]
    assert crops.recipes[::2] == ("genuine",) * 3
    assert crops.recipes[1::2] == ("portrait_pasted", "digital_splice", "counterfeit_inkjet")
    for row in (0, 2, 4):
        assert (crops.cells[row, crops.slots(row), 0] == 0).all()
    for row in (1, 3):
        portrait = crops.region[row] == PORTRAIT
        assert (crops.cells[row, portrait, 0] == 1).mean() > 0.4
        assert (crops.cells[row, crops.region[row] == REGIONS.index("background"), 0] != 1).all()
    assert (crops.cells[1, crops.region[1] == REGIONS.index("mrz"), 0] == 0).all()
    assert (crops.cells[5, crops.slots(5), 0] == 1).mean() > 0.9


def test_every_crop_shows_something_and_there_are_not_too_many(cut: tuple[Path, Crops]) -> None:
    crops = cut[1]
    for row in range(len(crops)):
        shown = crops.cut(row)
        assert 15 <= len(shown) <= MOST_CROPS
        assert shown.reshape(len(shown), -1).std(1).min() > 2


def test_cutting_goes_on_where_it_was_stopped(
    folder: Path, cut: tuple[Path, Crops], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopping(things: object, task: object, **_: object) -> object:
        for number, thing in enumerate(things):  # type: ignore[call-overload]
            if number == 2:
                raise KeyboardInterrupt
            yield thing, task(thing)  # type: ignore[operator]

    monkeypatch.setattr(data, "each", stopping)
    with pytest.raises(KeyboardInterrupt):
        cut_split(folder, "training", tmp_path, Limits(), workers=1)
    with pytest.raises(ValueError, match="not all cut yet"):
        open_split(tmp_path, "training")
    asked = []

    def rest(things: list[tuple[int, object]], task: Callable[[object], object], **_: object) -> object:
        asked.extend(row for row, _ in things)
        return here(things, task)

    monkeypatch.setattr(data, "each", rest)
    again = cut_split(folder, "training", tmp_path, Limits(), workers=1)
    assert asked == [2, 3, 4, 5]
    assert np.array_equal(again.pixels, cut[1].pixels)
    assert np.array_equal(again.cells, cut[1].cells)
    assert again.notes == cut[1].notes


def test_crops_of_another_set_are_not_taken_for_these(folder: Path, cut: tuple[Path, Crops], tmp_path: Path) -> None:
    about = json.loads((cut[0] / "training.json").read_text())
    about["set"]["seed"] = 4
    (tmp_path / "training.json").write_text(json.dumps(about))
    with pytest.raises(ValueError, match="another set"):
        cut_split(folder, "training", tmp_path, Limits(), workers=1)


def test_crops_cut_with_other_limits_are_refused(folder: Path, cut: tuple[Path, Crops]) -> None:
    with pytest.raises(ValueError, match="other limits"):
        cut_split(folder, "training", cut[0], Limits(most_flat=0.5), workers=1)


def test_a_split_without_documents_is_an_error(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no documents of the test states"):
        cut_split(folder, "test", tmp_path, Limits(), workers=1)


def _read(folder: Path, index: int) -> tuple[dict[str, object], bytes]:
    line = json.loads((folder / "documents.jsonl").read_text().splitlines()[index])
    return line, (folder / line["images"]["visible"]).read_bytes()


def _touched(cut: Cut) -> set[str]:
    forged = (cut.cells[:, 0] == 1).any((1, 2))
    return {REGIONS[number] for number in cut.region[forged]}


def test_the_products_own_eyes_and_the_truth_see_the_same(folder: Path) -> None:
    line, data = _read(folder, 1)
    seen, true = cut_as_product(data, Limits(), line), cut_by_truth(line, data, np.random.default_rng(0), 0.0)
    assert seen.notes["abstained"] is None
    assert seen.notes["format"] == "TD3"
    assert _touched(seen) >= {"portrait"}
    assert _touched(true) >= {"portrait"}
    assert seen.notes["scale"] == pytest.approx(true.notes["scale"], rel=0.03)


def test_the_truth_has_no_say_in_where_crops_are_cut(folder: Path) -> None:
    line, data = _read(folder, 1)
    without = {**line, "alterations": []}
    one, other = (cut_by_truth(told, data, np.random.default_rng(0)) for told in (line, without))
    assert np.array_equal(one.pixels, other.pixels)
    assert not np.array_equal(one.cells, other.cells)


def test_software_works_on_the_picture_and_moves_nothing(folder: Path) -> None:
    line, data = _read(folder, 1)

    def cut_after(software: Software) -> Cut:
        return cut_by_truth(line, data, np.random.default_rng(0), 0.0, software)

    whole = cut_by_truth(line, data, np.random.default_rng(0), 0.0)
    untouched = cut_after(lambda image, _: image)
    assert np.array_equal(untouched.cells, whole.cells)
    assert np.abs(untouched.pixels.astype(int) - whole.pixels).mean() < 0.5
    assert (cut_after(lambda image, _: np.full_like(image, 90)).pixels == 90).all()


def test_where_the_product_abstains_there_are_no_crops(folder: Path) -> None:
    line, data = _read(folder, 0)
    cut = cut_as_product(data, Limits(lowest_pixels_per_mm=50), line)
    assert "dpi" in cut.notes["abstained"]
    assert len(cut.pixels) == 0
    assert (cut.region == -1).all()
