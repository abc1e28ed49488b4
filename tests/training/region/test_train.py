import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest
import torch
from sklearn.metrics import roc_auc_score
from torch import Tensor

from datasets.specimens import GENUINE
from docscan.checks.regions import prepared
from tests.conftest import ROOT
from training.region import train as module
from training.region.data import Crops
from training.region.export import export
from training.region.labels import UNKNOWN
from training.region.losses import Learner, _holds_forgery, _of_documents, balanced
from training.region.members import Member, keep
from training.region.network import DESIGNS, Answers, RegionNetwork
from training.region.train import Recipe, load, train, trained
from training.region.variation import flipped

Invent = Callable[..., Crops]

TINY = Recipe(width=9, batch=8, crops=4, epochs=8, learning_rate=1e-2, minutes=5, bf16=False)


@torch.inference_mode()
def answers_of(network: RegionNetwork, crops: Crops, row: int) -> Answers:
    batch = torch.from_numpy(prepared(list(crops.cut(row))))
    return network.eval()(batch.contiguous(memory_format=torch.channels_last))


@pytest.fixture(autouse=True)
def _one_thread() -> None:
    torch.set_num_threads(1)


@pytest.mark.parametrize("design", DESIGNS)
def test_every_design_answers_for_every_cell(design: str) -> None:
    answers = RegionNetwork(design, 9).eval()(torch.zeros(2, 3, 176, 176))
    assert answers.forged.shape == (2, 11, 11)
    assert answers.process.shape == (2, 7, 11, 11)
    assert answers.alteration.shape == (2, 6, 11, 11)
    assert answers.crop.shape == (2,)
    assert torch.allclose(answers.embedding.norm(dim=1), torch.ones(2), atol=1e-5)


def test_a_cell_is_judged_in_the_light_of_its_own_document_alone() -> None:
    torch.manual_seed(0)
    network = RegionNetwork("context", 9).eval()
    crops = torch.randn(6, 3, 176, 176)
    apart = torch.cat([network(crops[:2]).forged, network(crops[2:]).forged])
    with torch.inference_mode():
        together = network.answers(network.trunk(network.stem(crops)), torch.tensor([0, 0, 1, 1, 1, 1]))
    assert torch.allclose(together.forged, apart, atol=1e-4)
    assert not torch.allclose(network(crops).forged, apart, atol=1e-2)


def test_a_step_holds_forged_documents_and_their_companions(invented: Invent) -> None:
    crops = invented(40)
    pairs = module._pairs(crops, module._learned_from(crops, ""))
    recipe = replace(TINY, batch=10)
    seen = [module._rows(pairs, recipe, step) for step in range(8)]
    for rows in seen:
        assert sorted(rows) == sorted(np.concatenate([rows[rows % 2 == 0], rows[rows % 2 == 0] + 1]))
    for epoch in (seen[:4], seen[4:]):
        assert sorted(np.concatenate(epoch)) == list(range(40))
    assert not np.array_equal(np.concatenate(seen[:4]), np.concatenate(seen[4:]))


def test_a_network_learns_to_tell_a_printers_dots(invented: Invent, tmp_path: Path) -> None:
    network = train(invented(24), TINY, tmp_path / "net.pt")
    unknown = invented(16, seed=1)
    strongest = [answers_of(network, unknown, row).crop for row in range(len(unknown))]
    forged_rows = [recipe != GENUINE for recipe in unknown.recipes]
    assert roc_auc_score(forged_rows, [float(crop.max() + crop.mean()) for crop in strongest]) > 0.9
    forged = answers_of(network, unknown, 1)
    assert forged.crop[0] > forged.crop[1:].max()
    assert forged.forged[0].mean() > forged.forged[1:].mean() + 1
    again = load(tmp_path / "net.pt")
    assert torch.equal(answers_of(again, unknown, 1).crop, forged.crop)


def test_going_on_is_as_never_having_stopped(invented: Invent, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    crops, recipe = invented(16), replace(TINY, epochs=3, minutes=600)  # no clock has a say
    whole = train(crops, recipe, tmp_path / "whole.pt")
    monkeypatch.setattr(module, "_CHECKPOINT_EVERY", 2)
    drawn, steps = module._drawn, []

    def counted(*arguments: object) -> object:
        if len(steps) == 4:
            raise KeyboardInterrupt
        steps.append(1)
        return drawn(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(module, "_drawn", counted)
    with pytest.raises(KeyboardInterrupt):
        train(crops, recipe, tmp_path / "torn.pt")
    monkeypatch.setattr(module, "_drawn", drawn)
    torn = torch.load(tmp_path / "torn.pt", weights_only=True)
    assert torn["progress"][0] == 4
    resumed = train(crops, recipe, tmp_path / "torn.pt")
    left, right = (answers_of(network, crops, 1).crop for network in (whole, resumed))
    # Sums in another order differ by a hundredth now and then; an optimiser that was forgotten, by more than 1.
    assert torch.allclose(left, right, atol=0.1)
    with pytest.raises(ValueError, match="another recipe"):
        train(crops, replace(recipe, width=12), tmp_path / "torn.pt")


def test_a_training_begins_with_anothers_weights_and_says_so(invented: Invent, tmp_path: Path) -> None:
    crops, first, second = invented(16), tmp_path / "first.pt", tmp_path / "second.pt"
    begun = train(crops, replace(TINY, epochs=2), first)
    started = replace(TINY, epochs=1, learning_rate=0.0, start=str(first))
    went_on = train(crops, started, second)
    weights = dict(begun.named_parameters())
    assert all(torch.equal(weights[name], weight) for name, weight in went_on.named_parameters())
    assert trained(second)["steps"] == 2
    assert trained(second)["begun"] == trained(first)
    assert str(tmp_path) not in str(trained(second))
    told = trained(second)
    first.unlink()  # what it began with is told, and it goes on, without that file
    train(crops, replace(started, minutes=6), second)
    assert trained(second)["begun"] == told["begun"]


def test_a_training_goes_on_from_a_network_that_was_kept(
    invented: Invent, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    crops, recipe = invented(16), replace(TINY, epochs=4)
    first, shown = tmp_path / "first.pt", tmp_path / "shown.onnx"
    export(train(crops, recipe, first), shown)
    keep(Member(shown, 0.0, 1, trained(first)), "kept", tmp_path / "members")
    started = replace(recipe, learning_rate=0.0, start=str(tmp_path / "members" / "kept.onnx"))
    with monkeypatch.context() as patch:
        patch.setattr(module, "Learner", _Watched)
        train(crops, started, tmp_path / "second.pt")
    assert _Watched.groups == {UNKNOWN}  # where its embedding had placed them is not kept
    assert trained(tmp_path / "second.pt")["begun"] == trained(first) | {"without": []}  # as JSON has it
    # No weight was learned: but for what its normalisations see, it answers as the one that was kept did.
    before, after = (answers_of(load(path), crops, 1).forged.flatten() for path in (first, tmp_path / "second.pt"))
    assert float(torch.corrcoef(torch.stack([before, after]))[0, 1]) > 0.95
    with pytest.raises(ValueError, match="another design"):
        train(crops, replace(started, design="deep"), tmp_path / "third.pt")


class _Watched(Learner):
    """Notes which groups it is told of."""

    groups: ClassVar[set[int]] = set()

    def forward(self, crops: Tensor, cells: Tensor, group: Tensor, document: Tensor) -> Tensor:
        self.groups.update(group.tolist())
        return super().forward(crops, cells, group, document)


def test_a_time_box_ends_a_training(invented: Invent, tmp_path: Path) -> None:
    train(invented(16), replace(TINY, epochs=10_000, minutes=0.02), tmp_path / "net.pt")
    steps, minutes = torch.load(tmp_path / "net.pt", weights_only=True)["progress"]
    assert 0 < steps < 1000
    assert minutes < 0.5


def test_a_kind_that_is_left_out_is_not_learned_from(invented: Invent) -> None:
    crops = invented(8)
    assert len(module._learned_from(crops, ())) == 8
    assert [crops.recipes[row] for row in module._learned_from(crops, ("inkjet", "uv"))] == ["genuine"] * 4
    assert module._edits(("digital",)) == ()
    with pytest.raises(ValueError, match="no group"):
        module._learned_from(crops, ("inkjet", "inkjets"))


def test_crops_are_turned_with_their_labels_and_alike_over_a_document() -> None:
    rng, count, size = np.random.default_rng(4), 40, 16
    cells = torch.zeros(2 * count, 3, 11, 11, dtype=torch.int64)
    cells[:, 0, 2, 7] = 1
    pixels = (255 * cells[:, 0]).repeat_interleave(size, 1).repeat_interleave(size, 2).to(torch.uint8)
    document = torch.arange(count).repeat_interleave(2)
    pixels, labels = flipped(pixels[..., None].expand(-1, -1, -1, 3).contiguous(), cells, document, rng)
    shown = pixels[:, size // 2 :: size, size // 2 :: size, 0] == 255
    assert torch.equal(shown, labels[:, 0] == 1)
    assert torch.equal(labels[0::2], labels[1::2])
    turned = (labels != cells).flatten(1).any(1).sum().item() / (2 * count)
    assert 0.3 < turned < 0.8
    assert len({tuple(place.tolist()) for place in torch.nonzero(labels[:, 0])[:, 1:]}) == 8


def test_two_processes_learn_one_network(invented: Invent, tmp_path: Path) -> None:
    crops = invented(16)
    np.savez(tmp_path / "crops.npz", pixels=crops.pixels, cells=crops.cells, region=crops.region)
    script = tmp_path / "two.py"
    script.write_text(f"""
import json, sys
import numpy as np, torch
from pathlib import Path
from torch import distributed
from training.region.data import Crops
from training.region.train import Recipe, processes, train

kept = np.load({str(tmp_path / "crops.npz")!r})
lines = tuple(json.loads({__import__("json").dumps(list(crops.lines))!r}))
crops = Crops(kept["pixels"], kept["cells"], kept["region"], lines, ())
with processes() as ranks:
    assert ranks.count == 2
    recipe = Recipe(width=9, batch=8, crops=4, epochs=2, minutes=3, bf16=False)
    network = train(crops, recipe, Path({str(tmp_path / "net.pt")!r}), ranks)
    total = torch.stack([weights.detach().abs().sum() for weights in network.parameters()]).sum()
    both = [torch.zeros_like(total) for _ in range(2)]
    distributed.all_gather(both, total)
    assert torch.equal(*both), both
""")
    command = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node=2", str(script)]
    rooms = {**os.environ, "PYTHONPATH": str(ROOT)}  # the script lies elsewhere
    done = subprocess.run(command, capture_output=True, text=True, timeout=280, check=False, env=rooms)
    assert done.returncode == 0, done.stderr[-3000:]
    assert torch.load(tmp_path / "net.pt", weights_only=True)["progress"][0] == 4


def test_a_forged_word_weighs_as_much_as_a_forged_page() -> None:
    target = torch.zeros(2, 4, 4, dtype=torch.long)
    target[0] = 1
    target[1, 0, 0] = 1
    page, word = torch.zeros(2, 4, 4), torch.zeros(2, 4, 4)
    page[0], word[1, 0, 0] = -3, -3
    assert balanced(page, target) == pytest.approx(balanced(word, target).item(), rel=1e-5)
    nothing = torch.full_like(target, UNKNOWN)
    assert balanced(page, nothing) == 0


def test_a_document_weighs_no_more_for_having_more_forged_crops() -> None:
    logits, target = torch.tensor([2.0, 2.0, 2.0, -1.0]), torch.tensor([1, 1, 1, 1])
    document = torch.tensor([0, 0, 0, 1])
    one_each = balanced(logits[2:], target[2:])
    assert balanced(logits, target, document) == pytest.approx(one_each.item(), rel=1e-5)
    assert balanced(logits, target) < one_each
    genuine = torch.tensor([1, 1, 0, 1])
    half = (balanced(logits[[0, 3]], target[:2]) + balanced(logits[[2]], genuine[[2]])).item()
    assert balanced(logits, genuine, document) == pytest.approx(half, rel=1e-5)


def test_a_document_is_as_bad_as_its_worst_crop() -> None:
    forged = torch.zeros(5, 2, 2, dtype=torch.long)
    forged[1, 0, 0], forged[4, 0, 0] = 1, UNKNOWN
    holds = _holds_forgery(forged)
    assert holds.tolist() == [0, 1, 0, 0, UNKNOWN]
    crop = torch.tensor([0.0, 6.0, -1.0, -2.0, 0.0])
    values, targets = _of_documents(crop, holds, torch.tensor([0, 0, 1, 1, 2]))
    assert targets.tolist() == [1, 0, UNKNOWN]
    assert values[0] == pytest.approx(6, abs=0.01)
    assert -1 <= values[1] < -0.7


def test_the_trunk_may_reckon_in_bfloat16(invented: Invent) -> None:
    crops = invented(4)
    groups, count = module.groups_of(crops)
    torch.manual_seed(0)
    network = RegionNetwork("high_pass", 9)
    batch = module._drawn(crops, groups, np.arange(4), 4, (), np.random.default_rng(0))
    losses = [Learner(network, count, bf16) for bf16 in (False, True)]
    losses[1].load_state_dict(losses[0].state_dict())
    full, half = (learner.train()(*batch).item() for learner in losses)
    assert half == pytest.approx(full, rel=0.05)
