"""Exports a region network to ONNX, makes the int8 one of it, and compares them on crops."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from docscan.checks.regions import OUTPUTS, ask, prepared
from docscan.checks.regions import Answers as Seen
from docscan.crops import CROP_PIXELS
from training.onnx_export import export_program
from training.quantising import quantise
from training.region.network import Answers, RegionNetwork
from training.region.scoring import open_network


class _Flat(nn.Module):
    """The network with its answers as a tuple, which is what ONNX knows."""

    def __init__(self, network: RegionNetwork) -> None:
        super().__init__()
        self.network = network

    def forward(self, crops: Tensor) -> tuple[Tensor, ...]:
        answers = self.network(crops)
        return tuple(getattr(answers, name) for name in OUTPUTS)


def export(network: RegionNetwork, path: Path) -> None:
    """Write the network as ONNX: input ``crops`` (n x 3 x 176 x 176), outputs as ``OUTPUTS``, n free."""
    example = torch.zeros(2, 3, CROP_PIXELS, CROP_PIXELS)
    dynamic = {"crops": {0: torch.export.Dim("n", min=1, max=1024)}}
    export_program(_Flat(network), (example,), path, dynamic, OUTPUTS)


def small(path: Path, out: Path, batches: Sequence[NDArray[np.uint8]]) -> None:
    """Write the int8 network; ``batches`` are crops (n x 176 x 176 x 3) that tell the ranges of activations."""
    quantise(path, out, (prepared(list(batch)) for batch in batches), heads=OUTPUTS)


def parity(network: RegionNetwork, path: Path, crops: NDArray[np.uint8]) -> float:
    """Return the largest absolute difference of any answer between torch and ONNX Runtime."""
    with torch.inference_mode():
        expected = network.eval()(torch.from_numpy(prepared(list(crops))))
    return _largest_difference(expected, ask(open_network(path), list(crops)))


def difference(one: Path, other: Path, crops: NDArray[np.uint8]) -> float:
    """Return the largest absolute difference of any cell's logit between two exported networks."""
    left, right = (ask(open_network(path), list(crops)) for path in (one, other))
    return float(np.abs(left.forged - right.forged).max())


def _largest_difference(expected: Answers, got: Seen) -> float:
    return max(float(np.abs(getattr(got, name) - getattr(expected, name).numpy()).max()) for name in OUTPUTS)
