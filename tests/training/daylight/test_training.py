"""The network of whole pages by daylight: what it learns from, that it learns, what the command leaves."""

import argparse
import json
import shutil
from functools import cache, partial
from pathlib import Path

import numpy as np
import pytest
import torch

from datasets.sheet import Kind
from datasets.specimens import GENUINE, Order, make
from datasets.truth import truth
from docscan import inspection, light_network, tools
from docscan.capture import ImageFile
from docscan.daylight_network import BESIDE, CHANNELS, HEIGHT, WIDTH, ask, channels_of
from docscan.page_answer import OUTPUTS, prepared
from docscan.runtime import read_manifest
from docscan.settings import Settings
from training.daylight import __main__ as command
from training.daylight import data
from training.daylight.data import DELIVERED, GRID, WORKED_ON, Pages, page_of, prepare
from training.daylight.measuring import told
from training.daylight.task import PagesTask
from training.fitting import Plan, done, fit
from training.onnx_export import export
from training.pages.command import ROOT
from training.pages.network import Flat, PageNetwork
from training.pages.shipping import ship
from training.region.labels import LEARNED, UNKNOWN, UNSEEN
from training.region.scoring import open_network
from training.restoring import restore

CPU = torch.device("cpu")


@cache
def _made(recipe: str, kind: Kind = Kind.TD3) -> tuple[dict[str, object], bytes]:
    made = make(Order(78, 4, "XFA", kind, recipe, "reader"), ("visible",), dpi=250)
    return truth(made, {"visible": ""}), made.captured.files["visible"][0]


def _pages(recipes: list[str], kind: Kind = Kind.TD3) -> Pages:
    rng = np.random.default_rng(1)
    made = [_made(recipe, kind) for recipe in recipes]
    cut = [page_of(line, files, rng) for line, files in made]
    return Pages(*(np.stack(part) for part in zip(*cut, strict=True)), tuple(line for line, _ in made))


@pytest.fixture(scope="module")
def pages() -> Pages:
    return _pages([GENUINE, "viz_altered", "counterfeit_inkjet", "uv_painted"])


def test_what_shows_by_daylight_is_forged_and_nothing_else(pages: Pages) -> None:
    forged = (pages.cells == 1).sum((1, 2)).tolist()
    assert forged[0] == forged[3] == 0
    assert 0 < forged[1] < 300
    assert forged[2] > 0.9 * GRID.rows * GRID.columns
    assert (pages.cells[3] == UNKNOWN).any()  # what shows under another light is nothing to learn from
    assert not UNSEEN & set(LEARNED)


def test_pages_are_what_the_product_would_see() -> None:
    _line, content = _made(GENUINE, Kind.TD1_BACK)
    seen = inspection.see(ImageFile("visible", content), tools=tools.open_mrz_tools(Settings(threads=1)))
    theirs = channels_of(seen.capture.visible, seen.page.to_capture, seen.page.size)
    ours = _pages([GENUINE], Kind.TD1_BACK)
    height, width = theirs.shape[:2]
    assert (ours.pixels[0, DELIVERED, height:] == 0).all()
    assert (ours.cells[0, -1] == UNKNOWN).all()
    for channel in range(CHANNELS):
        one, other = (
            ours.pixels[0, DELIVERED, :height, :width, channel].astype(float),
            theirs[..., channel].astype(float),
        )
        assert abs(one.mean() - other.mean()) < 4
        assert abs(one.std() - other.std()) < 6


def test_each_page_is_there_as_software_left_it_too_and_lies_where_it_lay(pages: Pages) -> None:
    delivered, worked_on = (pages.pixels[:, picture].astype(float) for picture in (DELIVERED, WORKED_ON))
    beside = (delivered == 0).all(-1)
    assert ((worked_on == 0).all(-1) == beside).mean() > 0.999
    for one, other in zip(delivered[..., 1], worked_on[..., 1], strict=True):
        assert np.corrcoef(one.ravel(), other.ravel())[0, 1] > 0.9
    assert (np.abs(delivered - worked_on)[~beside].mean(0) > 0.5).all()


def test_a_batch_shows_pages_of_both_kinds(pages: Pages) -> None:
    marked = Pages(np.zeros_like(pages.pixels), pages.cells, pages.lines)
    marked.pixels[:, WORKED_ON, ..., :-1] = 255
    (seen,), _ = PagesTask(marked).batch(np.tile(np.arange(4), 10), np.random.default_rng(2), CPU)
    bright = (seen[:, :-1].mean((1, 2, 3)) > 0).sum()
    assert 10 < bright < 30


def test_a_batch_varies_pages_within_their_range(pages: Pages) -> None:
    task = PagesTask(pages)
    (one,), cells = task.batch(np.arange(2), np.random.default_rng(0), CPU)
    (other,), _ = task.batch(np.arange(2), np.random.default_rng(1), CPU)
    assert one.shape == (2, CHANNELS, HEIGHT, WIDTH)
    assert cells.shape == (2, GRID.rows, GRID.columns)
    assert not torch.equal(one, other)
    assert float(one.min()) >= -1.001
    assert float(one.max()) <= 1.001


def test_a_network_learns_its_pages_and_answers_in_onnx_as_in_torch(pages: Pages, tmp_path: Path) -> None:
    torch.set_num_threads(1)
    torch.manual_seed(1)
    network = PageNetwork(CHANNELS, width=8)
    plan, checkpoint, path = Plan(steps=30, batch=4, rate=5e-3, seed=1), tmp_path / "page.pt", tmp_path / "page.onnx"
    assert fit(Flat(network), PagesTask(pages), plan, checkpoint, 600, box=False)
    assert done(checkpoint) == plan.steps
    assert (
        export(network, (2, CHANNELS, HEIGHT, WIDTH), path, {0: "batch"}, name="page_by_daylight", outputs=OUTPUTS)
        < 1e-3
    )
    answers = [ask(open_network(path), pages.page(row)) for row in range(len(pages))]
    assert answers[0].cells.shape == (GRID.rows, GRID.columns)
    assert answers[2].page > answers[0].page  # a page that is printed otherwise all over


def test_a_small_page_is_shown_as_it_was_learned_from() -> None:
    card = _pages([GENUINE], Kind.TD1_BACK).page(0)
    height, width = 324, 513
    assert (card[height:] == 0).all()
    session = open_network(ROOT / "models" / "page_visible.onnx")
    learned, shown = ask(session, card), ask(session, card[:height, :width])
    rows, columns = shown.cells.shape
    assert abs(learned.page - shown.page) < 1e-3  # what is beside it is the same to the network
    assert np.allclose(learned.cells[:rows, :columns], shown.cells, atol=1e-3)


def test_the_command_makes_model_card_and_manifest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(command, "PLAN", Plan(steps=1, batch=2, rate=1e-3, seed=1))
    models = tmp_path / "models"
    arguments = ["daylight", "--work", str(tmp_path / "work"), "--models", str(models), "--documents", "4"]
    monkeypatch.setattr("sys.argv", [*arguments, "--validation", "44", "--minutes", "5", "--workers", "2"])
    monkeypatch.setattr(command, "prepare", _few)
    command.main()
    entry = read_manifest(models).models["page_visible"]
    assert entry.dataset["documents"] == {"training": 4, "validation": 2}
    assert entry.parameters["parity"] < 1e-3
    assert "a datum of the visual zone erased and reprinted |" in (models / "daylight.md").read_text(encoding="utf-8")
    assert "AUC" in capsys.readouterr().out


def _few(_work: Path, split: str, _documents: int, _workers: int) -> Pages:
    return _pages([GENUINE, "viz_altered"] * (2 if split == "training" else 1), Kind.TD2)


def test_documents_are_made_cut_and_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = prepare(tmp_path, "validation", 2, 1)
    assert {line["split"] for line in made.lines} == {"validation"}
    about = json.loads((tmp_path / "validation-lines.json").read_text(encoding="utf-8"))
    assert next(line["recipe"] for line in about) == GENUINE
    monkeypatch.setattr(data, "_cut", None)  # nothing is cut again
    assert np.array_equal(made.pixels, prepare(tmp_path, "validation", 2, 1).pixels)


def _answers_as_shipped(name: str, pages: torch.Tensor) -> float:
    """Return how alike a network and what came back of it answer for the first of some pages, 1 at most."""
    session = open_network(ROOT / "models" / f"{name}.onnx")
    torch.set_num_threads(1)
    network = PageNetwork(pages.shape[1]).eval()
    restore(network, ROOT / "models" / f"{name}.onnx", lambda: network(pages))
    with torch.no_grad():
        cells, page = network(pages[:1])
    theirs, of_page = session.run(list(OUTPUTS), {session.get_inputs()[0].name: pages[:1].numpy()})
    assert float(page[0]) == pytest.approx(float(of_page[0]), abs=0.3)
    return float(np.corrcoef(cells.numpy().ravel(), theirs.ravel())[0, 1])


def test_a_network_shipped_in_int8_comes_back_and_answers_as_it_did(pages: Pages) -> None:
    shown = np.concatenate([prepared(pages.page(row), (HEIGHT, WIDTH), BESIDE) for row in (1, 0, 2)])
    assert _answers_as_shipped("page_visible", torch.from_numpy(shown)) > 0.97


def test_a_network_shipped_in_single_precision_comes_back_as_it_was() -> None:
    shown = np.random.default_rng(5).uniform(-1, 1, (3, 6, light_network.HEIGHT, light_network.WIDTH))
    assert _answers_as_shipped("page_uv", torch.from_numpy(shown.astype(np.float32))) > 0.9999


def test_a_training_goes_on_from_the_shipped_network(pages: Pages, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "models", tmp_path / "models")
    before = read_manifest(tmp_path / "models").models["page_visible"].sha256
    chosen = argparse.Namespace(models=tmp_path / "models", work=tmp_path, minutes=5, continued=True)
    plan = Plan(steps=1, batch=4, rate=1e-9, seed=1)
    session = open_network(ROOT / "models" / "page_visible.onnx")
    answer = ask(session, pages.page(1))
    ship(
        "page_visible",
        "page_by_daylight",
        PagesTask(pages),
        plan,
        partial(told, pages=pages),
        chosen,
        shape=(CHANNELS, HEIGHT, WIDTH),
        version="2",
        dataset={},
    )
    entry = read_manifest(tmp_path / "models").models["page_visible"]
    assert entry.dataset["training"]["continued_from"] == before != entry.sha256
    after = ask(open_network(tmp_path / "models" / "page_visible.onnx"), pages.page(1))
    assert np.corrcoef(after.cells.ravel(), answer.cells.ravel())[0, 1] > 0.95
