"""What the pages for operators say is what the code does."""

import re
from pathlib import Path

import click

from app.cli import COMMANDS
from app.payments.kinds import EVENTS

ROOT = Path(__file__).parents[2]
OPERATE = (ROOT / "docs/operate.md").read_text()


def events_table() -> set[str]:
    """Return the events that the page has an operator choose."""
    table = OPERATE.partition("<!-- events -->")[2].partition("<!-- end of events -->")[0]
    rows = re.findall(r"^\| `([\w.]+)` \| (.*?) \|$", table, re.MULTILINE)
    return {f"{of}.{one}" for of, names in rows for one in re.findall(r"`(\w+)`", names)}


def test_the_events_to_choose_are_those_that_we_act_on() -> None:
    assert events_table() == set(EVENTS)


def commands() -> set[tuple[str, str]]:
    """Return the commands of ours that the page names, by group and name."""
    return set(
        re.findall(
            r"flask --app wsgi (api|audit|db|goal|jobs|members|payments|webhooks) ([a-z]+)", OPERATE
        )
    )


def test_the_page_names_commands_that_there_are() -> None:
    groups = {one.name: one for one in COMMANDS if isinstance(one, click.Group)}

    assert ("goal", "save") in commands()
    assert {name for group, name in commands() if name not in groups[group].commands} == set()


def test_the_files_that_the_pages_point_to_are_there() -> None:
    for page in (ROOT / "README.md", ROOT / "docs/operate.md"):
        links = re.findall(r"\]\(([^):#]+)\)", page.read_text())

        assert links
        assert {link for link in links if not (page.parent / link).exists()} == set()


def test_the_ports_of_make_run_are_those_of_the_page() -> None:
    makefile = (ROOT / "Makefile").read_text()
    ports = re.findall(r"^(\w*PORT) \?= (\d+)$", makefile, re.MULTILINE)

    assert "make run " + " ".join(f"{name}={port}" for name, port in ports) in OPERATE
