"""Edits of crops, on the crops of generated documents."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from datasets.specimens import GENUINE
from docscan.checks.regions import CELL_PIXELS
from training.region import train as module
from training.region.data import Crops
from training.region.edits import EDITS, edit, stored_again
from training.region.labels import FORGED_SHARE, UNKNOWN
from training.region.train import Recipe, train


@pytest.fixture
def documents(crops: Crops) -> tuple[NDArray[np.uint8], NDArray[np.int64], NDArray[np.int8], NDArray[np.intp]]:
    """Return pixels, cells and region of a genuine document's crops and of another's, and which are the first's."""
    first, other = [row for row, recipe in enumerate(crops.recipes) if recipe == GENUINE][:2]
    pixels = np.concatenate([crops.cut(first), crops.cut(other)])
    cells, region = (
        np.concatenate([values[row, crops.slots(row)] for row in (first, other)])
        for values in (crops.cells.astype(np.int64), crops.region)
    )
    return pixels, cells, region, np.arange(len(crops.slots(first)))


@pytest.mark.parametrize("name", EDITS)
def test_an_edit_changes_what_it_labels_and_nothing_else(name: str, documents: tuple) -> None:  # type: ignore[type-arg]
    before, genuine, region, own = documents
    for seed in range(6):
        pixels, cells = before.copy(), genuine.copy()
        changed = edit(np.random.default_rng(seed), pixels, cells, region, own, [name])
        assert 1 <= len(changed) <= 3
        assert set(changed) <= set(own)
        for number in set(range(len(pixels))) - set(changed):
            assert np.array_equal(pixels[number], before[number])
            assert np.array_equal(cells[number], genuine[number])
        for number in changed:
            differs = np.abs(pixels[number].astype(int) - before[number]).max(2) > 2
            shares = differs.reshape(11, CELL_PIXELS, 11, CELL_PIXELS).mean((1, 3))
            forged, untouched = cells[number, 0] == 1, cells[number, 0] == 0
            assert forged.any()
            assert shares[forged].max() > FORGED_SHARE / 2
            assert not shares[untouched].any()
            assert set(cells[number, 2][forged]) == {EDITS[name][1]}
            assert (cells[number, 1][~untouched] == UNKNOWN).all()


def test_crops_that_are_not_known_to_be_genuine_are_left_alone(documents: tuple) -> None:  # type: ignore[type-arg]
    pixels, cells, region, own = documents
    cells[own, 0, 0, 0] = UNKNOWN
    before = pixels.copy()
    assert len(edit(np.random.default_rng(0), pixels, cells, region, own, list(EDITS))) == 0
    assert np.array_equal(pixels, before)


def test_all_crops_of_a_document_are_stored_again_and_of_no_other(documents: tuple) -> None:  # type: ignore[type-arg]
    pixels, _, _, own = documents
    before = pixels.copy()
    stored_again(np.random.default_rng(0), pixels, own)
    differs = (pixels != before).any((1, 2, 3))
    assert differs[own].all()
    assert not np.delete(differs, own).any()
    assert np.abs(pixels[own].astype(int) - before[own]).mean() < 6


def test_who_leaves_digital_forgeries_out_learns_from_no_edit() -> None:
    assert set(module._edits("")) == set(EDITS)
    assert module._edits("digital") == ()
    assert set(module._edits("inkjet")) == set(EDITS)


def test_training_edits_genuine_documents_alone(crops: Crops, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(module, "_EDITED", 1.0)
    groups, _ = module.groups_of(crops)
    rows = np.arange(len(crops))
    _, cells, group, document = module._drawn(crops, groups, rows, 12, list(EDITS), np.random.default_rng(1))
    _, plain, _, _ = module._drawn(crops, groups, rows, 12, (), np.random.default_rng(1))
    for number, recipe in enumerate(crops.recipes):
        own = (document == number).numpy()
        forged = (cells[own][:, 0] == 1).flatten(1).any(1)
        assert bool(forged.any()) == (recipe == GENUINE or bool((plain[own][:, 0] == 1).any()))
        assert (group[own][forged] == UNKNOWN).all()
    tiny = Recipe(width=9, batch=6, crops=4, epochs=2, minutes=5, bf16=False)
    network = train(crops, replace(tiny, seed=1), tmp_path / "net.pt")
    assert not network.training
