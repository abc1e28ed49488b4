"""Puts a shipped network of whole pages back into torch, so that a training can go on from it.

Shipped are its answers, not its training: normalisations are folded into convolutions, and weights may be in int8. What
comes back answers as the shipped one does, but for what int8 rounds, and its normalisations are those of the pages that
it is shown first.
"""

from pathlib import Path

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from onnx import numpy_helper
from torch import Tensor, nn

from training.pages.network import PageNetwork

_WEIGHED = ("Conv", "Gemm")


def _constants(model: onnx.ModelProto) -> dict[str, NDArray[np.float32]]:
    """Return what a model's layers may take as weights, by name: as it is, and what is kept in whole numbers."""
    kept = {one.name: numpy_helper.to_array(one) for one in model.graph.initializer}
    found = dict(kept)
    for node in model.graph.node:
        if node.op_type == "DequantizeLinear" and node.input[0] in kept:
            whole, scale = kept[node.input[0]].astype(np.float32), kept[node.input[1]]  # without an offset
            found[node.output[0]] = whole * scale.reshape(-1, *[1] * (whole.ndim - 1))
    return found


def weights_of(path: Path) -> list[tuple[Tensor, Tensor]]:
    """Return weights and biases of an exported network's layers; of those that are alike, in their order."""
    model = onnx.load(path)
    known = _constants(model)
    layers = [node for node in model.graph.node if node.op_type in _WEIGHED]
    return [(torch.tensor(known[node.input[1]]), torch.tensor(known[node.input[2]])) for node in layers]


def restored(path: Path, pages: Tensor) -> PageNetwork:
    """Return the network that was exported to a file.

    Parameters
    ----------
    pages
        Some that tell what its normalisations see: n x channels x height x width, -1 to 1.
    """
    network = PageNetwork(pages.shape[1])
    layers = _in_order(network)
    left = [layer for layer in layers if not isinstance(layer, nn.BatchNorm2d)]
    folded: dict[nn.Module, Tensor] = {}
    for weights, biases in weights_of(path):
        layer = next(one for one in left if one.weight.shape == weights.shape)
        left.remove(layer)
        layer.weight.data = weights
        if layer.bias is None:
            folded[layers[layers.index(layer) + 1]] = biases
        else:
            layer.bias.data = biases.reshape(layer.bias.shape)
    _unfold(network, folded, pages)
    return network


def _in_order(network: PageNetwork) -> list[nn.Conv2d | nn.BatchNorm2d | nn.Linear]:
    """Return the layers that have weights in the order in which a page passes them."""
    parts = [network.trunk, network.context.mix, network.context.page, network.cells, network.page]
    layers = [layer for part in parts for layer in part.modules()]
    return [layer for layer in layers if isinstance(layer, nn.Conv2d | nn.BatchNorm2d | nn.Linear)]


def _unfold(network: PageNetwork, biases: dict[nn.Module, Tensor], pages: Tensor) -> None:
    """Set each normalisation to what it sees of some pages, and to add what was folded into its convolution."""

    def seen(layer: nn.BatchNorm2d, inputs: tuple[Tensor, ...]) -> None:
        variance, mean = torch.var_mean(inputs[0], (0, 2, 3))
        layer.running_mean, layer.running_var = mean, variance
        layer.weight.data, layer.bias.data = torch.sqrt(variance + layer.eps), mean + biases[layer]

    hooks = [layer.register_forward_pre_hook(seen) for layer in biases]
    network.eval()
    with torch.no_grad():
        network(pages)
    for hook in hooks:
        hook.remove()
