"""`flask audit`: whether the log of what was done is what it was."""

import re

import click
from flask.cli import AppGroup

from app.core.errors import OperatorError
from app.extensions import db
from app.people import audit_verifying
from app.people.audit import Head

HEAD = re.compile(r"([0-9]{1,18}):([0-9a-f]{64})")

audit = AppGroup("audit", help="Prove that the log of what was done is what it was.")


@audit.command()
@click.option("--head", "told", help="NUMBER:HASH, as a past mail or log told the end.")
def verify(told: str | None) -> None:
    """Read the whole log, and say where it breaks first, if it does.

    Ends with 0 if it holds, with 1 if it does not. An end that was told long ago (each night's log
    and the mail of each morning name it) shows whether the log was cut or written anew since.
    """
    found = audit_verifying.verify(db.database, _head(told))
    with db.database.read() as session:
        could = audit_verifying.who_could(session)
    if could is not None:
        click.echo(f"The role that this runs as could change the log: {could}.", err=True)
    if not found.holds:
        click.echo(f"The log does not hold. {found.why} {_before(found.count)}", err=True)
        raise SystemExit(1)
    entries = "1 entry" if found.count == 1 else f"{found.count:,} entries"
    click.echo(f"The log holds: {entries}.")
    click.echo(f"Its end is {found.head}")


def _head(told: str | None) -> Head | None:
    if told is None:
        return None
    read = HEAD.fullmatch(told.strip())
    if read is None:
        raise OperatorError("--head is written NUMBER:HASH, as the mail or the log told it.")
    return Head(int(read[1]), read[2])


def _before(count: int) -> str:
    return f"The {count:,} before it hold." if count != 1 else "The one before it holds."
