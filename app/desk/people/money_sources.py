"""What happened to somebody's money, memberships and gifts."""

from typing import Final

from sqlalchemy import func, select

from app.desk.people.kinds import Rows, Who
from app.memberships.gifts.models import GiftMembership
from app.memberships.joining.models import FAILED, Intent
from app.memberships.models import Entitlement
from app.memberships.money_models import Dispute, Membership, Notice, Payment, Refund
from app.memberships.orders.models import MembershipChange

FIRST_FAILURE: Final = "card-failed-0"

PAYMENT = (Payment.amount_minor.label("paid_minor"), Payment.receipt_number)

PROMISE = (
    Membership.amount_minor,
    Membership.currency,
    Membership.interval,
    Membership.subscription_id,
    Membership.ends_at,
)
GIFT = (GiftMembership.kind.label("gift_kind"), GiftMembership.months, GiftMembership.ends_at)


def paid(who: Who) -> Rows:
    """Return what somebody paid."""
    return (
        select(
            Payment.amount_minor,
            Payment.currency,
            Payment.receipt_number,
            Payment.payment_id,
            Payment.refunded_minor,
            Payment.disputed,
            Membership.interval,
            Intent.kind.label("intent_kind"),
        )
        .outerjoin(Membership, Membership.id == Payment.membership_id)
        .outerjoin(Intent, Intent.id == Payment.intent_id)
        .where(Payment.person_id == who.person_id)
    )


def refunds(who: Who) -> Rows:
    """Return what went back."""
    facts = (Refund.amount_minor, Refund.currency, Refund.status, Refund.refund_id)
    joined = select(*facts, *PAYMENT).join(Payment, Payment.id == Refund.payment_id)
    return joined.where(Payment.person_id == who.person_id)


def disputes(who: Who) -> Rows:
    """Return what their bank disputed."""
    facts = (Dispute.amount_minor, Dispute.currency, Dispute.state, Dispute.dispute_id)
    joined = select(*facts, *PAYMENT).join(Payment, Payment.id == Dispute.payment_id)
    return joined.where(Payment.person_id == who.person_id)


def closed_disputes(who: Who) -> Rows:
    """Return disputes that were closed."""
    return disputes(who).where(Dispute.closed_at.is_not(None))


def failed_charges(who: Who) -> Rows:
    """Return charges that failed, of which somebody was told."""
    return select(Notice.ref).where(Notice.person_id == who.person_id, Notice.kind == FIRST_FAILURE)


def failing(who: Who) -> Rows:
    """Return charges that fail and of which nobody was told, so that no notice speaks of them."""
    told = select(Notice.id).where(
        Notice.kind == FIRST_FAILURE,
        func.substr(Notice.ref, 1, func.length(Membership.subscription_id) + 1)
        == Membership.subscription_id + ":",
        Notice.created_at >= Membership.failing_since,
    )
    return select(*PROMISE).where(
        Membership.person_id == who.person_id,
        Membership.failing_since.is_not(None),
        ~told.exists(),
    )


def unpaid(who: Who) -> Rows:
    """Return payments that never arrived."""
    return select(Intent.amount_minor, Intent.currency, Intent.kind).where(
        Intent.person_id == who.person_id, Intent.state == FAILED, Intent.settled_at.is_not(None)
    )


def begun(who: Who) -> Rows:
    """Return memberships."""
    return select(*PROMISE).where(Membership.person_id == who.person_id)


def changes(who: Who) -> Rows:
    """Return what was seen to change of memberships."""
    facts = (
        MembershipChange.what.label("changed"),
        MembershipChange.before_minor,
        MembershipChange.after_minor,
        Membership.currency,
        Membership.subscription_id,
    )
    joined = select(*facts).join(Membership, Membership.id == MembershipChange.membership_id)
    return joined.where(Membership.person_id == who.person_id)


def cancelled(who: Who) -> Rows:
    """Return what was cancelled before changes were written down one by one."""
    noted = select(MembershipChange.id).where(
        MembershipChange.membership_id == Membership.id, MembershipChange.what == "cancelled"
    )
    return begun(who).where(Membership.cancel_asked_at.is_not(None), ~noted.exists())


def ended(who: Who) -> Rows:
    """Return memberships that ended."""
    return begun(who).where(Membership.ended_at.is_not(None))


def entitled(who: Who) -> Rows:
    """Return what entitles somebody, revision by revision."""
    return select(
        Entitlement.source,
        Entitlement.source_ref,
        Entitlement.revision,
        Entitlement.starts_at,
        Entitlement.ends_at,
        Entitlement.counts,
        Entitlement.reason,
        Entitlement.recorded_at,
    ).where(Entitlement.person_id == who.person_id)


def bought(who: Who) -> Rows:
    """Return gifts that somebody bought."""
    return select(*GIFT).where(GiftMembership.buyer_id == who.person_id)


def taken_up(who: Who) -> Rows:
    """Return gifts that somebody took up."""
    return select(*GIFT).where(
        GiftMembership.redeemed_by_id == who.person_id, GiftMembership.used_at.is_not(None)
    )


def used(who: Who) -> Rows:
    """Return gifts of theirs that were taken up."""
    return bought(who).where(GiftMembership.used_at.is_not(None))


def voided(who: Who) -> Rows:
    """Return gifts of theirs whose money went back."""
    return bought(who).where(GiftMembership.void_at.is_not(None))
