"""The order of the tiers."""

from http import HTTPStatus

from flask import Blueprint, Response, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue

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
from app.memberships import tiering

bp = Blueprint("desk_tier_order", __name__)


@localized(bp, "/desk/tiers/order/")
@access("membership")
def order() -> ResponseReturnValue:
    """Show the tiers to be put into order."""
    return _page()


@localized(bp, "/desk/tiers/order/", methods=("POST",))
@access("membership")
def put_into_order() -> ResponseReturnValue:
    """Put the tiers into an order."""
    values, before = sent(), [one.key for one in tiering.kept_tiers(db.session)]
    after = moved(readable(values.get("order", "")), values.get("move", ""))
    try:
        tiering.order_tiers(db.session, after, values.get("seen", ""))
    except ChangedMeanwhileError:
        db.only_read()
        sentence = _("Somebody else has changed the tiers meanwhile. This is how they stand.")
        return _page(HTTPStatus.CONFLICT, sentence)
    note("tiers.ordered", "tiers", now(db.session), {"order": before}, {"order": after})
    db.commit()
    way, _colon, key = values.get("move", "").partition(":")
    address = url_for(".order", at=key or None, way=way or None)
    answer = make_response(redirect(address, HTTPStatus.SEE_OTHER))
    return tell(answer, _("The order is changed."))


def _page(status: int = HTTPStatus.OK, trouble: str = "") -> Response:
    language, kept = page_language(), tiering.kept_tiers(db.session)
    keys = [one.key for one in kept]
    return desk_page(
        "desk/campaigns/tier_order.html",
        _("Order of the tiers"),
        status,
        items=[(one.key, in_language(one.name, language), "") for one in kept],
        order=",".join(keys),
        seen=mark_of(keys),
        at=request.args.get("at", ""),
        way=request.args.get("way", ""),
        trouble=trouble,
    )
