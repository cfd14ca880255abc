"""The order of the sections, which is that of the masthead."""

from http import HTTPStatus

from flask import Blueprint, Response, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from app.articles import catalogue, cataloguing
from app.core.answering import page_language
from app.core.clock import now
from app.core.languages import gettext as _
from app.core.orm import in_language
from app.core.routes import access, localized
from app.core.seen import ChangedMeanwhileError, mark_of
from app.desk.chrome import desk_page
from app.desk.notices import tell
from app.desk.ordering import moved, readable
from app.desk.recording import note
from app.desk.typing_in import sent
from app.extensions import db

bp = Blueprint("desk_section_order", __name__)


@localized(bp, "/desk/sections/order/")
@access("editor")
def order() -> ResponseReturnValue:
    """Show the sections to be put into order."""
    return _ordering()


@localized(bp, "/desk/sections/order/", methods=("POST",))
@access("editor")
def put_into_order() -> ResponseReturnValue:
    """Put the sections into an order."""
    values, before = sent(), cataloguing.section_order(db.session)
    after = moved(readable(values.get("order", "")), values.get("move", ""))
    try:
        cataloguing.order_sections(db.session, after, values.get("seen", ""))
    except ChangedMeanwhileError:
        db.only_read()
        sentence = _("Somebody else has changed the sections meanwhile. This is how they stand.")
        return _ordering(HTTPStatus.CONFLICT, sentence)
    note("sections.ordered", "sections", now(db.session), {"order": before}, {"order": after})
    db.commit()
    way, _colon, key = values.get("move", "").partition(":")
    address = url_for(".order", at=key or None, way=way or None)
    answer = make_response(redirect(address, HTTPStatus.SEE_OTHER))
    return tell(answer, _("The order is changed."))


def _ordering(status: int = HTTPStatus.OK, trouble: str = "") -> Response:
    language, found = page_language(), catalogue.sections(db.session)
    slugs = [one.slug for one in found]
    return desk_page(
        "desk/newsroom/section_order.html",
        _("Order of the sections"),
        status,
        items=[(one.slug, in_language(one.name, language), "") for one in found],
        order=",".join(slugs),
        seen=mark_of(slugs),
        at=request.args.get("at", ""),
        way=request.args.get("way", ""),
        trouble=trouble,
    )
