"""What a region network is to learn."""

import torch
from torch import Tensor, nn
from torch.nn import functional as fn

from training.region.labels import UNKNOWN
from training.region.network import EMBEDDING, RegionNetwork

_NONE_WEIGHS = 0.3  # of the class "not altered", to which most cells belong
_TEMPERATURE = 16.0


def _holds_forgery(forged: Tensor) -> Tensor:
    """Return 1 for a crop with a forged cell, 0 where all are genuine, UNKNOWN between; n x c x c to n."""
    some, none = (forged == 1).flatten(1).any(1), (forged == 0).flatten(1).all(1)
    return torch.where(some, 1, torch.where(none, 0, UNKNOWN))


def _balanced(logits: Tensor, target: Tensor) -> Tensor:
    """Return the binary cross entropy where the target is known, each class weighing the same."""
    total = logits.new_zeros(())
    for label in (0, 1):
        chosen = logits[target == label]
        if len(chosen):
            total = total + fn.softplus(chosen if label == 0 else -chosen).mean() / 2
    return total


def _cross_entropy(logits: Tensor, target: Tensor, weight: Tensor | None = None) -> Tensor:
    if not bool((target != UNKNOWN).any()):
        return logits.sum() * 0
    return fn.cross_entropy(logits, target, weight, ignore_index=UNKNOWN)


class Learner(nn.Module):
    """A network with its losses; holds the embedding's proxies, which are not exported.

    ``groups`` is how many kinds of crops the embedding is to tell apart.
    """

    def __init__(self, network: RegionNetwork, groups: int) -> None:
        super().__init__()
        self.network = network
        self.proxies = nn.Parameter(torch.randn(groups, EMBEDDING) * 0.1)

    def forward(self, crops: Tensor, cells: Tensor, group: Tensor) -> Tensor:
        """Return the loss of a batch.

        Parameters
        ----------
        crops
            n x 3 x h x w, -1 to 1.
        cells
            n x 3 x c x c, as ``labels.cells_of`` gives them.
        group
            n; UNKNOWN where a crop holds anything forged.
        """
        answers = self.network(crops)
        forged, process, alteration = cells.unbind(1)
        weight = crops.new_ones(answers.alteration.shape[1])
        weight[0] = _NONE_WEIGHS
        similarity = _TEMPERATURE * answers.embedding @ fn.normalize(self.proxies, dim=1).T
        return (
            _balanced(answers.crop, _holds_forgery(forged))
            + _balanced(answers.forged, forged)
            + 0.3 * _cross_entropy(answers.process, process)
            + 0.3 * _cross_entropy(answers.alteration, alteration, weight)
            + 0.05 * _cross_entropy(similarity, group)
        )
