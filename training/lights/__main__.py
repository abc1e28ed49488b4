"""``python -m training.lights``: renders pages, trains a network for ultraviolet and one for infrared, exports them.

It checks parity, writes the manifest and the card. Documents, pages and checkpoints are kept in ``--work``; a run that
was cut short goes on where it stopped. Then ``python -m training.witnesses calibrate`` says what their answers weigh.
"""

from functools import partial

from docscan.light_network import CHANNELS, HEIGHT, MODELS, WIDTH
from training.fitting import Plan
from training.lights.card import write_card
from training.lights.data import LIGHTS, SEEDS, prepare
from training.lights.measuring import told
from training.lights.task import PagesTask
from training.pages import command
from training.pages.shipping import ship

VERSION = "1.0.0"
PLAN = Plan(steps=5000, batch=8, rate=2e-3, seed=365, half=True)


def main() -> None:
    """Make both networks."""
    chosen = command.told("lights", __doc__, documents=2600, validation=400, minutes=15)
    counts = {"training": chosen.documents, "validation": chosen.validation}
    pages = {split: prepare(chosen.work, split, count, chosen.workers) for split, count in counts.items()}
    documents = {split: len(part) for split, part in pages.items()}
    shipped = {
        light: ship(
            MODELS[light],
            "page_under_light",
            PagesTask(pages["training"], light),
            PLAN,
            partial(told, pages=pages["validation"], light=light),
            chosen,
            shape=(CHANNELS[light], HEIGHT, WIDTH),
            version=VERSION,
            dataset={"recipe": "training.lights.data", "seeds": SEEDS, "documents": documents},
        )
        for light in LIGHTS
    }
    write_card(chosen.models / "lights.md", shipped, documents)


if __name__ == "__main__":
    main()
