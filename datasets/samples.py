"""The two bundled samples: a genuine passport of Utopia, and another whose portrait was pasted over.

Utopia is in no split: no network has seen its design, and none these seeds. The seed is one of seven drawn, at three
of which the region network, which learned from an older generator, refers the pasted portrait: a sample shows what a
report looks like, not how good the network is.
"""

from pathlib import Path

from datasets.sheet import Kind
from datasets.specimens import GENUINE, Order, Specimen, make

FOLDER = Path(__file__).parent / "samples"
_ORDERS = {
    "genuine": Order(2046, 0, "UTO", Kind.TD3, GENUINE),
    "forged": Order(2046, 1, "UTO", Kind.TD3, "portrait_pasted"),
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
