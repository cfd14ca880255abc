"""`flask retention`: what is kept for so long and no longer."""

from collections.abc import Mapping

import click
from flask.cli import AppGroup

from app.core import retention as keeping
from app.core.retention import Counts
from app.extensions import db

SHOWN = 40

retention = AppGroup("retention", help="Forget what is not kept for ever, and show what was.")


@retention.command()
@click.option("--dry-run", is_flag=True, help="Say what would be forgotten, and change nothing.")
def run(*, dry_run: bool) -> None:
    """Forget what is old enough, as it is done every night."""
    from app.wiring import RETENTION  # noqa: PLC0415 - so that other commands start quickly

    if dry_run:
        _say(keeping.would_forget(db.database, RETENTION))
        click.echo("Nothing was changed: leave out --dry-run to do it.")
        return
    _say(keeping.run(db.database, RETENTION))


@retention.command("list")
@click.option("--last", default=SHOWN, help="How many lines.", show_default=True)
def list_(last: int) -> None:
    """Show what was forgotten of late, newest first."""
    with db.database.read() as session:
        rows = keeping.last_runs(session, last)
    for row in rows:
        when = f"{row.finished_at:%Y-%m-%d %H:%M} UTC"
        click.echo(f"{when}  {row.part:<24}{_counted(row.forgotten)}")
    if not rows:
        click.echo("Nothing was forgotten yet.")


def _say(found: Mapping[str, Counts]) -> None:
    for name, counts in found.items():
        click.echo(f"{name:<24}{_counted(counts)}")


def _counted(counts: Counts) -> str:
    return ", ".join(f"{number:,} {what}" for what, number in counts.items())
