"""What our rows say to what Stripe has: for each object a sentence on what differs, or nothing.

What is not ours does not differ: it carries no reference of ours and is of no customer we know.
"""

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.articles.versions import bump
from app.core.clock import now
from app.core.database import one_snapshot
from app.core.money import MixedCurrencyError
from app.memberships import recounting
from app.memberships.comparing_ledger import (
    Stretches,
    drawn_from_rows,
    drawn_from_stripe,
    entitled,
    unlike_ledger,
)
from app.memberships.joining.models import OPEN, PAID, PROCESSING, Intent
from app.memberships.money_models import Customer, Dispute, Membership, Payment, Refund
from app.payments.gateway import (
    CheckoutSeen,
    DisputeSeen,
    InvoiceSeen,
    RefundSeen,
    SubscriptionSeen,
)
from app.payments.parts import Comparison, Whole
from app.people.models import Person

MISSING = "It is not written down here."
FIELDS = (
    "interval",
    "status",
    "paused",
    "period_ends_at",
    "ends_at",
    "ended_at",
    "cancel_asked_at",
)


def comparison() -> Comparison:
    """Return what the nightly comparison asks of memberships."""
    return Comparison(
        subscriptions=subscriptions,
        memberships=memberships,
        invoices=invoices,
        refunds=refunds,
        disputes=disputes,
        checkouts=checkouts,
        unlisted=unlisted,
        pages=pages,
        singles=singles,
        count=count,
        changed=bump,
    )


def subscriptions(session: Session, seen: Sequence[SubscriptionSeen]) -> list[str]:
    """Compare subscriptions, and what their members are entitled to by the payments we have."""
    rows = _memberships(session, [one.id for one in seen])
    ours = _ours(session, [one for one in seen if one.id not in rows])
    drawn = drawn_from_rows(session, rows.values())
    held, erased = entitled(session, rows.values()), _erased(session, rows.values())
    return [
        _unlike_row(rows[one.id], one, erased) or unlike_ledger(drawn[one.id], held[one.id])
        if one.id in rows
        else MISSING * (one.id in ours)
        for one in seen
    ]


def memberships(session: Session, seen: Sequence[Whole]) -> list[str]:
    """Compare subscriptions, and what their members are entitled to by the payments at Stripe."""
    whole = [one.subscription for one in seen]
    rows = _memberships(session, [one.id for one in whole])
    ours = _ours(session, [one for one in whole if one.id not in rows])
    held, erased = entitled(session, rows.values()), _erased(session, rows.values())
    return [
        _unlike_row(rows[one.subscription.id], one.subscription, erased)
        or _unlike_money(one, held[one.subscription.id])
        if one.subscription.id in rows
        else MISSING * (one.subscription.id in ours)
        for one in seen
    ]


def invoices(session: Session, seen: Sequence[InvoiceSeen]) -> list[str]:
    """Compare the paid invoices of memberships with the payments written down."""
    rows = _memberships(session, [one.subscription_id for one in seen if one.subscription_id])
    paid = [one for invoice in seen for one in invoice.payment_ids]
    payments = {one.payment_id: one for one in _payments(session, paid)}
    return [
        _unlike_payments(one, [payments[paid] for paid in one.payment_ids if paid in payments])
        if one.subscription_id in rows and one.payment_ids and one.paid.minor
        else ""
        for one in seen
    ]


def refunds(session: Session, seen: Sequence[RefundSeen]) -> list[str]:
    """Compare the refunds of payments that are written down."""
    rows = session.scalars(select(Refund).where(Refund.refund_id.in_([one.id for one in seen])))
    here = {one.refund_id: (one.amount_minor, one.currency, one.status) for one in rows}
    there = [(one.money.minor, one.money.currency, one.status) for one in seen]
    return _of_known_payments(session, seen, here, there)


def disputes(session: Session, seen: Sequence[DisputeSeen]) -> list[str]:
    """Compare the disputes of payments that are written down."""
    rows = session.scalars(select(Dispute).where(Dispute.dispute_id.in_([one.id for one in seen])))
    here = {one.dispute_id: (one.amount_minor, one.currency, one.state) for one in rows}
    there = [(one.money.minor, one.money.currency, one.state) for one in seen]
    return _of_known_payments(session, seen, here, there)


def _of_known_payments(
    session: Session,
    seen: Sequence[RefundSeen | DisputeSeen],
    here: Mapping[str, tuple[object, ...]],
    there: Sequence[tuple[object, ...]],
) -> list[str]:
    """Compare what stands here with what is there, where the payment is one of ours."""
    known = {one.payment_id for one in _payments(session, [one.payment_id for one in seen])}
    return [
        _unlike(here.get(one.id), what) if one.payment_id in known else ""
        for one, what in zip(seen, there, strict=True)
    ]


def checkouts(session: Session, seen: Sequence[CheckoutSeen]) -> list[str]:
    """Find wishes whose money is at Stripe and not known here."""
    names = [one.reference for one in seen]
    found = session.execute(
        select(Intent.public_id, Intent.state).where(Intent.public_id.in_(names))
    )
    states = {row.public_id: row.state for row in found}
    return [
        f"It is paid at Stripe, and {states[one.reference]} here."
        if one.reference in states and one.paid and states[one.reference] != PAID
        else ""
        for one in seen
    ]


def unlisted(session: Session, listed: AbstractSet[str]) -> list[str]:
    """Return the subscriptions that go on here and are not among those that Stripe listed."""
    going_on = select(Membership.subscription_id).where(Membership.ended_at.is_(None))
    return sorted(set(session.scalars(going_on)) - listed)


def pages(session: Session, since: datetime) -> list[str]:
    """Return the checkouts since a moment of which no money is known."""
    unpaid = select(Intent.checkout_id).where(
        Intent.created_at >= since,
        Intent.state.not_in((PAID, OPEN, PROCESSING)),
        Intent.checkout_id.is_not(None),
    )
    return [str(one) for one in session.scalars(unpaid.order_by(Intent.id))]


def singles(session: Session) -> list[str]:
    """Return the payments that are no membership's."""
    single = select(Payment.payment_id).where(Payment.membership_id.is_(None))
    return list(session.scalars(single.order_by(Payment.id)))


def count(session: Session) -> Sequence[str]:
    """Hold counter and spans against the ledger."""
    one_snapshot(session)
    return recounting.recount(session, now(session)).drifts


def _memberships(session: Session, ids: Iterable[str]) -> dict[str, Membership]:
    asked = select(Membership).where(Membership.subscription_id.in_(list(ids)))
    return {one.subscription_id: one for one in session.scalars(asked)}


def _payments(session: Session, ids: Iterable[str | None]) -> list[Payment]:
    return list(session.scalars(select(Payment).where(Payment.payment_id.in_(list(ids)))))


def _ours(session: Session, seen: Sequence[SubscriptionSeen]) -> set[str]:
    """Return those that are ours though no row of them is here."""
    names = [one.reference for one in seen if one.reference]
    wishes = set(session.scalars(select(Intent.public_id).where(Intent.public_id.in_(names))))
    customers = [one.customer_id for one in seen]
    known = set(
        session.scalars(select(Customer.customer_id).where(Customer.customer_id.in_(customers)))
    )
    return {one.id for one in seen if one.reference in wishes or one.customer_id in known}


def _erased(session: Session, rows: Iterable[Membership]) -> set[int]:
    """Return who of the members asked us to forget them: their cards are not kept."""
    people = [one.person_id for one in rows]
    asked = select(Person.id).where(Person.id.in_(people), Person.erased_at.is_not(None))
    return set(session.scalars(asked))


def _unlike_row(row: Membership, seen: SubscriptionSeen, erased: AbstractSet[int]) -> str:
    card = None if row.person_id in erased else seen.card
    there = {
        **{name: getattr(seen, name) for name in FIELDS},
        "amount_minor": seen.money.minor,
        "currency": seen.money.currency,
        "card_brand": card and card.brand,
        "card_last4": card and card.last4,
        "card_month": card and card.expires_month,
        "card_year": card and card.expires_year,
    }
    return "; ".join(
        f"{name}: {getattr(row, name)} here, {value} at Stripe"
        for name, value in there.items()
        if getattr(row, name) != value
    )


def _unlike_money(seen: Whole, held: Stretches) -> str:
    try:
        return unlike_ledger(drawn_from_stripe(seen), held)
    except MixedCurrencyError as error:
        return f"Its money cannot be added up: {error}"


def _unlike_payments(invoice: InvoiceSeen, rows: Sequence[Payment]) -> str:
    """Compare what an invoice brought; that it was tried in vain before leaves no row."""
    brought = sum(one.amount_minor for one in rows)
    if not rows:
        return MISSING
    if any(one.currency != invoice.paid.currency for one in rows):
        return f"It is in {rows[0].currency} here, in {invoice.paid.currency} at Stripe."
    if brought != invoice.paid.minor:
        return f"It brought {brought} here, {invoice.paid.minor} at Stripe."
    if any(one.covers_until != invoice.covers_until for one in rows):
        return f"It covers until {rows[0].covers_until} here, {invoice.covers_until} at Stripe."
    return ""


def _unlike(here: tuple[object, ...] | None, there: tuple[object, ...]) -> str:
    if here is None:
        return MISSING
    return "" if here == there else f"{here} here, {there} at Stripe."
