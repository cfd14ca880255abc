"""What the pages for operators say is what the code does."""

import re
from pathlib import Path

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


def test_the_ports_of_make_run_are_those_of_the_page() -> None:
    makefile = (ROOT / "Makefile").read_text()
    ports = re.findall(r"^(\w*PORT) \?= (\d+)$", makefile, re.MULTILINE)

    assert "make run " + " ".join(f"{name}={port}" for name, port in ports) in OPERATE
