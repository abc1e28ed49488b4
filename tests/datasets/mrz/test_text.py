from datetime import date

import numpy as np
import pytest

from datasets.mrz.text import ALPHABET, holder_lines, random_lines, zone_lines
from docscan.mrz.icao9303 import parse
from docscan.types import MrzFormat


@pytest.mark.parametrize("form", list(MrzFormat))
def test_every_holder_has_a_valid_mrz(form: MrzFormat) -> None:
    for seed in range(20):
        lines = holder_lines(np.random.default_rng(seed), form)
        parsed = parse(lines, today=date(2026, 1, 1))
        assert parsed.lines == lines
        assert all(parsed.check_digits.values())


@pytest.mark.parametrize("form", list(MrzFormat))
def test_random_lines_have_the_formats_shape_and_the_mrz_alphabet(form: MrzFormat) -> None:
    lines = random_lines(np.random.default_rng(3), form)
    assert [len(line) for line in lines] == [form.shape[1]] * form.shape[0]
    assert set("".join(lines)) <= set(ALPHABET)


def test_the_share_of_random_lines_is_kept() -> None:
    rng = np.random.default_rng(5)
    zones = [zone_lines(rng, MrzFormat.TD3, random_share=0.5) for _ in range(200)]
    composed = sum(lines[0].startswith("P") and lines[0].count("<") > 3 for lines in zones)
    assert 70 < composed < 140
