"""A day at a border post, in a real browser: first start, accounts, a genuine and a forged document, second line."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.conftest import ROOT
from tests.end_to_end.serving import FORGED, SAMPLE, Serving, serving

GENUINE_FILE, FORGED_FILE = (ROOT / f"datasets/samples/{name}-utopia.jpg" for name in ("genuine", "forged"))
TIMEOUT = 30_000
CODE = "code-of-the-first-start"
PASSWORD = "four words make one"


@pytest.fixture
def post(tmp_path: Path) -> Iterator[Serving]:
    with serving(tmp_path, DOCSCAN_SETUP_TOKEN=CODE) as service:
        yield service


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    yield context.new_page()
    context.close()


def _log_in(page: Page, name: str, password: str = PASSWORD) -> None:
    page.wait_for_load_state()
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(password)
    page.keyboard.press("Enter")


def _log_out(page: Page, name: str) -> None:
    page.wait_for_load_state()
    page.get_by_label(f"Account: {name}").click()
    page.get_by_role("button", name="Log out").click()
    expect(page).to_have_title("Log in · docscan")


def _add_account(page: Page, name: str, role: str) -> None:
    page.wait_for_load_state()  # with the scripts
    form = page.locator("form.line").first
    form.get_by_label("Name").fill(name)
    form.get_by_label("Role").select_option(role)
    form.get_by_label("First password").fill(PASSWORD)
    form.get_by_role("button", name="Make the account").click()
    expect(page.get_by_role("rowheader", name=name)).to_be_visible()


def test_from_the_first_start_to_the_second_lines_decision(page: Page, post: Serving) -> None:
    # First start.
    page.goto(f"{post.url}/setup")
    page.get_by_label("Code").fill("a wrong one")
    page.get_by_label("Name").fill("a.muster")
    page.get_by_label("Password", exact=False).first.fill(PASSWORD)
    page.get_by_label("Password again").fill("another")
    page.get_by_role("button", name="Make the account").click()
    expect(page.get_by_role("alert")).to_contain_text("The two passwords differ")
    page.get_by_label("Password again").fill(PASSWORD)
    page.get_by_role("button", name="Make the account").click()
    expect(page.get_by_role("alert")).to_contain_text("This is not the code")
    page.get_by_label("Code").fill(CODE)
    page.get_by_role("button", name="Make the account").click()

    # The administrator makes accounts and a key for the scanner.
    expect(page).to_have_title("Drift · docscan")
    page.get_by_role("link", name="Accounts and keys").click()
    _add_account(page, "o.muster", "officer")
    _add_account(page, "e.muster", "examiner")
    page.wait_for_load_state()
    keys = page.locator("form.line").last
    keys.get_by_label("Name").fill("page reader 1")
    keys.get_by_role("button", name="Make the key").click()
    key = keys.locator("output")
    expect(key).to_contain_text("dsk_")
    secret = key.text_content() or ""
    _log_out(page, "a.muster")

    # The officer logs in.
    _log_in(page, "o.muster", "a wrong one")
    expect(page.get_by_role("alert")).to_contain_text("Name and password do not go together")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    expect(page).to_have_title("Inspect · docscan")
    page.wait_for_load_state()  # its script takes what is dropped

    # A genuine document, decided by one key.
    page.set_input_files("#visible", GENUINE_FILE)
    expect(page.locator(".verdict .word")).to_have_text("No concern", timeout=TIMEOUT)
    page.keyboard.press("g")
    expect(page.locator(".standing")).to_contain_text("Genuine")

    # A forged one that the scanner sends: the desk is free, so it is shown by itself.
    sent = httpx.post(
        f"{post.url}/v1/inspections",
        files={"visible": ("visible", FORGED)},
        headers={"Authorization": f"Bearer {secret}"},
        timeout=60,
    )
    assert sent.status_code == 201
    expect(page.locator(".verdict .word")).to_have_text("Refer", timeout=TIMEOUT)
    expect(page.locator("#scanner-state")).to_have_text("ready")
    page.keyboard.press("f")
    page.get_by_label("Data or machine-readable zone altered").check()
    page.get_by_label("Comment").fill("Birth date by inkjet.")
    page.get_by_role("button", name="Record: forged").click()
    expect(page.locator(".standing")).to_contain_text("Forged")
    expect(page.locator(".standing")).to_contain_text("With the second line")

    # Found again.
    page.get_by_role("link", name="History").click()
    page.get_by_label("Verdict").select_option("refer")
    page.get_by_label("Issuing state").fill("uto")
    page.get_by_role("button", name="Search").click()
    expect(page.locator("tbody tr")).to_have_count(1)
    expect(page.locator("tbody tr")).to_contain_text("page reader 1")
    page.locator("tbody a").click()
    expect(page.locator(".verdict .word")).to_have_text("Refer")
    expect(page.locator(".events")).to_contain_text("Birth date by inkjet.")
    _log_out(page, "o.muster")

    # The second line takes it on and decides.
    _log_in(page, "e.muster")
    page.get_by_role("link", name="Second line").click()
    expect(page.locator(".count")).to_have_text("1 document waits.")
    page.wait_for_load_state()
    page.get_by_role("button", name="Assign to me").click()
    expect(page.locator(".standing")).to_contain_text("With the second line: e.muster")
    page.wait_for_load_state()
    page.keyboard.press("u")
    expect(page.locator(".events li").last).to_contain_text("second line")
    page.get_by_role("link", name="Second line").click()
    expect(page.locator(".count")).to_have_text("Nothing waits.")
    _log_out(page, "e.muster")

    # Everything is in the log, which names no document's holder.
    _log_in(page, "a.muster")
    page.get_by_role("link", name="Audit").click()
    for action in ("session.begun", "inspection.decided", "inspection.assigned", "inspection.viewed"):
        expect(page.get_by_text(action).first).to_be_visible()
    assert "NIAPAKLUN" not in page.content()
    assert post.terminate() in (0, -15)
    assert "NIAPAKLUN" not in post.log.read_text()


def test_by_keyboard_alone(browser: Browser, server: Serving) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    page.on("filechooser", lambda _: None)
    page.goto(server.url)
    with page.expect_file_chooser() as chooser:
        page.keyboard.press("i")
    chooser.value.set_files(FORGED_FILE)
    expect(page.locator(".verdict .word")).to_be_focused(timeout=TIMEOUT)
    address = page.url
    page.keyboard.press("f")  # opens the kinds and stands on the first
    page.keyboard.press("ArrowDown")
    expect(page.get_by_label("Data or machine-readable zone altered")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".standing")).to_be_focused()
    expect(page.locator(".standing")).to_contain_text("Data or machine-readable zone altered")
    page.keyboard.press("n")
    expect(page.locator("#visible")).to_be_focused()
    expect(page.locator(".verdict")).to_have_count(0)
    _tab_to(page, "History")
    page.keyboard.press("Enter")
    expect(page).to_have_title("History · docscan")
    row = page.locator(f"a[href='{address.removeprefix(server.url)}']")
    for _ in range(60):
        if row.evaluate("element => element === document.activeElement"):
            break
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".verdict .word")).to_have_text("Refer")
    assert page.url == address
    context.close()


def _tab_to(page: Page, text: str) -> None:
    """Press Tab until what has the focus says this; each stop on the way shows that it has it."""
    page.locator(".skip").focus()
    for _ in range(40):
        page.keyboard.press("Tab")
        focus = page.evaluate(
            """() => { const at = document.activeElement; const well = at.closest(".well") ?? at;
            return { text: at.textContent.trim(), outline: getComputedStyle(well).outlineStyle }; }"""
        )
        assert focus["outline"] != "none", focus
        if focus["text"] == text:
            return
    raise AssertionError(f"{text} is not reached")


def test_single_keys_rest_while_one_types_and_can_be_switched_off(browser: Browser, server: Serving) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(server.url)
    page.set_input_files("#visible", GENUINE_FILE)
    expect(page.locator(".verdict .word")).to_be_visible(timeout=TIMEOUT)
    page.get_by_label("Comment").press_sequentially("unclear fringe, nothing here")
    expect(page.locator(".standing")).to_contain_text("Nobody has decided yet.")
    page.locator("#main").focus()
    page.keyboard.press("?")
    page.get_by_label("Use single keys").uncheck()
    page.keyboard.press("Escape")
    page.locator("#main").focus()
    for key in ("g", "u", "h", "n", "w"):
        page.keyboard.press(key)
    expect(page.locator(".standing")).to_contain_text("Nobody has decided yet.")
    expect(page.locator("dialog[open]")).to_have_count(0)
    assert page.locator(".choice kbd").first.is_hidden()
    page.reload()
    page.keyboard.press("?")
    expect(page.locator("dialog[open]")).to_have_count(0)  # remembered
    page.locator("#help-button").click()
    page.get_by_label("Use single keys").check()
    context.close()


def test_a_picture_by_webcam_is_inspected(browser: Browser, server: Serving) -> None:
    context = browser.new_context(permissions=["camera"])
    page = context.new_page()
    page.goto(server.url)
    page.keyboard.press("w")
    expect(page.locator("#shoot")).to_be_enabled(timeout=10_000)
    expect(page.locator("#shoot")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".verdict .word")).to_have_text("Insufficient", timeout=TIMEOUT)  # the fake camera's picture
    assert page.evaluate("document.querySelector('video').srcObject") is None  # the camera is let go
    page.keyboard.press("w")
    expect(page.locator("#shoot-other")).to_be_enabled(timeout=10_000)
    page.locator("#shoot-other").click()
    expect(page.locator(".verdict .which").first).to_have_text("Both sides of the card", timeout=TIMEOUT)
    expect(page.locator(".slot.filled")).to_have_count(2)
    context.close()


def test_several_files_go_into_the_slots_of_their_lights(browser: Browser, server: Serving) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(server.url)
    files = [{"name": f"0017_{light}.jpg", "mimeType": "image/jpeg", "buffer": SAMPLE} for light in ("IR", "VIS", "UV")]
    page.set_input_files("#visible", files)
    expect(page.locator(".verdict .word")).to_be_visible(timeout=TIMEOUT)
    expect(page.locator(".slot.filled")).to_have_count(3)
    expect(page.get_by_text("Under infrared light").first).to_be_visible()
    page.get_by_role("button", name="Remove the image: Infrared").click()
    expect(page.locator(".slot.filled")).to_have_count(2)
    page.keyboard.press("i")  # again, without it
    expect(page.get_by_text("Under infrared light", exact=True)).to_have_count(0, timeout=TIMEOUT)
    context.close()


def test_what_the_scanner_sends_does_not_take_away_an_undecided_case(browser: Browser, server: Serving) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(server.url)
    page.set_input_files("#visible", GENUINE_FILE)
    expect(page.locator(".verdict .word")).to_have_text("No concern", timeout=TIMEOUT)
    page.wait_for_timeout(2500)  # the page has looked for arrivals
    answer = httpx.post(f"{server.url}/v1/inspections", files={"visible": ("visible", FORGED)}, timeout=60)
    assert answer.status_code == 201
    expect(page.locator("#scanner-show")).to_be_visible(timeout=10_000)
    expect(page.locator(".verdict .word")).to_have_text("No concern")
    page.keyboard.press("s")
    expect(page.locator(".verdict .word")).to_have_text("Refer", timeout=TIMEOUT)
    assert page.url.endswith(answer.json()["id"])
    context.close()


def test_back_and_forth_lead_to_the_same_inspections(browser: Browser, server: Serving) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(server.url)
    page.set_input_files("#visible", FORGED_FILE)
    expect(page.locator(".verdict .word")).to_have_text("Refer", timeout=TIMEOUT)
    first = page.url
    page.set_input_files("#visible", GENUINE_FILE)
    expect(page.locator(".verdict .word")).to_have_text("No concern", timeout=TIMEOUT)
    page.go_back()
    expect(page.locator(".verdict .word")).to_have_text("Refer", timeout=TIMEOUT)
    assert page.url == first
    context.close()


def test_a_service_that_is_gone_is_said_in_the_pages_language(browser: Browser, server: Serving) -> None:
    context = browser.new_context(locale="fr")
    page = context.new_page()
    page.goto(server.url)
    page.route("**/v1/inspections", lambda route: route.abort())
    page.set_input_files("#visible", GENUINE_FILE)
    expect(page.locator("#problem")).to_contain_text("Le service ne répond pas.", timeout=10_000)
    context.close()


def test_a_desk_that_nobody_touches_does_not_keep_its_session_alive(browser: Browser, server: Serving) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.clock.install()
    page.goto(server.url)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/arrivals" in request.url else None)
    page.clock.run_for(10_000)
    page.wait_for_timeout(500)
    assert asked
    page.clock.run_for(11 * 60_000)
    asked.clear()
    page.clock.run_for(60_000)
    page.wait_for_timeout(500)
    assert asked == []
    expect(page.locator("#scanner-state")).to_have_text("resting: press a key")
    page.keyboard.press("Shift")
    page.clock.run_for(5_000)
    expect(page.locator("#scanner-state")).not_to_have_text("resting: press a key")
    context.close()
