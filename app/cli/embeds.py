"""`flask newsletters embeds` and `embed`: the forms on other sites."""

import click
from flask import current_app
from flask.cli import AppGroup, with_appcontext
from sqlalchemy.orm import Session

from app.cli.noting import changed, note
from app.core.clock import now
from app.core.errors import OperatorError
from app.core.languages import DEFAULT, LANGUAGES
from app.core.settings import Settings
from app.extensions import db
from app.newsletters.embeds.embeds import Embed, close_embed, offered, read_embeds, save_embed
from app.newsletters.embeds.markup import embed_html
from app.newsletters.embeds.origins import read_origin
from app.newsletters.queries import read_lists

embeds = AppGroup("embeds", help="Say which other sites may carry our forms.")

PASTED = """\
The site's own policies have to let it: script-src, connect-src and form-action of its
Content-Security-Policy must name {site}, and its Referrer-Policy must not be no-referrer
or same-origin, which hide from us where a form stands. Take the line of the field `from` out if
the page's path is not to be told to us."""


@embeds.command()
@click.argument("name")
@click.argument("origins", nargs=-1, required=True)
@click.option("--list", "slugs", multiple=True, help="May offer this list; again for each.")
def add(name: str, origins: tuple[str, ...], slugs: tuple[str, ...]) -> None:
    """Let the site NAME post sign-ups from ORIGINS, or bring it up to what is given.

    ORIGINS are like https://partner.org, written out: www.partner.org is another one. Without
    --list it may offer every list that is open; what it pastes has those of our own page.
    """
    settings: Settings = current_app.extensions["unwalled_settings"]
    plain = settings.mode != "production"
    read = [read_origin(one, plain=plain) for one in origins]
    with db.database.write() as session:
        before = _said(session, name)
        is_new = save_embed(session, name, read, slugs, now(session))
        what = "site.made" if is_new else "site.changed"
        note(session, changed(what, f"site:{name}", before, _said(session, name)))
        session.commit()
    click.echo(f"{name} was {'allowed' if is_new else 'changed'}: {', '.join(read)}.")


@embeds.command("list")
def list_() -> None:
    """Show every site: its origins and the lists that it may offer."""
    with db.database.read() as session:
        known = {one.id: one.slug for one in read_lists(session)}
        sites = read_embeds(session)
    for one in sites:
        click.echo(f"{one.name}  {_state(one, known)}")
    if not sites:
        click.echo("No other site carries our forms.")


def _said(session: Session, name: str) -> dict[str, object]:
    """Return a site as the log keeps it; nothing if there is none."""
    slugs = {one.id: one.slug for one in read_lists(session)}
    for one in read_embeds(session):
        if one.name == name:
            lists = sorted(slugs[each] for each in one.lists)
            return {"origins": list(one.origins), "lists": lists, "open": one.enabled}
    return {}


def _state(one: Embed, known: dict[int, str]) -> str:
    if not one.enabled:
        return "removed"
    offered = " ".join(known[each] for each in sorted(one.lists)) or "every open list"
    return f"{' '.join(one.origins)}  {offered}"


@embeds.command()
@click.argument("name")
def remove(name: str) -> None:
    """Take no more sign-ups from the site NAME."""
    with db.database.write() as session:
        before = _said(session, name)
        close_embed(session, name)
        note(session, changed("site.closed", f"site:{name}", before, _said(session, name)))
        session.commit()
    click.echo(f"{name} may post no more.")


@click.command()
@click.argument("site")
@click.option("--language", type=click.Choice(list(LANGUAGES)), default=DEFAULT, show_default=True)
@click.option("--together", is_flag=True, help="All its lists at once, without boxes to tick.")
@with_appcontext
def embed(site: str, language: str, *, together: bool) -> None:
    """Print the HTML that SITE pastes into its pages."""
    settings: Settings = current_app.extensions["unwalled_settings"]
    with db.database.read() as session:
        found = next((one for one in read_embeds(session) if one.name == site), None)
        if found is None or not found.enabled:
            raise OperatorError(
                f"There is no site {site}: `flask --app wsgi newsletters embeds add` makes one."
            )
        lists = offered(found, read_lists(session))
    if not lists:
        raise OperatorError(f"{site} has nothing to offer: none of its lists is open.")
    click.echo(embed_html(settings.site_url, language, lists, together=together), nl=False)
    click.echo(PASTED.format(site=settings.site_url), err=True)
