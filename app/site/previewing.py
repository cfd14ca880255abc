"""An article before readers see it: the very page, for its editors and for whom they ask.

These pages are nobody else's: not kept, not indexed, and a link to one travels no further.
"""

from flask import Blueprint, Response, abort, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.articles import preview_links, previewing
from app.articles.models import Edition
from app.core.clock import now
from app.core.languages import gettext as _
from app.core.routes import access, localized
from app.extensions import db
from app.site import formats
from app.site.chrome import page_language, showing
from app.site.views import FIND, article_page

bp = Blueprint("previews", __name__)

PRIVATE = {
    "Cache-Control": "private, no-store",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
    "Referrer-Policy": "no-referrer",
}


@localized(bp, "/desk/articles/<int:edition_id>/as-readers-see-it/")
@access("editor")
def own(edition_id: int) -> ResponseReturnValue:
    """Show an editor the draft as readers would find it."""
    edition = db.session.get(Edition, edition_id)
    if edition is None:
        abort(404)
    if edition.language != page_language():
        return redirect(url_for(".own", edition_id=edition_id, language=edition.language))
    return _page(edition_id, _("A preview: readers do not see this text. It is the draft."))


@localized(bp, "/preview/<token>/")
@access("public")
def guest(token: str) -> ResponseReturnValue:
    """Show the draft to whoever has a link to it."""
    moment = now(db.session)
    found = preview_links.opened(db.session, token, moment)
    if found is None:
        return _shut(
            _("This link opens nothing"),
            _("It has run out, or was taken back. Ask whoever sent it for another."),
            404,
        )
    if found.language != page_language():
        return _private(redirect(url_for(".guest", token=token, language=found.language)))
    shown = showing()
    if found.embargo is not None and found.is_shut:
        until = formats.moment(found.embargo, shown.language, shown.zone).text
        return _shut(
            _("Under embargo until %(moment)s", moment=until),
            _("The link opens the article then."),
            403,
        )
    if found.embargo is not None:
        until = formats.moment(found.embargo, shown.language, shown.zone).text
        note = _("Under embargo until %(moment)s: publish nothing of it before.", moment=until)
    else:
        until = formats.moment(found.expires_at, shown.language, shown.zone).text
        note = _("A preview, not published: for you alone, until %(moment)s.", moment=until)
    return _page(found.edition_id, note)


def _page(edition_id: int, note: str) -> Response:
    shown = showing()
    edition = previewing.with_draft(db.session, edition_id, shown.present.now, FIND)
    if edition is None:
        abort(404)
    return _private(make_response(article_page(shown, edition, preview=note)))


def _shut(heading: str, text: str, status: int) -> Response:
    values = {"heading": heading, "text": text, "home_url": showing().path("/")}
    page = render_template("errors/error.html", code=status, **values)
    return _private(make_response(page, status))


def _private(answer: object) -> Response:
    response = make_response(answer)
    response.headers.update(PRIVATE)
    return response
