"""What mails about money say: that it came, that it never came, and that it went back."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Row, and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from app.core.clock import now
from app.core.leases import Held
from app.core.settings import Settings
from app.mail.message import Words
from app.memberships import ledger
from app.memberships.entitling import SOURCE
from app.memberships.joining.checkouts import label, way_back
from app.memberships.joining.models import FAILED, GIFT_MEMBERSHIP, GIVEN, Intent
from app.memberships.membership_letters import will_charge
from app.memberships.money_models import Membership, Payment, Refund
from app.memberships.pen import Pen, named, spoken

RECEIPT, REFUND, WISH = "payment_id", "refund_id", "intent_id"
SUCCEEDED = "succeeded"

Paid = Row[Payment, Membership | None, str | None]
Unpaid = Row[Intent, Membership | None]
SentBack = Row[Refund, Payment, Membership | None, bool]


def receipt_words(session: Session, settings: Settings, rows: Sequence[Held]) -> dict[int, Words]:
    """Return the words of receipts; what was paid was paid, so none is ever needless."""
    return spoken(session, settings, rows, (RECEIPT, _payments(session, rows)), _receipt)


def refunded_words(session: Session, settings: Settings, rows: Sequence[Held]) -> dict[int, Words]:
    """Return the words about money that is on its way back, unless that failed meanwhile."""
    return spoken(session, settings, rows, (REFUND, _refunds(session, rows)), _refunded)


def payment_failed_words(
    session: Session, settings: Settings, rows: Sequence[Held]
) -> dict[int, Words]:
    """Return the words about money that was on its way and never came, unless it has meanwhile."""
    return spoken(session, settings, rows, (WISH, _failed(session, rows)), _payment_failed)


def _payments(session: Session, rows: Sequence[Held]) -> Mapping[int, Paid]:
    found = session.execute(
        select(Payment, Membership, Intent.kind)
        .outerjoin(Membership, Membership.id == Payment.membership_id)
        .outerjoin(Intent, Intent.id == Payment.intent_id)
        .where(Payment.id.in_(named(rows, RECEIPT)))
    )
    return {one.Payment.id: one for one in found}


def _refunds(session: Session, rows: Sequence[Held]) -> Mapping[int, SentBack]:
    found = session.execute(
        select(Refund, Payment, Membership, _still_counts(now(session)))
        .join(Payment, Payment.id == Refund.payment_id)
        .outerjoin(Membership, Membership.id == Payment.membership_id)
        .where(Refund.id.in_(named(rows, REFUND)), Refund.status == SUCCEEDED)
    )
    return {one.Refund.id: one for one in found}


def _failed(session: Session, rows: Sequence[Held]) -> Mapping[int, Unpaid]:
    found = session.execute(
        select(Intent, Membership)
        .outerjoin(Membership, Membership.intent_id == Intent.id)
        .where(Intent.id.in_(named(rows, WISH)), Intent.state == FAILED)
    )
    return {one.Intent.id: one for one in found}


def _still_counts(moment: datetime) -> ColumnElement[bool]:
    """Return whether somebody is a member with all that went back of a payment left out.

    Said by the money: what the refund takes from the count may be written down a moment later.
    """
    other, given = aliased(Payment), ledger.in_force().subquery()
    name = Membership.subscription_id
    is_of_it = func.substr(given.c.source_ref + "#", 1, func.length(name) + 1) == name + "#"
    paid = select(other.id).where(
        other.membership_id == Membership.id,
        other.refunded_minor < other.amount_minor,
        or_(other.disputed.is_(None), other.disputed.not_in(("open", "lost"))),
        other.paid_at <= moment,
        other.covers_until > moment,
    )
    otherwise = select(given.c.person_id).where(
        given.c.person_id == Payment.person_id,
        ledger.contains(given.c, moment),
        ~and_(given.c.source == SOURCE, is_of_it),
    )
    return or_(
        Payment.refunded_minor < Payment.amount_minor,
        paid.correlate(Membership).exists(),
        otherwise.correlate(Payment, Membership).exists(),
    )


def _receipt(pen: Pen, _row: Held, paid: Paid) -> Words | None:
    payment, membership, kind = paid
    values: dict[str, str | tuple[str, ...]] = {
        "amount": pen.money(payment.amount_minor, payment.currency),
        "paid_on": pen.day(payment.paid_at),
        "what": _what(pen, membership.interval if membership is not None else kind),
        "covered_until": pen.day(payment.covers_until),
        "publisher": pen.settings.publisher_lines,
        "account_url": pen.link("/account/"),
    }
    subject = pen.subject(pen.gettext("Receipt for your payment"))
    return Words(subject, values, {"number": payment.receipt_number})


def _what(pen: Pen, what: str | None) -> str:
    """Return what was paid for: a membership's interval or the kind of a wish, in words."""
    words = {
        "month": pen.gettext("membership, paid every month"),
        "year": pen.gettext("membership, paid every year"),
        GIFT_MEMBERSHIP: pen.gettext("a membership as a gift, paid once"),
        GIVEN: pen.gettext("a membership for a reader who cannot pay, paid once"),
    }
    return words.get(what or "") or pen.gettext("a single gift")


def _payment_failed(pen: Pen, _row: Held, unpaid: Unpaid) -> Words | None:
    """Lead back to the form; or to the account, where the promise stands and is tried again."""
    intent, membership = unpaid
    stands = membership is not None and membership.failing_since is not None
    next_on = membership.next_attempt_at if membership is not None and stands else None
    values = {
        "amount": pen.money(intent.amount_minor, intent.currency),
        "asked_on": pen.day(intent.created_at),
        "what": label(pen.settings, intent, pen.language),
        "stands": "yes" if stands else "",
        "next_on": pen.day_ahead(next_on),
        "account_url": pen.link("/account/"),
        "again_url": pen.settings.site_url + way_back(intent, language=pen.language),
    }
    return Words(pen.subject(pen.gettext("Your payment did not arrive")), values)


def _refunded(pen: Pen, _row: Held, sent_back: SentBack) -> Words | None:
    refund, payment, membership, still_counts = sent_back
    goes_on = membership is not None and will_charge(membership)
    next_charge = membership.period_ends_at if membership is not None and goes_on else None
    values = {
        "amount": pen.money(refund.amount_minor, refund.currency),
        "paid": pen.money(payment.amount_minor, payment.currency),
        "paid_on": pen.day(payment.paid_at),
        "charged_on": pen.day_ahead(next_charge),
        "counts": "yes" if still_counts else "",
        "account_url": pen.link("/account/"),
    }
    subject = pen.subject(pen.gettext("We have sent money back to you"))
    return Words(subject, values, {"number": payment.receipt_number})
