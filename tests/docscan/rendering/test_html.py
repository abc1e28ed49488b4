import base64
import io
import re
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser

import numpy as np
from PIL import Image

from docscan.rendering.html import stylesheet, stylesheet_digest, to_html
from docscan.rendering.pictures import draw
from docscan.types import Capture, Outcome, Page, Report, Verdict


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


def test_the_picture_carries_page_and_numbered_regions(referred: Report, capture: Capture, page: Page) -> None:
    elements = Elements(rendered(referred, capture, page))
    outlines = {attrs["points"]: attrs["class"] for attrs in elements.named("polygon") if attrs["class"] != "halo"}
    assert outlines == {
        "50.0,30.0 950.0,30.0 950.0,663.6 50.0,663.6": "outline page",
        "40.0,500.0 960.0,500.0 960.0,600.0 40.0,600.0": "outline failed",
        "60.0,120.0 320.0,120.0 320.0,450.0 60.0,450.0": "outline failed",
    }
    assert elements.named("svg", viewbox="0 0 1000 700")


def test_numbers_on_the_picture_match_the_table(referred: Report, capture: Capture, page: Page) -> None:
    html = rendered(referred, capture, page)
    assert re.findall(r'class="badge-text"[^>]*>(\d)<', html) == ["1", "2"]
    rows = dict(re.findall(r'number \w+">(\d)</span></td>\s*<th scope="row">([^<]+)', html))
    assert rows == {"1": "Expiry", "2": "Portrait"}  # the last row of each region


def test_expiry_alone_does_not_colour_the_zone_as_failed(referred: Report, capture: Capture, page: Page) -> None:
    checks = tuple(check for check in referred.checks if check.id in ("mrz.found", "document.expiry"))
    html = rendered(replace(referred, checks=checks), capture, page)
    assert "outline passed" in html
    assert "outline failed" not in html


def test_the_embedded_picture_is_scaled_down(referred: Report) -> None:
    large = Capture(np.zeros((1000, 4000, 3), np.uint8))
    quality = referred.quality
    page = Page(large.visible, "ID-3", 8.0, np.eye(3), False, False, quality)  # type: ignore[arg-type]
    elements = Elements(rendered(referred, large, page))
    data = elements.named("image")[0]["href"] or ""
    assert Image.open(io.BytesIO(base64.b64decode(data.partition(",")[2]))).size == (1600, 400)
    assert elements.named("svg", viewbox="0 0 4000 1000")  # outlines stay in pixels of the capture
    assert "outline page" not in [attrs["class"] for attrs in elements.named("polygon")]


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
    assert "Paper under UV" in html
    assert "no longer held" in html
    looked_at = replace(referred, checks=tuple(c for c in referred.checks if c.outcome is not Outcome.NOT_PERFORMED))
    assert "What was not looked at" not in to_html(looked_at, None)


def test_other_lights_are_shown(referred: Report, capture: Capture, page: Page) -> None:
    html = rendered(referred, replace(capture, uv=capture.visible, ir=capture.visible), page)
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
    page = to_html(referred, None)
    assert "✓ printed: Eriksson" in page
    assert "✗ printed: 12 AUG/AOUT 84" in page
    assert "? printed: &lt;K&gt;" in page
