"""`flask db`: migrations."""

import click
from flask.cli import AppGroup

from app.core import restricting, schema
from app.extensions import db as web

db = AppGroup("db", help="Migrate the database, or tell how far it is.")


@db.command()
def upgrade() -> None:
    """Bring the database to this version of the code; nothing happens if it is there."""
    schema.upgrade(web.database)
    click.echo(f"The database is at revision {schema.revisions()[-1]}.")


@db.command()
@click.argument("role")
def restrict(role: str) -> None:
    """Let ROLE do what web and workers need; of the audit log it may only read and add.

    Run it as the role that owns the tables, once; migrations go on running as that one.
    """
    restricting.restrict(web.database, role)
    click.echo(f"{role} may run web and workers, and cannot change the audit log.")
    click.echo("Set UNWALLED_DATABASE_URL to it, and see `flask --app wsgi audit verify`.")


@db.command()
def check() -> None:
    """Fail unless the database is at this version of the code."""
    schema.check(web.database)
    click.echo(f"The database is at revision {schema.revisions()[-1]}.")
