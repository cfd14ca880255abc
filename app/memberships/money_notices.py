"""What supporters are told as their money is seen: only of what is fresh, and once of each.

An account counted anew mails nobody: what happened more than `NEWS` ago is not news.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from app.memberships.joining.models import FAILED, Intent
from app.memberships.money_models import Membership, Payment, Refund
from app.memberships.notices import Telling, tell
from app.memberships.payment_rows import Written

NEWS = timedelta(days=3)


def is_news(happened_at: datetime, now: datetime) -> bool:
    """Tell whether something happened so lately that its people may still be written to."""
    return now - happened_at <= NEWS


def tell_of_payment(session: Session, written: Written, now: datetime) -> None:
    """Send the receipt of a payment, and word of what arrived of its refunds."""
    payment = written.row
    if is_news(payment.paid_at, now):
        about = {"payment_id": payment.id}
        tell(session, Telling("receipt", payment.payment_id, payment.person_id, about), now)
    tell_of_refunds(session, payment, written.arrived, now)


def tell_of_failure(session: Session, intent: Intent, now: datetime) -> None:
    """Say that money which was on its way never came, once it is known whose it would have been."""
    failed_at = intent.settled_at
    if intent.state != FAILED or intent.person_id is None or failed_at is None:
        return
    if is_news(failed_at, now):
        about = {"intent_id": intent.id}
        tell(session, Telling("payment-failed", intent.public_id, intent.person_id, about), now)


def tell_of_refunds(
    session: Session, payment: Payment, arrived: Iterable[tuple[Refund, bool]], now: datetime
) -> None:
    """Say that money went back; one that took days to arrive is news when it has arrived."""
    for refund, was_awaited in arrived:
        if was_awaited or is_news(refund.created_at, now):
            about = {"refund_id": refund.id}
            tell(session, Telling("refunded", refund.refund_id, payment.person_id, about), now)


def tell_of_membership(
    session: Session, membership: Membership, first_paid_at: datetime | None, now: datetime
) -> None:
    """Greet whoever has just joined; say that a charge failed, or that the end was asked for.

    Of a first charge that fails, whoever wished for it is told as of any payment that never came.
    """
    about = {"membership_id": membership.id}
    name, person_id = membership.subscription_id, membership.person_id
    if first_paid_at is not None and is_news(first_paid_at, now):
        tell(session, Telling("welcome", name, person_id, about), now)
    failing_since, ends_at = membership.failing_since, membership.ends_at or membership.ended_at
    goes_on = _goes_on(membership, first_paid_at)
    if failing_since is not None and goes_on and is_news(failing_since, now):
        ref = f"{name}:{failing_since.isoformat()}"
        failed = {**about, "days": 0, "failing_since": int(failing_since.timestamp())}
        tell(session, Telling("card-failed-0", ref, person_id, failed), now)
    asked_at = membership.cancel_asked_at
    if asked_at is not None and ends_at is not None and is_news(asked_at, now):
        ref = f"{name}:{ends_at.isoformat()}"
        tell(session, Telling("cancelled", ref, person_id, about), now)


def _goes_on(membership: Membership, first_paid_at: datetime | None) -> bool:
    """Tell whether a charge that failed matters: a later one, of what nobody asked to end."""
    has_begun = first_paid_at is not None or membership.intent_id is None
    return has_begun and membership.cancel_asked_at is None and not membership.paused
