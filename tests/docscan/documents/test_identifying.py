"""Where a border was found that is none, the samples tell where the page is, and what kind it is of."""

from dataclasses import replace

import numpy as np
import pytest

from datasets.sheet import Kind
from docscan import inspection
from docscan.capture import ImageFile
from docscan.documents.matching import library_of, match
from docscan.documents.model import DocumentModel
from docscan.documents.samples import Sample
from docscan.identifying import identified
from docscan.inspection import inspect
from docscan.page import page_at
from docscan.page_geometry import moved, rectangle
from docscan.tools import Tools
from docscan.types import Homography, Outcome, Page
from tests.docscan.conftest import CREATED, Makes


@pytest.fixture(scope="module")
def sample(makes: Makes) -> Sample:
    return makes.sample("XVA", Kind.TD3, 5)


@pytest.fixture(scope="module")
def misplaced(sample: Sample) -> Page:
    """The page by a border that stands twelve millimetres above its own, and as far below it."""
    stretched = np.array([[1.0, 0, 0], [0, 1.27, -12], [0, 0, 1]])
    return replace(page_at(sample.capture, sample.page.to_capture @ stretched, sample.page.size), border_seen=True)


def _off(page: Page, to_capture: Homography) -> float:
    """Return how far a page's corners are from where another map to the capture has them, millimetres."""
    corners = rectangle(*page.size.millimetres)
    there = moved(corners, np.linalg.inv(to_capture) @ page.to_capture)
    return float(np.linalg.norm(there - corners, axis=1).max())


def test_a_page_by_a_wrong_border_is_found_by_its_samples(
    sample: Sample, misplaced: Page, passports: DocumentModel
) -> None:
    library = library_of([passports])
    assert sample.mrz is not None
    assert match(misplaced, sample.mrz.parsed, library).model is None
    by_border = match(sample.page, sample.mrz.parsed, library).laid_on_own
    assert by_border is not None
    on_samples = sample.page.to_capture @ by_border.in_millimetres
    page, kind = identified(sample.capture, misplaced, sample.mrz, library)
    assert kind.model is passports
    assert _off(misplaced, on_samples) > 8
    assert _off(page, on_samples) < 0.5
    assert not page.border_seen


def test_an_inspection_looks_at_a_page_where_its_samples_have_it(
    monkeypatch: pytest.MonkeyPatch, makes: Makes, misplaced: Page, passports: DocumentModel, tools: Tools
) -> None:
    path = makes.path("XVA", Kind.TD3, 5)
    file, knowing = ImageFile(path.name, path.read_bytes()), replace(tools, library=library_of([passports]))
    by_border = inspect(file, tools=knowing, today=CREATED.date())
    monkeypatch.setattr(inspection, "page_of_zone", lambda *_: misplaced)
    alone = inspect(file, tools=tools, today=CREATED.date())
    by_samples = inspect(file, tools=knowing, today=CREATED.date())
    assert alone.page is misplaced
    assert by_samples.report.document.model == passports.name
    assert _off(by_samples.page, by_border.page.to_capture) < 3
    outcomes, usual = ({check.id: check.outcome for check in one.report.checks} for one in (by_samples, by_border))
    for check in ("print.portrait", "page.print", "page.copy_move", "reference.print", "viz.surname"):
        assert outcomes[check] is usual[check] is Outcome.PASSED


def test_a_page_that_is_of_a_kind_stays_where_its_border_is(sample: Sample, passports: DocumentModel) -> None:
    page, kind = identified(sample.capture, sample.page, sample.mrz, library_of([passports]))
    assert kind.model is passports
    assert page is sample.page


def test_a_page_of_another_design_is_of_no_kind_wherever_it_is(
    misplaced: Page, sample: Sample, passports: DocumentModel, others: DocumentModel
) -> None:
    """The other state's design, as if it were this state's last one."""
    last = replace(others, name="xva-p-2010", issuing_state=passports.issuing_state)
    page, kind = identified(sample.capture, misplaced, sample.mrz, library_of([last]))
    assert kind.model is None
    assert page is misplaced


def test_without_an_mrz_nothing_else_tells_where_a_page_is(
    misplaced: Page, sample: Sample, passports: DocumentModel
) -> None:
    page, kind = identified(sample.capture, misplaced, None, library_of([passports]))
    assert kind.model is None
    assert page is misplaced
