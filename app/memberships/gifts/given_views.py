"""Memberships that others paid for readers who cannot: claimed without saying why.

An address, a mail, and one button. Whether any is open is said before anybody types anything.
"""

from datetime import datetime, timedelta
from http import HTTPStatus

from flask import Blueprint, Response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from app.core.answering import the_network
from app.core.caps import note_use, uses
from app.core.clock import now
from app.core.errors import FieldError
from app.core.languages import gettext as _
from app.core.routes import access, localized
from app.extensions import db
from app.memberships.gifts.gifts import FOR_ANYBODY, MONTHS
from app.memberships.gifts.pages import (
    EMPTY,
    AddressField,
    account_url,
    day,
    everywhere,
    faulty,
    gift_page,
    months_text,
    only_read,
    sign_in_for,
    viewer_address,
    wanted_address,
)
from app.memberships.gifts.queries import gifts_used_by, open_given
from app.memberships.gifts.redeeming import claim, claim_refused
from app.people import sessions

bp = Blueprint("given", __name__)

PURPOSE = "claim"
USE = "claim"
MOST_PER_NETWORK = 5
A_DAY = timedelta(days=1)


def landing(_ref: str | None) -> str:
    """Return where somebody goes who signed in to claim: to the button."""
    return url_for("given.show")


@localized(bp, "/join/given/")
@access("public")
def show() -> ResponseReturnValue:
    """Say how many are open, and show the next step to one."""
    return _page()


@localized(bp, "/join/given/", methods=("POST",))
@access("public")
def ask() -> ResponseReturnValue:
    """Take the address of whoever wants one, and send them the mail to sign in by."""
    with db.database.read() as session:
        is_open = open_given(session) > 0
    if not is_open:
        return _page()
    typed = request.form.get("email", "")
    try:
        address = wanted_address(typed, as_typed=request.form.get("as_typed") == "1")
    except FieldError as error:
        return _page(faulty(typed, error), HTTPStatus.UNPROCESSABLE_ENTITY)
    begun = sign_in_for(PURPOSE, None, address)
    if isinstance(begun, AddressField):
        return _page(begun, HTTPStatus.TOO_MANY_REQUESTS)
    return begun


@localized(bp, "/join/given/claim", methods=("POST",))
@access("person")
def take() -> ResponseReturnValue:
    """Claim one; the page then says what became of it."""
    moment, network = now(db.session), the_network()
    if uses(db.session, USE, moment - A_DAY, network) >= MOST_PER_NETWORK:
        sentence = _("Several were taken up from your network today. Please try again tomorrow.")
        return _page(AddressField(notice=sentence), HTTPStatus.TOO_MANY_REQUESTS)
    outcome = claim(db.session, sessions.person_id(), moment)
    if outcome.refused is None:
        note_use(db.session, USE, network, moment)
    db.commit()
    return redirect(url_for("given.show"), HTTPStatus.SEE_OTHER)


def _page(field: AddressField = EMPTY, status: int = HTTPStatus.OK) -> Response:
    only_read()
    everywhere("given.show")
    moment, open_now = now(db.session), open_given(db.session)
    state, ends = _state(moment, open_now)
    return gift_page(
        "gifts/given.html",
        _("A membership that others paid for"),
        status,
        state=state,
        ends=ends,
        months=months_text(MONTHS),
        open_now=open_now,
        address=viewer_address(db.session),
        field=field,
        ask_action=url_for("given.ask"),
        take_action=url_for("given.take"),
        code_url=url_for("gifts.show"),
        account_url=account_url(),
    )


def _state(moment: datetime, open_now: int) -> tuple[str, str]:
    """Return how whoever looks stands, and when what they have of it ends.

    `mine`: they have one; `member`: they are a member anyway; `none` is open; `ask` for their
    address; `take`: they are signed in and may have one.
    """
    viewer = sessions.signed_in()
    if viewer is not None:
        refused = claim_refused(db.session, viewer.person_id, moment)
        if refused == "again":
            ends = [
                one.ends_at
                for one in gifts_used_by(db.session, viewer.person_id)
                if one.kind == FOR_ANYBODY and one.void_at is None and one.ends_at is not None
            ]
            return "mine", day(max(ends))
        if refused is not None:
            return "member", ""
    if open_now == 0:
        return "none", ""
    return ("ask" if viewer is None else "take"), ""
