"""What a region network is to learn."""

import torch
from torch import Tensor, nn
from torch.nn import functional as fn

from training.region.labels import UNKNOWN
from training.region.network import EMBEDDING, RegionNetwork

_NONE_WEIGHS = 0.3  # of the class "not altered", to which most cells belong
_TEMPERATURE = 16.0
_NOTHING = 1e-6  # that a mean of none is divided by: asking whether there is any would make a GPU wait
_DOCUMENT_SHARPNESS = 2.0  # of the soft maximum of a document's crops


def _holds_forgery(forged: Tensor) -> Tensor:
    """Return 1 for a crop with a forged cell, 0 where all are genuine, UNKNOWN between; n x c x c to n."""
    some, none = (forged == 1).flatten(1).any(1), (forged == 0).flatten(1).all(1)
    return torch.where(some, 1, torch.where(none, 0, UNKNOWN))


def any_forged(cells: Tensor) -> Tensor:
    """Return 1 for a page with a forged cell, 0 where all that are known are genuine."""
    return (cells == 1).flatten(1).any(1).long()


def balanced(logits: Tensor, target: Tensor, document: Tensor | None = None) -> Tensor:
    """Return the binary cross entropy where the target is known, each class weighing the same.

    Both are n x …; each of n weighs the same within its class, however many of its cells are forged: else the few
    forgeries of a whole page outweigh all those of a word. With ``document``, n numbers, each document weighs the same
    within a class, however many of its crops are forged: else counterfeits have the loss nearly to themselves.
    """
    logits, target = logits.reshape(len(logits), -1), target.reshape(len(target), -1)
    total = logits.new_zeros(())
    for label in (0, 1):
        chosen = (target == label).to(logits.dtype)
        counts = chosen.sum(1)
        cost = (fn.softplus(logits if label == 0 else -logits) * chosen).sum(1) / counts.clamp(min=1)
        there = (counts > 0).to(logits.dtype)
        if document is not None:
            there = there / (there @ (document[:, None] == document[None]).to(logits.dtype)).clamp(min=1)
        total = total + (cost * there).sum() / there.sum().clamp(min=_NOTHING) / 2
    return total


def _of_documents(crop: Tensor, holds: Tensor, document: Tensor) -> tuple[Tensor, Tensor]:
    """Return each document's soft maximum of its crops' logits, and whether any of them holds a forgery.

    It is what decides over a document: among genuine ones the gradient goes to the crop that looks worst.
    """
    own = document == torch.arange(int(document.max()) + 1, device=document.device)[:, None]
    values = (_DOCUMENT_SHARPNESS * crop).expand(own.shape).masked_fill(~own, -torch.inf).logsumexp(1)
    some, doubtful = ((own & (holds == label)).any(1) for label in (1, UNKNOWN))
    return values / _DOCUMENT_SHARPNESS, torch.where(some, 1, torch.where(doubtful, UNKNOWN, 0))


def _cross_entropy(logits: Tensor, target: Tensor, weight: Tensor | None = None) -> Tensor:
    """Return the weighted mean where the target is known; nothing where none is."""
    known = target != UNKNOWN
    weights = known if weight is None else weight[target.clamp(min=0)] * known
    total = fn.cross_entropy(logits, target, weight, ignore_index=UNKNOWN, reduction="sum")
    return total / weights.sum().clamp(min=_NOTHING)


class Learner(nn.Module):
    """A network with its losses; holds the embedding's proxies, which are not exported.

    Parameters
    ----------
    groups
        How many kinds of crops the embedding is to tell apart.
    bf16
        Whether the trunk reckons in bfloat16. The stem does not: grain of a grey level or two would be rounded away.
    """

    def __init__(self, network: RegionNetwork, groups: int, bf16: bool = False) -> None:
        super().__init__()
        self.network, self.bf16 = network, bf16
        self.proxies = nn.Parameter(torch.randn(groups, EMBEDDING) * 0.1)

    def forward(self, crops: Tensor, cells: Tensor, group: Tensor, document: Tensor) -> Tensor:
        """Return the loss of a batch.

        Parameters
        ----------
        crops
            n x 3 x h x w, -1 to 1.
        cells
            n x 3 x c x c, as ``labels.cells_of`` gives them.
        group
            n; UNKNOWN where a crop holds anything forged.
        document
            n; numbers from 0 of the documents that the crops are of.
        """
        stem = self.network.stem(crops)
        with torch.autocast(crops.device.type, torch.bfloat16, enabled=self.bf16):
            features = self.network.trunk(stem)
        answers = self.network.answers(features.float(), document)
        forged, process, alteration = cells.unbind(1)
        weight = crops.new_ones(answers.alteration.shape[1])
        weight[0] = _NONE_WEIGHS
        similarity = _TEMPERATURE * answers.embedding @ fn.normalize(self.proxies, dim=1).T
        holds = _holds_forgery(forged)
        return (
            balanced(answers.crop, holds, document)
            + 0.5 * balanced(*_of_documents(answers.crop, holds, document))
            + balanced(answers.forged, forged, document)
            + 0.3 * _cross_entropy(answers.process, process)
            + 0.3 * _cross_entropy(answers.alteration, alteration, weight)
            + 0.05 * _cross_entropy(similarity, group)
        )
