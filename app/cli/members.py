"""`flask members`: members from elsewhere, and the recount."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn
from sqlalchemy.orm import Session

from app.cli.noting import note
from app.core.clock import now
from app.core.database import one_snapshot
from app.core.errors import OperatorError
from app.core.settings import Settings
from app.extensions import db
from app.memberships import counting, recounting
from app.memberships.imports.applying import Effect
from app.memberships.imports.importing import Outcome, Watcher, import_file
from app.memberships.imports.parsing import COLUMNS, MemberFile, Problem, Rules, opened
from app.memberships.recounting import Recount
from app.people.audit import Deed

members = AppGroup("members", help="Bring members in from a file, and recount them.")

IMPORT_HELP = f"""Bring in members from FILE, a CSV file in UTF-8.

The first line names the columns, in any order: {", ".join(COLUMNS)}. A row is known by its source
and source_ref. Dates are like 2027-01-31, times like 2027-01-31T14:05; without an offset they are
meant in the newsroom's zone. ends_at is the first moment after the membership, empty for no end.

Without --apply it is only said what would happen.
"""


@members.command("import", help=IMPORT_HELP)
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--apply", is_flag=True, help="Do it: all rows, or none if one cannot be taken.")
def import_(file: Path, *, apply: bool) -> None:
    """Read a file, and do what it says if asked to."""
    with opened(file, _rules()) as source, _watching(source) as watcher:
        noting = replace(watcher, applied=_note)
        outcome = import_file(db.database, source, noting, apply=apply)
    if outcome.effect is None:
        raise OperatorError(
            f"{outcome.problems} of {outcome.rows} rows cannot be taken; nothing was changed."
        )
    click.echo("\n".join(_told(outcome)))


def _note(session: Session, effect: Effect) -> None:
    """Write down what was brought in, with it."""
    after = {"new": effect.new, "changed": effect.changed}
    note(session, Deed("members.imported", "members", after=after))


@members.command()
@click.option("--repair", is_flag=True, help="Make spans and counter anew from the ledger.")
def recount(*, repair: bool) -> None:
    """Compare counter and spans with the ledger; fail if they differ."""
    if repair:
        with db.database.write() as session:
            counting.rebuild(session, now(session))
            note(session, Deed("count.made-anew", "count"))
            session.commit()
        click.echo("Spans and counter were made anew from the ledger.")
    with db.database.read() as session:
        one_snapshot(session)
        found = recounting.recount(session, now(session))
    _say_recount(found)


def _say_recount(found: Recount) -> None:
    counter = "unknown" if found.counter is None else f"{found.counter:,}"
    click.echo(f"ledger {found.ledger:,}   spans {found.spans:,}   counter {counter}")
    if found.drifts:
        advice = "`flask --app wsgi members recount --repair` makes them anew from the ledger."
        raise OperatorError("\n".join(("Drift:", *found.drifts, advice)))
    click.echo("No drift.")


def _rules() -> Rules:
    settings: Settings = current_app.extensions["unwalled_settings"]
    testing = settings.mode != "production"
    return Rules(settings.time_zone, smtputf8=settings.smtp_utf8, testing=testing)


@contextmanager
def _watching(file: MemberFile) -> Iterator[Watcher]:
    """Show how far the reading is, where there is a terminal, and every bad row anywhere."""
    console = Console(stderr=True)
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TimeRemainingColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )
    task = bar.add_task("Reading", total=file.size or None)

    def read(position: int) -> None:
        if bar.tasks[0].completed != position:
            bar.update(task, completed=position)

    def problem(bad: Problem) -> None:
        said = f"line {bad.line}: {bad.reason}"
        console.print(said, markup=False, highlight=False, soft_wrap=True)

    def staged() -> None:
        bar.update(task, description="Comparing with the ledger", completed=file.size)

    with bar:
        yield Watcher(read, problem, staged)


def _told(outcome: Outcome) -> Iterator[str]:
    """Yield the lines that say what was done, or would be."""
    effect = outcome.effect
    if effect is None:
        return
    yield f"rows     {outcome.rows:,}"
    yield f"  new {effect.new:,}, changed {effect.changed:,}, unchanged {effect.unchanged:,}"
    yield f"people   {effect.people_new:,} new, {effect.people_known:,} known"
    yield f"members  {effect.before:,} before, {effect.after:,} after"
    if not outcome.applied:
        yield "Nothing was changed: add --apply to do it."
    elif not effect.new + effect.changed:
        yield "There was nothing to change."
    else:
        yield "All rows were applied."
