"""Whether the eyes that look at every page see at all."""

import pytest
from playwright.sync_api import Browser

from tests.e2e.browser import scrolls_sideways, violations

pytestmark = pytest.mark.browser

WELL = """<!doctype html><html lang="en"><title>A page</title>
<style>p {{ background: #fff; color: {ink}; transition: color 9s }}</style>
<main><h1>A page</h1><p id="text">Words to read.</p>{more}</main>"""


@pytest.mark.parametrize(
    ("ink", "more", "wrong"),
    [
        ("#111", "", []),
        ("#ccc", "", ["color-contrast"]),
        ("#111", '<img src="data:,">', ["image-alt"]),
        ("#111", "<form><input></form>", ["label"]),
    ],
)
def test_a_fault_is_seen_and_no_other(
    browser: Browser, ink: str, more: str, wrong: list[str]
) -> None:
    page = browser.new_page()
    page.set_content(WELL.format(ink=ink, more=more))
    assert [line.split(":")[0] for line in violations(page)] == wrong
    page.context.close()


def test_a_colour_on_its_way_is_looked_at_where_it_ends(browser: Browser) -> None:
    page = browser.new_page()
    page.set_content(WELL.format(ink="#ccc", more=""))
    page.evaluate("document.getElementById('text').style.color = '#111'")
    assert violations(page) == []
    page.context.close()


def test_what_is_too_wide_is_seen(browser: Browser) -> None:
    page = browser.new_page(viewport={"width": 360, "height": 600})
    page.set_content(WELL.format(ink="#111", more='<div style="width: 400px">Wide</div>'))
    assert scrolls_sideways(page)
    page.context.close()
