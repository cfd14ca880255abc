"""`flask db`: migrations."""

import click
from flask.cli import AppGroup

from app.core import schema
from app.extensions import db as web

db = AppGroup("db", help="Migrate the database, or tell how far it is.")


@db.command()
def upgrade() -> None:
    """Bring the database to this version of the code; nothing happens if it is there."""
    schema.upgrade(web.database)
    click.echo(f"The database is at revision {schema.revisions()[-1]}.")


@db.command()
def check() -> None:
    """Fail unless the database is at this version of the code."""
    schema.check(web.database)
    click.echo(f"The database is at revision {schema.revisions()[-1]}.")
