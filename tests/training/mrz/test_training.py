from pathlib import Path

import numpy as np
import onnxruntime as ort
import pytest
import torch

from datasets.mrz.text import ALPHABET as WRITTEN
from docscan.mrz.recognise import ALPHABET as READ
from training.mrz.data import MOST, Shards
from training.mrz.export import export
from training.mrz.fit import BETWEEN, FinderTask, Plan, RecogniserTask, column_targets, fit
from training.mrz.networks import CLASSES, Finder, Recogniser


@pytest.fixture(scope="module")
def shards(tmp_path_factory: pytest.TempPathFactory) -> Shards:
    torch.set_num_threads(1)
    written = Shards(tmp_path_factory.mktemp("shards"))
    written.write("zones", 1, 6)
    written.write("zones", 2, 6)
    written.write("scenes", 1, 3)
    return written


def _recogniser_task(shards: Shards) -> RecogniserTask:
    return RecogniserTask(
        shards.read("zones", "strips"), shards.read("zones", "places"), shards.read("zones", "classes")
    )


def test_generator_and_reader_share_one_alphabet() -> None:
    assert WRITTEN == READ
    assert len(READ) == CLASSES - 1


def test_columns_in_a_characters_middle_are_its_class_and_those_between_are_not() -> None:
    places = np.full((1, MOST), -1, np.float32)
    classes = np.full((1, MOST), 255, np.int64)
    places[0, :3], classes[0, :3] = (17.5, 33.5, 49.5), (5, 0, 36)
    targets = column_targets(places, classes, 32)[0]  # column 8 is at x = 16.5, column 9 at 18.5
    assert targets[8] == targets[9] == 5
    assert targets[16] == targets[17] == 0
    assert targets[24] == targets[25] == 36
    assert targets[12] == targets[20] == targets[0] == targets[31] == BETWEEN


def test_a_strip_without_characters_is_between_everywhere() -> None:
    targets = column_targets(np.full((1, MOST), -1, np.float32), np.full((1, MOST), 255, np.int64), 20)
    assert (targets == BETWEEN).all()


def test_a_batch_shifts_strips_and_targets_together(shards: Shards) -> None:
    task = _recogniser_task(shards)
    inputs, targets = task.batch(np.arange(4), np.random.default_rng(0))
    assert inputs.shape == (4, 1, 32, 768)
    assert targets.shape == (4, 384)
    seen = set(targets.numpy().ravel().tolist())
    assert seen - {BETWEEN, -100}
    assert max(seen) <= BETWEEN


def test_masks_mark_zones(shards: Shards) -> None:
    task = FinderTask(
        shards.read("scenes", "scenes"), shards.read("scenes", "scene_masks"), sizes=((384, 512),), flips=True
    )
    inputs, targets = task.batch(np.arange(3), np.random.default_rng(0))
    assert inputs.shape == (3, 1, 384, 512)
    assert targets.shape == (3, 96, 128)
    assert set(targets.unique().tolist()) == {0, 1}


def test_training_goes_on_where_it_stopped_and_learns(shards: Shards, tmp_path: Path) -> None:
    task, plan, checkpoint = _recogniser_task(shards), Plan(24, 8, 3e-3, 1), tmp_path / "state.pt"
    inputs, targets = task.batch(np.arange(8), np.random.default_rng(0))

    def loss() -> float:
        network = Recogniser()
        network.load_state_dict(torch.load(checkpoint, weights_only=True)["network"])
        with torch.no_grad():
            return float(task.loss(network(inputs), targets))

    assert not fit(Recogniser(), task, plan, checkpoint, seconds=0.0)
    assert torch.load(checkpoint, weights_only=True)["step"] == 1
    first = loss()
    assert fit(Recogniser(), task, plan, checkpoint, seconds=60.0)
    assert loss() < first


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
