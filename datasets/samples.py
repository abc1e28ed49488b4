"""The two bundled samples: a genuine passport of Utopia, and the same kind with its portrait replaced.

Utopia is in no split: the network has seen neither its design nor these seeds. The seeds are two of the three, of
thirteen drawn, whose MRZ PassportEye reads without an error.
"""

from pathlib import Path

from PIL import Image

from datasets.documents import specimen

FOLDER = Path(__file__).parent / "samples"
_SEEDS = {"genuine": (2045, "genuine"), "forged": (2054, "portrait_replaced")}
_PIXELS_PER_MM = 300 / 25.4


def write_samples(folder: Path = FOLDER) -> list[Path]:
    """Write both samples as a page reader at 300 dpi would; returns their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for name, (seed, kind) in _SEEDS.items():
        made = specimen(seed, "UTO", kind, device="reader", scale=_PIXELS_PER_MM)
        path = folder / f"{name}-utopia.jpg"
        Image.fromarray(made.photo.image).save(path, quality=88, subsampling=0)
        paths.append(path)
    return paths
