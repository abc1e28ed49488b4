from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from datasets import shortcuts, specimens
from datasets.forging import RECIPES, shows
from datasets.generate import generate
from datasets.sheet import Kind
from datasets.shortcuts import scores

RECIPES_BY_DAYLIGHT = tuple(name for name in RECIPES if shows(name, ("visible",)))
# Utopia, which no set has, and three states of as many scripts that have every feature which a recipe needs.
FEW_STATES = ("UTO", "XGK", "XJK", "XRP")
# Of every kind, most of those that are drawn soonest.
MOSTLY_CARDS = {Kind.TD3: 0.1, Kind.TD1_FRONT: 0.4, Kind.TD1_BACK: 0.3, Kind.TD2: 0.1, Kind.MRV_A: 0.1}


@pytest.fixture
def _no_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look at small pictures here: to begin a process takes longer."""
    monkeypatch.setattr(shortcuts, "pool", ThreadPoolExecutor)


def _set(folder: Path, count: int, *, leak: str) -> list[dict[str, object]]:
    """Write grey noise as JPEGs; forged ones leak as named."""
    rng = np.random.default_rng(4)
    lines: list[dict[str, object]] = []
    for index in range(count):
        forged = bool(index % 2)
        pixels = np.clip(rng.normal(120, 30, (64, 96, 3)) + rng.normal(0, 8), 0, 255)
        if leak == "colour" and forged:
            pixels[..., 0] += 12
        quality = int(rng.integers(60, 75)) + (20 if leak == "tables" and forged else 0)
        name = f"{index}.jpg"
        Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8)).save(folder / name, quality=quality)
        lines.append({"index": index, "recipe": "x" if forged else "genuine", "images": {"visible": name}})
    return lines


@pytest.mark.usefixtures("_no_processes")
def test_a_leak_is_found_by_the_shortcut_that_sees_it(tmp_path: Path) -> None:
    tables = scores(tmp_path, _set(tmp_path, 160, leak="tables"))
    assert tables["JPEG tables"].surely_leaks
    assert tables["file length"].surely_leaks
    assert not tables["size"].leaks
    colour = scores(tmp_path, _set(tmp_path, 160, leak="colour"))
    assert colour["mean colour"].surely_leaks
    assert not colour["JPEG tables"].surely_leaks


@pytest.mark.usefixtures("_no_processes")
def test_a_set_without_a_leak_passes(tmp_path: Path) -> None:
    assert not any(score.surely_leaks for score in scores(tmp_path, _set(tmp_path, 160, leak="")).values())


def test_the_generator_does_not_leak(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Small, so that the build stays short: it finds what three standard errors of an AUC find. The README names the
    # command for a large set, where the bounds are 0.45 and 0.55.
    # Of few states, since each side's artwork is drawn once, and of small sides; both of a pair are of one state and
    # kind, so that neither can leak.
    monkeypatch.setattr(specimens, "STATES", FEW_STATES)
    monkeypatch.setattr(specimens, "KINDS", MOSTLY_CARDS)
    lines = generate(tmp_path, documents=56, seed=21, recipes=RECIPES_BY_DAYLIGHT, workers=1)
    assert {line["state"] for line in lines} == set(FEW_STATES[1:])
    assert {line["kind"] for line in lines} == set(MOSTLY_CARDS)
    assert {line["recipe"] for line in lines} == {*RECIPES_BY_DAYLIGHT, "genuine"}
    leaks = {name: score for name, score in scores(tmp_path, lines, workers=1).items() if score.surely_leaks}
    assert not leaks
