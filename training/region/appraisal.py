"""The network that weighs the region network's answers: each crop's cells by its others, each crop by all of the page.

It learns from documents of states that the region network never saw, and so what that one errs on; its own answers are
calibrated on further states.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from docscan.checks.regions import ALTERATIONS, CELLS, PROCESSES, SIGNS, STRONGEST
from docscan.zones import REGIONS
from training.fitting import Plan, fit
from training.onnx_export import export_program, milliseconds_for, tolerated
from training.region.answers import Answered
from training.region.cutting import MOST_CROPS
from training.region.scoring import open_network

PLAN = Plan(steps=2000, batch=32, rate=3e-3, seed=9303)

_WIDTH = 24
_MOST = 12.0  # a logit beyond says no more
_UNIT = 4.0  # logits
_NOISE = 0.5  # logits, by which all of a document's signs are moved together; half as much for each crop's
_NONE = -30.0  # the logit of a region that a page has no crop of
_DOCUMENTS, _CELLS = 0.7, 0.5  # what documents and cells count beside regions
# In use. Half brings most of what all of it does on states that it did not see; real specimens, which taken whole it
# brings nearer to forgeries by 0.23 in the median log10 LR, stay within 0.06 of where the region network has them.
_COUNTS = 0.5
_COMPARED_ON = 20  # documents, torch and ONNX Runtime


class Appraiser(nn.Module):
    """Weighs the cells of pages.

    Input: ``answers``, (pages * m) x SIGNS x c x c logits of m crops a page, as ``docscan.checks.regions.signs`` has
    them; ``region``, pages x m, an index into ``REGIONS`` or UNKNOWN where a page has fewer crops. Output:
    (pages * m) x c x c, the logits of a cell being forged.
    """

    def __init__(self, width: int = _WIDTH) -> None:
        super().__init__()
        self.cell = nn.Conv2d(SIGNS, width, 1)
        self.near, self.again = (nn.Conv2d(width, width, 3, padding=1) for _ in range(2))
        self.crop = nn.Linear(3 * width, width)
        self.page = nn.Linear(2 * width + len(REGIONS), width)
        self.out = nn.Sequential(nn.Dropout(0.2), nn.Conv2d(width, 1, 1))
        self.counts = 1.0  # what it says, beside the region network

    def forward(self, answers: Tensor, region: Tensor) -> Tensor:
        """Return what the cells amount to."""
        forged, process, alteration = answers.split((1, len(PROCESSES), len(ALTERATIONS)), dim=1)
        shares = [functional.log_softmax(part, dim=1) for part in (process, alteration)]
        seen = torch.cat([forged, *shares], dim=1).clamp(-_MOST, _MOST) / _UNIT
        cells = functional.relu(self.cell(seen))
        cells = functional.relu(cells + self.near(cells))
        flat = cells.flatten(2)
        pooled = [flat.mean(2), flat.amax(2), flat.topk(STRONGEST, dim=2).values.mean(2)]
        crop = functional.relu(self.crop(torch.cat(pooled, dim=1)))
        about = (crop + self._about(crop, region))[:, :, None, None]
        weighed = functional.relu(cells + self.again(cells) + about)
        amount: Tensor = forged[:, 0] + self.counts * self.out(weighed)[:, 0]
        return amount

    def _about(self, crop: Tensor, region: Tensor) -> Tensor:
        """Return for each crop what all of its page says, and which region it is of."""
        there = (region >= 0).unsqueeze(-1).to(crop.dtype)
        crops = crop.reshape(*region.shape, -1)
        mean = (crops * there).sum(1) / there.sum(1).clamp(min=1)
        page = torch.cat([mean, (crops * there).amax(1)], dim=1).unsqueeze(1).expand(-1, region.shape[1], -1)
        own = functional.one_hot(region.clamp(min=0), len(REGIONS)).to(crop.dtype)
        about: Tensor = self.page(torch.cat([page, own], dim=2)).flatten(0, 1)
        return about


@dataclass(frozen=True, slots=True)
class AppraisalTask:
    """Learns regions, whole documents and cells at once: verdicts rest on the first two, the map on the last."""

    seen: Answered

    def __len__(self) -> int:
        """Return how many documents there are."""
        return len(self.seen)

    def batch(
        self, indices: NDArray[np.int64], rng: np.random.Generator, device: torch.device
    ) -> tuple[tuple[Tensor, ...], Tensor]:
        """Return documents' answers, a little off, and their regions; and what is to be learned, as ``_packed``."""
        answers, region = self.seen.answers[indices].astype(np.float32), self.seen.region[indices].astype(np.int64)
        count, most = region.shape
        for crops, noise in ((1, _NOISE), (most, _NOISE / 2)):
            answers += noise * rng.standard_normal((count, crops, SIGNS, 1, 1), np.float32)
        packed = _packed(self.seen.forged[indices], region, self.seen.genuine[indices])
        inputs = torch.from_numpy(answers.reshape(-1, *answers.shape[2:])), torch.from_numpy(region)
        return tuple(part.to(device) for part in inputs), torch.from_numpy(packed).to(device)

    def loss(self, logits: Tensor, targets: Tensor) -> Tensor:
        """Return the mean losses of regions, documents and cells, weighted."""
        pages, most = targets.shape[:2]
        labels, region, genuine = targets[..., :-2], targets[..., -2], targets[:, 0, -1] == 1
        cells = logits.reshape(pages, most, -1)
        strongest = cells.topk(STRONGEST, dim=2).values.mean(2)
        own = region[..., None] == torch.arange(len(REGIONS), device=region.device)  # pages x most x regions
        value = strongest[..., None].masked_fill(~own, _NONE).amax(1)
        touched = ((labels == 1).any(2)[..., None] & own).any(1)
        there = own.any(1)
        # A forged document's other regions are neither.
        told = there & (touched | genuine[:, None])
        document = value.logsumexp(1) - there.sum(1).clamp(min=1).log()
        known = (labels >= 0) & (region >= 0)[..., None]
        loss: Tensor = (
            _surprise(value[told], touched[told])
            + _DOCUMENTS * _surprise(document, ~genuine)
            + _CELLS * _surprise(cells[known], labels[known] == 1)
        )
        return loss


def _packed(forged: NDArray[np.int8], region: NDArray[np.int64], genuine: NDArray[np.bool_]) -> NDArray[np.int8]:
    """Return cells' labels, regions and whether documents are genuine in one array: pages x m x (c * c + 2)."""
    each = np.broadcast_to(genuine[:, None, None], (*region.shape, 1))
    cells = forged.reshape(*region.shape, CELLS * CELLS)
    return np.concatenate([cells, region[..., None], each], axis=2).astype(np.int8)


def _surprise(logits: Tensor, forged: Tensor) -> Tensor:
    return functional.binary_cross_entropy_with_logits(logits, forged.to(logits.dtype))


def learn(seen: Answered, checkpoint: Path, plan: Plan) -> Appraiser:
    """Train an appraiser on what the region network says of documents; goes on where it was stopped.

    In use the mean of what both say counts.
    """
    torch.manual_seed(plan.seed)
    network = Appraiser()
    for part in network.out[1].parameters():  # it begins with what the region network says
        nn.init.zeros_(part)
    fit(network, AppraisalTask(seen), plan, checkpoint, np.inf, box=False)
    network.counts = _COUNTS
    return network.eval()


def write(network: Appraiser, seen: Answered, path: Path) -> dict[str, float]:
    """Write an appraiser as ONNX and check it on some documents.

    Returns
    -------
    ``parity``, the largest difference of its logits from torch's; ``weights``, how many there are; ``milliseconds``
    that a document of MOST_CROPS crops takes on one thread.

    Raises
    ------
    RuntimeError
        The two disagree.
    """
    answers, region = torch.zeros(3, SIGNS, CELLS, CELLS), torch.zeros(1, 3, dtype=torch.int64)
    crops = torch.export.Dim("n", min=1)
    export_program(network, (answers, region), path, {"answers": {0: crops}, "region": {1: crops}}, ["forged"])
    session, largest = open_network(path), 0.0
    for row in range(min(len(seen), _COMPARED_ON)):
        slots = np.flatnonzero(seen.region[row] >= 0)
        given = seen.answers[row, slots].astype(np.float32), seen.region[row, slots].astype(np.int64)[None]
        with torch.inference_mode():
            expected = network(*map(torch.from_numpy, given)).numpy()
        answered = session.run(None, dict(zip(("answers", "region"), given, strict=True)))[0]
        largest = max(largest, float(np.abs(expected - answered).max()))
    whole: dict[str, NDArray[np.generic]] = {
        "answers": np.zeros((MOST_CROPS, SIGNS, CELLS, CELLS), np.float32),
        "region": np.zeros((1, MOST_CROPS), np.int64),
    }
    weights = sum(part.numel() for part in network.parameters())
    return {"parity": tolerated(path, largest), "weights": weights, "milliseconds": milliseconds_for(session, whole)}
