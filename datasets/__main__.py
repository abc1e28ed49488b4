"""``python -m datasets``: renders documents with their labels, or the bundled samples."""

import argparse
import json
from pathlib import Path

from datasets.documents import plan, specimen
from datasets.samples import FOLDER, write_samples
from datasets.states import SPLITS


def render(folder: Path, split: str, count: int, seed: int) -> None:
    """Write documents of a split as image files, each with a JSON file of what is known of it."""
    folder.mkdir(parents=True, exist_ok=True)
    for index, (number, code, kind) in enumerate(plan(split, count, seed)):
        made = specimen(number, code, kind)
        stem = folder / f"{index:05d}"  # numbered only: a name must not tell what the network is to find
        stem.with_suffix({"JPEG": ".jpg", "PNG": ".png"}[made.photo.file_format]).write_bytes(made.photo.encoded)
        label = {
            "seed": number,
            "state": code,
            "kind": made.kind,
            "forgery": made.forgery and {"parameters": made.forgery.parameters, "boxes_mm": made.forgery.boxes},
            "mrz": made.drawing.mrz,
            "zones_mm": made.drawing.zones,
            "capture": made.photo.parameters,
            "millimetres_to_pixels": made.photo.to_capture.tolist(),
        }
        stem.with_suffix(".json").write_text(json.dumps(label, indent=1), encoding="utf-8")


def main() -> None:
    """Parse the command line and run."""
    parser = argparse.ArgumentParser(prog="python -m datasets", description=__doc__)
    commands = parser.add_subparsers(required=True, dest="command")
    rendering = commands.add_parser("render", help="documents with their labels")
    rendering.add_argument("--out", type=Path, required=True)
    rendering.add_argument("--split", choices=SPLITS, default="test")
    rendering.add_argument("--count", type=int, default=10)
    rendering.add_argument("--seed", type=int, default=1)
    samples = commands.add_parser("samples", help="the two samples that the README and the tests use")
    samples.add_argument("--out", type=Path, default=FOLDER)
    wanted = parser.parse_args()
    if wanted.command == "render":
        render(wanted.out, wanted.split, wanted.count, wanted.seed)
    else:
        for path in write_samples(wanted.out):
            print(path)


if __name__ == "__main__":
    main()
