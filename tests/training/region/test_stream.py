import logging
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from datasets.design.states import (
    CALIBRATED_ONLY,
    LEARNED_FROM,
    MORE_TRAINING,
    RENDERED_FROM,
    RENDERED_ONLY,
    STATES,
    TRAINING,
    state,
)
from datasets.sheet import Kind
from datasets.specimens import GENUINE, Order
from docscan.checks.regions import CELLS
from docscan.crops import CROP_PIXELS
from docscan.mrz.codes import ISO_3166, SPECIAL
from docscan.types import Image
from training.region.cutting import MOST_CROPS
from training.region.labels import UNKNOWN, UNSEEN
from training.region.stream import GROUPS, Rendered, Stream, _failed, orders, render, rendering
from training.region.train import Recipe, load, train_while_rendering, trained

TINY = Recipe(design="deep", width=9, batch=2, crops=3, learning_rate=1e-3, minutes=1, bf16=False)
CPU = torch.device("cpu")
PAIR = (Order(5, 0, "XFB", Kind.TD1_FRONT, GENUINE), Order(5, 1, "XFB", Kind.TD1_FRONT, "portrait_pasted"))


def _rendered(documents: int, mark: int = 0) -> Rendered:
    """Return documents of two crops; every second one holds a forgery in its second crop."""
    shape = (documents, 2, MOST_CROPS)
    region = np.full(shape, UNKNOWN, np.int8)
    region[:, :, :2] = 1
    cells = np.zeros((*shape, 3, CELLS, CELLS), np.int8)
    cells[1::2, :, 1, 0, 4, 4] = 1
    pixels = np.zeros((*shape, CROP_PIXELS, CROP_PIXELS, 3), np.uint8)
    pixels[:] = (mark + np.arange(documents))[:, None, None, None, None, None]
    return Rendered(pixels, cells, region, np.full(shape, 3, np.int64))


def test_more_states_are_for_training_alone_and_of_no_real_issuer() -> None:
    assert not set(MORE_TRAINING) & {*STATES, *ISO_3166, *SPECIAL}
    assert len(set(MORE_TRAINING)) == len(MORE_TRAINING) > 4 * len(TRAINING)
    assert not set(RENDERED_ONLY) & {*STATES, *LEARNED_FROM, *ISO_3166, *SPECIAL}
    assert len(set(RENDERED_ONLY)) == len(RENDERED_ONLY) > len(LEARNED_FROM)
    for code in (MORE_TRAINING[0], RENDERED_ONLY[0]):
        assert Order(1, 1, code, Kind.TD3, GENUINE).split == "training"
    assert not set(CALIBRATED_ONLY) & {*STATES, *RENDERED_FROM, *ISO_3166, *SPECIAL}
    assert state(MORE_TRAINING[0]).seed != state(MORE_TRAINING[1]).seed


def test_groups_hold_whole_pairs_of_training_states_and_of_kinds_that_print_tells() -> None:
    groups = orders(5, 400)
    assert sorted(wanted.index for group in groups for wanted in group) == list(range(400))
    assert all(wanted.split == "training" for group in groups for wanted in group)
    assert not UNSEEN & {wanted.recipe for group in groups for wanted in group}
    for group in groups:
        assert len({(wanted.code, wanted.kind) for wanted in group}) == 1
        assert [wanted.recipe == GENUINE for wanted in group] == [True, False] * (len(group) // 2)
    assert [group[0].index for group in groups] != sorted(group[0].index for group in groups)


def test_a_document_is_rendered_in_two_views_and_its_first_is_as_it_was_captured(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    reddened = []

    def redden(image: Image, _: np.random.Generator) -> Image:
        reddened.append(image.shape)
        return image // np.array([1, 8, 8], np.uint8)

    monkeypatch.setattr("training.region.stream._WORKED_ON", 1.0)
    monkeypatch.setattr("training.region.stream.worked_on", redden)
    made = render(PAIR)
    assert len(reddened) == len(PAIR)
    red, green, _ = np.moveaxis(made.pixels[:, :, 0].mean((2, 3)), -1, 0)
    assert (red[:, 1] > 4 * green[:, 1]).all()
    assert (red[:, 0] < 2 * green[:, 0]).all()
    assert made.pixels.shape == (2, 2, MOST_CROPS, CROP_PIXELS, CROP_PIXELS, 3)
    there = made.region >= 0
    assert there.any(2).all()
    assert not (made.cells[0, 0, :, 0] == 1).any()
    assert (made.cells[1, :, :, 0] == 1).any((1, 2, 3)).all()
    assert (made.group[0, 0][there[0, 0]] >= 0).all()
    assert made.group.max() < GROUPS
    assert (made.group[1][(made.cells[1, :, :, 0] != 0).any((2, 3))] == UNKNOWN).all()
    assert not np.array_equal(made.pixels[0, 0], made.pixels[0, 1])


def test_a_full_stream_lets_its_oldest_documents_go(tmp_path: Path) -> None:
    stream = Stream(tmp_path, 4, CPU)
    stream._add(_rendered(4))
    stream._add(_rendered(2, mark=10))
    assert stream.seen == 6
    pixels, cells, group, document = stream.batch(64, 2, np.random.default_rng(0))
    assert set(pixels.unique().tolist()) == {2, 3, 10, 11}
    assert cells.shape == (len(pixels), 3, CELLS, CELLS)
    assert (group == 3).all()
    assert document.unique().tolist() == list(range(64))
    # The second of each pair, which is forged, stands in the second half.
    forged = (cells[:, 0] == 1).any(2).any(1)
    assert not forged[document < 32].any()
    assert all(forged[document == number].any() for number in range(32, 64))


def test_training_while_rendering_learns_from_what_is_there_and_says_how_much(tmp_path: Path) -> None:
    torch.set_num_threads(1)
    checkpoint = tmp_path / "region.pt"
    with rendering([PAIR], 1, 2, CPU) as stream:
        train_while_rendering(stream, replace(TINY, minutes=0.02, rendered=5), checkpoint)
        assert not any(stream.folder.glob("[0-9]*"))
    assert not stream.folder.exists()
    told = trained(checkpoint)
    assert told["documents"] == 2
    assert told["rendered"] == 5
    assert told["steps"] > 0
    assert load(checkpoint).design == "deep"


def test_training_ends_where_rendering_took_all_of_its_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    torch.set_num_threads(1)
    stream = Stream(tmp_path, 4, CPU)
    stream._add(_rendered(4))
    monkeypatch.setattr("training.region.train._LEAST_MINUTES", 0.01)
    train_while_rendering(stream, replace(TINY, minutes=-1.0), tmp_path / "region.pt")
    assert trained(tmp_path / "region.pt")["steps"] > 0


def test_a_group_that_fails_is_told_and_nothing_waits_for_it(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    future: Future[None] = Future()
    future.set_exception(ValueError("no ink"))
    with caplog.at_level(logging.WARNING):
        _failed(future)
    assert "not rendered" in caplog.text
    assert "no ink" in caplog.text
    with pytest.raises(RuntimeError, match="the log says why"):
        Stream(tmp_path, 2, CPU, [future]).wait()
