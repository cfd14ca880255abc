"""Unsubscribing: a page with a button, and the one-click post of mail programs (RFC 8058)."""

from http import HTTPStatus

from flask import Blueprint, Response, request, url_for
from flask.typing import ResponseReturnValue

from app.core.answering import page_language, private_page, the_network, the_settings
from app.core.clock import now
from app.core.languages import gettext as _
from app.core.orm import in_language
from app.core.routes import access, localized
from app.extensions import db
from app.newsletters.confirming import Act
from app.newsletters.leaving import Place, come_back, leave, place_of

bp = Blueprint("leaving", __name__)

RULE = "/newsletters/unsubscribe/<person>/<slug>/<mac>"
ONE_CLICK = "One-Click"


@localized(bp, RULE)
@access("public")
def show(person: str, slug: str, mac: str) -> ResponseReturnValue:
    """Show the button."""
    place = place_of(db.session, the_settings(), person, slug, mac)
    return _page((person, slug, mac), place)


@localized(bp, RULE, methods=("POST",))
@access("public", cross_site=True)
def act(person: str, slug: str, mac: str) -> ResponseReturnValue:
    """End the subscription, or take that back; the link itself is the proof of who asks."""
    one_click = request.form.get("List-Unsubscribe") == ONE_CLICK
    undo = request.form.get("undo") == "1" and not one_click
    form = "one-click" if one_click else "unsubscribe"
    place = place_of(db.session, the_settings(), person, slug, mac)
    if place is not None:
        what = Act(form, page_language(), the_network())
        (come_back if undo else leave)(db.session, place, what, now(db.session))
        db.commit()
        place = place_of(db.session, the_settings(), person, slug, mac)
    if one_click:
        status = HTTPStatus.NOT_FOUND if place is None else HTTPStatus.OK
        return Response("", status, mimetype="text/plain")
    return _page((person, slug, mac), place, changed=True)


def _page(link: tuple[str, str, str], place: Place | None, *, changed: bool = False) -> Response:
    person, slug, mac = link
    if place is None:
        state, name = "wrong", ""
    else:
        name = in_language(place.names, page_language())
        state = "on" if place.state in {"pending", "confirmed"} else "off"
    return private_page(
        "newsletters/unsubscribe.html",
        _("Unsubscribe"),
        HTTPStatus.NOT_FOUND if place is None else HTTPStatus.OK,
        state=state,
        changed=changed,
        name=name,
        may_return=place is not None and place.may_return,
        action=url_for("leaving.act", person=person, slug=slug, mac=mac),
    )
