import json
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from docscan.checks.regions import SIGNS
from docscan.settings import Settings
from tests.training.region.conftest import here
from training.region import answers
from training.region.answers import answers_of
from training.region.cutting import MOST_CROPS, Limits

NETWORK = Settings().models / "region.onnx"


@pytest.fixture(autouse=True)
def in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answers, "each", here)


def test_documents_are_answered_for_as_delivered_and_every_other_pair_as_software_leaves_it(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answers, "_PART", 4)  # two parts
    seen = answers_of(folder, NETWORK, Limits(), tmp_path, workers=1)
    recipes = [json.loads(text)["recipe"] for text in (folder / "documents.jsonl").read_text().splitlines()]
    assert len(recipes) == 6
    expected = [recipe for number, recipe in enumerate(recipes) for _ in range(1 + number // 2 % 2)]
    assert seen.genuine.tolist() == [recipe == "genuine" for recipe in expected]
    assert seen.answers.shape[1:3] == (MOST_CROPS, SIGNS)
    there = seen.region >= 0
    assert there.any(1).all()
    assert not seen.answers[~there].any()
    assert seen.answers[there].any((1, 2, 3)).all()
    assert not (seen.forged[seen.genuine] == 1).any()
    assert (seen.forged[~seen.genuine] == 1).any((1, 2, 3)).all()
    twice = 2 + expected[2:].index(expected[2])
    assert not np.array_equal(seen.answers[twice], seen.answers[twice + 1])
    monkeypatch.setattr(answers, "cut_as_product", None)  # a second run does nothing again
    again = answers_of(folder, NETWORK, Limits(), tmp_path, workers=1)
    assert np.array_equal(again.answers, seen.answers)


def test_another_network_is_asked_anew(folder: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.onnx"
    other.write_bytes((NETWORK.parents[1] / "training" / "region" / "members" / "context.onnx").read_bytes())
    one = answers_of(folder, NETWORK, Limits(), tmp_path / "work", workers=1)
    two = answers_of(folder, other, Limits(), tmp_path / "work", workers=1)
    assert np.array_equal(one.region, two.region)
    assert not np.array_equal(one.answers, two.answers)


def test_a_set_of_which_the_network_says_nothing_is_refused(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no document of which the network says anything"):
        answers_of(folder, NETWORK, Limits(lowest_pixels_per_mm=1000.0), tmp_path, workers=1)


def test_what_a_process_dies_by_is_named(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def dies(parts: list[object], _task: object, *, named: Callable[[object], str], **_: object) -> Iterator[None]:
        raise RuntimeError(named(parts[0]))
        yield

    monkeypatch.setattr(answers, "each", dies)
    with pytest.raises(RuntimeError, match="documents from 0 on of "):
        answers_of(folder, NETWORK, Limits(), tmp_path, workers=1)
