"""``python -m training.region``: generates, trains, calibrates, evaluates, exports; one command, fixed seeds.

Every step goes on where it was stopped, and all of them together are ``all``. ``compare`` tries every design and
``leave-out`` leaves out one forgery kind after another; both take ``--minutes`` for each training. Under torchrun only
``fit``. ``stream`` stands for ``fit`` where there is a GPU: it learns from documents while they are rendered. ``keep``
puts the trained network among those of ``--kept``, and ``join`` stands for ``export`` to ship all of them as one.
After either ``appraise`` learns what the shipped network's answers amount to.
"""

import argparse
import logging
import os
from pathlib import Path

import cv2

from training.arguments import positive
from training.real_images import FOLDER
from training.region.network import DESIGNS
from training.region.pipeline import (
    APPRAISING,
    DOCUMENTS,
    SEED,
    Folders,
    appraise,
    assess,
    fit,
    fit_while_rendering,
    keep_trained,
    prepare,
    ship,
    ship_joined,
)
from training.region.studies import compare, leave_out
from training.region.train import Recipe, processes

_ROOT = Path(__file__).resolve().parents[2]
_KEPT = Path(__file__).parent / "members"
STEPS = ("all", "prepare", "fit", "stream", "export", "keep", "join", "appraise", "evaluate", "compare", "leave-out")


def _parser() -> argparse.ArgumentParser:
    usual = Recipe()
    parser = argparse.ArgumentParser(prog="python -m training", description=__doc__)
    parser.add_argument("step", nargs="?", choices=STEPS, default="all")
    parser.add_argument("--set", type=Path, help="folder of the generated set; made where it is not there")
    parser.add_argument("--documents", type=int, default=DOCUMENTS, help="that are made where there is no set")
    parser.add_argument("--appraising", type=int, default=APPRAISING, help="documents that the appraisal learns from")
    parser.add_argument("--work", type=Path, default=Path("build/region"), help="crops, checkpoints and the report")
    parser.add_argument("--models", type=Path, default=_ROOT / "models", help="gets the ONNX file, manifest and card")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1, help="processes, or threads in training")
    parser.add_argument("--precision", choices=("best", "fp32", "int8"), default="best", help="of the shipped network")
    parser.add_argument("--kept", type=Path, default=_KEPT, help="networks that join puts together")
    parser.add_argument("--name", default="", help="of the network that keep puts there; its design's where not given")
    parser.add_argument("--design", choices=DESIGNS, default=usual.design)
    parser.add_argument("--width", type=int, default=usual.width)
    parser.add_argument("--batch", type=int, default=usual.batch, help="documents of a step")
    parser.add_argument("--crops", type=int, default=usual.crops, help="of a document that a step looks at")
    parser.add_argument("--device", default=usual.device, help="that stream trains on: cuda, cpu")
    parser.add_argument("--seed", type=int, default=SEED + 1, help="of the documents that stream renders")
    parser.add_argument("--epochs", type=float, default=usual.epochs)
    parser.add_argument("--start", default=usual.start, help="checkpoint or kept network that a training begins with")
    parser.add_argument("--rate", type=float, default=usual.learning_rate, help="highest learning rate")
    parser.add_argument("--minutes", type=positive, default=usual.minutes, help="that a training may take")
    parser.add_argument("--trainings", type=int, default=0, help="of leave-out, for all kinds; 0: one each")
    return parser


def _with_kept(wanted: argparse.Namespace, folders: Folders) -> None:
    """Keep the trained network, or ship all that are kept as one."""
    if wanted.step == "keep":
        keep_trained(folders, wanted.name or wanted.design, wanted.kept)
    else:
        ship_joined(folders, wanted.kept, wanted.precision, wanted.workers)


def _judge(wanted: argparse.Namespace, folders: Folders) -> None:
    """Learn what the shipped network's answers amount to, and measure."""
    if wanted.step != "evaluate":
        appraise(folders, wanted.appraising, wanted.workers)
    if wanted.step != "appraise":
        assess(folders)


def main() -> None:
    """Parse the command line and run."""
    wanted = _parser().parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    for name in ("onnxscript", "onnx_ir"):  # they tell of every node that they fold
        logging.getLogger(name).setLevel(logging.WARNING)
    cv2.setNumThreads(1)
    folders = Folders(wanted.set or wanted.work / "documents", wanted.work, wanted.models, FOLDER)
    usual = Recipe()
    recipe = Recipe(
        design=wanted.design,
        width=wanted.width,
        batch=wanted.batch,
        crops=wanted.crops,
        device=wanted.device if wanted.step == "stream" else usual.device,
        rendered=wanted.seed if wanted.step == "stream" else 0,
        epochs=wanted.epochs,
        minutes=wanted.minutes,
        learning_rate=wanted.rate,
        start=wanted.start,
    )
    step: str = wanted.step
    if step in ("all", "prepare"):
        prepare(folders, wanted.documents, wanted.workers)
    if step in ("all", "fit", "compare", "leave-out"):
        with processes(wanted.workers) as ranks:
            if step == "compare":
                compare(folders, recipe)
            elif step == "leave-out":
                leave_out(folders, recipe, wanted.trainings)
            else:
                fit(folders, recipe, ranks)
    if step == "stream":
        fit_while_rendering(folders, recipe, wanted.documents, wanted.workers)
    if step in ("all", "export"):
        ship(folders, wanted.precision, wanted.workers)
    if step in ("keep", "join"):
        _with_kept(wanted, folders)
    if step in ("all", "appraise", "evaluate"):
        _judge(wanted, folders)


if __name__ == "__main__":
    main()
