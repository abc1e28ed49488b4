from pathlib import Path

import numpy as np
from PIL import Image

from datasets.samples import FOLDER, write_samples


def test_the_bundled_samples_are_what_the_generator_makes(tmp_path: Path) -> None:
    for path in write_samples(tmp_path):
        made, bundled = (np.asarray(Image.open(p)).astype(int) for p in (path, FOLDER / path.name))
        assert made.shape == bundled.shape
        # Other versions of the libraries may round otherwise.
        assert np.abs(made - bundled).mean() < 1.0


def test_the_bundled_samples_are_small() -> None:
    assert all(path.stat().st_size < 700_000 for path in FOLDER.glob("*-utopia.jpg"))
    assert (FOLDER / "contact-sheet.jpg").stat().st_size < 3_000_000
