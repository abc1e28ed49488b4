"""Crops of a drawn network's answers: what stands out beside the samples, and by which shape it is found."""

from dataclasses import replace

import numpy as np
import pytest

from docscan.checks.regions import ALTERATIONS, CELL_MM, CELLS, PROCESSES, Answers
from docscan.documents.places import CHANNELS, Cells, cells_of, compared_by_place, mean_of_samples
from docscan.types import PageSize

SIZE = PageSize.ID_3
SPOTS = tuple((CELL_MM * CELLS * column, CELL_MM * CELLS * row) for row in range(2) for column in range(3))
SHAPES = ("line", "characters", "datum", "area")


def _answers(seed: int, crops: int = len(SPOTS)) -> Answers:
    """Answers for crops; those for one design are alike, what a seed changes is noise."""
    rng, design = np.random.default_rng(seed), np.random.default_rng(0)

    def drawn(*shape: int) -> np.ndarray:
        size = (crops, *shape)
        return (3 * design.normal(size=size) + 0.2 * rng.normal(size=size)).astype(np.float32)

    cells = CELLS, CELLS
    return Answers(drawn(*cells), drawn(len(PROCESSES), *cells), drawn(len(ALTERATIONS), *cells), drawn(), drawn(64))


@pytest.fixture(scope="module")
def usual() -> Cells:
    return mean_of_samples([cells_of([_answers(seed)]) for seed in range(1, 6)])


def _compared(usual: Cells, answers: Answers) -> dict[str, float]:
    return dict(compared_by_place(cells_of([answers]), usual, SPOTS, SIZE).numbers)


def test_the_channels_are_the_networks_answers_region_after_region() -> None:
    first, second = _answers(1, crops=2), _answers(2, crops=1)
    cells = cells_of([first, second])
    assert cells.shape == (3, len(CHANNELS), CELLS, CELLS)
    np.testing.assert_array_equal(cells[:2, CHANNELS.index("forged")], first.forged)
    np.testing.assert_array_equal(cells[2:, CHANNELS.index("unaltered")], second.alteration[:, 0])
    np.testing.assert_array_equal(cells[:2, CHANNELS.index("toner")], first.process[:, PROCESSES.index("toner")])


def test_a_genuine_page_differs_little_however_odd_its_design(usual: Cells) -> None:
    numbers = _compared(usual, _answers(9))
    assert set(numbers) == {
        f"{shape}_{channel}"
        for shape in SHAPES
        for channel in (*CHANNELS, *(f"less_{name}" for name in CHANNELS))
        if channel not in ("unaltered", "less_forged")
    }
    assert max(numbers.values()) < 0.6


def _forged(rows: slice, columns: slice, crops: slice = slice(0, 1)) -> Answers:
    answers = _answers(9)
    forged = answers.forged.copy()
    forged[crops, rows, columns] += 6
    return replace(answers, forged=forged)


@pytest.mark.parametrize(
    ("answers", "shape"),
    [
        (_forged(slice(4, 5), slice(None), slice(0, 3)), "line"),
        (_forged(slice(3, 7), slice(3, 7)), "characters"),
        (_forged(slice(5, 7), slice(2, 8)), "datum"),
        (_forged(slice(2, 10), slice(2, 10)), "area"),
    ],
    ids=SHAPES,
)
def test_each_shape_finds_its_own(usual: Cells, answers: Answers, shape: str) -> None:
    numbers = _compared(usual, answers)
    assert numbers[f"{shape}_forged"] == pytest.approx(6, abs=0.5)
    assert numbers[f"{shape}_less_offset"] < 0.6  # nothing but that answer changed
    if shape == "line":  # too narrow for any other
        assert max(numbers[f"{other}_forged"] for other in SHAPES if other != shape) < 4


def test_a_column_is_a_line_too(usual: Cells) -> None:
    answers = _answers(9)
    forged = answers.forged.copy()
    forged[[0, 3], :, 5] += 6
    assert _compared(usual, replace(answers, forged=forged))["line_forged"] == pytest.approx(6, abs=0.5)


def test_the_place_that_looks_most_altered_is_told(usual: Cells) -> None:
    """The second crop of the second row, its cells 3 to 6 across and down."""
    answers = _forged(slice(3, 7), slice(3, 7), slice(4, 5))
    box = compared_by_place(cells_of([answers]), usual, SPOTS, SIZE).altered
    x, y = SPOTS[4]
    assert (box.x, box.y) == (pytest.approx(x + 3 * CELL_MM), pytest.approx(y + 3 * CELL_MM))
    assert (box.width, box.height) == (pytest.approx(4 * CELL_MM), pytest.approx(4 * CELL_MM))


def test_where_crops_overlap_their_mean_counts(usual: Cells) -> None:
    spots = (SPOTS[0], *SPOTS[:-1])  # the first two show the same
    once = _forged(slice(3, 7), slice(3, 7), slice(0, 1))
    assert compared_by_place(cells_of([once]), usual, spots, SIZE).numbers["characters_forged"] == pytest.approx(
        3, abs=0.5
    )
