"""Changing one's address: asked on the page of settings, confirmed in the new mailbox."""

from http import HTTPStatus

from flask import Blueprint, Response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from app.core.answering import page_language, private_page, the_network, the_settings
from app.core.bell import ring
from app.core.clock import now
from app.core.errors import FieldError
from app.core.languages import gettext as _
from app.core.routes import access, localized
from app.core.tokens import token_hash
from app.extensions import db
from app.mail.addresses import Address
from app.newsletters import answering
from app.newsletters.addresses import accepted_address
from app.newsletters.confirming import Act
from app.newsletters.forms import CODE_DIGITS, SignupForm, read_code, read_signup
from app.newsletters.preferences import address_changes, address_changing
from app.newsletters.preferences.address_changes import AddressTakenError, Seen
from app.newsletters.preferences.answering import act, gone, opened_by
from app.newsletters.preferences.links import Opened
from app.newsletters.preferences.views import page

bp = Blueprint("new_address", __name__)

LANE = "address-changes"
RULE = "/newsletters/preferences/<token>/address"
LINK, UNDO = "/newsletters/address/<token>", "/newsletters/address/undo/<token>"


@localized(bp, RULE, methods=("POST",))
@access("public", cross_site=True)
def ask(token: str) -> ResponseReturnValue:
    """Take a new address; its mailbox has to confirm."""
    answering.refuse_other_sites()
    who = opened_by(token)
    if who is None:
        return gone()
    form = read_signup(request)
    db.release()  # nothing is held of the database while DNS is asked about the address
    try:
        address = _read(form, who)
    except FieldError as error:
        said = error.message
        if error.suggestion:
            said += " " + _("Did you mean %(address)s?", address=error.suggestion)
        return page(token, who, error=said, at="address", value=form.email)
    moment = now(db.session)
    if not address_changing.may_ask(db.session, who.person_id, moment):
        said = _("You have asked for that often today. Please try again tomorrow.")
        many = HTTPStatus.TOO_MANY_REQUESTS
        return page(token, who, error=said, at="address", value=form.email, status=many)
    address_changing.ask(db.session, the_settings(), who, address, page_language(), moment)
    ring(db.session, LANE)
    db.commit()
    return redirect(url_for("new_address.waiting", token=token), HTTPStatus.SEE_OTHER)


def _read(form: SignupForm, who: Opened) -> Address:
    """Return the address that was typed, if it is another."""
    address = accepted_address(
        form.email, the_settings(), answering.the_mailboxes(), as_typed=form.as_typed
    )
    if address.key == who.key:
        raise FieldError("email", _("That is the address you have."))
    return address


@localized(bp, RULE)
@access("public")
def waiting(token: str) -> ResponseReturnValue:
    """Say where the mail went, and take its code."""
    who = opened_by(token)
    return gone() if who is None else _waiting(token, who)


@localized(bp, f"{RULE}/code", methods=("POST",))
@access("public", cross_site=True)
def take_code(token: str) -> ResponseReturnValue:
    """Confirm with the code from the mail to the new address."""
    answering.refuse_other_sites()
    who = opened_by(token)
    if who is None:
        return gone()
    code = read_code(request)
    if len(code) != CODE_DIGITS:  # a slip of the finger is no try
        return _waiting(token, who, _("The code has six digits; they stand in the email."))
    asked = address_changing.newest(db.session, who.person_id, now(db.session))
    hashed = address_changing.hash_for_code(db.session, the_settings(), asked, code)
    if hashed is not None and _confirmed(hashed, act()):
        return _done(asked.address if asked is not None else "")
    db.commit()
    sentence = _(
        "This code opens nothing. Look at the newest email; after five wrong codes only its "
        "button works."
    )
    return _waiting(token, who, sentence)


def _waiting(token: str, who: Opened, error: str = "") -> Response:
    asked = address_changing.newest(db.session, who.person_id, now(db.session))
    if asked is None:
        return page(token, who)
    return private_page(
        "newsletters/new_address.html",
        _("Look in your new mailbox"),
        HTTPStatus.UNPROCESSABLE_ENTITY if error else HTTPStatus.OK,
        address=asked.address,
        error=error,
        code_value=request.form.get("code", "")[:20],
        code_action=url_for("new_address.take_code", token=token),
        again_action=url_for("new_address.ask", token=token),
        back_url=url_for("preferences.show", token=token),
    )


@localized(bp, LINK)
@access("public")
def show(token: str) -> ResponseReturnValue:
    """Show the button to the new mailbox."""
    seen = address_changes.by_link(db.session, token_hash(token), now(db.session))
    return _page(seen, url_for("new_address.confirm", token=token))


@localized(bp, LINK, methods=("POST",))
@access("public", cross_site=True)
def confirm(token: str) -> ResponseReturnValue:
    """Have the mail go to this mailbox from now on."""
    answering.refuse_other_sites()
    hashed = token_hash(token)
    done = _confirmed(hashed, _act("button"))
    seen = address_changes.by_link(db.session, hashed, now(db.session))
    if done and seen is not None:
        return _done(seen.address)
    return _page(seen, url_for("new_address.confirm", token=token), taken=True)


def _confirmed(hashed: str, what: Act) -> bool:
    """Confirm and commit; tell whether it was done."""
    try:
        done = address_changes.confirm(db.session, hashed, what, now(db.session))
    except AddressTakenError:
        db.session.rollback()
        return False
    db.commit()
    return done


@localized(bp, UNDO)
@access("public")
def show_undo(token: str) -> ResponseReturnValue:
    """Show the button to the old mailbox."""
    seen = address_changes.by_undo_link(db.session, token_hash(token), now(db.session))
    return _page(seen, url_for("new_address.undo", token=token), undo=True)


@localized(bp, UNDO, methods=("POST",))
@access("public", cross_site=True)
def undo(token: str) -> ResponseReturnValue:
    """Have the mail come to the old mailbox again."""
    answering.refuse_other_sites()
    hashed, moment = token_hash(token), now(db.session)
    address_changes.undo(db.session, hashed, _act("undo"), moment)
    db.commit()
    seen = address_changes.by_undo_link(db.session, hashed, moment)
    return _page(seen, url_for("new_address.undo", token=token), undo=True)


def _act(form: str) -> Act:
    return Act(form, page_language(), the_network())


def _done(address: str) -> Response:
    title = _("Your address is changed")
    return private_page("newsletters/address_link.html", title, state="done", address=address)


def _page(seen: Seen | None, action: str, *, undo: bool = False, taken: bool = False) -> Response:
    """Return what a link shows: its button, or what has become of it."""
    state = seen.state if seen is not None else "wrong"
    if taken and state == "open":
        state = "taken"
    status = {"wrong": HTTPStatus.NOT_FOUND, "expired": HTTPStatus.GONE}.get(state, HTTPStatus.OK)
    return private_page(
        "newsletters/address_link.html",
        _("Your address"),
        status,
        state=state,
        undo=undo,
        address=seen.address if seen is not None else "",
        action=action,
    )
