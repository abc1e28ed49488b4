"""WCAG 2.2 AA: every page by axe-core, in light and dark and in each language; sizes, reflow, motion."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.end_to_end.serving import FORGED, SAMPLE, serving

CODE, PASSWORD = "code-of-the-first-start", "four words make one"
LANGUAGES = ("en", "sq", "sr-Latn", "fr")
SCHEMES = ("light", "dark")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
PUBLIC = ("/login", "/login?problem=refused", "/setup")
ADMINISTRATOR = ("/accounts", "/account", "/audit", "/drift")


@dataclass(frozen=True)
class Post:
    """A post with people and cases, and who looks at it: an examiner and an administrator."""

    url: str
    examiner: dict[str, Any]
    administrator: dict[str, Any]
    pages: tuple[str, ...]  # of the examiner


@pytest.fixture(scope="module")
def post(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Post]:
    with serving(tmp_path_factory.mktemp("post"), DOCSCAN_SETUP_TOKEN=CODE) as service:
        administrator = httpx.Client(base_url=service.url, timeout=60)
        first = {"token": CODE, "name": "a.muster", "password": PASSWORD}
        administrator.headers["X-CSRF-Token"] = administrator.post("/v1/setup", json=first).json()["csrf"]
        account = {"name": "e.muster", "role": "examiner", "password": PASSWORD}
        assert administrator.post("/v1/accounts", json=account).status_code == 201
        assert administrator.post("/v1/keys", json={"name": "page reader", "scopes": ["inspect"]}).status_code == 201
        examiner = httpx.Client(base_url=service.url, timeout=60)
        login = {"name": "e.muster", "password": PASSWORD}
        examiner.headers["X-CSRF-Token"] = examiner.post("/v1/sessions", json=login).json()["csrf"]
        genuine, forged = (
            examiner.post("/v1/inspections", files={"visible": ("visible", image)}).json()["id"]
            for image in (SAMPLE, FORGED)
        )
        decision = {"finding": "forged", "kind": "data", "comment": "Birth date by inkjet."}
        assert examiner.post(f"/v1/inspections/{forged}/decision", json=decision).status_code == 201
        pages = ("/", f"/inspections/{genuine}", f"/inspections/{forged}", "/history", "/history?verdict=insufficient",
                 "/queue", "/nothing", f"/v1/inspections/{forged}")  # fmt: skip
        yield Post(service.url, _cookie(examiner, service.url), _cookie(administrator, service.url), pages)


def _cookie(client: httpx.Client, url: str) -> dict[str, Any]:
    return {"name": "docscan", "value": client.cookies["docscan"], "url": url}


def _open(browser: Browser, cookie: dict[str, Any] | None, **options: Any) -> BrowserContext:  # noqa: ANN401
    # axe is put into the page from outside, which the pages' own policy forbids.
    # Colours that are still changing are no colours to judge.
    context = browser.new_context(bypass_csp=True, reduced_motion="reduce", **options)
    if cookie:
        context.add_cookies([cookie])  # type: ignore[list-item]  # playwright's own type of a dictionary
    return context


def _violations(page: Page, scheme: str) -> list[str]:
    """Judge a page; what is not of colours is the same in the dark."""
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    page.evaluate(AXE_SCRIPT)
    rules = RULES if scheme == "light" else ["color-contrast", "link-in-text-block"]
    found = page.evaluate("rules => axe.run({ runOnly: rules })", rules)["violations"]
    return [
        f"{page.url}: {one['id']}: {one['help']}: {[node['html'][:150] for node in one['nodes'][:3]]}" for one in found
    ]


# All four were judged once; the rules look at structure, which is the same, and the longest words are Serbian.
@pytest.mark.parametrize("language", ["sr-Latn"])
def test_no_page_breaks_a_rule(browser: Browser, post: Post, language: str) -> None:
    found: list[str] = []
    visits = ((None, PUBLIC), (post.examiner, post.pages), (post.administrator, ADMINISTRATOR))
    for cookie, addresses in visits:
        context = _open(browser, cookie)
        chosen = {"name": "docscan_language", "value": language, "url": post.url}
        context.add_cookies([chosen])  # type: ignore[list-item]
        page = context.new_page()
        for address in addresses:
            page.goto(post.url + address)
            assert page.locator("html").get_attribute("lang") == language
            for scheme in SCHEMES:
                found += [f"{scheme}: {violation}" for violation in _violations(page, scheme)]
        context.close()
    assert found == []


def test_what_opens_breaks_no_rule(browser: Browser, post: Post) -> None:
    context = _open(browser, post.examiner, permissions=["camera"])
    page = context.new_page()
    found: list[str] = []
    page.goto(post.url + post.pages[1])
    for scheme in SCHEMES:
        page.keyboard.press("?")
        found += _violations(page, scheme)
        page.keyboard.press("Escape")
        page.keyboard.press("w")
        expect(page.locator("#shoot")).to_be_enabled(timeout=10_000)
        found += _violations(page, scheme)
        page.keyboard.press("Escape")
        page.keyboard.press("f")
        expect(page.locator("#kinds")).to_be_visible()
        found += _violations(page, scheme)
        page.keyboard.press("f")
        page.locator("summary").first.click()
        found += _violations(page, scheme)
        page.keyboard.press("Escape")
        page.set_input_files("#visible", {"name": "a.txt", "mimeType": "text/plain", "buffer": b"no image"})
        expect(page.locator("#problem")).to_be_visible(timeout=10_000)
        found += _violations(page, scheme)
    context.close()
    assert found == []


SMALL = """least => [...document.querySelectorAll("a, button, summary, select, textarea, input, label.check")]
  .filter(each => each.checkVisibility() && !each.closest("dialog, .report .picture"))
  .filter(each => !(each.matches("a") && each.closest("p, td") && !each.matches(".button, .open")))
  .filter(each => !each.matches("input[type=checkbox], input[type=radio]"))
  .map(each => [each.outerHTML.slice(0, 90), each.getBoundingClientRect()])
  .filter(([, box]) => box.width < least || box.height < least)
  .map(([html, box]) => `${Math.round(box.width)} x ${Math.round(box.height)}: ${html}`)"""


@pytest.mark.parametrize(("touch", "least"), [(False, 24), (True, 43.5)])
def test_targets_are_large_enough(browser: Browser, post: Post, touch: bool, least: float) -> None:
    for cookie, addresses in ((None, PUBLIC), (post.examiner, post.pages[:-1]), (post.administrator, ADMINISTRATOR)):
        context = _open(browser, cookie, has_touch=touch, is_mobile=touch, viewport={"width": 820, "height": 1180})
        page = context.new_page()
        for address in addresses:
            page.goto(post.url + address)
            if address == "/":
                page.set_input_files("#uv", {"name": "uv.jpg", "mimeType": "image/jpeg", "buffer": SAMPLE})
            assert page.evaluate(SMALL, least) == [], address
        context.close()


@pytest.mark.parametrize("language", ["fr", "sr-Latn"])  # whose words are longest
def test_nothing_needs_scrolling_sideways_at_320_pixels(browser: Browser, post: Post, language: str) -> None:
    for cookie, addresses in ((None, PUBLIC), (post.examiner, post.pages), (post.administrator, ADMINISTRATOR)):
        context = _open(browser, cookie, viewport={"width": 320, "height": 640})
        chosen = {"name": "docscan_language", "value": language, "url": post.url}
        context.add_cookies([chosen])  # type: ignore[list-item]
        page = context.new_page()
        for address in addresses:
            page.goto(post.url + address)
            assert page.evaluate("document.documentElement.scrollWidth") <= 320, (language, address)
        context.close()


def test_nothing_moves_for_whoever_wants_none_of_it(browser: Browser, post: Post) -> None:
    context = _open(browser, post.examiner)
    page = context.new_page()
    page.goto(post.url)
    moving = page.evaluate(
        """[...document.querySelectorAll("*")].filter(each => { const style = getComputedStyle(each);
        return style.transitionDuration !== "0s" || style.animationName !== "none"; }).length"""
    )
    assert moving == 0
    context.close()


def test_the_verdict_is_told_by_word_and_shape_not_by_colour_alone(browser: Browser, post: Post) -> None:
    context = _open(browser, post.examiner)
    page = context.new_page()
    shapes, words = set(), set()
    for address in post.pages[1:3]:
        page.goto(post.url + address)
        shapes.add(page.locator(".verdict .symbol").inner_html())
        words.add(page.locator(".verdict .word").text_content())
    assert len(shapes) == len(words) == 2
    page.goto(f"{post.url}/history")
    assert len(set(page.locator(".sign .shape").evaluate_all("all => all.map(each => each.innerHTML)"))) == 2
    context.close()
