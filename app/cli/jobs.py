"""`flask jobs`: what is to be done, and what was set aside."""

from datetime import timedelta

import click
from flask.cli import AppGroup
from sqlalchemy import Table
from sqlalchemy.exc import IntegrityError

from app.cli.noting import note
from app.core import clock, heartbeat, parking
from app.core import jobs as engine
from app.core.errors import OperatorError
from app.core.job_rows import JobRow
from app.extensions import db
from app.people.audit import Deed

jobs = AppGroup("jobs", help="Show work that waits, and decide about work that was set aside.")


@jobs.command("list")
def list_() -> None:
    """Show each table's open rows, and which engines are alive."""
    with db.database.read() as session:
        now = clock.now(session)
        click.echo(f"{'table':<24}{'due':>8}{'later':>8}{'held':>8}{'parked':>8}")
        for name, table in parking.leased_tables().items():
            found = parking.counts(session, table, now)
            click.echo(f"{name:<24}" + "".join(f"{number:>8}" for number in found.values()))
        for one in heartbeat.everyone(session):
            click.echo(f"engine {one.executor}, seen {one.seen_at:%Y-%m-%d %H:%M:%S} UTC")


@jobs.command()
def parked() -> None:
    """Show rows that were set aside, with their last error."""
    with db.database.read() as session:
        rows = list(parking.parked(session))
    for name, row in rows:
        when = f"{row.parked_at:%Y-%m-%d %H:%M}"
        click.echo(f"{name} {row.id}  {when}  {row.attempts} tries  {row.last_error}")
    if not rows:
        click.echo("Nothing is parked.")


@jobs.command()
@click.argument("table")
@click.argument("row_id", metavar="ID", type=int)
def retry(table: str, row_id: int) -> None:
    """Try a parked row again, at once."""
    leased = _leased(table)
    with db.database.write() as session:
        try:
            found = parking.try_again(session, leased, row_id, clock.now(session))
        except IntegrityError as error:
            raise OperatorError(
                f"Another job of the same key is open, so {table} {row_id} stays parked."
            ) from error
        _refuse_missing(table, row_id, found=found)
        if table == JobRow.__tablename__:
            engine.run_later(session, row_id, timedelta(0))
        note(session, Deed("parked.tried-again", f"{table}:{row_id}"))
        session.commit()
    click.echo(f"{table} {row_id} is due now.")


@jobs.command()
@click.argument("table")
@click.argument("row_id", metavar="ID", type=int)
def discard(table: str, row_id: int) -> None:
    """Close a parked row without doing it."""
    leased = _leased(table)
    with db.database.write() as session:
        found = parking.discard(session, leased, row_id, clock.now(session))
        _refuse_missing(table, row_id, found=found)
        note(session, Deed("parked.dropped", f"{table}:{row_id}"))
        session.commit()
    click.echo(f"{table} {row_id} is closed.")


def _leased(name: str) -> Table:
    tables = parking.leased_tables()
    if name not in tables:
        raise OperatorError(f"There is no table {name}: it is one of {', '.join(tables)}.")
    return tables[name]


def _refuse_missing(table: str, row_id: int, *, found: bool) -> None:
    if not found:
        raise OperatorError(f"{table} {row_id} is not parked: see `flask --app wsgi jobs parked`.")
