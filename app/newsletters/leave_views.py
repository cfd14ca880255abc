"""Unsubscribing: a page with a button, and the one-click post of mail programs (RFC 8058)."""

from datetime import datetime
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
from app.newsletters.leaving import Place, come_back, is_ours, leave, place_of

bp = Blueprint("leaving", __name__)

RULE = "/newsletters/unsubscribe/<person>/<slug>/<mac>"
ONE_CLICK = "One-Click"

Link = tuple[str, str, str]


@localized(bp, RULE)
@access("public")
def show(person: str, slug: str, mac: str) -> ResponseReturnValue:
    """Show the button."""
    return _page((person, slug, mac))


@localized(bp, RULE, methods=("POST",))
@access("public", cross_site=True)
def act(person: str, slug: str, mac: str) -> ResponseReturnValue:
    """End the subscription, or take that back; the link itself is the proof of who asks."""
    link = (person, slug, mac)
    one_click = request.form.get("List-Unsubscribe") == ONE_CLICK
    if is_ours(the_settings(), *link):
        _do(link, one_click=one_click)
    if one_click:
        ours = is_ours(the_settings(), *link)
        return Response("", HTTPStatus.OK if ours else HTTPStatus.NOT_FOUND, mimetype="text/plain")
    return _page(link, changed=True)


def _do(link: Link, *, one_click: bool) -> None:
    """Do what was asked, in one commit; of whom nothing is left, nothing is to be ended."""
    place = place_of(db.session, the_settings(), *link)
    if place is None:
        return
    what = Act("one-click" if one_click else "unsubscribe", page_language(), the_network())
    moment = now(db.session)
    if request.form.get("undo") == "1" and not one_click:
        come_back(db.session, the_settings(), place, what, moment)
    else:
        leave(db.session, place, what, moment)
    db.commit()


def _page(link: Link, *, changed: bool = False) -> Response:
    if not is_ours(the_settings(), *link):
        return _showing(link, HTTPStatus.NOT_FOUND, state="wrong")
    place = place_of(db.session, the_settings(), *link)
    if place is None:
        return _showing(link, HTTPStatus.OK, state="gone")
    return _showing(link, HTTPStatus.OK, changed=changed, **_of(place, now(db.session)))


def _of(place: Place, moment: datetime) -> dict[str, object]:
    return {
        "state": "on" if place.state in {"pending", "confirmed"} else "off",
        "name": in_language(place.names, page_language()),
        "may_return": place.may_return(moment),
    }


def _showing(link: Link, status: HTTPStatus, **values: object) -> Response:
    person, slug, mac = link
    return private_page(
        "newsletters/unsubscribe.html",
        _("Unsubscribe"),
        status,
        action=url_for("leaving.act", person=person, slug=slug, mac=mac),
        settings_url=url_for("settings_links.one_list", person=person, slug=slug, mac=mac),
        **values,
    )
