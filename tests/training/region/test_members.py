from pathlib import Path

import numpy as np
import onnx
import pytest
import torch

from docscan.checks.regions import OUTPUTS, ask
from training.region.data import Crops
from training.region.export import export
from training.region.members import Member, join, keep, members, trained_as_kept
from training.region.network import RegionNetwork
from training.region.scoring import open_network


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("apart")
    paths = [folder / f"{design}.onnx" for design in ("context", "plain")]
    for seed, path in enumerate(paths):
        torch.manual_seed(seed)
        export(RegionNetwork(path.stem, 9), path)
    return paths


def test_joined_networks_answer_with_their_mean_and_the_firsts_embedding(
    exported: list[Path], crops: Crops, tmp_path: Path
) -> None:
    joined = tmp_path / "joined.onnx"
    join(exported, joined)
    shown = list(crops.cut(0))
    one, other = (ask(open_network(path), shown) for path in exported)
    both = ask(open_network(joined), shown)
    assert not np.allclose(one.forged, other.forged, atol=1e-2)
    for name in OUTPUTS[:-1]:
        assert np.allclose(getattr(both, name), (getattr(one, name) + getattr(other, name)) / 2, atol=1e-4), name
    assert np.allclose(both.embedding, one.embedding, atol=1e-5)
    model = onnx.load(joined)
    assert [taken.name for taken in model.graph.input] == ["crops"]
    assert [answer.name for answer in model.graph.output] == list(OUTPUTS)
    assert ask(open_network(joined), shown[:1]).crop.shape == (1,)


def test_one_network_alone_stays_as_it_is(exported: list[Path], tmp_path: Path) -> None:
    join(exported[:1], tmp_path / "joined.onnx")
    assert (tmp_path / "joined.onnx").read_bytes() == exported[0].read_bytes()


def test_members_are_kept_with_their_trainings_and_refused_where_altered(exported: list[Path], tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="No network is kept"):
        members(tmp_path)
    kept = [Member(path, 1e-6, 7, {"design": path.stem}) for path in exported]
    for member in reversed(kept):
        keep(member, member.path.stem, tmp_path)
    found = members(tmp_path)
    assert [(member.path, member.training) for member in found] == [
        (tmp_path / path.name, {"design": path.stem}) for path in exported
    ]
    assert trained_as_kept(tmp_path / exported[0].name) == {"design": exported[0].stem}
    assert trained_as_kept(tmp_path / "unknown.onnx") is None
    found[0].path.write_bytes(exported[1].read_bytes())
    with pytest.raises(ValueError, match="is not the network"):
        members(tmp_path)
