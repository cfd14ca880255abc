"""All that is written down of money, by its natural names: equal for equal newsrooms."""

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.database import Database
from app.memberships import ledger
from app.memberships.gifts.models import GiftMembership, WallName
from app.memberships.joining.models import Intent
from app.memberships.money_models import Customer, Dispute, Membership, Payment, Refund
from app.people.models import EmailAddress
from app.sandbox.stripe.world import World

Rows = Mapping[str, list[str]]

INTENT = ("public_id", "state", "checkout_id", "customer_id")
MEMBERSHIP = (
    "subscription_id", "customer_id", "amount_minor", "currency", "interval", "status",
    "started_at", "period_ends_at", "paid_through", "ends_at", "ended_at", "cancel_asked_at",
    "paused", "failing_since", "next_attempt_at",
)  # fmt: skip
CARD = ("subscription_id", "card_brand", "card_last4", "card_month", "card_year")
PAYMENT = (
    "payment_id", "receipt_number", "invoice_id", "invoice_number", "amount_minor", "currency",
    "refunded_minor", "paid_at", "covers_until", "disputed", "warned",
)  # fmt: skip
REFUND = ("refund_id", "amount_minor", "currency", "status", "created_at")
DISPUTE = ("dispute_id", "amount_minor", "currency", "state", "opened_at", "closed_at")
GIFT = ("public_id", "code_hash", "kind", "months", "paid_at", "void_at", "redeemed_at", "ends_at")
GRACE = timedelta(days=14)


def standing(database: Database) -> Rows:
    """Return every table of money; people by their address, others by Stripe's names."""
    with database.read() as session:
        who = {one.person_id: one.key for one in session.scalars(select(EmailAddress))}
        paid = {one.id: one.payment_id for one in session.scalars(select(Payment))}
        wish = {one.id: one.public_id for one in session.scalars(select(Intent))}
        named: dict[str, list[str]] = {
            "intent": _rows(session, Intent, INTENT, {"person_id": who}),
            "membership": _rows(
                session, Membership, MEMBERSHIP, {"person_id": who, "intent_id": wish}
            ),
            "payment": _rows(session, Payment, PAYMENT, {"person_id": who, "intent_id": wish}),
            "refund": _rows(session, Refund, REFUND, {"payment_id": paid}),
            "dispute": _rows(session, Dispute, DISPUTE, {"payment_id": paid}),
            "customer": _rows(session, Customer, ("customer_id", "created_at"), {"person_id": who}),
            "gift_membership": _rows(
                session, GiftMembership, GIFT, {"buyer_id": who, "intent_id": wish}
            ),
            "wall_name": _rows(session, WallName, ("name", "listed_at"), {"person_id": who}),
        }
        named["entitlement"] = sorted(
            str((who[row.person_id], row.source, row.source_ref, row.starts_at, row.ends_at))
            for row in session.execute(ledger.in_force())
        )
    return named


def _rows(
    session: Session,
    model: type[Any],
    columns: tuple[str, ...],
    names: Mapping[str, Mapping[int, str]],
) -> list[str]:
    return sorted(
        str(
            [getattr(row, name) for name in columns]
            + [known.get(getattr(row, name)) for name, known in names.items()]
        )
        for row in session.scalars(select(model))
    )


def cards(database: Database) -> list[str]:
    """Return the card of every membership; Stripe sends no event of ours when one is changed."""
    with database.read() as session:
        return _rows(session, Membership, CARD, {})


def hashed(rows: Rows) -> str:
    """Return all of it as one number to compare."""
    return hashlib.sha256(repr(sorted(rows.items())).encode()).hexdigest()


def members_at_stripe(world: World) -> int:
    """Count members from the stand-in's own books, by the words of the page about the count."""
    now = datetime.fromtimestamp(world.now(), UTC)
    sessions = [one for one in world.all("checkout.session") if one.get("subscription")]
    return len(
        {
            one["customer_details"]["email"]
            for one in sessions
            if _counts(world, one["subscription"], now)
        }
    )


def _counts(world: World, subscription_id: str, now: datetime) -> bool:
    subscription = world.get(subscription_id)
    assert subscription
    invoices = sorted(
        (one for one in world.all("invoice") if _about(one) == subscription_id),
        key=_end,
    )
    paid = [one for one in invoices if one["status"] == "paid" and one["amount_paid"]]
    if any(_end(one) > now and _holds(world, one) for one in paid):
        return True
    if not paid or not _holds(world, paid[-1]) or subscription["pause_collection"]:
        return False
    after = [one for one in invoices if _end(one) > _end(paid[-1])]
    if after and after[0]["status"] == "void" and not after[0]["attempt_count"]:
        return False
    ends = _end(paid[-1]) + GRACE
    if (asked := _asked(subscription)) is not None:
        ends = min(ends, asked)
    return now < ends


def _about(invoice: Mapping[str, Any]) -> object:
    return invoice["parent"]["subscription_details"]["subscription"]


def _end(invoice: Mapping[str, Any]) -> datetime:
    ends = max(line["period"]["end"] for line in invoice["lines"]["data"])
    return datetime.fromtimestamp(ends, UTC)


def _holds(world: World, invoice: Mapping[str, Any]) -> bool:
    """Tell whether an invoice's money is there: not given back whole, and no bank holds it."""
    payments = [
        one["payment"]["payment_intent"]
        for one in world.all("invoice_payment")
        if one["invoice"] == invoice["id"] and one["status"] == "paid"
    ]
    back = sum(
        one["amount"]
        for one in world.all("refund")
        if one["payment_intent"] in payments and one["status"] == "succeeded"
    )
    held = any(
        one["status"] in {"needs_response", "under_review", "lost"}
        for one in world.all("dispute")
        if one["payment_intent"] in payments
    )
    return back < invoice["amount_paid"] and not held


def _asked(subscription: Mapping[str, Any]) -> datetime | None:
    reason = (subscription.get("cancellation_details") or {}).get("reason")
    is_asked = (
        subscription["cancel_at_period_end"]
        or subscription["cancel_at"]
        or reason == "cancellation_requested"
    )
    at = subscription["canceled_at"]
    return datetime.fromtimestamp(at, UTC) if is_asked and at else None
