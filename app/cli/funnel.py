"""`flask newsletters funnel`: who saw a form, asked, confirmed and left."""

import csv
import sys
from collections.abc import Iterator
from datetime import timedelta

import click
from flask import current_app
from flask.cli import with_appcontext
from rich.console import Console
from rich.table import Table

from app.core.clock import now
from app.core.days import day_of
from app.core.errors import OperatorError
from app.core.settings import Settings
from app.extensions import db
from app.newsletters.funnel.queries import By, Funnel, Line, Numbers, funnel
from app.newsletters.queries import read_lists

COLUMNS = ("seen", "asked", "accepted", "confirmed", "unsubscribed")
RATES = ("of seen", "of asked", "95 %")
NARROWEST = 110


@click.command("funnel")
@click.option("--list", "slug", help="Of one list; without it, of all together.")
@click.option("--days", type=click.IntRange(1, 3660), default=28, show_default=True)
@click.option("--by", type=click.Choice(["day", "source"]), default="day", show_default=True)
@click.option("--csv", "as_csv", is_flag=True, help="For spreadsheets and programs.")
@with_appcontext
def show(slug: str | None, days: int, by: By, *, as_csv: bool) -> None:
    """Show how many saw a form, asked, were written to, confirmed and left.

    Days are those of the newsroom's zone, today included. Today's numbers are ten minutes old at
    most. The rates are those who asked of forms seen, and those who confirmed of those who asked,
    with the interval in which the latter lies at 95 % confidence.
    """
    settings: Settings = current_app.extensions["unwalled_settings"]
    with db.database.read() as session:
        if slug is not None and slug not in {one.slug for one in read_lists(session)}:
            raise OperatorError(f"There is no newsletter {slug}.")
        today = day_of(now(session), settings.time_zone)
        found = funnel(session, slug, today - timedelta(days=days - 1), today, by)
    if as_csv:
        _write(found, by)
    else:
        _draw(found, by)


def _names(by: By) -> tuple[str, ...]:
    return ("day",) if by == "day" else ("from_path", "form")


def _name(line: Line) -> tuple[str, ...]:
    return (line.day.isoformat(),) if line.day else (line.from_path, line.form)


def _counts(numbers: Numbers) -> tuple[int, ...]:
    return tuple(getattr(numbers, name) for name in COLUMNS)


def _write(found: Funnel, by: By) -> None:
    out = csv.writer(sys.stdout, lineterminator="\n")
    out.writerow((*_names(by), *COLUMNS))
    out.writerows((*_name(line), *_counts(line.numbers)) for line in found.lines)


def _draw(found: Funnel, by: By) -> None:
    table = Table(*_names(by), box=None, show_footer=True)
    for name in (*COLUMNS, *RATES):
        table.add_column(name, justify="right")
    for line in found.lines:
        table.add_row(*_name(line), *_cells(line.numbers))
    total = ("total", *([""] * (len(_names(by)) - 1)), *_cells(found.total))
    for column, text in zip(table.columns, total, strict=True):
        column.footer = text
    console = Console(highlight=False)
    console.width = max(console.width, NARROWEST)  # what is folded cannot be compared
    console.print(table)


def _cells(numbers: Numbers) -> Iterator[str]:
    yield from (f"{number:,}" for number in _counts(numbers))
    yield _percent(numbers.ask_rate)
    yield _percent(numbers.confirm_rate)
    between = numbers.confirm_interval
    yield f"{between[0]:.0%} to {between[1]:.0%}" if between else ""


def _percent(rate: float | None) -> str:
    return "" if rate is None else f"{rate:.1%}"
