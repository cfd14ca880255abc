"""`flask newsletters`: make, change, close and order lists, and say where their forms stand."""

from collections.abc import Callable
from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup
from rich.console import Console
from rich.table import Table
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.articles.arranging import save_picture
from app.articles.service import UnknownReferenceError
from app.cli.newsletter_file import read_newsletter
from app.cli.noting import changed, columns, note
from app.core.errors import OperatorError
from app.core.languages import DEFAULT, LANGUAGES
from app.core.settings import Settings
from app.extensions import db
from app.newsletters import arranging
from app.newsletters.arranging import ListFacts
from app.newsletters.models import Newsletter, Subscription
from app.people.audit import Deed

newsletters = AppGroup("newsletters", help="Make, change and order lists, and place their forms.")

SAID = ("slug", "name", "description", "cadence", "language", "open", "listed", "welcomes",
        "members_only", "position")  # fmt: skip
LANGUAGE = click.option(
    "--language", type=click.Choice(list(LANGUAGES)), default=DEFAULT, help="Of the pages."
)


@newsletters.command("list")
def show() -> None:
    """Show every list in its order, and how many confirmed."""
    with db.database.read() as session:
        rows = session.scalars(select(Newsletter).order_by(Newsletter.position, Newsletter.id))
        counts = _confirmed(session)
        table = Table("Slug", "Name", "Language", "Takes", "Confirmed", box=None)
        for row in rows:
            confirmed = f"{counts.get(row.id, 0):,}"
            table.add_row(row.slug, row.name[DEFAULT], row.language, _takes(row), confirmed)
    if table.row_count:
        Console(highlight=False).print(table)
    else:
        click.echo("There is no newsletter yet: `flask newsletters save FILE` makes one.")


def _confirmed(session: Session) -> dict[int, int]:
    counted = (
        select(Subscription.newsletter_id, func.count())
        .where(Subscription.state == "confirmed")
        .group_by(Subscription.newsletter_id)
    )
    return {row[0]: row[1] for row in session.execute(counted)}


def _takes(row: Newsletter) -> str:
    if not row.open:
        return "nobody: closed"
    who = "members" if row.members_only else "everybody"
    return who if row.listed else f"{who}, unlisted"


@newsletters.command()
@click.argument("file", type=click.Path(path_type=Path))
def save(file: Path) -> None:
    """Make the list of FILE, or bring it up to what FILE says.

    FILE is TOML: docs/newsletter.example.toml is one. A list is known by its slug. What FILE
    leaves out becomes what it usually is; only the position stays as it was.
    """
    settings: Settings = current_app.extensions["unwalled_settings"]
    found = read_newsletter(file, Path(settings.media_dir))
    with db.database.write() as session:
        if found.picture is not None:
            save_picture(session, found.picture)
        _refuse(session, found.facts, file)
        known = session.scalar(select(Newsletter).where(Newsletter.slug == found.facts.slug))
        before = columns(known, *SAID)
        row = arranging.save_list(session, found.facts)
        what = "newsletter.made" if known is None else "newsletter.changed"
        note(session, changed(what, f"newsletter:{row.id}", before, columns(row, *SAID)))
        session.commit()
    click.echo(f"Newsletter {found.facts.slug} was {'made' if known is None else 'changed'}.")


def _refuse(session: Session, facts: ListFacts, file: Path) -> None:
    """Say all that cannot be taken, a line each."""
    said = [f"{field}: {sentence}" for field, sentence in arranging.problems(session, facts)]
    if said:
        raise OperatorError("\n".join((*said, f"{file} was not saved: nothing was changed.")))


@newsletters.command("close")
@click.argument("slug")
def close_list(slug: str) -> None:
    """Take no more sign-ups for SLUG; its readers stay, its forms vanish."""
    _do(lambda session: _set_open(session, slug, is_open=False))
    click.echo(f"Newsletter {slug} takes no sign-ups any more.")


@newsletters.command("open")
@click.argument("slug")
def open_list(slug: str) -> None:
    """Take sign-ups for SLUG again."""
    _do(lambda session: _set_open(session, slug, is_open=True))
    click.echo(f"Newsletter {slug} takes sign-ups.")


@newsletters.command()
@click.argument("slugs", nargs=-1, required=True)
def order(slugs: tuple[str, ...]) -> None:
    """Put SLUGS first, in this order; the others follow as they were."""
    _do(lambda session: _order(session, slugs))
    click.echo("The order is changed.")


@newsletters.command("on-section")
@click.argument("section")
@click.argument("slugs", nargs=-1)
@LANGUAGE
def on_section(section: str, slugs: tuple[str, ...], language: str) -> None:
    """Give the articles of SECTION forms for SLUGS, where none were chosen; none for no SLUGS."""

    def place(session: Session) -> Deed:
        arranging.set_section_forms(session, section, language, slugs)
        return Deed("forms.on-section", f"section:{section}:{language}"[:120], after=_lists(slugs))

    _do(place)
    click.echo(f"Articles of {section} have forms for: {', '.join(slugs) or 'no list'}.")


@newsletters.command("on-article")
@click.argument("key")
@click.argument("slugs", nargs=-1)
@LANGUAGE
def on_article(key: str, slugs: tuple[str, ...], language: str) -> None:
    """Give the article of KEY forms for SLUGS; those of its section for no SLUGS."""

    def place(session: Session) -> Deed:
        arranging.set_forms(session, key, language, slugs)
        return Deed("forms.on-article", f"article:{key}:{language}"[:120], after=_lists(slugs))

    _do(place)
    click.echo(f"Article {key} has forms for: {', '.join(slugs) or 'the lists of its section'}.")


def _set_open(session: Session, slug: str, *, is_open: bool) -> Deed:
    arranging.set_open(session, slug, is_open=is_open)
    found = session.scalar(select(Newsletter.id).where(Newsletter.slug == slug))
    what = "newsletter.opened" if is_open else "newsletter.closed"
    return Deed(what, f"newsletter:{found}", None, {"open": not is_open}, {"open": is_open})


def _order(session: Session, slugs: tuple[str, ...]) -> Deed:
    order = select(Newsletter.slug).order_by(Newsletter.position, Newsletter.id)
    before = list(session.scalars(order))
    arranging.order_lists(session, slugs)
    after = {"order": list(session.scalars(order))}
    return Deed("newsletters.ordered", "newsletters", None, {"order": before}, after)


def _lists(slugs: tuple[str, ...]) -> dict[str, list[str]]:
    return {"lists": list(slugs)}


def _do(act: Callable[[Session], Deed]) -> None:
    """Do something and write down that it was done, or say why it cannot be."""
    with db.database.write() as session:
        try:
            deed = act(session)
        except UnknownReferenceError as error:
            raise OperatorError(str(error)) from error
        note(session, deed)
        session.commit()
