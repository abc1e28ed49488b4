"""``python -m tests.benchmarks.bench_regions``: the region network on one document's crops, and a whole inspection.

The peer is torchvision's MobileNetV3 small, the usual choice for a CPU, on the same crops in the same run. Each is
asked once to warm up, then ``--repeats`` times in turn with the others: what else the machine does meets all of them.
"""

import argparse
from pathlib import Path
from tempfile import TemporaryDirectory

import cv2
import numpy as np
import torch
from torchvision.models import mobilenet_v3_small

from docscan.capture import ImageFile
from docscan.checks.regions import MODEL
from docscan.crops import CROP_PIXELS
from docscan.inspection import inspect
from docscan.runtime import read_manifest
from docscan.settings import Settings
from docscan.tools import open_tools
from tests.benchmarks.timing import Times, timed
from training.region.scoring import open_network

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = ROOT / "datasets" / "samples"
CROPS = 24
PEER = "MobileNetV3 small, fp32"


def _peer(path: Path) -> None:
    network = mobilenet_v3_small(num_classes=1).eval()
    example = torch.zeros(CROPS, 3, CROP_PIXELS, CROP_PIXELS)
    torch.onnx.export(network, (example,), str(path), input_names=["crops"], dynamo=True, verbose=False)


def networks(models: Path, repeats: int) -> Times:
    """Time the shipped region network and the peer on one and on two threads."""
    crops = np.random.default_rng(0).uniform(-1, 1, (CROPS, 3, CROP_PIXELS, CROP_PIXELS)).astype(np.float32)
    entry = read_manifest(models).models[MODEL]
    with TemporaryDirectory() as folder:
        peer = Path(folder) / "peer.onnx"
        _peer(peer)
        paths = {f"docscan's, {entry.parameters['precision']}": models / entry.file, PEER: peer}
        calls = {}
        for threads in (1, 2):
            for name, path in paths.items():
                session = open_network(path, threads)
                calls[f"{name}, threads: {threads}"] = lambda session=session: session.run(None, {"crops": crops})
        return timed(calls, repeats)


def stages(settings: Settings, repeats: int) -> Times:
    """Time the stages of inspecting the bundled samples."""
    tools = open_tools(settings)
    found: Times = {}
    for path in sorted(SAMPLES.glob("*-utopia.jpg")):
        image = ImageFile(path.name, path.read_bytes())
        inspect(image, tools=tools)
        for _ in range(repeats):
            for stage, took in inspect(image, tools=tools).report.timings_ms.items():
                found.setdefault(f"{path.stem}, {stage}", []).append(took / 1000)
    return found


def _table(times: Times, peer: str | None = None) -> None:
    print("| what | median ms | 95th percentile ms |" + (" of the peer's median |" if peer else ""))
    print("| --- | --- | --- |" + (" --- |" if peer else ""))
    for name, seconds in times.items():
        row = f"| {name} | {1000 * np.median(seconds):.1f} | {1000 * np.percentile(seconds, 95):.1f} |"
        if peer:
            threads = name.rsplit(",", 1)[1]
            row += f" {np.median(seconds) / np.median(times[peer + ',' + threads]):.2f} |"
        print(row)


def main() -> None:
    """Print the tables."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--models", type=Path, default=ROOT / "models")
    options.add_argument("--repeats", type=int, default=50)
    arguments = options.parse_args()
    cv2.setNumThreads(1)
    torch.set_num_threads(1)
    print(f"{CROPS} crops of {CROP_PIXELS} x {CROP_PIXELS} pixels in one call")
    _table(networks(arguments.models, arguments.repeats), PEER)
    print("\nA whole inspection, by stage")
    _table(stages(Settings(models=arguments.models), max(1, arguments.repeats // 5)))


if __name__ == "__main__":
    main()
