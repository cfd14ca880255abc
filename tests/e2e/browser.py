"""The Chromium of the machine, and what every test of a page looks at."""

import os
import shutil
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
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
    "(Debian: apt-get install chromium) or set CHROMIUM to its path."
)
AXE = (Path(__file__).parent / "axe" / "axe.min.js").read_text()
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
    page.evaluate(AXE)
    found: dict[str, Any] = page.evaluate(
        "tags => axe.run(document, {runOnly: {type: 'tag', values: tags}})", STANDARDS
    )
    return [
        f"{one['id']}: {node['target']} {node['failureSummary']}"
        for one in found["violations"]
        for node in one["nodes"]
    ]


def scrolls_sideways(page: Page) -> bool:
    """Tell whether the page is wider than its window."""
    return bool(
        page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    )
