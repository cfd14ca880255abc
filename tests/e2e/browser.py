"""The Chromium of the machine, and what every test of a page looks at."""

import os
import shutil
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

# The one without a window first: it opens a page in a third of the time.
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
MISSING = (
    "NO BROWSER: the tests that click were not run. Install Chromium "
    "(Debian: apt-get install chromium-headless-shell) or set CHROMIUM to its path."
)
AXE = (Path(__file__).parent / "axe" / "axe.min.js").read_text()
# No colour is looked at on its way to another.
ARRIVE = """() => document.getAnimations()
    .filter(one => one instanceof CSSTransition)
    .forEach(one => one.finish())"""
# What passed is neither described nor brought over, which takes most of a look's time.
RUN_AXE = """tags => axe.run(
    document, {runOnly: {type: 'tag', values: tags}, resultTypes: ['violations']}
).then(found => found.violations)"""
STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def found_chromium() -> str | None:
    """Return the path of a Chromium, or nothing."""
    named = os.environ.get("CHROMIUM")
    if named:
        return named
    return next((path for path in map(shutil.which, NAMES) if path), None)


def violations(page: Page) -> list[str]:
    """Return what axe-core finds wrong with the page as it stands, a line each."""
    page.wait_for_load_state("load")
    page.evaluate(ARRIVE)
    page.evaluate(AXE)
    found: list[dict[str, Any]] = page.evaluate(RUN_AXE, STANDARDS)
    return [
        f"{one['id']}: {node['target']} {node['failureSummary']}"
        for one in found
        for node in one["nodes"]
    ]


def scrolls_sideways(page: Page) -> bool:
    """Tell whether the page is wider than its window, once it is there."""
    page.wait_for_load_state("load")
    return bool(
        page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    )
