"""Puts an exported network back into torch, so that a training can go on from it.

Exported are its answers, not its training: normalisations are folded into convolutions, and weights may be in int8.
What comes back answers as the exported one does, but for what int8 rounds, and its normalisations are those of what it
is shown first.
"""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from onnx import numpy_helper
from torch import Tensor, nn
from torch.utils.hooks import RemovableHandle

_WEIGHED = ("Conv", "Gemm")
_Weighed = nn.Conv2d | nn.BatchNorm2d | nn.Linear


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


def restore(network: nn.Module, path: Path, look: Callable[[], object]) -> None:
    """Give a network the weights that were exported to a file.

    Parameters
    ----------
    network
        As it was built before that training.
    look
        Shows the network, without learning from it, some of what its normalisations are to see.

    Raises
    ------
    ValueError
        The file is of a network of another design.
    """
    layers = _in_order(network, look)
    left = [layer for layer in layers if not isinstance(layer, nn.BatchNorm2d)]
    folded: dict[nn.Module, Tensor] = {}
    kept = weights_of(path)
    if sorted(weights.shape for weights, _ in kept) != sorted(layer.weight.shape for layer in left):
        raise ValueError(f"{path} is of a network of another design.")
    for weights, biases in kept:
        layer = next(one for one in left if one.weight.shape == weights.shape)
        left.remove(layer)
        layer.weight.data = weights
        if layer.bias is None:
            folded[layers[layers.index(layer) + 1]] = biases
        else:
            layer.bias.data = biases.reshape(layer.bias.shape)
    _unfold(network, folded, look)


def _looked(network: nn.Module, look: Callable[[], object], hooks: Sequence[RemovableHandle]) -> None:
    """Show a network something while it has hooks, as it answers when it has learned."""
    learning = network.training
    network.eval()
    with torch.no_grad():
        look()
    network.train(learning)
    for hook in hooks:
        hook.remove()


def _in_order(network: nn.Module, look: Callable[[], object]) -> list[_Weighed]:
    """Return the layers that have weights in the order in which they are passed."""
    passed: list[_Weighed] = []

    def note(layer: nn.Module, _inputs: tuple[Tensor, ...]) -> None:
        assert isinstance(layer, _Weighed)
        passed.append(layer)

    layers = [layer for layer in network.modules() if isinstance(layer, _Weighed)]
    _looked(network, look, [layer.register_forward_pre_hook(note) for layer in layers])
    return passed


def _unfold(network: nn.Module, biases: dict[nn.Module, Tensor], look: Callable[[], object]) -> None:
    """Set each normalisation to what it is shown, and to add what was folded into its convolution."""

    def seen(layer: nn.BatchNorm2d, inputs: tuple[Tensor, ...]) -> None:
        variance, mean = torch.var_mean(inputs[0], (0, 2, 3))
        layer.running_mean, layer.running_var = mean, variance
        layer.weight.data, layer.bias.data = torch.sqrt(variance + layer.eps), mean + biases[layer]

    _looked(network, look, [layer.register_forward_pre_hook(seen) for layer in biases])
