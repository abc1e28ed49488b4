"""The two bundled samples: a genuine passport of Utopia, and another on which a datum was altered in both zones.

Utopia is in no split: no network has seen its design, and none these seeds. A sample shows what a report looks like,
not how good the network is: it was taken from a kind that the network tells well, which it does not tell all.
"""

from pathlib import Path

from datasets.sheet import Kind
from datasets.specimens import GENUINE, Order, Specimen, make

FOLDER = Path(__file__).parent / "samples"
_ORDERS = {
    "genuine": Order(2046, 0, "UTO", Kind.TD3, GENUINE),
    "forged": Order(2046, 1, "UTO", Kind.TD3, "viz_and_mrz_altered"),
}


def sample(name: str) -> Specimen:
    """Make the sample "genuine" or "forged", as a page reader at 300 dpi sees it."""
    return make(_ORDERS[name], ("visible",), device="reader", dpi=300.0)


def write_samples(folder: Path = FOLDER) -> list[Path]:
    """Write both samples; returns their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for name in _ORDERS:
        data, form = sample(name).captured.files["visible"]
        if form != "JPEG":
            raise ValueError(f"the sample {name} is a {form}; choose an order whose capture is a JPEG")
        path = folder / f"{name}-utopia.jpg"
        path.write_bytes(data)
        paths.append(path)
    return paths
