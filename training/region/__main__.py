"""``python -m training.region``: renders, trains, calibrates, evaluates, exports; one command, fixed seeds."""

import argparse
import logging
from pathlib import Path

from training.region.pipeline import run
from training.region.train import Recipe

_MODELS = Path(__file__).resolve().parents[2] / "models"


def main() -> None:
    """Parse the command line and run."""
    usual = Recipe()
    parser = argparse.ArgumentParser(prog="python -m training.region", description=__doc__)
    parser.add_argument("--work", type=Path, default=Path("build/region"), help="folder of renders and checkpoints")
    parser.add_argument(
        "--models", type=Path, default=_MODELS, help="folder that gets the ONNX file, manifest and card"
    )
    parser.add_argument("--epochs", type=int, default=usual.epochs)
    parser.add_argument("--minutes", type=float, default=usual.minutes)
    parser.add_argument("--no-high-pass", action="store_true", help="leave the high-pass stream out, for comparison")
    parser.add_argument("--resume", action="store_true", help="take the checkpoint in the work folder, do not train")
    wanted = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    recipe = Recipe(epochs=wanted.epochs, minutes=wanted.minutes, high_pass=not wanted.no_high_pass)
    run(wanted.work, wanted.models, recipe, resume=wanted.resume)


if __name__ == "__main__":
    main()
