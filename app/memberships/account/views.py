"""The account: what a supporter has, and the papers on what they paid."""

from http import HTTPStatus
from io import BytesIO

from flask import Blueprint, Response, abort, make_response, redirect, request, send_file, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.core.answering import the_settings
from app.core.clock import now
from app.core.errors import FieldError
from app.core.languages import gettext as _
from app.core.routes import access, localized
from app.extensions import db
from app.mail.message import site_name
from app.memberships import wall
from app.memberships.account import answering, receipts_pdf
from app.memberships.account.forms import wall_name
from app.memberships.account.queries import (
    payer_of,
    payment_of,
    payments_of,
    payments_of_year,
    refunds_of,
    wall_name_of,
)
from app.people.sessions import person_id

bp = Blueprint("account", __name__)

FIRST_YEAR, LAST_YEAR = 2000, 9998
PDF = "application/pdf"


def notice_of(word: str) -> str:
    """Return what the account says after something was done; nothing for any other word."""
    return {
        "amount": _("The amount is changed. It holds from the next charge on."),
        "cancelled": _("Your membership is cancelled. Until it ends you can take that back."),
        "undone": _("Your membership goes on, as if you had never cancelled."),
        "paused": _("Your membership is paused. Nothing is charged until you resume it."),
        "resumed": _("Your membership goes on, with the next charge on its usual day."),
        "card": _("This is the card that we know of now."),
        "named": _("Your name stands on the wall as you typed it."),
        "unnamed": _("Your name is taken down from the wall."),
        "later": _("Stripe has taken this. It shows here in a minute: load the page again."),
    }.get(word, "")


@localized(bp, "/account/")
@access("person")
def show() -> ResponseReturnValue:
    """Show everything at a glance."""
    return answering.account_page(notice=notice_of(request.args.get("done", "")))


@localized(bp, "/account/receipts/<number>.pdf")
@access("person")
def receipt(number: str) -> ResponseReturnValue:
    """Give the receipt of one payment."""
    answering.refuse_unprintable(number)
    with db.database.read() as session:
        payment = payment_of(session, person_id(), number)
        refunds = refunds_of(session, number)
        head = _head(session)
    if payment is None:
        abort(HTTPStatus.NOT_FOUND)
    return _paper(receipts_pdf.receipt(head, payment, refunds), f"receipt-{number}.pdf")


@localized(bp, "/account/statements/<int:year>.pdf")
@access("person")
def statement(year: int) -> ResponseReturnValue:
    """Give the statement of one year."""
    if not FIRST_YEAR <= year <= LAST_YEAR:
        abort(HTTPStatus.NOT_FOUND)
    zone = the_settings().time_zone
    with db.database.read() as session:
        payments = payments_of_year(session, person_id(), year, zone)
        moment = now(session)
        head = _head(session)
    if not payments:
        abort(HTTPStatus.NOT_FOUND)
    return _paper(receipts_pdf.statement(head, year, payments, moment), f"statement-{year}.pdf")


@localized(bp, "/account/wall/")
@access("person")
def name() -> ResponseReturnValue:
    """Show the name on the supporters' wall, to be changed or taken down."""
    return _wall_page(_wall_name())


@localized(bp, "/account/wall/", methods=("POST",))
@access("person")
def set_name() -> ResponseReturnValue:
    """Change the name on the wall, or put one there."""
    before, typed = _wall_name(), request.form.get("wall_name", "")
    try:
        wanted = wall_name(typed)
    except FieldError as error:
        return _wall_page(before, typed, error.message, HTTPStatus.UNPROCESSABLE_ENTITY)
    if not wall.rename(db.session, person_id(), wanted):
        wall.put(db.session, person_id(), wanted, now(db.session))
    db.commit()
    return _back("named")


@localized(bp, "/account/wall/withdraw", methods=("POST",))
@access("person")
def withdraw_name() -> ResponseReturnValue:
    """Take the name down from the wall."""
    wall.withdraw(db.session, person_id(), now(db.session))
    db.commit()
    return _back("unnamed")


def _back(word: str) -> ResponseReturnValue:
    return redirect(url_for("account.show", done=word), HTTPStatus.SEE_OTHER)


def _wall_name() -> str:
    """Return the name on the wall, or nothing; whoever has never given has no wall to stand on."""
    with db.database.read() as session:
        found = wall_name_of(session, person_id())
        if found is None and not payments_of(session, person_id()):
            abort(HTTPStatus.NOT_FOUND)
    return found or ""


def _wall_page(
    listed: str, typed: str | None = None, error: str = "", status: int = HTTPStatus.OK
) -> Response:
    return answering.private_page(
        "account/wall.html",
        _("Your name on the wall"),
        status,
        listed=listed,
        value=listed if typed is None else typed,
        error=error,
    )


def _head(session: Session) -> receipts_pdf.Head:
    settings, voice = the_settings(), answering.the_voice()
    payer = payer_of(session, person_id())
    return receipts_pdf.Head(
        voice,
        site_name(settings, voice.language),
        settings.site_url,
        payer,
        settings.publisher_lines,
    )


def _paper(content: bytes, file_name: str) -> Response:
    answer = make_response(
        send_file(BytesIO(content), PDF, as_attachment=True, download_name=file_name)
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer
