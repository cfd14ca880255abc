"""What becomes of a subscription, once it was looked at with all its invoices and payments."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.alarms import clear_alarm, raise_alarm
from app.core.settings import Settings
from app.memberships import noting_changes, wall
from app.memberships.coverage import Cover, covers, paid_through, stretches
from app.memberships.customers import Payer, intent_of, person_of
from app.memberships.entitling import SOURCE, Title, entitle
from app.memberships.joining.models import FAILED, PROCESSING, Intent
from app.memberships.joining.settling import settle, settle_paid
from app.memberships.money_models import Membership, Payment
from app.memberships.money_notices import (
    tell_of_failure,
    tell_of_membership,
    tell_of_payment,
)
from app.memberships.payment_rows import SUCCEEDED, Belongs, Written, put
from app.memberships.queries_money import gaps_together, payments_of_membership, running_of
from app.payments.gateway import InvoiceSeen, PaymentSeen, SubscriptionSeen
from app.payments.looking import Invoices
from app.people.models import Person

TWO_MEMBERSHIPS = "two-memberships"
_OVER = frozenset({"canceled", "incomplete_expired"})


def seen(
    session: Session,
    subscription: SubscriptionSeen,
    invoices: Invoices,
    now: datetime,
    settings: Settings,
) -> bool:
    """Write down how a membership stands and what it entitles to; tell whether it is one of ours.

    Raises:
        MixedCurrencyError: Something went back in another currency than it came in.
    """
    intent = intent_of(session, subscription.reference)
    person_id = person_of(session, settings, intent, _payer(subscription, invoices), now)
    if person_id is None:
        return False
    before = {one.subscription_id for one in running_of(session, person_id)}
    row = _put(session, subscription, person_id, intent, now)
    session.flush()
    _watch_for_two(session, row, now, is_new=subscription.id not in before)
    made = [put(session, one, belongs, now) for one, belongs in _payments(row, invoices)]
    paid = payments_of_membership(session, row.id)
    covered = _covered(session, invoices, paid)
    _read_invoices(row, invoices, covered)
    pieces = stretches(covered, subscription.cancel_asked_at, paused=subscription.paused)
    entitle(session, Title(person_id, SOURCE, subscription.id), pieces, now)
    if intent is not None:
        _settle(intent, row, paid, now)
        if row.cancel_asked_at is None:
            tell_of_failure(session, intent, now)
        _list_on_wall(session, intent, paid, made)
    for one in made:
        tell_of_payment(session, one, now)
    tell_of_membership(session, row, paid[0].paid_at if paid else None, now)
    session.flush()
    return True


def _payer(seen: SubscriptionSeen, invoices: Invoices) -> Payer:
    """Return who pays: the customer, or who they were by their payments once they are deleted."""
    payments = [one for _invoice, paid in invoices for one in paid]
    email = seen.email or next((one.email for one in payments if one.email), None)
    name = seen.name or next((one.name for one in payments if one.name), None)
    return Payer(seen.customer_id, email, name, seen.created_at)


def _put(
    session: Session,
    seen: SubscriptionSeen,
    person_id: int,
    intent: Intent | None,
    now: datetime,
) -> Membership:
    """Write down what the subscription itself says."""
    row = session.scalars(
        select(Membership).where(Membership.subscription_id == seen.id)
    ).one_or_none()
    if row is None:
        row = Membership(subscription_id=seen.id, customer_id=seen.customer_id)
        session.add(row)
    was = noting_changes.before(row)
    row.person_id = person_id
    row.intent_id = intent.id if intent is not None else None
    row.amount_minor, row.currency = seen.money.minor, seen.money.currency
    row.interval, row.status, row.paused = seen.interval, seen.status, seen.paused
    row.started_at, row.period_ends_at = seen.created_at, seen.period_ends_at
    row.ends_at, row.ended_at = seen.ends_at, seen.ended_at
    row.cancel_asked_at = seen.cancel_asked_at
    card = None if _is_erased(session, person_id) else seen.card
    row.card_brand = card.brand if card else None
    row.card_last4 = card.last4 if card else None
    row.card_month = card.expires_month if card else None
    row.card_year = card.expires_year if card else None
    noting_changes.note(session, was, row, now)
    return row


def _watch_for_two(session: Session, row: Membership, now: datetime, *, is_new: bool) -> None:
    """Tell staff of a person whom two memberships charge, until only one of them does."""
    charging = [one for one in running_of(session, row.person_id) if one.ends_at is None]
    if len(charging) < 2:  # noqa: PLR2004 - two, as the name says
        clear_alarm(session, TWO_MEMBERSHIPS, now, str(row.person_id))
    elif is_new:
        raise_alarm(session, TWO_MEMBERSHIPS, now, str(row.person_id))


def _is_erased(session: Session, person_id: int) -> bool:
    """Tell whether a person has asked us to forget them: their card stays forgotten too."""
    erased = select(Person.id).where(Person.id == person_id, Person.erased_at.is_not(None))
    return session.scalar(erased) is not None


def _read_invoices(row: Membership, invoices: Invoices, covered: tuple[Cover, ...]) -> None:
    """Write down what the invoices say: how far money goes, and what could not be charged."""
    row.paid_through = paid_through(covered)
    failing = next((one for one, paid in invoices if _has_failed(one, paid)), None)
    row.failing_since = (failing.opened_at or failing.created_at) if failing else None
    row.next_attempt_at = failing.next_attempt_at if failing else None


def _covered(session: Session, invoices: Invoices, paid: list[Payment]) -> tuple[Cover, ...]:
    """Return what the invoices cover, by the payments that are written down."""
    of_invoice: dict[str | None, list[Payment]] = defaultdict(list)
    for one in paid:
        of_invoice[one.invoice_id].append(one)
    return covers(
        (invoice, gaps_together(session, of_invoice[invoice.id])) for invoice, _fresh in invoices
    )


def _has_failed(invoice: InvoiceSeen, payments: tuple[PaymentSeen, ...]) -> bool:
    """Tell whether an invoice was tried in vain; a debit that is on its way may yet arrive."""
    is_under_way = any(one.status == "processing" for one in payments)
    return invoice.status == "open" and invoice.attempts > 0 and not is_under_way


def _payments(row: Membership, invoices: Invoices) -> Iterator[tuple[PaymentSeen, Belongs]]:
    for invoice, payments in invoices:
        if invoice.status != "paid":
            continue
        for payment in payments:
            if payment.status == SUCCEEDED:
                paid_at = invoice.paid_at or payment.paid_at or payment.created_at
                yield payment, Belongs(row.person_id, paid_at, row.id, row.intent_id, invoice)


def _settle(intent: Intent, row: Membership, paid: list[Payment], now: datetime) -> None:
    """Bring the wish to where its first invoice is."""
    if paid:
        settle_paid(intent, paid[0].paid_at)
    elif row.status in _OVER or row.failing_since is not None:
        settle(intent, FAILED, now)
    else:
        settle(intent, PROCESSING, now)


def _list_on_wall(
    session: Session, intent: Intent, paid: list[Payment], made: list[Written]
) -> None:
    """Put up the name that the wish named, when its first payment has just come."""
    is_new = any(one.is_new and one.row.id == paid[0].id for one in made)
    if is_new and intent.wall_name:
        wall.put(session, paid[0].person_id, intent.wall_name, paid[0].paid_at)
