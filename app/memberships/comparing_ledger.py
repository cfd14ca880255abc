"""What memberships entitle to: by their payments, here or at Stripe, and by the ledger."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.money import MixedCurrencyError
from app.memberships import coverage, ledger
from app.memberships.coverage import Cover, Stretch, covers, stretches
from app.memberships.entitling import SOURCE
from app.memberships.models import Entitlement
from app.memberships.money_models import Membership, Payment
from app.memberships.queries_money import gaps_of
from app.payments.parts import Whole

Stretches = tuple[Stretch, ...]


def drawn_from_rows(session: Session, rows: Collection[Membership]) -> Mapping[str, Stretches]:
    """Return what the payments that are written down entitle to, by subscription.

    What was called off for a pause leaves no payment: such a membership may look longer here.
    """
    asked = select(Payment).where(Payment.membership_id.in_([one.id for one in rows]))
    paid: dict[int | None, list[Payment]] = defaultdict(list)
    for one in session.scalars(asked):
        paid[one.membership_id].append(one)
    return {one.subscription_id: _drawn(session, one, paid[one.id]) for one in rows}


def _drawn(session: Session, row: Membership, payments: Iterable[Payment]) -> Stretches:
    """Return what one membership's payments entitle to; nothing where they cannot be added up."""
    try:
        covered = _covers(session, payments)
    except MixedCurrencyError:
        return ()
    return stretches(covered, row.cancel_asked_at, paused=row.paused)


def _covers(session: Session, payments: Iterable[Payment]) -> list[Cover]:
    return [
        Cover(one.paid_at, one.covers_until, gaps_of(session, one.id) if _is_touched(one) else ())
        for one in sorted(payments, key=lambda one: (one.paid_at, one.id))
        if one.covers_until is not None
    ]


def _is_touched(payment: Payment) -> bool:
    return payment.refunded_minor > 0 or payment.disputed is not None


def drawn_from_stripe(whole: Whole) -> Stretches:
    """Return what a subscription's payments at Stripe entitle to.

    Raises:
        MixedCurrencyError: Something went back in another currency than it came in.
    """
    seen = whole.subscription
    covered = covers((invoice, coverage.gaps_of(payments)) for invoice, payments in whole.invoices)
    return stretches(covered, seen.cancel_asked_at, paused=seen.paused)


def entitled(session: Session, rows: Collection[Membership]) -> Mapping[str, Stretches]:
    """Return what the ledger has in force of each membership, by subscription."""
    held: dict[str, list[Stretch]] = {one.subscription_id: [] for one in rows}
    people = {one.person_id for one in rows}
    found = session.execute(
        ledger.in_force().where(Entitlement.source == SOURCE, Entitlement.person_id.in_(people))
    )
    for row in found:
        subscription_id = row.source_ref.partition("#")[0]
        if subscription_id in held and row.ends_at is not None:
            held[subscription_id].append((row.starts_at, row.ends_at))
    return {name: tuple(sorted(pieces)) for name, pieces in held.items()}


def unlike_ledger(drawn: Stretches, held: Stretches) -> str:
    """Say how the ledger differs from what the money entitles to, if it does."""
    if drawn == held:
        return ""
    return f"The ledger entitles {_shown(held)}, the money {_shown(drawn)}."


def _shown(pieces: Stretches) -> str:
    said = (f"from {start:%Y-%m-%d %H:%M} to {end:%Y-%m-%d %H:%M}" for start, end in pieces)
    return " and ".join(said) or "to nothing"
