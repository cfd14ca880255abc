"""`flask newsletters import | imports`: subscribers from elsewhere."""

from collections.abc import Sequence
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import click
from flask.cli import with_appcontext

from app.cli import subscriber_moving
from app.cli.bars import bar
from app.cli.noting import note
from app.cli.subscriber_words import ONLY_LOOKED, looked_at, told, told_progress
from app.core.answering import the_settings
from app.core.clock import now
from app.core.errors import OperatorError
from app.extensions import db
from app.newsletters.imports import importing
from app.newsletters.imports.files import Source, opened
from app.newsletters.imports.looking import Table, Wishes, look, rules_for
from app.newsletters.imports.systems import GRAVITY, SYSTEMS
from app.newsletters.imports.values import errors_csv
from app.people.audit import Deed

HELP = """Bring in subscribers from FILE: a CSV file, or the zip archive that Mailchimp makes.

A folder that `export --everything` wrote is taken in whole: lists, people, subscriptions, consents
and suppressions as they stood, beside what is here already.

Exports of Mailchimp, Substack, Ghost and listmonk are known by their columns; any other table
needs a column of addresses. Encoding and delimiter are found. How the file is understood is shown
first, and without --apply it is only said what would happen to whom.

With --apply you vouch, by the name given with --as, that these people agreed to get these
newsletters: who was subscribed there is subscribed here at once, without a confirmation mail.
Whoever unsubscribed, complained, bounced or was erased here stays so.

Killed in the middle and started again with the same words, it goes on where it was.
"""


def _pairs(
    _context: click.Context, _option: click.Parameter, given: Sequence[str]
) -> dict[str, str]:
    pairs = [one.partition("=") for one in given]
    for name, mark, _value in pairs:
        if not name or not mark:
            raise click.BadParameter("it is written NAME=TITLE")
    return {name.strip(): value.strip() for name, _mark, value in pairs}


@click.command("import", help=HELP)
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--list", "lists", multiple=True, help="The list that all go to; may be repeated.")
@click.option(
    "--column", "columns", multiple=True, callback=_pairs, help="FIELD=TITLE; FIELD= for no column."
)
@click.option(
    "--label", "labels", multiple=True, callback=_pairs, help="LABEL=LIST, for the column of lists."
)
@click.option("--system", type=click.Choice(list(SYSTEMS)), help="What wrote the file.")
@click.option("--state", type=click.Choice(GRAVITY), help="What everybody in it is.")
@click.option("--encoding", help="If it is found wrongly, like cp1250.")
@click.option("--delimiter", help="If it is found wrongly.")
@click.option("--zone", default="", help="Of times without an offset; else the newsroom's.")
@click.option("--errors", type=click.Path(path_type=Path), help="Where to write what is not taken.")
@click.option("--apply", is_flag=True, help="Do it.")
@click.option("--as", "who", default="", help="Your name: who vouches that these people agreed.")
@click.option("--in-background", is_flag=True, help="Read it now, and let a worker apply it.")
@click.option("--other-key", is_flag=True, help="Take a folder in without its permanent key.")
@with_appcontext
def import_(
    file: Path,
    errors: Path | None,
    who: str,
    *,
    apply: bool,
    in_background: bool,
    other_key: bool,
    **wishes: object,
) -> None:
    """Read a file, say what it does, and do it if asked to."""
    if (apply or in_background) and not who.strip():
        raise OperatorError("Say with --as NAME who vouches that these people agreed to this.")
    if file.is_dir():
        subscriber_moving.take_in(file, who, apply=apply, other_key=other_key)
        return
    wanted = _wishes(**wishes)
    with opened(file, wanted.encoding) as source:
        tables = look(source, wanted)
        click.echo("\n".join(looked_at(source, tables)))
        import_id = _read(source, tables, wanted)
    if errors is not None:
        _write_errors(import_id, errors)
    if in_background:
        _hand_over(import_id, who)
        return
    _show(import_id, applied=False)
    if apply:
        _apply(import_id, who)
    else:
        click.echo(ONLY_LOOKED)


def _wishes(**given: object) -> Wishes:
    wishes = Wishes(**given)  # type: ignore[arg-type] # as the options above make them
    try:
        "".encode(wishes.encoding or "utf-8")
    except (LookupError, UnicodeError) as error:
        raise OperatorError(f"There is no encoding {wishes.encoding!r}.") from error
    try:
        ZoneInfo(wishes.zone or "UTC")
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise OperatorError(f"There is no zone {wishes.zone!r}.") from error
    if wishes.delimiter is not None and len(wishes.delimiter) != 1:
        raise OperatorError("A delimiter is one character.")
    return wishes


def _read(source: Source, tables: Sequence[Table], wishes: Wishes) -> int:
    """Read what has not been read yet; return the import's id."""
    settings, database = the_settings(), db.database
    with importing.running(database), bar("Reading", source.size) as show:
        with database.write() as session:
            rules_for(session, settings, wishes, tuple(tables))  # before anything is written
            import_id, again = importing.start_import(session, source, tables, wishes, now(session))
            session.commit()
        if again:
            click.echo(f"Going on with import {import_id}.", err=True)
        importing.read_file(
            database, settings, import_id, tables, wishes, lambda read, _records: show(read)
        )
    return import_id


def _hand_over(import_id: int, who: str) -> None:
    with db.database.write() as session:
        importing.vouch(session, import_id, who.strip())
        importing.apply_later(session, import_id)
        note(session, Deed("import.vouched", f"import:{import_id}"), who)
        session.commit()
    click.echo(
        f"Import {import_id} is applied by the next worker that is free: "
        "`flask --app wsgi newsletters imports` says how far it is."
    )


def _apply(import_id: int, who: str) -> None:
    database = db.database
    with database.write() as session:
        importing.vouch(session, import_id, who.strip())
        waiting = importing.progress(session, import_id).waiting
        deed = Deed("import.vouched", f"import:{import_id}", after={"records": waiting})
        note(session, deed, who)
        session.commit()
    with importing.running(database), bar("Applying", waiting) as show:
        importing.apply_import(database, import_id, show)
    _show(import_id, applied=True)


def _show(import_id: int, *, applied: bool) -> None:
    with db.database.read() as session:
        click.echo("\n".join(told(importing.report(session, import_id), applied=applied)))


def _write_errors(import_id: int, path: Path) -> None:
    try:
        with db.database.read() as session, path.open("w", newline="", encoding="utf-8") as out:
            for piece in errors_csv(session, import_id):
                out.write(piece)
    except OSError as error:
        raise OperatorError(f"{path} cannot be written: {error.strerror}.") from error


@click.command("imports")
@click.option(
    "--errors", "import_id", type=int, help="Print what import ID could not take, as CSV."
)
@with_appcontext
def imports(import_id: int | None) -> None:
    """Show every import of subscribers and how far it is, the newest first."""
    with db.database.read() as session:
        if import_id is not None:
            importing.progress(session, import_id)
            for piece in errors_csv(session, import_id):
                click.echo(piece, nl=False)
            return
        found = importing.all_progress(session)
    click.echo("\n".join(map(told_progress, found)) or "No file has been imported.")


COMMANDS: tuple[click.Command, ...] = (import_, imports, subscriber_moving.export)
