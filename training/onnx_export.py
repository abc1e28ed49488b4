"""Writes a trained network as ONNX, checks that ONNX Runtime answers as torch does, and how fast."""

import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import onnxruntime as ort
import torch
from numpy.typing import NDArray
from torch import nn

TOLERANCE = 2e-3  # of a logit
_TIMED = 20  # calls


def export(
    network: nn.Module,
    example: tuple[int, int, int, int],
    path: Path,
    dynamic: dict[int, str],
    *,
    name: str = "picture",
    outputs: Sequence[str] = ("logits",),
) -> float:
    """Export a network of one input and return the largest difference between torch's and ONNX Runtime's logits.

    Parameters
    ----------
    example
        Shape of an input: batch, channels, height, width.
    dynamic
        The input's axes that may have any size, with their names.
    name, outputs
        What input and outputs are called.

    Raises
    ------
    RuntimeError
        The two disagree.
    """
    network = network.eval().to(memory_format=torch.contiguous_format)
    inputs = torch.from_numpy(np.random.default_rng(0).standard_normal(example, np.float32))
    path.parent.mkdir(parents=True, exist_ok=True)
    torch.onnx.export(
        network, (inputs,), str(path), input_names=[name], output_names=list(outputs),
        dynamic_axes={name: dynamic} | {output: {0: "batch"} for output in outputs} if dynamic else None, dynamo=False,
    )  # fmt: skip
    session = ort.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    largest = 0.0
    for batch in {1, example[0]}:
        part = inputs[:batch]
        with torch.no_grad():
            expected = network(part)
        answered = session.run(None, {name: part.numpy()})
        every = [expected] if isinstance(expected, torch.Tensor) else expected
        pairs = zip(every, answered, strict=True)
        largest = max(largest, *(float(np.abs(one.numpy() - other).max()) for one, other in pairs))
    return tolerated(path, largest)


def tolerated(path: Path, largest: float) -> float:
    """Return the largest difference of an exported network's logits from torch's.

    Raises
    ------
    RuntimeError
        It is too large.
    """
    if largest > TOLERANCE:
        raise RuntimeError(f"{path.name} answers differently from torch: by up to {largest:.4f}")
    return largest


def export_program(
    network: nn.Module,
    example: tuple[torch.Tensor, ...],
    path: Path,
    dynamic: dict[str, dict[int, torch.export.Dim]],
    outputs: Sequence[str],
) -> None:
    """Write a network of several inputs or outputs as ONNX, for numbers of crops that may be any.

    Parameters
    ----------
    example
        Its inputs, in their order.
    dynamic
        By the inputs' names, in their order, which of their axes may have any size.
    outputs
        Their names.
    """
    program = torch.onnx.export(
        network.eval(),
        example,
        input_names=list(dynamic),
        output_names=list(outputs),
        dynamic_shapes=dynamic,
        dynamo=True,
        verbose=False,
    )
    assert program is not None
    program.save(str(path), external_data=False)


def milliseconds(session: ort.InferenceSession, shape: tuple[int, ...]) -> float:
    """Return the median time that an opened network of one input takes for a batch of a shape in one call."""
    return milliseconds_for(session, {session.get_inputs()[0].name: np.zeros(shape, np.float32)})


def milliseconds_for(session: ort.InferenceSession, batch: Mapping[str, NDArray[np.generic]]) -> float:
    """Return the median time that an opened network takes for inputs, by name, in one call."""
    times = []
    for _ in range(_TIMED):
        start = time.perf_counter()
        session.run(None, batch)
        times.append(1000 * (time.perf_counter() - start))
    return float(np.median(times))
