"""``python -m training.daylight``: renders pages, trains the network that looks at all of a page by daylight.

It exports it, checks parity, writes the manifest and the card. Documents, pages and the checkpoint are kept in
``--work``; a run that was cut short goes on where it stopped. Then ``python -m training.witnesses calibrate`` says what
its answers weigh.
"""

from functools import partial

from docscan.daylight_network import CHANNELS, HEIGHT, MODEL, WIDTH
from training.daylight.card import write_card
from training.daylight.data import SEEDS, WORKED_ON, prepare
from training.daylight.measuring import ranges, told
from training.daylight.task import PagesTask
from training.fitting import Plan
from training.pages import command
from training.pages.shipping import ship
from training.region.scoring import open_network

VERSION = "1.2.0"
PLAN = Plan(steps=20_000, batch=8, rate=2e-3, seed=9, half=True)


def main() -> None:
    """Make the network."""
    chosen = command.told("daylight", __doc__, documents=4000, validation=900, minutes=27)
    counts = {"training": chosen.documents, "validation": chosen.validation}
    pages = {split: prepare(chosen.work, split, count, chosen.workers) for split, count in counts.items()}
    documents = {split: len(part) for split, part in pages.items()}
    seen, measured = ship(
        MODEL,
        "page_by_daylight",
        PagesTask(pages["training"]),
        PLAN,
        partial(told, pages=pages["validation"]),
        chosen,
        shape=(CHANNELS, HEIGHT, WIDTH),
        version=VERSION,
        dataset={"recipe": "training.daylight.data", "seeds": SEEDS, "documents": documents},
        ranges=ranges(pages["validation"]),
    )
    shipped = open_network(chosen.models / f"{MODEL}.onnx")
    write_card(chosen.models / "daylight.md", seen, told(shipped, pages["validation"], WORKED_ON), measured, documents)


if __name__ == "__main__":
    main()
