"""What Stripe has of one payment, read into what we see: its refunds and disputes too."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Literal

from app.payments.gateway import DeclineSeen, DisputeSeen, PaymentSeen, RefundSeen
from app.payments.stripe_reading import (
    Json,
    card_of,
    id_of,
    money_of,
    ours,
    reference_of,
    time_of,
    time_or_none,
    who_is,
)

DISPUTES: Mapping[str, Literal["warning", "open", "won", "lost"]] = {
    "warning_needs_response": "warning",
    "warning_under_review": "warning",
    "warning_closed": "warning",
    "needs_response": "open",
    "under_review": "open",
    "appeal_needs_response": "open",
    "appeal_under_review": "open",
    "won": "won",
    "lost": "lost",
    # Settled in the payer's favour before it became a dispute: the money is gone.
    "prevented": "lost",
}

UNANSWERED = frozenset({"warning_needs_response", "needs_response", "appeal_needs_response"})


@ours
def read_payment(
    data: Json, refunds: Iterable[Json], disputes: Iterable[Json], *, warned: bool
) -> PaymentSeen:
    """Read a `payment_intent` with its latest charge expanded, and what happened to it since."""
    charge = data.get("latest_charge")
    charge = charge if isinstance(charge, Mapping) else {"id": charge}
    seen = tuple(read_refund(one) for one in refunds)
    currency = data["currency"]
    back = [one.money for one in seen if one.status == "succeeded"]
    email, name = _payer(data, charge)
    return PaymentSeen(
        id=data["id"],
        status=data["status"],
        money=money_of(data["amount"], currency),
        received=money_of(data["amount_received"], currency),
        refunded=sum(back, money_of(0, currency)),
        customer_id=id_of(data.get("customer")),
        reference=reference_of(data),
        charge_id=charge["id"],
        created_at=time_of(data["created"]),
        refunds=seen,
        disputes=tuple(read_dispute(one) for one in disputes),
        card=card_of(charge.get("payment_method_details")),
        warned=warned,
        email=email,
        name=name,
        paid_at=_charged_at(charge) if data["status"] == "succeeded" else None,
    )


def _payer(data: Json, charge: Json) -> tuple[str | None, str | None]:
    """Return who paid: the customer if there is one, else whom the card's owner said to be."""
    email, name = who_is(data.get("customer"))
    typed = charge.get("billing_details") or {}
    return (
        email or typed.get("email") or data.get("receipt_email"),
        name or typed.get("name"),
    )


def _charged_at(charge: Json) -> datetime | None:
    """Return when money came; a debit's is booked days after it was asked for."""
    booked = charge.get("balance_transaction")
    is_late = (charge.get("payment_method_details") or {}).get("type") != "card"
    if is_late and isinstance(booked, Mapping):
        return time_of(booked["created"])
    return time_or_none(charge.get("created"))


@ours
def read_decline(data: Json) -> DeclineSeen:
    """Read a `charge` that failed. It has what its payment's metadata was then."""
    how = data.get("payment_method_details") or {}
    return DeclineSeen(
        id=data["id"],
        is_card=data["status"] == "failed" and how.get("type") == "card",
        money=money_of(data["amount"], data["currency"]),
        reference=reference_of(data),
        customer_id=id_of(data.get("customer")),
        created_at=time_of(data["created"]),
    )


@ours
def read_refund(data: Json) -> RefundSeen:
    """Read a `refund`."""
    return RefundSeen(
        id=data["id"],
        payment_id=id_of(data.get("payment_intent")),
        money=money_of(data["amount"], data["currency"]),
        status=data.get("status") or "pending",
        created_at=time_of(data["created"]),
    )


@ours
def read_dispute(data: Json) -> DisputeSeen:
    """Read a `dispute`."""
    return DisputeSeen(
        id=data["id"],
        payment_id=id_of(data.get("payment_intent")),
        money=money_of(data["amount"], data["currency"]),
        state=DISPUTES[data["status"]],
        created_at=time_of(data["created"]),
        closed_at=_given_back_at(data) if data["status"] == "won" else None,
        answer_by=_answer_by(data) if data["status"] in UNANSWERED else None,
    )


def _answer_by(data: Json) -> datetime | None:
    """Return until when evidence is taken (https://docs.stripe.com/api/disputes/object)."""
    return time_or_none((data.get("evidence_details") or {}).get("due_by"))


def _given_back_at(data: Json) -> datetime | None:
    """Return when the bank gave back what it had taken; it took nothing if there is no such time.

    The first transaction takes the money, a second one gives it back
    (https://docs.stripe.com/api/disputes/object).
    """
    back = [one["created"] for one in data["balance_transactions"] if one["amount"] > 0]
    return time_or_none(max(back, default=None))
