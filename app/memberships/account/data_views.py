"""What a supporter takes with them, and what they leave behind."""

from http import HTTPStatus

import structlog
from flask import Blueprint, Response, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from app.core.answering import the_settings
from app.core.clock import now
from app.core.languages import gettext as _
from app.core.routes import access, localized
from app.extensions import db
from app.memberships.account import answering
from app.memberships.account.erasing import StillPayingError, forget
from app.memberships.account.queries import memberships_of, payer_of, span_of
from app.payments.gateway import GatewayDownError, GatewayError
from app.payments.serving import web_gateway
from app.people import sessions
from app.people.answering import staff_are_not_erased
from app.people.exporting import export
from app.people.guarding import sign_in_first
from app.people.registers import the_registers
from app.people.staff_errors import WorksHereError

bp = Blueprint("account_data", __name__)

HERE = "account_data.show"
JSON = "application/json"

log = structlog.get_logger()


@localized(bp, "/account/data/")
@access("person")
def show() -> ResponseReturnValue:
    """Show what is taken along and what is erased, to whoever has just signed in."""
    return _page() if _is_fresh() else sign_in_first(HERE)


@localized(bp, "/account/data/export", methods=("POST",))
@access("person")
def take() -> ResponseReturnValue:
    """Give all that we know of a person, in one file."""
    if not _is_fresh():
        return sign_in_first(HERE)
    with db.database.read() as session:
        found = export(session, the_registers(), sessions.person_id())
        day = now(session).astimezone(the_settings().time_zone).date()
    answer = make_response(found)
    answer.mimetype = JSON
    answer.headers["Content-Disposition"] = f"attachment; filename=my-data-{day.isoformat()}.json"
    answer.headers["Cache-Control"] = "no-store"
    return answer


@localized(bp, "/account/data/erase", methods=("POST",))
@access("person")
def erase() -> ResponseReturnValue:
    """Erase a person, once they have ticked that this is what they want."""
    if not _is_fresh():
        return sign_in_first(HERE)
    if request.form.get("sure") != "1":
        sentence = _("Please tick the box if everything is to be erased.")
        return _page(HTTPStatus.UNPROCESSABLE_ENTITY, error=sentence)
    db.release()
    try:
        settings = the_settings()
        forget(db.database, the_registers(), lambda: web_gateway(settings), sessions.person_id())
    except WorksHereError:
        return _page(HTTPStatus.CONFLICT, error=staff_are_not_erased())
    except GatewayDownError:
        sentence = _("Nothing was erased here, so please come back to it.")
        trouble = f"{answering.silence()} {sentence}"
        return _page(HTTPStatus.SERVICE_UNAVAILABLE, trouble=trouble)
    except (GatewayError, StillPayingError) as error:
        log.warning("account.not_erased", why=str(error))
        sentence = _("It could not be done, and nothing was erased here. Please try again later.")
        return _page(HTTPStatus.BAD_GATEWAY, trouble=sentence)
    answer = make_response(redirect(url_for("account_data.erased"), HTTPStatus.SEE_OTHER))
    return sessions.drop_cookie(answer, sessions.COOKIE)


@localized(bp, "/account/erased/")
@access("public")
def erased() -> ResponseReturnValue:
    """Say goodbye."""
    return answering.private_page("account/erased.html", _("Everything is erased"))


def _is_fresh() -> bool:
    with db.database.read() as session:
        return sessions.is_fresh(now(session))


def _page(status: int = HTTPStatus.OK, **values: str) -> Response:
    with db.database.read() as session:
        payer = payer_of(session, sessions.person_id())
        found = memberships_of(session, sessions.person_id())
        span = span_of(session, sessions.person_id(), now(session))
    return answering.private_page(
        "account/data.html",
        _("Your data"),
        status,
        address=payer.address,
        is_charged=any(one.ended_at is None for one in found),
        counts=span is not None,
        **values,
    )
