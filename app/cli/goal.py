"""`flask goal`: where the drive stands."""

import json

import click
from flask import current_app
from flask.cli import AppGroup
from rich.console import Console

from app.core.clock import now
from app.core.settings import Settings
from app.extensions import db
from app.goal import showing
from app.goal.standing import standing

goal = AppGroup("goal", help="Show where the drive stands.")


@goal.command()
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def show(*, as_json: bool) -> None:
    """Show the count, the goal, and who came and left of late."""
    settings: Settings = current_app.extensions["unwalled_settings"]
    with db.database.read() as session:
        found = standing(session, now(session), settings.time_zone)
    if as_json:
        click.echo(json.dumps(found.as_json(), ensure_ascii=False, indent=2))
        return
    showing.draw(Console(highlight=False), found)
