"""Makes the int8 network of an exported one: static, QDQ, activations unsigned, weights signed and by channel."""

import shutil
from collections.abc import Collection, Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np
import onnx
from numpy.typing import NDArray
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static
from onnxruntime.quantization.shape_inference import quant_pre_process


class _Reader(CalibrationDataReader):  # type: ignore[misc]  # onnxruntime is untyped
    def __init__(self, name: str, batches: Iterable[NDArray[np.float32]]) -> None:
        self.name = name
        self.left: Iterator[NDArray[np.float32]] = iter(batches)

    def get_next(self) -> dict[str, NDArray[np.float32]] | None:
        batch = next(self.left, None)
        return None if batch is None else {self.name: batch}


def quantise(
    path: Path,
    out: Path,
    batches: Iterable[NDArray[np.float32]],
    *,
    only: Collection[str] = (),
    heads: Collection[str] = (),
) -> None:
    """Write the int8 network.

    Unsigned by signed is what CPUs multiply fastest: signed activations take twice as long. Weights have seven bits,
    since CPUs without VNNI saturate where eight are multiplied so. The first layer stays as it is: its filters take
    differences, and rounded weights no longer sum to nothing over plain paper.

    Parameters
    ----------
    path
        The network in single precision, of one input.
    batches
        What it is to see, from which the ranges of activations are taken.
    only
        Operators that become int8, all that can where empty.
    heads
        Outputs whose last layer stays as it is.
    """
    ready = out.with_suffix(".ready.onnx")
    # Symbolic shapes break on the exporter's Concat; the graph has plain shapes already.
    quant_pre_process(str(path), str(ready), skip_symbolic_shape=True)
    graph = onnx.load(ready).graph
    first = next(node.name for node in graph.node if node.op_type == "Conv")
    last = [node.name for node in graph.node if set(node.output) & set(heads)]
    quantize_static(
        str(ready),
        str(out),
        _Reader(graph.input[0].name, batches),
        quant_format=QuantFormat.QDQ,
        per_channel=True,
        activation_type=QuantType.QUInt8,
        weight_type=QuantType.QInt8,
        reduce_range=True,
        op_types_to_quantize=list(only) or None,
        nodes_to_exclude=[first, *last],
    )
    ready.unlink()


def write_shipped(full: Path, path: Path, ranges: Sequence[NDArray[np.float32]]) -> None:
    """Write what is shipped of a network in single precision.

    With ``ranges``, what it is to see, its convolutions become int8: with all operators the network of whole pages is
    off by four times as much. Without, it stays as it is.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    if ranges:
        quantise(full, path, ranges, only=("Conv",))
    else:
        shutil.copyfile(full, path)
