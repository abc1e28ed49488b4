"""``python -m training.daylight``: renders pages, trains the network that looks at all of a page by daylight.

It exports it, checks parity, writes the manifest and the card. Documents, pages and the checkpoint are kept in
``--work``; a run that was cut short goes on where it stopped. Then ``python -m training.witnesses calibrate`` says what
its answers weigh.
"""

from dataclasses import asdict
from pathlib import Path

import torch

from docscan.daylight_network import CHANNELS, HEIGHT, MODEL, WIDTH
from docscan.page_answer import OUTPUTS
from training.daylight.card import write_card
from training.daylight.data import SEEDS, Pages, prepare
from training.daylight.measuring import told
from training.daylight.task import PagesTask
from training.fitting import Plan, done, fit
from training.manifest import update_manifest
from training.onnx_export import export, milliseconds
from training.pages import command
from training.pages.network import Flat, PageNetwork
from training.region.scoring import open_network

VERSION = "1.0.0"
PLAN = Plan(steps=20_000, batch=8, rate=2e-3, seed=9, half=True)


def _fitted(pages: Pages, work: Path, minutes: float) -> tuple[PageNetwork, int]:
    torch.manual_seed(PLAN.seed)
    network = PageNetwork(CHANNELS)
    checkpoint = work / f"{MODEL}.pt"
    fit(Flat(network), PagesTask(pages), PLAN, checkpoint, 60 * minutes, box=True)
    return network, done(checkpoint) or 0


def main() -> None:
    """Make the network."""
    chosen = command.told("daylight", __doc__, documents=4000, validation=900, minutes=27)
    counts = {"training": chosen.documents, "validation": chosen.validation}
    pages = {split: prepare(chosen.work, split, count, chosen.workers) for split, count in counts.items()}
    network, steps = _fitted(pages["training"], chosen.work, chosen.minutes)
    path, shape = chosen.models / f"{MODEL}.onnx", (2, CHANNELS, HEIGHT, WIDTH)
    parity = export(network, shape, path, {0: "batch"}, name="page_by_daylight", outputs=OUTPUTS)
    session = open_network(path)
    seen = told(session, pages["validation"])
    measured = {"parity": parity, "milliseconds": round(milliseconds(session, (1, *shape[1:])), 1)}
    documents = {split: len(part) for split, part in pages.items()}
    update_manifest(
        chosen.models,
        MODEL,
        file=path.name,
        version=VERSION,
        dataset={
            "recipe": "training.daylight.data",
            "seeds": SEEDS,
            "documents": documents,
            "training": asdict(PLAN) | {"steps": steps, "minutes": chosen.minutes},
        },
        error_rates={"auc_validation_states": round(seen.whole, 4)},
        parameters={"input": list(shape), **measured},
    )
    count = sum(weights.numel() for weights in network.parameters())
    print(f"{MODEL}: AUC {seen.whole:.4f}, {measured}", flush=True)
    about = measured | {"parameters": count, "steps": steps, "bytes": path.stat().st_size, "minutes": chosen.minutes}
    write_card(chosen.models / "daylight.md", seen, about, documents)


if __name__ == "__main__":
    main()
