"""The page by keyboard, read aloud, on a tablet and on paper."""

from playwright.sync_api import Browser, expect

from tests.conftest import ROOT
from tests.end_to_end.serving import Serving

SAMPLE, FORGED = (ROOT / f"datasets/samples/{name}-utopia.jpg" for name in ("genuine", "forged"))
TIMEOUT = 30_000


def test_the_keyboard_alone_reaches_everything(browser: Browser, server: Serving) -> None:
    page = browser.new_page()
    page.on("filechooser", lambda _: None)  # before the page loads: what is intercepted late opens a real dialogue
    page.goto(server.url)
    page.locator("#main").focus()  # where the link to the content leads
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "visible"
    assert page.evaluate("getComputedStyle(document.getElementById('drop')).outlineStyle") == "solid"
    with page.expect_file_chooser() as chooser:
        page.keyboard.press("Enter")
    chooser.value.set_files(SAMPLE)
    expect(page.locator("#case .word")).to_be_focused(timeout=TIMEOUT)  # a screen reader speaks the verdict
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.dataset.finding") == "genuine"


def test_states_are_announced_and_pictures_described(browser: Browser, server: Serving) -> None:
    page = browser.new_page()
    page.goto(server.url)
    assert page.locator("html").get_attribute("lang") == "en"
    assert page.locator("h1").count() == 1
    expect(page.get_by_label("Drop an image of the document here")).to_be_attached()
    assert page.get_by_label("UV", exact=True).get_attribute("id") == "uv"
    assert page.locator("#working").get_attribute("role") == "status"
    assert page.locator("#problem").get_attribute("role") == "alert"
    page.set_input_files("#visible", FORGED)
    picture = page.get_by_role("img", name="The page with")
    expect(picture).to_be_visible(timeout=TIMEOUT)
    expect(page).to_have_title("Refer · docscan")
    drawn = picture.locator(".badge-text").all_text_contents()
    legend = page.locator(".legend .number").all_text_contents()
    cards = page.locator(".card h3 .number").all_text_contents()
    assert drawn == legend == cards == [str(number) for number in range(1, len(drawn) + 1)] != []
    assert all(page.locator("#case img").evaluate_all("images => images.map(image => image.alt)"))


def test_nothing_is_cut_off_on_a_tablet_or_a_phone(browser: Browser, server: Serving) -> None:
    for width, height in ((820, 1180), (390, 844)):
        page = browser.new_page(viewport={"width": width, "height": height})
        page.goto(server.url)
        page.set_input_files("#visible", SAMPLE)
        expect(page.locator("#case .word")).to_be_in_viewport(timeout=TIMEOUT)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        page.goto(server.url + str(page.locator("a.open").get_attribute("href")))
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_verdict_fills_the_page_for_eyes_two_metres_away(browser: Browser, server: Serving) -> None:
    page = browser.new_page(viewport={"width": 1180, "height": 820})
    page.goto(server.url)
    page.set_input_files("#visible", SAMPLE)
    word = page.locator("#case .word")
    expect(word).to_be_in_viewport(timeout=TIMEOUT)
    # 10 mm capitals at 96 dpi and two metres are 17 minutes of arc, three times what good eyes need.
    assert word.evaluate("element => parseFloat(getComputedStyle(element).fontSize)") >= 54
