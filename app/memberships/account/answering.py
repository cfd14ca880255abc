"""What the account's views share: what they take, their pages, and asking Stripe for a change."""

from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus

import structlog
from flask import (
    Response,
    abort,
    current_app,
    g,
    make_response,
    redirect,
    request,
    url_for,
)

from app.core.answering import personal_page, policy_leading_to, the_settings
from app.core.clock import now
from app.core.languages import LANGUAGES
from app.core.languages import gettext as _
from app.extensions import db
from app.memberships.account.pages import account, voice_of
from app.memberships.account.queries import MembershipRead, membership_of
from app.memberships.account.words import Voice
from app.memberships.changing import NotNowError, Till
from app.payments.gateway import GatewayDownError, GatewayError
from app.payments.looking import Handlers
from app.payments.serving import web_gateway
from app.people.sessions import person_id

HANDLERS = "unwalled_account_handlers"
PORTAL = "https://billing.stripe.com"

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Asked:
    """What became of a change.

    Attributes:
        trouble: Why it was not made, for the supporter; empty if it was.
        status: Of a page that says so.
        is_written: It is written down already, and not only asked for.
    """

    trouble: str = ""
    status: int = HTTPStatus.OK
    is_written: bool = True


def the_voice() -> Voice:
    """Return how the page speaks."""
    return voice_of(the_settings(), g.language)


def the_till() -> Till:
    """Return what changes take.

    Raises:
        GatewayDownError: There is no key for Stripe.
    """
    handlers: Handlers = current_app.extensions[HANDLERS]
    return Till(db.database, web_gateway(the_settings()), handlers)


def mine(name: str) -> MembershipRead:
    """Return a membership of whoever is signed in; anybody else's is not found."""
    refuse_unprintable(name)
    with db.database.read() as session:
        found = membership_of(session, person_id(), name)
    return found if found is not None else abort(HTTPStatus.NOT_FOUND)


def refuse_unprintable(name: str) -> None:
    """Find nothing by a name that holds a NUL, which PostgreSQL would fail at, or the like."""
    if not name.isprintable():
        abort(HTTPStatus.NOT_FOUND)


def ask(change: Callable[[Till], bool]) -> Asked:
    """Ask Stripe for a change; the request holds nothing of the database meanwhile."""
    db.release()
    try:
        return Asked(is_written=change(the_till()))
    except NotNowError:
        trouble = _("As your membership stands now, this cannot be done any more.")
        return Asked(trouble, HTTPStatus.CONFLICT)
    except GatewayDownError:
        return Asked(silence(), HTTPStatus.SERVICE_UNAVAILABLE)
    except GatewayError as error:
        log.warning("account.refused", code=error.code, sentence=error.sentence)
        trouble = _("Stripe did not take this, and nothing has changed. Please try again later.")
        return Asked(trouble, HTTPStatus.BAD_GATEWAY)


def silence() -> str:
    """Return the sentence for when Stripe does not answer."""
    return _(
        "Stripe, which takes the money, does not answer just now. Please try again in a minute."
    )


def private_page(
    template: str, title: str, status: int = HTTPStatus.OK, **values: object
) -> Response:
    """Return a page of one person's, kept nowhere; its forms may lead on to Stripe's portal."""
    g.translations = _in_each_language()
    answer = personal_page(template, title, status, **values)
    answer.headers["Content-Security-Policy"] = policy_leading_to(
        PORTAL, the_settings().stripe_base
    )
    return answer


def _in_each_language() -> dict[str, str]:
    """Return where this very page is in each language; what a form was answered with is nowhere."""
    if request.method != "GET" or request.endpoint is None:
        return {}
    values = request.view_args or {}
    return {
        language: url_for(request.endpoint, **{**values, "language": language})
        for language in LANGUAGES
    }


def account_page(*, notice: str = "", trouble: str = "", status: int = HTTPStatus.OK) -> Response:
    """Return the first page of the account."""
    db.release()
    with db.database.read() as session:
        shown = account(session, the_settings(), the_voice(), person_id(), now(session))
    return private_page(
        "account/account.html",
        _("Your account"),
        status,
        account=shown,
        notice=notice,
        trouble=trouble,
    )


def done(what: str, asked: Asked) -> Response:
    """Lead back to the account, which says what was done, or that it shows in a minute."""
    word = what if asked.is_written else "later"
    return make_response(redirect(url_for("account.show", done=word), HTTPStatus.SEE_OTHER))
