from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnx
import pytest
import torch

from docscan.checks.regions import OUTPUTS, ask
from training.region.data import Crops
from training.region.export import difference, export, parity, small
from training.region.network import RegionNetwork
from training.region.scoring import Networks, open_network, score


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> tuple[RegionNetwork, Path]:
    torch.manual_seed(1)
    network = RegionNetwork("high_pass", 16)
    for layer in network.modules():  # statistics as after training, other than the identity
        if isinstance(layer, torch.nn.BatchNorm2d):
            layer.running_mean.uniform_(-0.2, 0.2)
            layer.running_var.uniform_(0.5, 2)
    path = tmp_path_factory.mktemp("export") / "net.onnx"
    export(network, path)
    return network, path


def test_torch_and_onnx_runtime_agree_on_crops_of_documents(exported: tuple[RegionNetwork, Path], crops: Crops) -> None:
    network, path = exported
    for row in range(2):
        assert parity(network, path, crops.cut(row)) < 1e-4


def test_any_number_of_crops_goes_in_one_call(exported: tuple[RegionNetwork, Path]) -> None:
    session = open_network(exported[1], 1)
    crops = np.random.default_rng(0).integers(0, 255, (24, 176, 176, 3)).astype(np.uint8)
    together = ask(session, list(crops))
    for count in (1, 5):
        assert np.allclose(ask(session, list(crops[:count])).crop, together.crop[:count], atol=1e-4)
    model = onnx.load(exported[1])
    assert [output.name for output in model.graph.output] == list(OUTPUTS)
    assert model.opset_import[0].version >= 18


def test_the_int8_network_is_static_and_near(
    exported: tuple[RegionNetwork, Path], crops: Crops, tmp_path: Path
) -> None:
    _, path = exported
    int8 = tmp_path / "small.onnx"
    small(path, int8, [crops.cut(0), crops.cut(1)])
    kinds = {node.op_type for node in onnx.load(int8).graph.node}
    assert {"QuantizeLinear", "DequantizeLinear"} <= kinds
    assert "DynamicQuantizeLinear" not in kinds
    assert int8.stat().st_size < 0.5 * path.stat().st_size
    assert 0 < difference(path, int8, crops.cut(2)) < 0.5


def test_documents_are_scored_by_region(exported: tuple[RegionNetwork, Path], invented: Callable[..., Crops]) -> None:
    crops = invented(4)
    found = score(crops, Networks(open_network(exported[1], 1)))
    assert [item.genuine for item in found] == [True, False, True, False]
    assert set(found[1].regions) == {"portrait", "viz", "mrz", "background"}
    assert found[1].touched == {"portrait": True, "viz": False, "mrz": False, "background": False}
    assert not any(found[0].touched.values())
