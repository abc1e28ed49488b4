"""Exports the region network to ONNX and compares the two on crops."""

from pathlib import Path

import numpy as np
import onnxruntime as ort
import torch
from numpy.typing import NDArray

from docscan.checks.regions import prepared
from docscan.crops import CROP_PIXELS
from training.region.network import RegionNetwork


def export(network: RegionNetwork, path: Path) -> None:
    """Write the network as ONNX: input ``crops`` (n x 3 x 128 x 128), output ``logits`` (n x 1), n free."""
    network.eval()
    example = torch.zeros(2, 3, CROP_PIXELS, CROP_PIXELS)
    program = torch.onnx.export(
        network,
        (example,),
        input_names=["crops"],
        output_names=["logits"],
        dynamic_shapes={"crops": {0: torch.export.Dim("n", min=1, max=1024)}},
        dynamo=True,
        verbose=False,
    )
    assert program is not None
    program.save(str(path), external_data=False)


def parity(network: RegionNetwork, path: Path, crops: NDArray[np.uint8]) -> float:
    """Return the largest absolute difference between torch's logits and ONNX Runtime's."""
    batch = prepared(list(crops))
    with torch.inference_mode():
        expected = network.eval()(torch.from_numpy(batch)).numpy()
    session = ort.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    (got,) = session.run(None, {"crops": batch})
    return float(np.abs(got - expected).max())
