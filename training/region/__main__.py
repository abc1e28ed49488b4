"""``python -m training.region``: generates, trains, calibrates, evaluates, exports; one command, fixed seeds."""

import argparse
import logging
import os
from pathlib import Path

from training.region.network import DESIGNS
from training.region.pipeline import Folders, finish, fit, prepare
from training.region.train import Recipe, processes

_ROOT = Path(__file__).resolve().parents[2]


def _parser() -> argparse.ArgumentParser:
    usual = Recipe()
    parser = argparse.ArgumentParser(prog="python -m training.region", description=__doc__)
    parser.add_argument("step", nargs="?", choices=("all", "prepare", "fit", "evaluate"), default="all")
    parser.add_argument("--documents", type=Path, help="folder of the generated set; made where it is not there")
    parser.add_argument("--work", type=Path, default=Path("build/region"), help="crops, checkpoints and the report")
    parser.add_argument("--models", type=Path, default=_ROOT / "models", help="gets the ONNX file, manifest and card")
    parser.add_argument("--design", choices=DESIGNS, default=usual.design)
    parser.add_argument("--width", type=int, default=usual.width)
    parser.add_argument("--epochs", type=float, default=usual.epochs)
    parser.add_argument("--minutes", type=float, default=usual.minutes)
    parser.add_argument("--fp32", action="store_true", help="ship the network in single precision")
    return parser


def main() -> None:
    """Parse the command line and run."""
    wanted = _parser().parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    real = Path(os.environ.get("DOCSCAN_REAL", _ROOT.parent / "shared" / "real"))
    folders = Folders(wanted.documents or wanted.work / "documents", wanted.work, wanted.models, real)
    recipe = Recipe(design=wanted.design, width=wanted.width, epochs=wanted.epochs, minutes=wanted.minutes)
    if wanted.step in ("all", "prepare"):
        prepare(folders)
    if wanted.step in ("all", "fit"):
        with processes() as ranks:
            fit(folders, recipe, ranks)
    if wanted.step in ("all", "evaluate"):
        finish(folders, int8=not wanted.fp32)


if __name__ == "__main__":
    main()
