"""Links for somebody outside who is to read a draft."""

from datetime import datetime
from http import HTTPStatus
from typing import Any

from flask import abort, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Row, func, select

from app.articles import preview_links
from app.articles.editing_models import PreviewLink
from app.articles.models import Edition
from app.articles.preview_links import DAYS, Wish
from app.core.answering import the_settings
from app.core.clock import now
from app.core.errors import FieldError
from app.core.languages import gettext as _
from app.core.routes import access, localized
from app.desk.articles.web import bp, the_edition, write_down
from app.desk.confirming import Question, confirm_page
from app.desk.list_pages import list_page
from app.desk.listing import Cell, Column, Table
from app.desk.notices import tell
from app.extensions import db
from app.people.models import Person
from app.people.staff_models import Staff
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
) -> ResponseReturnValue:
    return list_page(
        "desk/articles/links.html",
        _("Links for guests"),
        _table(edition, now(db.session)),
        status,
        edition=edition,
        url=url,
        days=DAYS,
        errors=errors or {},
        typed=request.form,
    )


def _table(edition: Edition, moment: datetime) -> Table:
    rows = (
        select(
            PreviewLink.id,
            PreviewLink.label,
            PreviewLink.under_embargo,
            PreviewLink.made_at,
            PreviewLink.expires_at,
            PreviewLink.revoked_at,
            Person.name,
        )
        .outerjoin(Staff, Staff.id == PreviewLink.staff_id)
        .outerjoin(Person, Person.id == Staff.person_id)
        .where(PreviewLink.edition_id == edition.id)
    )
    return Table(
        name=f"links-{edition.id}",
        rows=rows,
        key=PreviewLink.id,
        columns=(
            Column(
                "guest", lambda: _("Whom it is for"), lambda row: row.label,
                func.lower(PreviewLink.label),
            ),
            Column("made", lambda: _("When"), lambda row: row.made_at,
                   PreviewLink.made_at),
            Column("by", lambda: _("By"), lambda row: row.name or "—", Person.name),
            Column("ends", lambda: _("Opens until"), lambda row: row.expires_at,
                   PreviewLink.expires_at),
            Column(
                "embargo",
                lambda: _("Embargo"),
                lambda row: _("opens before it ends") if row.under_embargo else _("keeps to it"),
                PreviewLink.under_embargo,
            ),
            Column("now", lambda: _("Now"), lambda row: _now(edition.id, row, moment)),
        ),
        order="-made",
        empty=lambda: _("None yet. Make one above to have a lawyer or a source read the draft."),
        search=lambda words: func.lower(PreviewLink.label).contains(
            words.lower(), autoescape=True
        ),
        search_title=lambda: _("Whom it is for"),
    )  # fmt: skip


def _now(edition_id: int, row: Row[Any], moment: datetime) -> Cell:
    if row.revoked_at is not None:
        return Cell(_("taken back"), mark="err")
    if row.expires_at <= moment:
        return Cell(_("run out"), mark="pend")
    return Cell(_("Take it back"), url_for(".ask_to_revoke", edition_id=edition_id, link_id=row.id))


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
