import base64
from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from datasets.sheet import Kind
from datasets.specimens import GENUINE, Order, make
from tests.conftest import ROOT
from tests.end_to_end.serving import Serving

SAMPLES = ROOT / "datasets/samples"


def _open(browser: Browser, server: Serving) -> tuple[Page, list[str], list[str]]:
    page = browser.new_page(viewport={"width": 1024, "height": 768})
    errors: list[str] = []
    elsewhere: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    page.on("request", lambda request: elsewhere.append(request.url) if not _own(request.url, server) else None)
    page.goto(server.url)
    return page, errors, elsewhere


def _own(url: str, server: Serving) -> bool:
    return url.startswith((server.url, "data:", "blob:"))


def test_a_forged_sample_is_referred_and_shown_why(browser: Browser, server: Serving) -> None:
    page, errors, elsewhere = _open(browser, server)
    page.set_input_files("#visible", SAMPLES / "forged-utopia.jpg")
    result = page.locator("#case")
    expect(result.locator(".word")).to_contain_text("Refer", ignore_case=True, timeout=30_000)
    expect(result).to_contain_text("machine-readable zone is suspicious")
    expect(result).to_contain_text("UTO")
    assert result.locator("svg polygon").count() > 0
    assert errors == []
    assert elsewhere == []
    with page.context.expect_page() as opened:
        result.get_by_text("Open the report to print").click()
    full = opened.value
    expect(full.locator("body")).to_contain_text("What was not looked at")


def test_a_dropped_image_is_inspected(browser: Browser, server: Serving) -> None:
    page, errors, _ = _open(browser, server)
    data = (SAMPLES / "genuine-utopia.jpg").read_bytes()
    handle = page.evaluate_handle(
        """bytes => { const data = new DataTransfer();
        data.items.add(new File([Uint8Array.from(atob(bytes), c => c.charCodeAt(0))], "page.jpg"));
        return data; }""",
        base64.b64encode(data).decode(),
    )
    page.dispatch_event("#drop", "drop", {"dataTransfer": handle})
    expect(page.locator("#case .word")).to_contain_text("No concern", ignore_case=True, timeout=30_000)
    assert errors == []


def _written(kind: Kind, folder: Path) -> Path:
    path = folder / f"{kind}.png"
    path.write_bytes(
        make(Order(4711, 1, "UTO", kind, GENUINE), ("visible",), "reader", 250).captured.files["visible"][0]
    )
    return path


def test_a_cards_other_side_is_inspected_with_it(browser: Browser, server: Serving, tmp_path: Path) -> None:
    front, back = (_written(kind, tmp_path) for kind in (Kind.TD1_FRONT, Kind.TD1_BACK))
    page, errors, _ = _open(browser, server)
    page.set_input_files("#visible", back)
    result = page.locator("#case")
    expect(result).to_contain_text("inspect both sides together", timeout=30_000)
    page.set_input_files("#other_visible", front)  # with the side that is there already it is inspected at once
    expect(result).to_contain_text("Both sides of the card", timeout=30_000)
    expect(result.locator('[data-part="document"]')).to_have_count(2)
    expect(result.locator(".fields .outcome.passed", has_text="agrees").first).to_be_visible()
    assert errors == []
    page.get_by_role("button", name="Next document").click()
    page.set_input_files("#other_visible", back)
    expect(page.locator(".slot.filled")).to_have_count(1)
    assert page.locator("#case .word").count() == 0  # alone it waits for the first side


def test_what_is_no_image_is_said_in_words(browser: Browser, server: Serving) -> None:
    page, _, _ = _open(browser, server)
    page.set_input_files("#visible", {"name": "note.txt", "mimeType": "text/plain", "buffer": b"no picture"})
    expect(page.locator("#problem")).to_contain_text("cannot be read as an image", timeout=10_000)
    assert page.locator("#case .word").count() == 0


def test_the_interface_is_documented_without_a_network(browser: Browser, server: Serving) -> None:
    page, errors, elsewhere = _open(browser, server)
    page.goto(f"{server.url}/docs")
    expect(page.locator("#swagger-ui")).to_contain_text("/v1/inspections", timeout=20_000)
    assert errors == []
    assert elsewhere == []
