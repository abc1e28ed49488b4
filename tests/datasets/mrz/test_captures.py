import numpy as np

from datasets.mrz.captures import document_capture, scene, zone_capture
from datasets.mrz.negatives import HELD_OUT_PHOTOS, TRAINING_PHOTOS, without_mrz
from datasets.mrz.page import draw_page
from datasets.mrz.typeface import CELL, CELL_HEIGHT, draw_line, draw_typeface


def test_the_same_seed_draws_the_same_capture() -> None:
    one, other = (zone_capture(np.random.default_rng(8), 9.0) for _ in range(2))
    assert np.array_equal(one.image, other.image)
    assert one.zones[0].lines == other.zones[0].lines


def test_the_pitch_is_the_one_asked_for() -> None:
    for seed in range(8):
        capture = document_capture(np.random.default_rng(seed), 12.0)
        assert abs(capture.zones[0].pitch - 12.0) < 0.6


def test_ink_lies_where_the_truth_says() -> None:
    """Between its lines a zone is paper; on them it varies: the truth's rows must show more contrast than the gaps."""
    more = 0
    for seed in range(30):
        capture = document_capture(np.random.default_rng(seed), 14.0, severity=0.0)
        zone = capture.zones[0]
        image = capture.image.astype(float)

        def darkness(points: np.ndarray, image: np.ndarray = image) -> float:
            grid = np.rint(points.reshape(-1, 2)).astype(int)
            grid[:, 0] = grid[:, 0].clip(0, image.shape[1] - 1)
            grid[:, 1] = grid[:, 1].clip(0, image.shape[0] - 1)
            return float(image[grid[:, 1], grid[:, 0]].std())

        along = (zone.centres[:, 1:] - zone.centres[:, :-1]) * np.linspace(0, 1, 9)[:, None, None, None]
        rows = zone.centres[:, :-1] + along
        gaps = (rows[:, :-1] + rows[:, 1:]) / 2
        more += darkness(rows) > darkness(gaps)
    assert more >= 24


def test_several_documents_do_not_cover_each_other() -> None:
    counts = []
    for seed in range(6):
        capture = scene(np.random.default_rng(seed), (480, 640), documents=2, share=0.35)
        counts.append(len(capture.zones))
        for zone in capture.zones:
            assert zone.ends[..., 0].min() >= 0
            assert zone.ends[..., 0].max() < 640
            assert zone.ends[..., 1].min() >= 0
            assert zone.ends[..., 1].max() < 480
    assert max(counts) == 2


def test_photographs_for_measuring_are_not_those_for_training() -> None:
    assert not set(TRAINING_PHOTOS) & set(HELD_OUT_PHOTOS)


def test_images_without_an_mrz_have_the_size_asked_for() -> None:
    for seed in range(12):
        assert without_mrz(np.random.default_rng(seed), (200, 300)).shape == (200, 300)


def test_a_line_is_as_long_as_its_characters() -> None:
    rng = np.random.default_rng(1)
    ink = draw_line(rng, draw_typeface(rng), "P<UTO", jitter=1.0)
    assert ink.shape == (CELL_HEIGHT, 5 * CELL)
    assert ink.max() > 0.5


def test_an_issued_zone_has_the_contrast_that_quality_control_asks_for() -> None:
    contrasts = {}
    for issued in (True, False):
        contrasts[issued] = []
        for seed in range(25):
            zone, paper = (
                draw_page(np.random.default_rng(seed), 14.0, above=4.0, blank=blank, issued=issued).image
                for blank in (False, True)
            )
            ratio = zone / np.maximum(paper, 0.05)
            contrasts[issued].append(1 - float(np.percentile(ratio, 1)))
    assert min(contrasts[True]) > 0.45  # of the strokes' cores, where ink did not spread thin or wear off
    assert min(contrasts[False]) < 0.4
    assert np.mean(contrasts[True]) > np.mean(contrasts[False])
