"""`flask newsletters export`, and taking in what another installation exported."""

import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy import select

from app.cli.bars import bar
from app.cli.noting import note
from app.core.errors import OperatorError
from app.core.languages import LANGUAGES
from app.core.moments import read_moment
from app.core.settings import Settings
from app.extensions import db
from app.newsletters.exporting import Segment, export_subscribers
from app.newsletters.imports import importing
from app.newsletters.models import STATES, Newsletter
from app.newsletters.moving.files import FILES, Folder, open_folder
from app.newsletters.moving.moving_in import Moved, move_in
from app.newsletters.moving.moving_out import export_everything
from app.people.audit import Deed

OTHER_KEY = (
    "It was written under another UNWALLED_PERMANENT_KEY. Take that key along: under a new one the "
    "unsubscribe links in old mails end, and suppressed addresses that are not known otherwise, "
    "like those of erased people, cannot be told any more. Or say --other-key to do without."
)


@click.command("export")
@click.option("--list", "lists", multiple=True, help="Slug of a list; may be repeated.")
@click.option(
    "--state", "states", multiple=True, type=click.Choice(STATES), help="May be repeated."
)
@click.option("--language", type=click.Choice(list(LANGUAGES)), help="In which people read.")
@click.option("--since", help="Subscribed on that day or later, like 2027-01-31.")
@click.option("--source", help="They came by a path that begins so, or by a form, like import.")
@click.option("--out", default="-", help="A new file; - for standard output.")
@click.option(
    "--everything", type=click.Path(path_type=Path), help="A new folder for all there is."
)
@with_appcontext
def export(  # noqa: PLR0913 - one for each option
    *,
    lists: tuple[str, ...],
    states: tuple[str, ...],
    language: str | None,
    since: str | None,
    source: str | None,
    out: str,
    everything: Path | None,
) -> None:
    """Write subscribers as CSV that is safe to open in a spreadsheet.

    With --everything it is all that another installation needs: lists, people, subscriptions,
    consents and suppressions, in several files.
    """
    settings: Settings = current_app.extensions["unwalled_settings"]
    if everything is not None:
        if lists or states or language or since or source:
            raise OperatorError("--everything takes no choice of subscribers beside it.")
        counts = export_everything(db.database, settings, everything)
        _note(Deed("export.taken", "export:everything", after=dict(counts)))
        click.echo("\n".join(f"{count:>10,}  {name}" for name, count in counts.items()))
        click.echo(
            "Keep it as safe as the database, and take UNWALLED_PERMANENT_KEY along with it."
        )
        return
    segment = Segment(_ids(lists), states, language, _since(since, settings), source)
    _note(Deed("export.taken", "export:subscribers", after={"lists": list(lists)}))
    _write(export_subscribers(db.database, segment), out)


def _note(deed: Deed, who: str = "") -> None:
    with db.database.write() as session:
        note(session, deed, who)
        session.commit()


def _ids(slugs: tuple[str, ...]) -> tuple[int, ...]:
    with db.database.read() as session:
        known = dict(session.execute(select(Newsletter.slug, Newsletter.id)).all())
    for slug in slugs:
        if slug not in known:
            raise OperatorError(f"There is no list {slug!r}: the lists are {', '.join(known)}.")
    return tuple(known[slug] for slug in slugs)


def _since(text: str | None, settings: Settings) -> datetime | None:
    try:
        return read_moment(text, settings.time_zone) if text else None
    except ValueError as error:
        raise OperatorError(f"--since is a day like 2027-01-31, not {text!r}.") from error


def _write(pieces: Iterator[str], out: str) -> None:
    if out == "-":
        for piece in pieces:
            sys.stdout.write(piece.replace("\r\n", "\n"))
        return
    target, half = Path(out), Path(f"{out}.part")
    if target.exists():
        raise OperatorError(f"{out} is there already: name a new file.")
    try:
        with half.open("w", newline="", encoding="utf-8") as file:
            for piece in pieces:
                file.write(piece)
        half.replace(target)
    except OSError as error:
        raise OperatorError(f"{out} cannot be written: {error.strerror}.") from error
    click.echo(f"{out} is written.")


def take_in(path: Path, who: str, *, apply: bool, other_key: bool) -> None:
    """Say what is in a folder of another installation, and take it in if asked to."""
    settings: Settings = current_app.extensions["unwalled_settings"]
    folder = open_folder(path, settings)
    click.echo("\n".join(f"{folder.rows[name]:>10,}  {name}" for name in FILES))
    if not folder.same_key and not other_key:
        raise OperatorError(OTHER_KEY)
    if not apply:
        click.echo("Nothing was changed: add --apply --as NAME to take it in.")
        return
    _note(Deed("installation.taken-in", "subscribers", after=dict(folder.rows)), who)
    _take_in(folder, settings)


def _take_in(folder: Folder, settings: Settings) -> None:
    with importing.running(db.database), bar("Taking in", sum(folder.rows.values())) as show:
        moved = move_in(db.database, settings, folder, show)
    click.echo("What was done:")
    click.echo("\n".join(_told(moved)))


def _told(moved: Moved) -> Iterator[str]:
    for name in FILES:
        said = f"{name:14} {moved.new[name]:,} new, {moved.known[name]:,} here already"
        left = moved.left[name]
        yield f"{said}, {left:,} left alone" if left else said
