import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from datasets.sheet import Kind
from docscan.documents import matching
from docscan.documents.appearance import SIZE, appearance_of, distance
from docscan.documents.laying import Laid
from docscan.documents.matching import Library, library_of, match, nearest_model, open_library
from docscan.documents.model import DocumentModel, Statistics
from docscan.documents.samples import Sample
from docscan.documents.store import save
from docscan.errors import DocumentModelError
from docscan.types import PageSize, ParsedMrz
from tests.docscan.conftest import Makes
from tests.docscan.documents.conftest import small_model


def _parsed(sample: Sample) -> ParsedMrz:
    assert sample.mrz is not None
    return sample.mrz.parsed


def test_another_capture_of_an_enrolled_kind_is_matched(
    makes: Makes, passports: DocumentModel, others: DocumentModel
) -> None:
    library = library_of([others, passports])
    for number in (5, 6, 7):
        sample = makes.sample("XVA", Kind.TD3, number)
        assert match(sample.page, _parsed(sample), library).model is passports
    assert match(sample.page, None, library).model is passports


def test_a_page_of_an_unknown_state_matches_nothing(
    makes: Makes, passports: DocumentModel, others: DocumentModel
) -> None:
    library = library_of([others, passports])
    sample = makes.sample("UTO", Kind.TD3, 0)
    assert match(sample.page, _parsed(sample), library).model is None
    assert match(sample.page, None, library).model is None


def test_another_design_of_the_same_state_and_format_matches_nothing(
    makes: Makes, passports: DocumentModel, others: DocumentModel
) -> None:
    """The other state's design, as if it were this state's last one."""
    last = replace(others, name="xva-p-2010", issuing_state=passports.issuing_state)
    sample = makes.sample("XVA", Kind.TD3, 5)
    assert match(sample.page, _parsed(sample), library_of([last])).model is None
    assert match(sample.page, _parsed(sample), library_of([last, passports])).model is passports


@pytest.mark.parametrize(
    ("share", "alike", "own", "within_reach"),
    [(0.3, 0.7, False, False), (0.4, 0.55, True, False), (0.4, 0.4, False, False), (0.2, 0.7, False, True)],
)
def test_a_page_that_lies_on_samples_roughly_is_not_of_their_kind(
    makes: Makes,
    others: DocumentModel,
    monkeypatch: pytest.MonkeyPatch,
    share: float,
    alike: float,
    *,
    own: bool,
    within_reach: bool,
) -> None:
    sample = makes.sample("XVA", Kind.TD3, 5)
    last = replace(others, issuing_state=_parsed(sample).fields.issuing_state)
    last = replace(last, reach=100 * last.reach) if within_reach else last
    monkeypatch.setattr(matching, "laid_on_samples", lambda *_: Laid(np.eye(3), share, alike))
    found = match(sample.page, _parsed(sample), library_of([last]))
    assert found.likeliest is last
    assert found.known is own


def test_the_mrz_must_agree(makes: Makes, passports: DocumentModel) -> None:
    sample, library = makes.sample("XVA", Kind.TD3, 5), library_of([passports])
    parsed = _parsed(sample)
    for field in ({"issuing_state": "XVE"}, {"document_code": "PD"}):
        assert match(sample.page, replace(parsed, fields=replace(parsed.fields, **field)), library).model is None
    assert match(replace(sample.page, size=PageSize.ID_2), None, library).model is None


def test_an_empty_library_matches_nothing(makes: Makes) -> None:
    sample = makes.sample("XVA", Kind.TD3, 5)
    assert match(sample.page, _parsed(sample), Library.empty()).model is None


def test_the_product_of_matrices_gives_the_distances(makes: Makes, passports: DocumentModel) -> None:
    known = [passports, *(small_model(f"m-{seed}", seed=seed) for seed in range(3))]
    seen = appearance_of(makes.sample("XVA", Kind.TD3, 5).page, None)
    wanted = [distance(model.appearance, seen) / model.reach for model in known]
    np.testing.assert_allclose(library_of(known).distances(seen), wanted, rtol=1e-3)


def test_a_thousand_models_cost_no_more_than_the_goal(makes: Makes, passports: DocumentModel) -> None:
    rng = np.random.default_rng(0)

    def strange(index: int) -> DocumentModel:
        appearance = Statistics(rng.normal(size=SIZE).astype(np.float32), passports.appearance.spread, 5)
        return replace(passports, name=f"m-{index}", appearance=appearance)

    library = library_of([*(strange(index) for index in range(999)), passports])
    sample = makes.sample("XVA", Kind.TD3, 5)
    took = []
    for _ in range(15):
        start = time.process_time()
        nearest = nearest_model(sample.page, _parsed(sample), library)
        took.append(time.process_time() - start)
        assert nearest is not None
        assert nearest.model is passports
    assert min(took) < 0.020  # of processor time: the machine may be busy


def test_the_newest_versions_of_a_folder_are_the_library(tmp_path: Path) -> None:
    for version in (1, 2):
        save(tmp_path, small_model("one", version))
    save(tmp_path, small_model("two"))
    assert [(model.name, model.version) for model in open_library(tmp_path).models] == [("one", 2), ("two", 1)]
    assert open_library(tmp_path / "none").models == ()


def test_a_library_with_a_broken_model_is_refused(tmp_path: Path) -> None:
    path = save(tmp_path, small_model())
    (path / "arrays.npz").write_bytes(b"")
    with pytest.raises(DocumentModelError, match="sha256"):
        open_library(tmp_path)
