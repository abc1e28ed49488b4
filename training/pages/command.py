"""What the commands that train networks of whole pages are told."""

import argparse
import os
from pathlib import Path

import cv2
import torch

from training.arguments import positive

ROOT = Path(__file__).resolve().parents[2]


def told(name: str, about: str | None, *, documents: int, validation: int, minutes: float) -> argparse.Namespace:
    """Parse ``python -m training.NAME``'s options, make its folder, and set threads.

    Parameters
    ----------
    documents, validation, minutes
        Unless the command says otherwise.
    """
    options = argparse.ArgumentParser(prog=f"python -m training.{name}", description=about)
    options.add_argument("--work", type=Path, default=ROOT / "build" / name)
    options.add_argument("--models", type=Path, default=ROOT / "models")
    options.add_argument("--documents", type=int, default=documents, help="to learn from; half of them genuine")
    options.add_argument("--validation", type=int, default=validation)
    options.add_argument("--minutes", type=positive, default=minutes, help="for each network, which is done by then")
    options.add_argument(
        "--continued",
        action="store_true",
        help="goes on from the network in --models, at a smaller rate, instead of from nothing",
    )
    options.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    chosen = options.parse_args()
    chosen.work.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(chosen.workers)
    cv2.setNumThreads(chosen.workers)
    return chosen
