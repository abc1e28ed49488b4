"""The report on paper: one page of A4, whatever it says, and nothing of it cut off."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser

from docscan import types as t
from docscan.checks import CHECKS
from docscan.documents.model import ReferencePicture
from docscan.inspection import Inspection
from docscan.page_geometry import in_capture, rectangle
from docscan.rendering.html import to_html
from docscan.rendering.pictures import draw, pictures_of
from docscan.service.web.languages import languages
from tests.docscan.rendering.conftest import card, report

PIXELS_PER_MM = 8.0
TO_CAPTURE = np.array([[7.8, 0.4, 60.0], [-0.4, 7.8, 110.0], [0.0, 0.0, 1.0]])
LONG = (
    "The printed date of birth reads “31 AUG/AOÛT 1961”, the machine-readable zone says “1961-08-31”, and what lies "
    "between the two differs from genuine samples by more than they differ from each other, above all at its left edge."
)
MOST_CHECKS = 54  # that a page has room for
# Boxes in millimetres: the MRZ, the portrait, data, the background, and some that are printed as names alone.
BOXES = (
    (5, 66, 114, 16), (5, 18, 32, 40), (42, 24, 40, 4), (42, 34, 40, 4), (42, 44, 26, 4), (98, 30, 22, 28),
    (42, 54, 26, 4), (70, 54, 26, 4),
)  # fmt: skip


def _region(box: Sequence[float]) -> t.Region:
    left, top, width, height = box
    return t.Region("portrait", in_capture(rectangle(width, height) + np.array([left, top]), TO_CAPTURE))


def _lights(count: int) -> tuple[t.Capture, t.Page]:
    noise = np.random.default_rng(7).integers(90, 200, (900, 1100, 3), dtype=np.uint8)
    others = [noise if count == 3 else None] * 2
    page = t.Page(
        noise[:704, :1000], t.PageSize.ID_3, PIXELS_PER_MM, TO_CAPTURE, True, True, report().quality,
        uv=None if others[0] is None else noise[:704, :1000], ir=None if others[1] is None else noise[:704, :1000],
    )  # fmt: skip
    return t.Capture(noise, *others), page


def _checks(findings: int, explanation: str, absent: str | None = "No image under this light was given.") -> tuple:
    """Every check that there is: the first so many find something, the other lights' are absent or passed."""
    found = []
    for index, check in enumerate(CHECKS):
        outcome, ratio, region = t.Outcome.PASSED, -0.3, None
        if index < findings:
            outcome, ratio, region = t.Outcome.FAILED, 2.0 - index / 10, _region(BOXES[index])
        elif absent and check.spectrum is not t.Spectrum.VISIBLE:
            outcome, ratio = t.Outcome.NOT_PERFORMED, 0.0
        text = absent if outcome is t.Outcome.NOT_PERFORMED and absent else explanation
        found.append(t.CheckResult(check.id, outcome, text, check.spectrum, log10_lr=ratio, region=region))
    return tuple(found)


def _named(seen: t.Report, name: str) -> t.Report:
    """Return the report of a holder whose names fill their field, with every remark there is on the reading."""
    assert seen.mrz is not None
    surname, given = name[:20], name[20:]
    fields = replace(seen.mrz.parsed.fields, surname=surname, given_names=given, names_truncated=True)
    lines = {"surname": (surname, surname), "given_names": (given, given)}
    visual = {
        key: t.VisualField(
            key, said, t.TextLine(printed * 2, (0.99,) * 2 * len(printed), t.Box(40, 20, 60, 3)), t.Agreement.UNCLEAR
        )
        for key, (said, printed) in lines.items()
    }
    parsed = replace(seen.mrz.parsed, fields=fields, problems=("The field of the names is not padded as prescribed.",))
    return replace(seen, mrz=replace(seen.mrz, parsed=parsed), visual=t.VisualZone({**seen.visual.fields, **visual}))


def _genuine() -> t.Report:
    checks = _checks(0, "The machine-readable zone stands where it should, at the right pitch.")
    return replace(report(), verdict=t.Verdict.NO_CONCERN, reason="Nothing speaks for a forgery.", checks=checks)


def _six() -> t.Report:
    return replace(report(), checks=_checks(6, "The print of this part looks pasted over what was there."))


def _insufficient() -> t.Report:
    advice = ("The capture shows 54 dpi; to judge how the page was printed, 198 dpi or more are needed.", LONG)
    checks = tuple(
        t.CheckResult(check.id, t.Outcome.NOT_PERFORMED, f"{LONG} ({index % 6})") for index, check in enumerate(CHECKS)
    )
    quality = t.Quality(0.1, 0.3, 54.0, False, False, advice)
    return replace(
        report(), verdict=t.Verdict.INSUFFICIENT, reason=advice[0], checks=checks, quality=quality, mrz=None,
        visual=t.VisualZone({}, "No zone."),
    )  # fmt: skip


def _longest() -> t.Report:
    """Eight findings of long sentences, names of 39 characters in one word, every check performed or undetermined."""
    many = [
        replace(check, outcome=t.Outcome.UNDETERMINED, log10_lr=0.0, explanation=f"{LONG} ({index})")
        for index, check in enumerate(_checks(0, LONG, absent=None)[-4:])
    ]
    # More than there are, for the list of checks grows.
    more = [
        t.CheckResult(f"reference.more_{index}", t.Outcome.PASSED, LONG, log10_lr=-0.2)
        for index in range(MOST_CHECKS - len(CHECKS))
    ]
    checks = (*_checks(8, LONG, absent=None)[:-4], *many, *more)
    seen = replace(report(), checks=checks, reason=LONG, quality=replace(report().quality, advice=(LONG,)))
    return _named(seen, "CHRISTOPHERSONVANDERBERGHESCHWARZENEGGERS"[:39])


def _in_doubt() -> t.Report:
    """A zone of which hardly anything was read surely, repaired all over, and the other reader read it otherwise."""
    seen = _six()
    assert seen.mrz is not None
    zone, parsed = seen.mrz.zone, seen.mrz.parsed
    repairs = tuple(t.Repair(1, column, "document_number check digit", "S", "5") for column in range(4))
    second = t.SecondReading(
        replace(zone, reader="passporteye"), parsed, tuple(t.Difference(0, at, "A", "B") for at in range(20))
    )
    unsure = replace(zone, character_confidence=tuple((0.4,) * len(line) for line in zone.lines))
    return replace(seen, mrz=t.Mrz(unsure, replace(parsed, repairs=repairs), second))


CASES: dict[str, tuple[Callable[[], t.Report], int, int]] = {
    "genuine": (_genuine, 1, 0),
    "six findings": (_six, 1, 6),
    "three lights": (lambda: replace(_six(), checks=_checks(2, LONG, absent=None)), 3, 2),
    "insufficient": (_insufficient, 1, 0),
    "longest": (_longest, 3, 6),
    "in doubt": (_in_doubt, 1, 6),
}


def _references(page: t.Page) -> dict[t.Spectrum, ReferencePicture]:
    known = np.ones(page.image.shape[:2], bool)
    return {t.Spectrum.VISIBLE: ReferencePicture.of(page.image, known, page.pixels_per_mm)}


@pytest.mark.parametrize("tag", ["en", "sr-Latn"])
@pytest.mark.parametrize("case", CASES)
def test_a_report_prints_on_one_page_and_nothing_is_cut_off(
    browser: Browser, tmp_path: Path, case: str, tag: str
) -> None:
    make, lights, cards = CASES[case]
    seen, (capture, document) = make(), _lights(lights)
    path = tmp_path / "report.html"
    html = to_html(seen, draw(seen, capture, document, references=_references(document)), languages()[tag])
    path.write_text(html, encoding="utf-8")
    page = browser.new_page(viewport={"width": 718, "height": 1050})  # 190 mm at 96 dpi: A4 within its margins
    page.goto(path.as_uri())
    pdf = page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", pdf)) == 1
    assert re.search(rb"/MediaBox\s*\[0 0 59[45][.\d]* 84[12][.\d]*\]", pdf), "A4"
    page.emulate_media(media="print")
    main = page.locator("main")
    assert main.evaluate("main => main.scrollHeight <= main.clientHeight")
    assert page.evaluate(_OUTSIDE) == []
    assert page.locator(".card:visible").count() == cards
    assert page.locator(".card:visible img").count() == 2 * cards
    for part in (".verdict .word", ".reason", ".picture svg", ".fields", ".checks", ".colophon"):
        assert page.locator(part).first.is_visible(), part
    ran = [check for check in seen.checks if check.outcome is not t.Outcome.NOT_PERFORMED]
    assert page.locator(".checks li:visible").count() == len(ran)
    page.close()


@pytest.mark.parametrize("tag", ["en", "fr"])
def test_a_cards_report_prints_on_a_page_for_each_side(browser: Browser, tmp_path: Path, tag: str) -> None:
    capture, document = _lights(3)
    seen = Inspection(card(), capture, document, None, {})
    assert seen.report.other_side is not None
    both = replace(seen, other_side=replace(seen, report=seen.report.other_side))
    path = tmp_path / "card.html"
    path.write_text(to_html(both.report, pictures_of(both), languages()[tag]), encoding="utf-8")
    page = browser.new_page(viewport={"width": 718, "height": 1050})
    page.goto(path.as_uri())
    assert len(re.findall(rb"/Type\s*/Page\b", page.pdf(prefer_css_page_size=True))) == 2
    page.emulate_media(media="print")
    assert page.locator(".report").count() == 2
    assert page.evaluate(
        "[...document.querySelectorAll('.report')].every((one) => one.scrollHeight <= one.clientHeight)"
    )
    assert page.evaluate(_OUTSIDE.replace("main > *", ".report > *")) == []
    page.close()


# Parts whose text reaches over the part's own edge, or over the paper's.
_OUTSIDE = """(() => [...document.querySelectorAll("main > *, .card, .family li, .fields td, .unseen li")]
  .filter((part) => part.checkVisibility() && !part.matches(".document"))
  .filter((part) => part.scrollWidth > part.clientWidth + 2 || part.getBoundingClientRect().right > innerWidth + 1
    || part.scrollHeight > part.clientHeight + 3)
  .map((part) => part.className + ": " + part.textContent.trim().slice(0, 40)))()"""
