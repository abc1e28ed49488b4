"""``python -m datasets``: generates a set, shows it, looks for shortcuts in it, writes the bundled samples."""

import argparse
import os
import sys
from collections.abc import Callable
from pathlib import Path

from datasets.capturing import DEVICES
from datasets.contact_sheet import write_sheet
from datasets.forging import RECIPES, shows
from datasets.generate import generate, read
from datasets.physics.surface import LIGHTS
from datasets.samples import FOLDER, write_samples
from datasets.shortcuts import LEAST, MOST, scores
from docscan.rendering.progress import progress_bar


def _list(allowed: tuple[str, ...]) -> Callable[[str], tuple[str, ...]]:
    """Return a parser of names between commas."""

    def parse(text: str) -> tuple[str, ...]:
        names = tuple(name for name in text.split(",") if name)
        unknown = [name for name in names if name not in allowed]
        if unknown or not names:
            raise argparse.ArgumentTypeError(f"{', '.join(unknown) or 'nothing'}; there are {', '.join(allowed)}")
        return names

    return parse


def _generate(wanted: argparse.Namespace) -> int:
    """Generate a set; say what failed."""
    lights: tuple[str, ...] = wanted.lights
    recipes = wanted.recipes or tuple(name for name in RECIPES if shows(name, lights))
    with progress_bar() as bar:
        task = bar.add_task("documents", total=wanted.documents)
        lines = generate(
            wanted.out,
            documents=wanted.documents,
            seed=wanted.seed,
            recipes=recipes,
            lights=lights,
            device=wanted.device,
            workers=wanted.workers,
            progress=lambda done: bar.update(task, completed=done),
        )
    failed = [line for line in lines if "error" in line]
    print(f"{len(lines) - len(failed)} documents in {wanted.out}, {len(failed)} failed")
    for line in failed[:10]:
        print(f"document {line['index']}: {line['error']}", file=sys.stderr)
    return 1 if failed else 0


def _show(wanted: argparse.Namespace) -> int:
    print(write_sheet(wanted.set, wanted.out or wanted.set / "contact-sheet.html", wanted.each))
    return 0


def _shortcuts(wanted: argparse.Namespace) -> int:
    """Print how well each shortcut tells forged from genuine; 1 where one does."""
    lines = [line for line in read(wanted.set) if "visible" in line.get("images", {})]
    print(f"{len(lines)} documents by daylight; AUC must lie in {LEAST} to {MOST}")
    leaks = 0
    for name, score in scores(wanted.set, lines).items():
        leaks += score.leaks
        print(f"{name:24} {score.auc:.3f} +- {score.error:.3f}{'  LEAK' if score.leaks else ''}")
    return 1 if leaks else 0


def _samples(wanted: argparse.Namespace) -> int:
    for path in write_samples(wanted.out):
        print(path)
    return 0


def main() -> int:
    """Parse the command line and run."""
    parser = argparse.ArgumentParser(prog="python -m datasets", description=__doc__)
    commands = parser.add_subparsers(required=True)
    making = commands.add_parser("generate", help="documents, genuine and forged, with all that is known of them")
    making.add_argument("--out", type=Path, required=True)
    making.add_argument("--documents", type=int, default=100)
    making.add_argument("--seed", type=int, default=7)
    making.add_argument("--recipes", type=_list(tuple(RECIPES)), help="of the forged ones; all that the lights show")
    making.add_argument("--lights", type=_list(LIGHTS), default=("visible",), help=f"of {','.join(LIGHTS)}")
    making.add_argument("--device", choices=DEVICES, help="of all captures; drawn where not given")
    making.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    making.set_defaults(run=_generate)
    showing = commands.add_parser("show", help="a contact sheet of a set, as HTML")
    showing.add_argument("set", type=Path)
    showing.add_argument("--out", type=Path)
    showing.add_argument("--each", type=int, default=1, help="documents of each recipe")
    showing.set_defaults(run=_show)
    looking = commands.add_parser("shortcuts", help="classifiers that look at anything but the forgery")
    looking.add_argument("set", type=Path)
    looking.set_defaults(run=_shortcuts)
    bundling = commands.add_parser("samples", help="the two samples that the README and the tests use")
    bundling.add_argument("--out", type=Path, default=FOLDER)
    bundling.set_defaults(run=_samples)
    wanted = parser.parse_args()
    try:
        return int(wanted.run(wanted))
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
