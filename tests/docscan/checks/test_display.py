"""What is said of a page that shows a display's pixels."""

from collections.abc import Callable

from datasets.sheet import Kind
from datasets.specimens import Order, make
from docscan.capture import ImageFile
from docscan.checks.display import pixels
from docscan.checks.finding import Finding
from docscan.displays import grid_strength
from docscan.evidence import Evidence
from docscan.inspection import inspect, see
from docscan.tools import Tools
from docscan.types import Outcome, Verdict
from tests.docscan.checks.conftest import TODAY

Makes = Callable[..., Evidence]


def test_it_asks_to_make_sure_that_it_is_no_screen(evidence: Makes) -> None:
    seen = pixels(evidence(grid=3.0))
    assert not isinstance(seen, Finding)
    assert seen.value == 3.0
    assert "no screen was captured" in seen.failed


def test_where_the_print_cannot_be_judged_it_says_so(evidence: Makes) -> None:
    finding = pixels(evidence(region_abstained="Too blurred.", grid=3.0))
    assert finding == Finding(Outcome.UNDETERMINED, "Too blurred.")


def test_where_too_little_of_the_page_is_seen_it_says_so(evidence: Makes) -> None:
    finding = pixels(evidence(grid=None))
    assert isinstance(finding, Finding)
    assert finding.outcome is Outcome.UNDETERMINED


def _captured(recipe: str) -> ImageFile:
    made = make(Order(4712, 8, "UTO", Kind.TD3, recipe), ("visible",), device="phone", dpi=300)
    return ImageFile(recipe, made.captured.files["visible"][0])


def test_a_captured_screen_is_told_from_documents(tools: Tools) -> None:
    genuine, printed, shown = (
        grid_strength(see(_captured(recipe), tools=tools).page.image)
        for recipe in ("genuine", "counterfeit_toner", "screen_recapture")
    )
    assert genuine is not None
    assert printed is not None
    assert shown is not None
    assert shown > 1.6 > 1.3 > max(genuine, printed)


def test_the_pipeline_does_not_let_a_captured_screen_pass(tools: Tools) -> None:
    report = inspect(_captured("screen_recapture"), tools=tools, today=TODAY).report
    shown = next(check for check in report.checks if check.id == "page.display")
    assert shown.outcome is Outcome.FAILED
    assert 0.5 < shown.log10_lr < 1  # it refers no document alone
    assert report.verdict is not Verdict.NO_CONCERN
