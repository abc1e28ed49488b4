import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import cv2
import numpy as np
import pytest

from datasets.contact_sheet import write_sheet
from datasets.forging import RECIPES
from datasets.generate import LIST, generate, read
from datasets.physics.surface import LIGHTS

ROOT = Path(__file__).resolve().parents[2]
SMALL = ("mrz_altered", "uv_painted", "digital_text")
CARDS = 23  # a seed whose first documents are all of cards, which are drawn soonest


def _files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_the_same_seed_makes_the_same_set_whatever_the_workers_and_interruptions(tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    generate(one, documents=4, seed=CARDS, recipes=SMALL, lights=LIGHTS, workers=1)
    generate(other, documents=4, seed=CARDS, recipes=SMALL, lights=LIGHTS, workers=2)
    assert _files(one) == _files(other)
    lines = (one / LIST).read_text(encoding="utf-8").splitlines()
    (one / LIST).write_text("\n".join(lines[:1]) + '\n{"index": 1, "se', encoding="utf-8")  # torn by a kill
    generate(one, documents=4, seed=CARDS, recipes=SMALL, lights=LIGHTS, workers=2)
    assert _files(one) == _files(other)


def test_a_killed_run_goes_on_where_it_stopped(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "datasets", "generate", "--out", str(tmp_path / "set"), "--documents", "4"]
    command += ["--recipes", "mrz_altered", "--workers", "1", "--seed", str(CARDS)]
    run = subprocess.Popen(command, cwd=ROOT, start_new_session=True)
    deadline = time.monotonic() + 60
    while not list((tmp_path / "set").rglob("*-visible.*")) and time.monotonic() < deadline:
        time.sleep(0.05)
    os.killpg(run.pid, signal.SIGKILL)
    run.wait()
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert "4 documents" in done.stdout
    assert [line["index"] for line in read(tmp_path / "set")] == list(range(4))
    assert len(list((tmp_path / "set").rglob("*-visible.*"))) == 4
    assert not list((tmp_path / "set").rglob("images/**/.*"))


def test_another_set_does_not_mix_with_what_is_there(tmp_path: Path) -> None:
    generate(tmp_path, documents=1, seed=3, recipes=SMALL)
    with pytest.raises(ValueError, match="other settings"):
        generate(tmp_path, documents=1, seed=4, recipes=SMALL)


def test_the_truth_says_where_everything_stands(tmp_path: Path) -> None:
    line = generate(tmp_path, documents=2, seed=9, recipes=("mrz_font",), lights=LIGHTS)[0]
    assert {"recipe", "split", "state", "kind", "corners", "mrz", "fields", "regions", "capture", "images"} <= set(line)
    image = cv2.imread(str(tmp_path / line["images"]["visible"]))
    height, width = image.shape[:2]
    grey = image.mean(2)
    zone = np.array(line["regions"]["mrz"])
    assert zone.min() > 0
    assert zone[:, 0].max() < width
    assert zone[:, 1].max() < height
    # The MRZ's own pixels are darker and busier than the strip above it.
    (left, top), (right, bottom) = zone.min(0).astype(int), zone.max(0).astype(int)
    inside = grey[top:bottom, left:right]
    assert np.percentile(inside, 2) < 0.6 * np.median(inside)
    assert json.loads((tmp_path / LIST).read_text(encoding="utf-8").splitlines()[0]) == line


def test_the_contact_sheet_shows_each_recipe_under_each_light(tmp_path: Path) -> None:
    generate(tmp_path, documents=4, seed=CARDS, recipes=("uv_painted", "uv_bright_paper"), lights=LIGHTS)
    page = write_sheet(tmp_path, tmp_path / "sheet.html").read_text(encoding="utf-8")
    assert page.count("<img") == 3 * 6  # genuine and two recipes; three lights, whole and enlarged
    assert RECIPES["uv_painted"].title in page
    with pytest.raises(ValueError, match="no documents"):
        write_sheet(tmp_path / "nothing", tmp_path / "sheet.html")


def test_unknown_recipes_are_refused_by_name(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "datasets", "generate", "--out", str(tmp_path), "--recipes", "magic"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 2
    assert "magic" in done.stderr
    assert "portrait_pasted" in done.stderr
