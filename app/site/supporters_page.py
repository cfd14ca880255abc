"""The supporters' page: the names of those who wanted to be named, newest first, month by month."""

from datetime import timedelta
from itertools import groupby

from babel.dates import get_month_names
from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.core.routes import access, localized
from app.extensions import db
from app.memberships.gifts.queries import NameRead, has_older_names, wall_page
from app.site import asking, metadata
from app.site.browsing import read_before, write_before
from app.site.chrome import everywhere, set_translations, showing, the_site
from app.site.keeping import cacheable, until
from app.site.pages import Meta
from app.site.presenting import Showing

bp = Blueprint("supporters", __name__)

PER_PAGE = 240
NEW_NAMES_AFTER = timedelta(minutes=1)


@localized(bp, "/supporters/")
@access("public")
@cacheable
def supporters() -> ResponseReturnValue:
    """Show the wall; a name withdrawn is gone at once, a new one is there within a minute."""
    shown = showing()
    before = read_before(request.args.get("before", ""))
    names = wall_page(db.session, PER_PAGE, before.moment if before else None)
    if before is None:
        set_translations(everywhere("/supporters/", shown.newsroom.languages))
    until(shown.present.now + NEW_NAMES_AFTER)
    site = metadata.identity(the_site().settings, shown.language)
    path = shown.path("/supporters/")
    return render_template(
        "site/supporters.html",
        months=_by_month(shown, names),
        older_url=_older(path, names),
        is_first=before is None,
        join_url=asking.join_url(shown.language),
        account_url=shown.path("/account/"),
        meta=Meta(
            title=gettext("Supporters"),
            description=gettext("The people who keep every article free, by the names they chose."),
            canonical=site.url + path,
            noindex=before is not None,
        ),
    )


def _by_month(shown: Showing, names: list[NameRead]) -> list[tuple[str, list[str]]]:
    months = get_month_names("wide", "stand-alone", locale=shown.language)

    def month_of(read: NameRead) -> str:
        local = read.listed_at.astimezone(shown.zone)
        return f"{months[local.month].capitalize()} {local.year}"

    return [(month, [one.name for one in group]) for month, group in groupby(names, month_of)]


def _older(path: str, names: list[NameRead]) -> str | None:
    """Return where the next page begins; its address names a moment and nobody."""
    if not names or not has_older_names(db.session, names[-1].listed_at):
        return None
    return f"{path}?before={write_before(names[-1].listed_at, 0)}"
