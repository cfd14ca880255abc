"""A running newsroom and a browser, once for all tests that click."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.e2e.browser import MISSING
from tests.newsroom import Newsroom, copy_project, running

NewPage = Callable[..., Page]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep the browser's tests of readers on one worker, and those of the desk on another.

    One newsroom serves all the tests of a worker, and the two halves take the same time.
    """
    for item in items:
        if "/e2e/" in str(item.path):
            is_desk = "desk" in item.path.stem
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.xdist_group("desk" if is_desk else "readers"))


@pytest.fixture(scope="session")
def newsroom(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Newsroom]:
    """Run the demo newsroom as `make run` does."""
    with running(copy_project(tmp_path_factory.mktemp("e2e") / "newsroom")) as started:
        yield started


@pytest.fixture
def new_page(browser: Browser, newsroom: Newsroom) -> Iterator[NewPage]:
    """Return a function that opens an empty tab; whatever goes wrong in it fails the test."""
    contexts: list[BrowserContext] = []
    wrong: list[str] = []

    def open_page(**options: Any) -> Page:  # noqa: ANN401 - Playwright's own options
        context = browser.new_context(base_url=newsroom.url, **options)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: wrong.append(f"error in a script: {error}"))
        page.on("request", lambda request: wrong.extend(elsewhere(request.url, newsroom)))
        page.on("console", lambda line: wrong.extend(refused(line.text)))
        return page

    yield open_page
    cookies = [cookie["name"] for context in contexts for cookie in context.cookies()]
    for context in contexts:
        context.close()
    assert cookies == []
    assert wrong == []


def elsewhere(url: str, newsroom: Newsroom) -> list[str]:
    """Return a complaint if a page asked anyone but us."""
    ours = (newsroom.url, newsroom.mailbox, "data:", "about:")
    return [] if url.startswith(ours) else [f"a page asked {url}"]


def refused(line: str) -> list[str]:
    """Return a complaint if the page broke its own content policy."""
    return [line] if "Content Security Policy" in line else []


@pytest.fixture
def page(new_page: NewPage) -> Page:
    """Return a tab of a desktop's size, with script."""
    return new_page(viewport={"width": 1280, "height": 900})


@pytest.fixture
def scriptless(new_page: NewPage) -> Page:
    """Return a tab of a phone's size, without script."""
    return new_page(viewport={"width": 390, "height": 844}, java_script_enabled=False)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say loudly that the browser's tests were not run."""
    if any("NO BROWSER" in str(one.longrepr) for one in terminalreporter.stats.get("skipped", ())):
        terminalreporter.write_sep("!", MISSING, red=True, bold=True)
