"""The page in a browser: accessible in both schemes, whole on a phone, its message seen at once."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, sync_playwright

from monitor.report import Story, page
from tests.report import stories

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
OPTIONS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
PHONE = {"width": 360, "height": 740}
DESK = {"width": 1280, "height": 800}
pytestmark = pytest.mark.skipif(
    shutil.which(CHROMIUM) is None,
    reason="needs Chromium: apt install chromium, or name one in CHROMIUM",
)
LONG = "Wolfeschlegelsteinhausenbergerdorff" * 2


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=OPTIONS)
        yield opened
        opened.close()


STORIES = {
    "trained": stories.made(sets=2, reps=6),
    "long set": stories.made(sets=1, reps=40, athlete=LONG),
    "nothing": stories.bare(calibrated=False),
}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", STORIES)
def test_axe_finds_nothing_to_complain_about(browser: Browser, scheme: str, name: str):
    with browser.new_context(
        color_scheme=scheme,  # type: ignore[arg-type] # one of the two above
        bypass_csp=True,  # the page runs no scripts; axe is one
    ) as context:
        opened = context.new_page()
        opened.set_content(page(STORIES[name]))
        found = Axe().run(opened)
    assert found.violations_count == 0, found.generate_report()
    assert len(found.response["passes"]) > 10


@pytest.mark.parametrize("name", STORIES)
def test_a_phone_shows_it_whole_and_the_message_without_scrolling(browser: Browser, name: str):
    with browser.new_context(viewport=PHONE) as context:  # type: ignore[arg-type] # two numbers
        opened = context.new_page()
        opened.set_content(page(STORIES[name]))
        wide = opened.evaluate("document.documentElement.scrollWidth")
        message = opened.locator("section.message").bounding_box()
    assert wide <= PHONE["width"]
    assert message is not None
    assert message["y"] + message["height"] <= PHONE["height"]


def test_colours_follow_the_readers_scheme_and_print_is_light(browser: Browser):
    shades = {}
    for scheme, media in (("light", "screen"), ("dark", "screen"), ("dark", "print")):
        with browser.new_context(viewport=DESK) as context:  # type: ignore[arg-type] # two numbers
            opened = context.new_page()
            opened.emulate_media(color_scheme=scheme, media=media)  # type: ignore[arg-type] # as above
            opened.set_content(page(STORIES["trained"]))
            shades[scheme, media] = opened.evaluate("getComputedStyle(document.body).color")
    assert shades["dark", "screen"] != shades["light", "screen"]
    assert shades["dark", "print"] == "rgb(0, 0, 0)"


def test_it_prints_on_few_pages_and_cuts_no_plot(browser: Browser, tmp_path: Path):
    with browser.new_context() as context:
        opened = context.new_page()
        opened.set_content(page(STORIES["trained"]))
        opened.pdf(path=tmp_path / "report.pdf", format="A4")
    pages = (tmp_path / "report.pdf").read_bytes().count(b"/Type /Page\n")
    assert 1 <= pages <= 5


def test_nothing_is_asked_of_the_network(browser: Browser, tmp_path: Path):
    asked: list[str] = []
    file = tmp_path / "report.html"
    file.write_text(_hostile(), encoding="utf-8")
    with browser.new_context() as context:
        opened = context.new_page()
        opened.on("request", lambda request: asked.append(request.url))
        opened.goto(file.as_uri())
    assert asked == [file.as_uri()]


def _hostile() -> str:
    story: Story = stories.made(athlete='"><img src=http://evil.example/x.png onerror=alert(1)>')
    return page(story)
