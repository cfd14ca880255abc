"""Asking for the link to all settings; and what a link in a list's mail opens: that one list.

Whoever a newsletter was forwarded to holds such a link: it pauses or ends one subscription, and
has a fresh mail sent to its owner. Nothing else.
"""

from http import HTTPStatus
from typing import Any

from flask import Blueprint, Response, request, url_for
from flask.typing import ResponseReturnValue

from app.core.answering import page_language, personal_page, private_page, the_network, the_settings
from app.core.clock import now
from app.core.errors import FieldError
from app.core.languages import gettext as _
from app.core.orm import in_language
from app.core.routes import access, localized
from app.extensions import db
from app.mail.addresses import AddressError, read_address
from app.mail.faults import said_of
from app.newsletters import answering
from app.newsletters.confirming import Act
from app.newsletters.formats import day_of
from app.newsletters.leaving import Place, place_of
from app.newsletters.pages import NewsletterForm
from app.newsletters.preferences import preferences
from app.newsletters.preferences.answering import ask_for_link

bp = Blueprint("settings_links", __name__)

ONE_LIST = "/newsletters/preferences/<person>/<slug>/<mac>"


@localized(bp, "/newsletters/preferences/")
@access("public")
def form() -> ResponseReturnValue:
    """Show the form that takes an address."""
    return _form()


@localized(bp, "/newsletters/preferences/", methods=("POST",))
@access("public")
def ask() -> ResponseReturnValue:
    """Take an address; whoever reads it gets the link, if we know them."""
    typed = request.form.get("email", "")
    try:
        address = read_address(
            typed,
            smtputf8=the_settings().smtp_utf8,
            testing=the_settings().mode != "production",
        )
    except AddressError as error:
        return _form(typed, FieldError("email", said_of(error.fault)))
    return ask_for_link(address.key)


def _form(value: str = "", error: FieldError | None = None) -> Response:
    made = NewsletterForm(
        slug="",
        name=_("Your settings"),
        description="",
        cadence="",
        action=url_for("settings_links.ask"),
        from_path="",
        field_id="email",
        value=value,
        error=error.message if error else "",
    )
    status = HTTPStatus.UNPROCESSABLE_ENTITY if error else HTTPStatus.OK
    return personal_page("newsletters/settings_ask.html", made.name, status, form=made)


@localized(bp, "/newsletters/preferences/sent")
@access("public")
def sent() -> ResponseReturnValue:
    """Say where to look, the same to everybody."""
    title = _("Look in your mailbox")
    return private_page("newsletters/settings_sent.html", title, state="sent")


@localized(bp, ONE_LIST)
@access("public")
def one_list(person: str, slug: str, mac: str) -> ResponseReturnValue:
    """Show what may be set of one list."""
    place = place_of(db.session, the_settings(), person, slug, mac)
    return _one_list((person, slug, mac), place)


@localized(bp, ONE_LIST, methods=("POST",))
@access("public", cross_site=True)
def set_one_list(person: str, slug: str, mac: str) -> ResponseReturnValue:
    """Pause one list, or have it come again."""
    answering.refuse_other_sites()
    place = place_of(db.session, the_settings(), person, slug, mac)
    if place is None:
        return _one_list((person, slug, mac), None)
    moment = now(db.session)
    when = Act("preferences", page_language(), the_network()), moment
    lists, until = (
        (place.newsletter_id,),
        preferences.pause_end(request.form.get("weeks", ""), moment),
    )
    if request.form.get("resume") == "1":
        preferences.resume(db.session, place.person_id, lists, when)
    elif until is not None:
        preferences.pause(db.session, place.person_id, lists, until, when)
    db.commit()
    return _one_list((person, slug, mac), place)


@localized(bp, f"{ONE_LIST}/link", methods=("POST",))
@access("public", cross_site=True)
def mail_link(person: str, slug: str, mac: str) -> ResponseReturnValue:
    """Mail the link to all settings to whose mail this is."""
    answering.refuse_other_sites()
    place = place_of(db.session, the_settings(), person, slug, mac)
    if place is None:
        return _one_list((person, slug, mac), None)
    return ask_for_link(place.person_id)


def _one_list(link: tuple[str, str, str], place: Place | None) -> Response:
    person, slug, mac = link
    values: dict[str, Any] = {"person": person, "slug": slug, "mac": mac}
    state, name, until = "wrong", "", ""
    if place is not None:
        name = in_language(place.names, page_language())
        kept = preferences.kept_lists(db.session, place.person_id)[place.newsletter_id]
        state = "on" if kept.state == "confirmed" else "off"
        if state == "on" and kept.paused_until is not None and kept.is_paused(now(db.session)):
            state, until = "paused", day_of(kept.paused_until)
    return private_page(
        "newsletters/one_list.html",
        name or _("Your settings"),
        HTTPStatus.NOT_FOUND if place is None else HTTPStatus.OK,
        state=state,
        name=name,
        until=until,
        weeks=preferences.WEEKS,
        action=url_for("settings_links.set_one_list", **values),
        link_action=url_for("settings_links.mail_link", **values),
        leave_url=url_for("leaving.show", **values),
    )
