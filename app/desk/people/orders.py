"""Orders to Stripe from the desk: asked for in words, placed, and answered in words."""

from dataclasses import dataclass
from http import HTTPStatus

from flask import current_app, url_for

from app.core.answering import the_settings
from app.core.languages import gettext as _
from app.desk.confirming import Question
from app.desk.people.answering import nonce_field, person_url, silence
from app.extensions import db
from app.memberships.account.answering import HANDLERS
from app.memberships.account.queries import MembershipRead
from app.memberships.account.words import Voice
from app.memberships.changing import Till
from app.memberships.orders.models import REFUND
from app.memberships.orders.ordering import (
    ASKING,
    CANCEL,
    DONE,
    END,
    OVERTAKEN,
    PAUSE,
    REFUSED,
    RESUME,
    UNDO,
    WAITING,
    NotNowError,
    Outcome,
    UnderWayError,
    Wanted,
    known,
    order,
)
from app.memberships.standing import ends_at_once
from app.payments.gateway import GatewayDownError
from app.payments.serving import web_gateway
from app.people.acting import the_actor


@dataclass(frozen=True, slots=True)
class Ordered:
    """What became of an order.

    Attributes:
        outcome: By the service.
        trouble: Why nothing was done, for staff; empty if something was, or is under way.
        status: Of a page that says so.
    """

    outcome: Outcome
    trouble: str = ""
    status: int = HTTPStatus.OK


def placed(nonce: str) -> Ordered | None:
    """Return what became of the order of a form that was sent before."""
    with db.database.read() as session:
        found = known(session, nonce)
    return None if found is None else _ordered(found)


def place(wanted: Wanted) -> Ordered:
    """Place an order; the request holds nothing of the database meanwhile."""
    db.release()
    settings = the_settings()
    try:
        till = Till(db.database, web_gateway(settings), current_app.extensions[HANDLERS])
        return _ordered(order(till, wanted, the_actor()))
    except UnderWayError:
        sentence = _(
            "Something was ordered of this a moment ago, and Stripe has not answered yet. "
            "Nothing more was done."
        )
        return Ordered(Outcome(WAITING), sentence, HTTPStatus.CONFLICT)
    except NotNowError:
        sentence = _("As it stands now, this cannot be done any more.")
        return Ordered(Outcome(OVERTAKEN), sentence, HTTPStatus.CONFLICT)
    except GatewayDownError:
        sentence = _("No key for Stripe is set, so nothing can be ordered there.")
        return Ordered(Outcome(REFUSED), sentence, HTTPStatus.SERVICE_UNAVAILABLE)


def _ordered(outcome: Outcome) -> Ordered:
    if outcome.state == REFUSED:
        return Ordered(outcome, refused_words(outcome.code), HTTPStatus.BAD_GATEWAY)
    if outcome.state == OVERTAKEN:
        sentence = _("As it stands now, this cannot be done any more.")
        return Ordered(outcome, sentence, HTTPStatus.CONFLICT)
    return Ordered(outcome)


def refused_words(code: str) -> str:
    """Return why Stripe took no order, as far as its word for it tells."""
    known_codes = {
        "charge_already_refunded": _("Stripe says that all of it has gone back already."),
        "charge_disputed": _("Their bank disputes this payment, and has the money."),
        "insufficient_funds": _("There is not enough money at Stripe to send this back."),
        "balance_insufficient": _("There is not enough money at Stripe to send this back."),
        "resource_missing": _("Stripe does not know it."),
    }
    why = known_codes.get(code) or _("Stripe refused, and calls it %(code)s.", code=code)
    return f"{why} " + _("Nothing was done.")


def ordered_words(ordered: Ordered, kind: str) -> str:
    """Return what the person's page says after an order."""
    if ordered.outcome.state == WAITING:
        return silence()
    if ordered.outcome.state == ASKING:
        return _("Stripe is being asked at this moment: it shows here in a minute.")
    done = {
        REFUND: _("The money is on its way back."),
        CANCEL: _("The membership ends with what is paid."),
        END: _("The membership has ended."),
        UNDO: _("The cancellation is taken back: the membership goes on."),
        PAUSE: _("The membership is paused: nothing is charged."),
        RESUME: _("The membership is resumed, and charged on its usual day."),
    }[kind]
    if ordered.outcome.state == DONE and not ordered.outcome.is_written:
        return f"{done} " + _("It shows here in a minute.")
    return done


def membership_question(
    voice: Voice, kind: str, found: MembershipRead, who: str, public_id: str
) -> Question:
    """Return what is asked before something is ordered of a membership."""
    values = {
        "rhythm": voice.rhythm(found.money, found.interval),
        "who": who,
        "day": voice.day(found.paid_through or found.period_ends_at),
    }
    title, sentence, button, more = _asked(kind, found)
    action = url_for(
        "desk_people_money.order_it", public_id=public_id, name=found.subscription_id, kind=kind
    )
    return Question(
        title=title,
        sentence=sentence % values,
        action=action,
        button=button,
        back=person_url(public_id),
        more=tuple(one % values for one in more),
        fields=nonce_field(),
        ends=kind in {CANCEL, END, PAUSE},
    )


def _asked(kind: str, found: MembershipRead) -> tuple[str, str, str, tuple[str, ...]]:
    """Return title, sentence, button and what follows, with the places of their values."""
    if kind == CANCEL and ends_at_once(found):
        kind = END
    asked = {
        CANCEL: (
            _("Cancel a membership"),
            _("Let the membership of %(rhythm)s of %(who)s end on %(day)s."),
            _("Cancel it"),
            (
                _("Nothing more is charged. Until then they stay a member; nothing goes back."),
                _("They get an email that says so. Until that day it can be taken back."),
            ),
        ),
        END: (
            _("End a membership at once"),
            _("End the membership of %(rhythm)s of %(who)s now, and for good."),
            _("End it now"),
            (
                _("Nothing more is charged, and nothing goes back by this: refund it if it is to."),
                _("What is paid stays counted until %(day)s. They get an email that says so."),
            ),
        ),
        UNDO: (
            _("Take a cancellation back"),
            _("Let the membership of %(rhythm)s of %(who)s go on."),
            _("Let it go on"),
            (_("It is charged again on its usual day. Make sure that they want it."),),
        ),
        PAUSE: (
            _("Pause a membership"),
            _("Charge nothing for the membership of %(rhythm)s of %(who)s until it is resumed."),
            _("Pause it"),
            (_("It counts until %(day)s, as far as it is paid."),),
        ),
        RESUME: (
            _("Resume a membership"),
            _("Charge for the membership of %(rhythm)s of %(who)s again, from its next usual day."),
            _("Resume it"),
            (_("Make sure that they want it."),),
        ),
    }
    return asked[kind]
