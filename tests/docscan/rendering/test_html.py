import base64
import io
import itertools
import re
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser

import numpy as np
from PIL import Image

from docscan.documents.model import ReferencePicture
from docscan.inspection import Inspection
from docscan.page_geometry import rectangle
from docscan.rendering.html import stylesheet, stylesheet_digest, to_html
from docscan.rendering.pictures import draw, pictures_of
from docscan.types import Capture, CheckResult, Outcome, Page, PageSize, Region, Report, Spectrum, Verdict
from tests.docscan.rendering.conftest import PORTRAIT, card


class Elements(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))

    def named(self, tag: str, **wanted: str) -> list[dict[str, str | None]]:
        return [attrs for name, attrs in self.seen if name == tag and wanted.items() <= attrs.items()]


def rendered(report: Report, capture: Capture, page: Page) -> str:
    return to_html(report, draw(report, capture, page))


def test_fetches_nothing_and_runs_nothing(referred: Report, capture: Capture, page: Page) -> None:
    html = rendered(referred, capture, page)
    elements = Elements(html)
    assert not [tag for tag, _ in elements.seen if tag in {"script", "link", "iframe", "object"}]
    addresses = [value for _, attrs in elements.seen for name, value in attrs.items() if name in {"src", "href"}]
    assert addresses
    assert all(value and value.startswith("data:image/jpeg;base64,") for value in addresses)
    assert not re.search(r"url\(|@import|https?://", stylesheet())
    assert not [attrs for _, attrs in elements.seen if "style" in attrs]  # a strict policy would drop them


def test_verdict_reason_page_findings_and_fields_come_in_this_order(
    referred: Report, capture: Capture, page: Page
) -> None:
    html = rendered(referred, capture, page)
    marks = [
        '<h1 class="word">Refer</h1>', f'class="reason"><span class="number failed">1</span> {referred.reason}',
        'data-part="document"', 'data-part="findings"', "Fields, from both sources", "What was not looked at",
        "All checks that ran", "<h2>The capture</h2>", 'class="colophon"',
    ]  # fmt: skip
    places = [html.index(mark) for mark in marks]
    assert places == sorted(places)
    levels = [int(level) for level in re.findall(r"<h([1-6])", html)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))


def test_of_a_card_the_answer_about_both_comes_first_and_each_side_has_its_sheet(capture: Capture, page: Page) -> None:
    seen = Inspection(card(), capture, page, None, {})
    assert seen.report.other_side is not None
    both = replace(seen, other_side=replace(seen, report=seen.report.other_side))
    html = to_html(both.report, pictures_of(both))
    first, second = html.split('data-part="other-side"')
    assert "Both sides of the card" in first
    assert "On the card's other side:" in first
    assert "The side shown here by itself: Insufficient." in first
    for sheet in (first, second):
        assert sheet.count('data-part="document"') == 1
    assert (first.count('data-part="fields"'), second.count('data-part="fields"')) == (1, 0)
    assert "12 AUG/AOUT 84" in first
    assert "L898902C3" in first
    assert 'data-part="other-verdict"' in second
    assert second.count("re-printed or replaced") >= 2  # the reason, and the finding enlarged


def test_the_page_is_shown_upright_with_each_finding_outlined(referred: Report, capture: Capture, page: Page) -> None:
    # The capture lies at 50, 30 with 7.2 pixels a millimetre; the page has 8.
    elements = Elements(rendered(referred, capture, page))
    drawn = [attrs for attrs in elements.named("polygon") if str(attrs["class"]).startswith("outline")]
    found = {
        str(attrs["class"]): np.array([p.split(",") for p in str(attrs["points"]).split()], float) for attrs in drawn
    }
    assert set(found) == {"outline failed", "outline page"}
    assert elements.named("svg", viewbox="0 0 1000 700")
    points = [p for p in drawn if p["class"] == "outline failed"]
    assert len(points) == 2  # the portrait and the zone
    upper_left = np.array([60.0 - 50, 120.0 - 30]) / 7.2 * 8 - 0.5
    assert any(str(p["points"]).startswith(f"{upper_left[0]:.1f},{upper_left[1]:.1f}") for p in points)


def test_the_heaviest_finding_is_number_one_everywhere(referred: Report, capture: Capture, page: Page) -> None:
    html = rendered(referred, capture, page)
    assert re.findall(r'class="badge-text failed"[^>]*>(\d)<', html) == ["1", "2"]
    headings = re.findall(r'<h3><span class="number failed">(\d)</span>\s*([^<]+?)\s*<', html)
    assert headings == [("1", "Printing and alteration: Portrait"), ("2", "Machine-readable zone: Check digits")]
    assert re.findall(r'class="name">([^<]+) <span class="at">\((\d)\)', html) == [
        ("Check digits", "2"),
        ("Portrait", "1"),
    ]


def test_expiry_alone_is_no_finding(referred: Report, capture: Capture, page: Page) -> None:
    checks = tuple(check for check in referred.checks if check.id in ("mrz.found", "document.expiry"))
    html = rendered(replace(referred, checks=checks), capture, page)
    assert "outline failed" not in html
    assert 'data-part="findings"' not in html
    assert "The document expired on 2012-04-15." in html


def test_a_page_that_was_not_found_is_shown_as_it_was_taken_and_small(referred: Report) -> None:
    large = Capture(np.zeros((1000, 4000, 3), np.uint8))
    page = Page(large.visible, PageSize.ID_3, 8.0, np.eye(3), False, False, referred.quality)
    elements = Elements(html := rendered(referred, large, page))
    data = elements.named("image")[0]["href"] or ""
    assert Image.open(io.BytesIO(base64.b64decode(data.partition(",")[2]))).size == (1600, 400)
    assert elements.named("svg", viewbox="0 0 4000 1000")  # outlines stay in pixels of the capture
    assert f'points="{" ".join(f"{x},{y}" for x, y in PORTRAIT)}"' in html
    assert "outline page" not in html


def test_genuine_samples_stand_beside_a_finding_at_the_same_scale(
    referred: Report, capture: Capture, page: Page
) -> None:
    known = np.ones((352, 500), bool)
    reference = ReferencePicture.of(np.full((352, 500, 3), 200, np.uint8), known, 4.0)
    elements = Elements(to_html(referred, draw(referred, capture, page, references={Spectrum.VISIBLE: reference})))
    pairs = [(attrs["alt"], attrs["width"], attrs["height"]) for attrs in elements.named("img")][-4:]
    assert [alt for alt, _, _ in pairs] == [
        "Printing and alteration: Portrait on this document, enlarged", "The same place on genuine samples",
        "Machine-readable zone: Check digits on this document, enlarged", "The same place on genuine samples",
    ]  # fmt: skip
    assert pairs[0][1:] == pairs[1][1:]
    assert pairs[2][1:] == pairs[3][1:]


def test_where_holders_differ_no_samples_are_shown(referred: Report, capture: Capture, page: Page) -> None:
    known = np.ones((352, 500), bool)
    known[:200, :200] = False  # the portrait
    reference = ReferencePicture.of(np.full((352, 500, 3), 200, np.uint8), known, 4.0)
    html = to_html(referred, draw(referred, capture, page, references={Spectrum.VISIBLE: reference}))
    assert html.count("differs from holder to holder") == 1
    assert html.count("The same place on genuine samples") == 1


def test_where_the_page_was_not_found_it_does_not_say_that_there_are_no_samples(
    referred: Report, capture: Capture, page: Page
) -> None:
    reference = ReferencePicture.of(page.image, np.ones(page.image.shape[:2], bool), 8.0)
    pictures = draw(referred, capture, replace(page, found=False), references={Spectrum.VISIBLE: reference})
    assert pictures.closer
    html = to_html(referred, pictures)
    assert "No genuine samples under" not in html
    assert "The same place on genuine samples" not in html


def test_without_samples_it_says_why_in_one_line(referred: Report, capture: Capture, page: Page) -> None:
    assert rendered(referred, capture, page).count("No document model matched") == 1
    named = replace(referred, document=replace(referred.document, model="uto-p-2019"))
    assert "The document model uto-p-2019 holds no pictures" in rendered(named, capture, page)


def test_a_finding_under_another_light_is_enlarged_from_that_light(
    referred: Report, capture: Capture, page: Page
) -> None:
    violet = np.full_like(page.image, (120, 0, 120))
    under_uv = replace(referred.checks[1], id="uv.pattern", spectrum=Spectrum.UV)
    lit = replace(page, uv=violet)
    seen = replace(referred, checks=(under_uv,))
    reference = ReferencePicture.of(page.image, np.ones(page.image.shape[:2], bool), 8.0)
    pictures = draw(seen, replace(capture, uv=violet), lit, references={Spectrum.VISIBLE: reference})
    enlarged = np.asarray(Image.open(io.BytesIO(pictures.closer[1].seen.jpeg)))
    assert abs(enlarged.reshape(-1, 3).mean(0) - (120, 0, 120)).max() < 5
    html = to_html(seen, pictures)
    assert "this document, under ultraviolet light" in html
    assert "No genuine samples under ultraviolet light" in html


def test_print_that_stands_twice_is_shown_at_both_places(referred: Report, capture: Capture, page: Page) -> None:
    one, other = (tuple((left + x, 300.0 + y) for x, y in rectangle(90, 40)) for left in (200, 600))
    copied = replace(referred.checks[1], id="page.copy_move", region=Region("copied", one, again=other))
    reference = ReferencePicture.of(page.image, np.ones(page.image.shape[:2], bool), 8.0)
    seen = replace(referred, checks=(copied,))
    pictures = draw(seen, capture, page, references={Spectrum.VISIBLE: reference})
    closer = pictures.closer[1]
    assert closer.again is not None
    assert (closer.again.width, closer.again.height) == (closer.seen.width, closer.seen.height)
    here, there = (np.asarray(Image.open(io.BytesIO(one.jpeg))).mean() for one in (closer.seen, closer.again))
    assert there > here + 50  # the capture grows brighter to the right
    html = to_html(seen, pictures)
    assert "The same print elsewhere on this document" in html
    assert "on genuine samples" not in html


def test_a_finding_of_the_whole_page_shows_the_page(referred: Report, capture: Capture, page: Page) -> None:
    whole = replace(referred.checks[1], region=None)
    pictures = draw(replace(referred, checks=(whole,)), capture, page)
    assert (pictures.closer[1].seen.width, pictures.closer[1].seen.height) == page.image.shape[1::-1]


def test_a_report_of_a_large_capture_is_no_larger_than_agreed(referred: Report) -> None:
    noise = np.random.default_rng(1).integers(0, 256, (3000, 4000, 3), dtype=np.uint8)
    to_capture = np.diag([30.0, 30.0, 1.0])
    page = Page(noise[:2112], PageSize.ID_3, 24.0, to_capture, True, True, referred.quality, uv=noise, ir=noise)
    regions = [Region("viz", tuple((x + i * 400, y * 6) for x, y in PORTRAIT)) for i in range(6)]
    checks = tuple(replace(referred.checks[1], id=f"viz.{i}", region=region) for i, region in enumerate(regions))
    html = to_html(
        replace(referred, checks=checks), draw(replace(referred, checks=checks), Capture(noise, noise, noise), page)
    )
    assert len(html) < 1_900_000  # of pure noise, which no paper shows


def test_what_was_read_is_escaped(referred: Report, capture: Capture, page: Page) -> None:
    html = rendered(replace(referred, reason="<script>alert(1)</script>"), capture, page)
    assert "<script>" not in html
    assert "&lt;script&gt;alert(1)" in html


def test_verdicts_differ_in_word_and_symbol(altered: Callable[..., Report]) -> None:
    heads = {
        re.sub(r"no_concern|refer|insufficient", "", to_html(altered(verdict=verdict), None)) for verdict in Verdict
    }
    assert len(heads) == 3


def test_says_what_was_not_looked_at_and_what_is_gone(referred: Report) -> None:
    html = to_html(referred, None)
    assert "What was not looked at" in html
    assert "<strong>Paper under UV</strong>: No image under ultraviolet light." in html
    assert "no longer held" in html
    decided = replace(
        referred, checks=tuple(c for c in referred.checks if c.outcome in (Outcome.PASSED, Outcome.FAILED))
    )
    assert "What was not looked at" not in to_html(decided, None)


def test_other_lights_are_shown(referred: Report, capture: Capture, page: Page) -> None:
    html = rendered(referred, capture, replace(page, uv=page.image, ir=page.image))
    assert "Under ultraviolet light" in html
    assert "Under infrared light" in html


def test_a_region_outside_the_picture_does_not_break_it(referred: Report, page: Page) -> None:
    tiny = Capture(np.zeros((40, 30, 3), np.uint8))
    assert "Refer" in rendered(referred, tiny, page)


def test_the_digest_is_of_the_embedded_style(referred: Report) -> None:
    import hashlib

    style = re.search(r"<style>(.*?)</style>", to_html(referred, None), re.S)
    assert style is not None
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    assert stylesheet_digest() == f"sha256-{digest}"


def test_fields_show_both_sources_and_what_was_printed_is_escaped(referred: Report) -> None:
    table = re.search(r"<tbody>(.*?)</tbody>", to_html(referred, None), re.S)
    assert table is not None
    text = re.sub(r"<[^>]+>", " ", table[1])
    rows = [" ".join(row.split()) for row in re.split(r"\n\s*\n", text) if row.strip()]
    flat = " ".join(" ".join(rows).split())
    assert "Surname ERIKSSON Eriksson ✓ agrees –" in flat
    assert "Date of birth 1974-08-12 12 AUG/AOUT 84 ✗ differs ✓ agrees" in flat
    assert "Sex F (female) &lt;K&gt; ? unclear –" in flat
    assert "All (composite) – – – ✗ wrong" in flat


def test_checks_of_one_reason_are_one_line(referred: Report) -> None:
    absent = CheckResult("uv.x", Outcome.NOT_PERFORMED, "No image under ultraviolet light.", Spectrum.UV)
    others = tuple(replace(absent, id=f"uv.{name}") for name in ("fibres", "pattern"))
    html = to_html(replace(referred, checks=(*referred.checks, *others)), None)
    assert (
        "<strong>Paper under UV, Fluorescent fibres, Fluorescent pattern</strong>: No image under ultraviolet light."
        in html
    )
    assert html.count("No image under ultraviolet light.") == 1
