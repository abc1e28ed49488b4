import copy
from pathlib import Path

import numpy as np
import onnxruntime as ort
import pytest
import torch

from docscan.checks.regions import CELLS, SIGNS, Answers, appraised, mean_strongest
from docscan.zones import REGIONS
from training import onnx_export
from training.fitting import Plan
from training.region.answers import Answered
from training.region.appraisal import Appraiser, learn, write
from training.region.cutting import MOST_CROPS

DOCUMENTS, CROPS = 64, 8


def _invented(seed: int = 0) -> Answered:
    """Invent answers that err: on half of all pages every cell is doubted, and a forgery stands out from its page."""
    rng = np.random.default_rng(seed)
    seen = rng.normal(0, 0.5, (DOCUMENTS, MOST_CROPS, SIGNS, CELLS, CELLS))
    genuine = np.arange(DOCUMENTS) % 2 == 0
    seen[:, :, 0] += np.where(rng.random(DOCUMENTS) < 0.5, 1.0, -2.0)[:, None, None, None]
    region = np.full((DOCUMENTS, MOST_CROPS), -1)
    region[:, :CROPS] = np.arange(CROPS) % len(REGIONS)
    forged = np.where(region[..., None, None] >= 0, 0, -1) + np.zeros((1, 1, CELLS, CELLS))
    seen[~genuine, 0, 0, 2:8, 2:8] += 2.0
    forged[~genuine, 0, 2:8, 2:8] = 1
    return Answered(seen.astype(np.float16), region.astype(np.int8), forged.astype(np.int8), genuine)


def _told(cells: np.ndarray, genuine: np.ndarray) -> float:
    """Return the share of pairs, one genuine, whose forged one has the stronger crop."""
    strongest = np.array([mean_strongest(page).max() for page in cells])
    return float((strongest[~genuine][:, None] > strongest[genuine]).mean())


@pytest.fixture(scope="module")
def learned(tmp_path_factory: pytest.TempPathFactory) -> tuple[Appraiser, Path]:
    torch.set_num_threads(1)
    folder = tmp_path_factory.mktemp("appraisal")
    network = learn(_invented(), folder / "appraisal.pt", Plan(steps=150, batch=8, rate=1e-2, seed=1))
    path = folder / "appraisal.onnx"
    told = write(network, _invented(1), path)
    assert told["parity"] < 1e-4
    assert told["weights"] == sum(part.numel() for part in network.parameters())
    assert 0 < told["milliseconds"] < 1000
    return network, path


def _answers(seen: np.ndarray) -> Answers:
    """Return a page's cells as the region network gives them."""
    nothing = np.zeros(len(seen), np.float32), np.zeros((len(seen), 64), np.float32)
    return Answers(seen[:, 0], seen[:, 1:8], seen[:, 8:], *nothing)


def test_what_stands_out_from_its_page_is_told_where_the_answers_err_on_all_of_it(
    learned: tuple[Appraiser, Path],
) -> None:
    unseen = _invented(2)
    session = ort.InferenceSession(str(learned[1]), providers=["CPUExecutionProvider"])
    region = unseen.region[0, :CROPS].astype(np.int64)
    pages = unseen.answers[:, :CROPS].astype(np.float32)
    amounts = np.stack([appraised(session, _answers(page), region) for page in pages])
    assert _told(pages[:, :, 0], unseen.genuine) < 0.8
    assert _told(amounts, unseen.genuine) > 0.95
    inside = amounts[1, 0, 2:8, 2:8].mean()
    assert inside > amounts[1, 1:].max(), "the map shows where"


def test_pages_of_a_batch_do_not_tell_on_each_other(learned: tuple[Appraiser, Path]) -> None:
    network, seen = learned[0], _invented(3)
    given = torch.from_numpy(seen.answers[:2].astype(np.float32)), torch.from_numpy(seen.region[:2].astype(np.int64))
    with torch.inference_mode():
        both = network(given[0].flatten(0, 1), given[1]).unflatten(0, given[1].shape)
        own = network(given[0][1, :CROPS], given[1][1:, :CROPS])
    assert torch.allclose(both[1, :CROPS], own, atol=1e-4)


def test_before_it_learned_it_says_what_the_region_network_says(tmp_path: Path) -> None:
    seen = _invented()
    network = learn(seen, tmp_path / "none.pt", Plan(steps=0, batch=32, rate=1e-3, seed=1))
    answered, region = (
        torch.from_numpy(seen.answers[0].astype(np.float32)),
        torch.from_numpy(seen.region[:1].astype(np.int64)),
    )
    assert torch.equal(network(answered, region), answered[:, 0])


def test_the_mean_of_what_both_networks_say_counts(learned: tuple[Appraiser, Path]) -> None:
    network, seen = learned[0], _invented(3)
    answered = torch.from_numpy(seen.answers[1, :CROPS].astype(np.float32))
    region = torch.from_numpy(seen.region[1:2, :CROPS].astype(np.int64))
    whole = copy.deepcopy(network)
    whole.counts = 1.0
    with torch.inference_mode():
        alone, counts = whole(answered, region), network(answered, region)
    assert not torch.allclose(alone, answered[:, 0], atol=0.5)
    assert torch.allclose(counts, (answered[:, 0] + alone) / 2, atol=1e-4)


def test_an_export_that_answers_otherwise_is_refused(
    learned: tuple[Appraiser, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(onnx_export, "TOLERANCE", -1.0)
    with pytest.raises(RuntimeError, match="differently from torch"):
        write(learned[0], _invented(1), tmp_path / "other.onnx")
