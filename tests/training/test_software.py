"""What software makes of pictures, as networks learn from it."""

import numpy as np
import pytest

from training.software import Picture, enlarged, levelled, noisy, sharpened, smoothed, stored, worked_on


@pytest.fixture(scope="module")
def picture() -> Picture:
    """Draw grainy paper with print on it."""
    rows, columns = np.mgrid[:120, :160]
    paper = 170 + 20 * np.sin(columns / 9) + np.random.default_rng(3).normal(0, 4, rows.shape)
    paper[50:60, 30:130:7] -= 90
    return np.repeat(np.clip(paper, 0, 255).astype(np.uint8)[..., None], 3, -1)


def _grain(picture: Picture) -> float:
    """Return the noise where nothing is printed."""
    return float(np.diff(picture[:40, :, 0].astype(float), axis=1).std())


def test_noise_is_added_and_reduced(picture: Picture) -> None:
    assert _grain(noisy(picture, 5.0, np.random.default_rng(1))) > 1.3 * _grain(picture)
    for less in (smoothed(picture, 6.0), levelled(picture, 20.0)):
        assert _grain(less) < 0.7 * _grain(picture)
        assert int(less[50:60].min()) < int(picture[50:60].min()) + 25  # print stays


def test_edges_are_sharpened_and_what_was_enlarged_is_soft(picture: Picture) -> None:
    contrast = float(picture[55, 30:130, 0].std())
    assert float(sharpened(picture, 1.0, 2.0)[55, 30:130, 0].std()) > 1.3 * contrast
    assert float(enlarged(picture, 0.5)[55, 30:130, 0].std()) < 0.9 * contrast


def test_little_is_left_at_a_low_quality(picture: Picture) -> None:
    def lost(quality: int) -> float:
        return float(np.abs(stored(picture, quality).astype(int) - picture).mean())

    assert lost(30) > 2 * lost(95) > 0


def test_a_seed_does_the_same_again_and_others_do_other_things(picture: Picture) -> None:
    def after(seed: int) -> Picture:
        return worked_on(picture, np.random.default_rng(seed))

    assert np.array_equal(after(1), after(1))
    made = [after(seed) for seed in range(30)]
    assert all(one.shape == picture.shape for one in made)
    assert len({one.tobytes() for one in made}) > 25
    grains = [_grain(one) / _grain(picture) for one in made]
    assert min(grains) < 0.6
    assert max(grains) > 1.3
