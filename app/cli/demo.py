"""`flask demo`: the invented newsroom."""

import click
from flask import current_app
from flask.cli import AppGroup

from app.extensions import db as web
from app.sandbox.demo import desk as demo_desk
from app.sandbox.demo import loading

demo = AppGroup("demo", help="The demo newsroom: invented people, reports and members.")


@demo.command()
def load() -> None:
    """Load what is missing of the demo newsroom; a second time changes nothing."""
    loaded = loading.load_once(web.database, current_app.extensions["unwalled_settings"])
    parts = {
        "its pages": loaded.content,
        "its members": loaded.members,
        "its subscribers": loaded.readers,
        "what can be given": loaded.offer,
    }
    if not any(parts.values()):
        click.echo("The demo newsroom was loaded before; nothing was changed.")
        return
    done = " and ".join(name for name, now in parts.items() if now)
    click.echo(f"The demo newsroom is loaded: {done}.")


@demo.command()
def desk() -> None:
    """Print a link that lets whoever opens it first sit down at the desk, once."""
    click.echo(demo_desk.way_in(web.database, current_app.extensions["unwalled_settings"]))
