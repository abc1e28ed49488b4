"""Writes a trained network as ONNX and checks that ONNX Runtime answers as torch does."""

from pathlib import Path

import numpy as np
import onnxruntime as ort
import torch
from torch import nn

TOLERANCE = 2e-3  # of a logit


def export(network: nn.Module, example: tuple[int, int, int, int], path: Path, dynamic: dict[int, str]) -> float:
    """Export a network and return the largest difference between torch's and ONNX Runtime's logits.

    Parameters
    ----------
    example
        Shape of an input: batch, channels, height, width.
    dynamic
        The input's axes that may have any size, with their names.

    Raises
    ------
    RuntimeError
        The two disagree.
    """
    network = network.eval().to(memory_format=torch.contiguous_format)
    inputs = torch.from_numpy(np.random.default_rng(0).standard_normal(example, np.float32))
    path.parent.mkdir(parents=True, exist_ok=True)
    torch.onnx.export(
        network, (inputs,), str(path), input_names=["picture"], output_names=["logits"],
        dynamic_axes={"picture": dynamic, "logits": {0: "batch"}} if dynamic else None, dynamo=False,
    )  # fmt: skip
    session = ort.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    largest = 0.0
    for batch in {1, example[0]}:
        part = inputs[:batch]
        with torch.no_grad():
            expected = network(part).numpy()
        answered = session.run(None, {"picture": part.numpy()})[0]
        largest = max(largest, float(np.abs(expected - answered).max()))
    if largest > TOLERANCE:
        raise RuntimeError(f"{path.name} answers differently from torch: by up to {largest:.4f}")
    return largest
