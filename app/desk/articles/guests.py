"""Links for somebody outside who is to read a draft."""

from http import HTTPStatus

from flask import Response, abort, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from app.articles import preview_links
from app.articles.editing_models import PreviewLink
from app.articles.models import Edition
from app.articles.preview_links import DAYS, Wish
from app.core.answering import the_settings
from app.core.clock import now
from app.core.errors import FieldError
from app.core.languages import gettext as _
from app.core.routes import access, localized
from app.desk.articles.web import bp, moment_text, names_of, the_edition, write_down
from app.desk.chrome import desk_page
from app.desk.confirming import Question, confirm_page
from app.desk.notices import tell
from app.extensions import db
from app.people.staff_sessions import at_the_desk


@localized(bp, "/desk/articles/<int:edition_id>/links/")
@access("editor")
def links(edition_id: int) -> ResponseReturnValue:
    """Show the links that were made, and the form for another."""
    return _page(the_edition(edition_id))


def _page(
    edition: Edition,
    status: int = HTTPStatus.OK,
    errors: dict[str, str] | None = None,
    url: str = "",
) -> Response:
    moment = now(db.session)
    found = preview_links.links_of(db.session, edition.id)
    names = names_of(db.session, [one.staff_id for one in found])
    return desk_page(
        "desk/articles/links.html",
        _("Links for guests"),
        status,
        edition=edition,
        url=url,
        days=DAYS,
        errors=errors or {},
        typed=request.form,
        rows=[
            {
                "id": one.id,
                "label": one.label,
                "by": names.get(one.staff_id or 0, ""),
                "made": moment_text(one.made_at),
                "ends": moment_text(one.expires_at),
                "under_embargo": one.under_embargo,
                "state": "revoked"
                if one.revoked_at
                else "over"
                if one.expires_at <= moment
                else "",
            }
            for one in found
        ],
    )


@localized(bp, "/desk/articles/<int:edition_id>/links/", methods=("POST",))
@access("editor")
def make_link(edition_id: int) -> ResponseReturnValue:
    """Make a link; it is shown this once."""
    edition, moment = the_edition(edition_id), now(db.session)
    days = request.form.get("days", "")
    wish = Wish(
        request.form.get("label", ""),
        int(days) if days.isdecimal() and len(days) < 4 else 0,  # noqa: PLR2004 - a number of days
        request.form.get("under_embargo") == "yes",
    )
    try:
        link, secret = preview_links.make(
            db.session, edition_id, wish, at_the_desk().staff_id, moment
        )
    except FieldError as error:
        errors = {error.field: error.message}
        return _page(edition, HTTPStatus.UNPROCESSABLE_ENTITY, errors)
    write_down("article.link-made", edition_id, moment, {"link": link.id, "days": wish.days})
    path = url_for("previews.guest", token=secret, language=edition.language)
    db.commit()
    return _page(the_edition(edition_id), url=the_settings().site_url + path)


@localized(bp, "/desk/articles/<int:edition_id>/links/<int:link_id>/")
@access("editor")
def ask_to_revoke(edition_id: int, link_id: int) -> ResponseReturnValue:
    """Ask before a link is taken back."""
    link = db.session.get(PreviewLink, link_id)
    if link is None or link.edition_id != edition_id:
        abort(404)
    question = Question(
        title=_("Take a link back"),
        sentence=_("Take back the link for %(label)s.", label=link.label),
        action=url_for(".revoke", edition_id=edition_id, link_id=link_id),
        button=_("Take it back"),
        back=url_for(".links", edition_id=edition_id),
        more=(_("Whoever has it can read the article by it no more."),),
    )
    return confirm_page(question)


@localized(bp, "/desk/articles/<int:edition_id>/links/<int:link_id>/", methods=("POST",))
@access("editor")
def revoke(edition_id: int, link_id: int) -> ResponseReturnValue:
    """Have a link open nothing any more."""
    moment = now(db.session)
    if preview_links.revoke(db.session, edition_id, link_id, moment) is None:
        abort(404)
    write_down("article.link-revoked", edition_id, moment, {"link": link_id})
    answer = make_response(redirect(url_for(".links", edition_id=edition_id), 303))
    db.commit()
    return tell(answer, _("The link opens nothing any more."))
