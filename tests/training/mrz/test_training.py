import argparse
import time
from dataclasses import replace
from functools import partial
from itertools import combinations
from pathlib import Path

import numpy as np
import onnx
import onnxruntime as ort
import pytest
import torch

from datasets.mrz.captures import zone_capture
from datasets.mrz.text import ALPHABET as WRITTEN
from datasets.mrz.typeface import faces
from docscan.mrz.own_reader import RECOGNISER
from docscan.mrz.recognise import ALPHABET as READ
from docscan.mrz.rectify import normalised
from training.fitting import Plan, done, fit
from training.mrz import data
from training.mrz.__main__ import RECIPES, Stage, _train
from training.mrz.data import MOST, NO_CHARACTER, Shards, issued_zones
from training.mrz.networks import CLASSES, Finder, Recogniser
from training.mrz.tasks import BETWEEN, FinderTask, RecogniserTask, _normal, column_targets
from training.onnx_export import export
from training.region.scoring import open_network

CPU = torch.device("cpu")


@pytest.fixture(scope="module")
def shards(tmp_path_factory: pytest.TempPathFactory) -> Shards:
    torch.set_num_threads(1)
    written = Shards(tmp_path_factory.mktemp("work") / "shards")
    written.write("zones", 1, 6)
    written.write("zones", 2, 6)
    written.write("issued", 1, 4)
    written.write("scenes", 1, 3)
    written.write("readable", 1, 4)
    written.write("unusual", 1, 4)
    written.write("captures", 1, 12)
    return written


def _recogniser_task(shards: Shards) -> RecogniserTask:
    return RecogniserTask(*(shards.read(name, {"zones": 2, "issued": 1}) for name in ("strips", "places", "classes")))


def test_generator_and_reader_share_one_alphabet() -> None:
    assert WRITTEN == READ
    assert len(READ) == CLASSES - 1


def test_columns_in_a_characters_middle_are_its_class_and_those_between_are_not() -> None:
    places = np.full((1, MOST), -1, np.float32)
    classes = np.full((1, MOST), NO_CHARACTER, np.int64)
    places[0, :3], classes[0, :3] = (17.5, 33.5, 49.5), (5, 0, 36)
    # Column 8 is at x = 16.5, column 9 at 18.5.
    targets = column_targets(torch.from_numpy(places), torch.from_numpy(classes), 32)[0]
    assert targets[8] == targets[9] == 5
    assert targets[16] == targets[17] == 0
    assert targets[24] == targets[25] == 36
    assert targets[12] == targets[20] == targets[0] == targets[31] == BETWEEN


def test_a_strip_without_characters_is_between_everywhere() -> None:
    targets = column_targets(torch.full((1, MOST), -1.0), torch.full((1, MOST), NO_CHARACTER), 20)
    assert (targets == BETWEEN).all()


def test_a_batch_shifts_strips_and_targets_together(shards: Shards) -> None:
    task = _recogniser_task(shards)
    (inputs, lines), targets = task.batch(np.arange(4), np.random.default_rng(0), CPU)
    count = int(lines.sum())
    assert lines.shape == (4,)
    assert inputs.shape == (count, 1, 32, 768)
    assert targets.shape == (count, 384)
    seen = set(targets.numpy().ravel().tolist())
    assert seen - {BETWEEN, -100}
    assert max(seen) <= BETWEEN


def test_a_task_has_each_zone_once_with_all_its_lines(shards: Shards) -> None:
    task = _recogniser_task(shards)
    assert task.lines.sum() == sum(len(shard) for shard in shards.read("strips", {"zones": 2, "issued": 1}))
    (strips, lines), targets = task.batch(np.arange(len(task)), np.random.default_rng(0), CPU)
    assert len(strips) == len(targets) == task.lines.sum()
    assert lines.tolist() == task.lines.tolist()
    assert set(task.lines.tolist()) <= {1, 2, 3}


def test_zones_are_told_by_the_length_of_their_lines() -> None:
    classes = np.full((3 + 2 + 1 + 2, MOST), NO_CHARACTER, np.uint8)
    for row, count in enumerate((30, 30, 30, 44, 44, 0, 36, 36)):
        classes[row, :count] = 1
    strips, places = np.zeros((len(classes), 32, 768), np.uint8), np.zeros(classes.shape, np.float32)
    assert RecogniserTask([strips], [places], [classes]).lines.tolist() == [3, 2, 1, 2]


def test_a_zone_is_read_alike_alone_and_among_others_and_its_lines_see_one_another() -> None:
    torch.manual_seed(1)
    network = Recogniser().eval()
    strips, lines = torch.randn(6, 1, 32, 768), torch.tensor([3, 1, 2])
    with torch.no_grad():
        together = network(strips, lines)
        alone = torch.cat([network(zone) for zone in strips.split(lines.tolist())])
        single = network(strips[:1])
    assert torch.allclose(together, alone, atol=1e-6)
    assert float((single[0] - together[0]).abs().max()) > 1e-5


def test_the_second_stage_learns_from_other_zones_large_enough_to_read(shards: Shards) -> None:
    kinds = ("issued", "readable", "unusual")
    strips = {kind: shards.read("strips", {kind: 1})[0] for kind in kinds}
    assert not any(np.array_equal(strips[one][:4], strips[other][:4]) for one, other in combinations(kinds, 2))
    rng = np.random.default_rng(5)
    assert min(data._pitch(rng, data._READABLE) for _ in range(200)) > 7
    assert not set(faces()) & set(faces(unusual=True))
    usual, unusual = (
        {zone_capture(np.random.default_rng(seed), 9.0, unusual=other).zones[0].face for seed in range(12)}
        for other in (False, True)
    )
    assert usual <= {path.stem for path in faces()}
    assert unusual <= {path.stem for path in faces(unusual=True)}


def test_a_stage_begins_where_the_one_before_it_ended(shards: Shards, tmp_path: Path) -> None:
    stages = tuple(Stage({"zones": 2}, Plan(steps, 4, rate, 1)) for steps, rate in ((3, 3e-3), (2, 0.0)))
    recipe = replace(RECIPES[RECOGNISER], stages=stages, ranges=partial(issued_zones, 1, 6))
    chosen = argparse.Namespace(work=shards.folder.parent, models=tmp_path, device="cpu", box=False)
    assert _train(chosen, {RECOGNISER: recipe}, time.monotonic() + 300)[RECOGNISER] < 2e-3
    first, second = (torch.load(chosen.work / f"{RECOGNISER}-{number}.pt", weights_only=True) for number in (1, 2))
    assert (first["step"], second["step"]) == (3, 2)
    full, int8 = (path / f"{RECOGNISER}{end}.onnx" for path, end in ((chosen.work, "-fp32"), (tmp_path, "")))
    assert "QuantizeLinear" in {node.op_type for node in onnx.load(int8).graph.node}
    zone = {"picture": issued_zones(2, 1)[0]}
    exact, near = (open_network(path).run(None, zone)[0] for path in (full, int8))
    assert 0 < np.abs(exact - near).max() < 0.2 * np.abs(exact).max()
    learned = [name for name, _ in Recogniser().named_parameters()]
    assert all(torch.equal(first["network"][name], second["network"][name]) for name in learned)


def test_masks_mark_zones(shards: Shards) -> None:
    task = FinderTask(
        shards.read("scenes", {"scenes": 1}), shards.read("scene_masks", {"scenes": 1}), sizes=((384, 512),), flips=True
    )
    (inputs,), targets = task.batch(np.arange(3), np.random.default_rng(0), CPU)
    assert inputs.shape == (3, 1, 384, 512)
    assert targets.shape == (3, 96, 128)
    assert set(targets.unique().tolist()) == {0, 1}


def test_captures_teach_both_finders_where_zones_and_lines_stand(shards: Shards) -> None:
    scenes, masks, crops, lines = (
        shards.read(name, {"captures": 1})[0] for name in ("scenes", "scene_masks", "crops", "crop_masks")
    )
    assert scenes.shape == (12, *data.SCENE)
    assert masks.shape == (12, data.SCENE[0] // data.STRIDE, data.SCENE[1] // data.STRIDE)
    shown = [mask.any() for mask in masks]
    assert sum(shown) <= len(crops) < 12  # some have no zone, or one that left the picture
    marked = np.kron(masks, np.ones((1, data.STRIDE, data.STRIDE), np.uint8)) > 0
    strokes = np.abs(np.diff(np.array(scenes, np.float32), axis=2, prepend=0))
    print_in, print_beside = strokes[marked].mean(), strokes[np.array(shown)][~marked[np.array(shown)]].mean()
    assert print_in > 1.5 * print_beside
    assert {int(value) for value in np.unique(lines)} == {0, 1, 2}


def test_training_goes_on_where_it_stopped_and_learns(shards: Shards, tmp_path: Path) -> None:
    task, plan, checkpoint = _recogniser_task(shards), Plan(12, 8, 3e-3, 1), tmp_path / "state.pt"
    (inputs, lines), targets = task.batch(np.arange(8), np.random.default_rng(0), CPU)

    def loss() -> float:
        network = Recogniser()
        network.load_state_dict(torch.load(checkpoint, weights_only=True)["network"])
        with torch.no_grad():
            return float(task.loss(network(inputs, lines), targets))

    assert not fit(Recogniser(), task, plan, checkpoint, seconds=0.0, box=False)
    assert torch.load(checkpoint, weights_only=True)["step"] == 1
    first = loss()
    assert done(checkpoint) is None
    assert fit(Recogniser(), task, plan, checkpoint, seconds=60.0, box=False)
    assert done(checkpoint) == 12
    assert loss() < first


def test_training_in_a_time_box_ends_with_it(shards: Shards, tmp_path: Path) -> None:
    task, plan, checkpoint = _recogniser_task(shards), Plan(10_000, 2, 3e-3, 1), tmp_path / "state.pt"
    assert fit(Recogniser(), task, plan, checkpoint, seconds=2.0, box=True)
    taken = done(checkpoint)
    assert taken is not None
    assert 0 < taken < 10_000
    before = checkpoint.read_bytes()
    assert fit(Recogniser(), task, plan, checkpoint, seconds=2.0, box=True)
    assert checkpoint.read_bytes() == before


def test_pictures_are_normalised_as_the_reader_does(shards: Shards) -> None:
    strips = shards.read("strips", {"zones": 1})[0][:5]
    learned = _normal(torch.from_numpy(np.array(strips))[:, None].float())
    assert np.allclose(learned.numpy(), normalised(np.array(strips)), atol=1e-4)


@pytest.mark.parametrize(
    ("network", "shape", "dynamic", "answer"),
    [
        (Recogniser(), (3, 1, 32, 768), {0: "batch"}, (2, CLASSES, 384)),
        (Finder(1), (1, 1, 384, 512), {2: "height", 3: "width"}, (1, 1, 64, 128)),
    ],
)
def test_exported_networks_take_the_sizes_that_the_reader_gives(
    tmp_path: Path, network: torch.nn.Module, shape: tuple[int, ...], dynamic: dict[int, str], answer: tuple[int, ...]
) -> None:
    path = tmp_path / "network.onnx"
    assert export(network, shape, path, dynamic) < 2e-3
    session = ort.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    given = np.zeros((answer[0], 1, *((256, 512) if 2 in dynamic else shape[2:])), np.float32)
    assert session.run(None, {"picture": given})[0].shape == answer
