"""The networks of other lights: what they learn from, that training learns and goes on, what the command leaves."""

import json
from dataclasses import replace
from functools import cache
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch

from datasets.sheet import Kind
from datasets.specimens import GENUINE, Order, make
from datasets.truth import truth
from docscan import inspection, tools
from docscan.capture import ImageFile
from docscan.documents.laying import PIXELS_PER_MM
from docscan.light_network import CHANNELS, HEIGHT, WIDTH, ask, channels_of
from docscan.page_answer import CELL_PIXELS, OUTPUTS
from docscan.runtime import read_manifest
from docscan.settings import Settings
from docscan.types import Spectrum
from training.fitting import Plan, done, fit
from training.lights import __main__ as command
from training.lights import data
from training.lights.data import GRID, LIGHTS, Pages, page_of, prepare
from training.lights.task import PagesTask
from training.onnx_export import export
from training.pages.network import Flat, PageNetwork
from training.region.labels import UNKNOWN
from training.region.scoring import open_network

CPU = torch.device("cpu")
CELL_MM = CELL_PIXELS / PIXELS_PER_MM
ALL = tuple(light.value for light in Spectrum)


@cache
def _made(recipe: str, kind: Kind = Kind.TD3) -> tuple[dict[str, object], dict[Spectrum, bytes]]:
    made = make(Order(77, 4, "XFA", kind, recipe, "reader"), ALL, dpi=200)
    files = {Spectrum(light): content for light, (content, _) in made.captured.files.items()}
    return truth(made, dict.fromkeys(ALL, "")), files


def _pages(recipes: list[str], kind: Kind = Kind.TD3) -> Pages:
    rng = np.random.default_rng(1)
    made = [_made(recipe, kind) for recipe in recipes]
    cut = [page_of(line, files, rng) for line, files in made]
    return Pages(*(np.stack(part) for part in zip(*cut, strict=True)), tuple(line for line, _ in made))


@pytest.fixture(scope="module")
def pages() -> Pages:
    return _pages([GENUINE, "viz_altered", "mrz_ink", "uv_bright_paper"])


def test_what_shows_under_a_light_is_forged_there_and_nowhere_else(pages: Pages) -> None:
    forged = {light: (pages.labels(light) == 1).sum((1, 2)).tolist() for light in LIGHTS}
    assert forged[Spectrum.UV][0] == forged[Spectrum.IR][0] == 0
    assert 0 < forged[Spectrum.UV][1] < 150 > forged[Spectrum.IR][1] > 0
    assert forged[Spectrum.UV][2] == 0 < forged[Spectrum.IR][2]  # the ink of an MRZ shows under infrared
    assert (pages.labels(Spectrum.UV)[2] == UNKNOWN).any()  # and is nothing to learn from under ultraviolet
    assert forged[Spectrum.UV][3] > 0.9 * GRID.rows * GRID.columns
    assert forged[Spectrum.IR][3] == 0


def test_a_forged_cell_lies_where_the_truth_has_the_alteration(pages: Pages) -> None:
    line = pages.lines[1]
    to_page = np.linalg.inv(np.array(line["millimetres_to_pixels"]))
    corners = np.array(line["alterations"][0]["polygons"][0])
    on_page = np.column_stack([corners, np.ones(len(corners))]) @ to_page.T
    (left, top), (right, bottom) = (pick(on_page[:, :2] / on_page[:, 2:], axis=0) for pick in (np.min, np.max))
    rows, columns = np.nonzero(pages.labels(Spectrum.UV)[1] == 1)
    far = 3.0  # millimetres: a cell, and by how much a page finder errs
    assert left - far < CELL_MM * columns.min() <= CELL_MM * columns.max() < right + far
    assert top - far < CELL_MM * rows.min() <= CELL_MM * rows.max() < bottom + far


def test_pages_are_what_the_product_would_see() -> None:
    _line, files = _made(GENUINE, Kind.TD1_BACK)
    named = {light.value: ImageFile(light.value, content) for light, content in files.items()}
    page = inspection.see(**named, tools=tools.open_mrz_tools(Settings(threads=1))).page  # type: ignore[arg-type]
    seen = _pages([GENUINE], Kind.TD1_BACK)
    height, width = seen.page(Spectrum.UV, 0).shape[:2]
    pictures = {light: _small(page.light(light), width, height) for light in Spectrum}
    for light in LIGHTS:
        ours, theirs = (
            cv2.GaussianBlur(image, (0, 0), 4).astype(float)  # pages are misplaced by less than a millimetre
            for image in (seen.page(light, 0), channels_of(light, pictures))
        )
        assert ours.shape == theirs.shape == (height, width, CHANNELS[light])
        for channel in range(CHANNELS[light]):
            assert np.corrcoef(ours[..., channel].ravel(), theirs[..., channel].ravel())[0, 1] > 0.8
            assert abs(ours[..., channel].mean() - theirs[..., channel].mean()) < 4
    assert (seen.pixels[0, height:] == 0).all()
    assert (seen.labels(Spectrum.UV)[0, -1] == UNKNOWN).all()


def _small(image: np.ndarray | None, width: int, height: int) -> np.ndarray:
    assert image is not None
    return np.asarray(cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA), np.uint8)


def test_a_batch_varies_pages_and_leaves_what_is_beside_them(pages: Pages) -> None:
    task = PagesTask(pages, Spectrum.UV)
    (one,), cells = task.batch(np.arange(2), np.random.default_rng(0), CPU)
    (other,), _ = task.batch(np.arange(2), np.random.default_rng(1), CPU)
    assert one.shape == (2, 6, HEIGHT, WIDTH)
    assert cells.shape == (2, GRID.rows, GRID.columns)
    assert not torch.equal(one, other)
    assert float(one.min()) >= -1
    assert float(one.max()) <= 1
    card = PagesTask(_pages([GENUINE], Kind.TD1_BACK), Spectrum.IR)
    (page,), _ = card.batch(np.arange(1), np.random.default_rng(0), CPU)
    assert (page[0, :, -1] == 0).all()


def test_a_network_learns_its_pages_and_answers_in_onnx_as_in_torch(pages: Pages, tmp_path: Path) -> None:
    torch.set_num_threads(1)
    torch.manual_seed(1)
    network = PageNetwork(CHANNELS[Spectrum.UV], width=8)
    plan = Plan(steps=40, batch=4, rate=5e-3, seed=1)
    checkpoint = tmp_path / "uv.pt"
    assert not fit(Flat(network), PagesTask(pages, Spectrum.UV), replace(plan, steps=4000), checkpoint, 1, box=False)
    checkpoint.unlink()
    assert fit(Flat(network), PagesTask(pages, Spectrum.UV), plan, checkpoint, 600, box=False)
    assert done(checkpoint) == plan.steps
    path = tmp_path / "uv.onnx"
    shape = (2, CHANNELS[Spectrum.UV], HEIGHT, WIDTH)
    assert export(network, shape, path, {0: "batch"}, name="page_under_light", outputs=OUTPUTS) < 1e-3
    answers = [ask(open_network(path), pages.page(Spectrum.UV, row)) for row in range(len(pages))]
    assert answers[0].cells.shape == (GRID.rows, GRID.columns)
    assert answers[3].page > answers[0].page  # a page that glows all over
    assert answers[3].strongest() > answers[0].strongest()


def test_the_command_makes_models_card_and_manifest_and_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(command, "PLAN", Plan(steps=1, batch=2, rate=1e-3, seed=1))
    models = tmp_path / "models"
    arguments = ["lights", "--work", str(tmp_path / "work"), "--models", str(models), "--documents", "4"]
    monkeypatch.setattr("sys.argv", [*arguments, "--validation", "44", "--minutes", "5", "--workers", "2"])
    monkeypatch.setattr(command, "prepare", _few)
    command.main()
    entries = read_manifest(models).models
    assert set(entries) == {"page_uv", "page_ir"}
    assert entries["page_uv"].dataset["documents"] == {"training": 4, "validation": 3}
    assert entries["page_uv"].parameters["parity"] < 1e-3
    card = (models / "lights.md").read_text(encoding="utf-8")
    assert "| stock with optical brighteners |" in card
    assert "does not show" in card
    assert "AUC" in capsys.readouterr().out


def _few(_work: Path, split: str, _documents: int, _workers: int) -> Pages:
    few = {"training": [GENUINE, "viz_altered"] * 2, "validation": [GENUINE, "viz_altered", "uv_bright_paper"]}
    return _pages(few[split], Kind.TD2)


def test_documents_are_made_cut_and_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = prepare(tmp_path, "validation", 2, 1)
    assert len(made) == 2
    assert {line["split"] for line in made.lines} == {"validation"}
    about = tmp_path / "validation-lines.json"
    assert next(line["recipe"] for line in json.loads(about.read_text(encoding="utf-8"))) == GENUINE
    monkeypatch.setattr(data, "_cut", None)  # nothing is cut again
    again = prepare(tmp_path, "validation", 2, 1)
    assert np.array_equal(made.pixels, again.pixels)
