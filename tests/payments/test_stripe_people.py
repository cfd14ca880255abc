"""Who paid, who asked for the end, and when money came and came back, read off Stripe's objects."""

from datetime import UTC, datetime
from typing import Any

import pytest

from app.core.money import MixedCurrencyError, Money
from app.payments.gateway import PaymentSeen
from app.payments.stripe_reading import read_subscription
from app.payments.stripe_reading_payments import read_dispute, read_payment
from tests.payments.payment_shapes import charge, dispute, payment, refund
from tests.payments.shapes import CARD, MADE, Json, customer, shaped, subscription

THEN = datetime.fromtimestamp(MADE, UTC)
LATER = MADE + 1_000
ANN = {"email": "ann@post.example", "name": "Ann"}
TYPED = {"email": "typed@post.example", "name": "Typed"}
GONE = {"object": "customer", "id": "cus_1", "deleted": True}
DEBIT = {"type": "sepa_debit", "sepa_debit": {}}


def booked(minor: int, created: int = LATER) -> Json:
    """Return what moved the balance."""
    own = {"amount": minor, "available_on": created, "balance_type": "payments", "fee": 0}
    same = {"created": created, "currency": "eur", "fee_details": [], "net": minor}
    words = {"reporting_category": "charge", "status": "available", "type": "charge"}
    return shaped("balance_transaction", f"txn_{minor}", own, same, words)


def read(**changes: Any) -> PaymentSeen:  # noqa: ANN401 - fields
    return read_payment(payment(**changes), (), (), warned=False)


@pytest.mark.parametrize(
    ("whose", "who"),
    [
        (customer(**ANN), ("ann@post.example", "Ann")),
        (customer(), (None, None)),
        (GONE, (None, None)),
        ("cus_1", (None, None)),
    ],
    ids=["named", "nameless", "deleted", "not expanded"],
)
def test_a_subscription_is_its_customers(whose: object, who: tuple[str | None, ...]) -> None:
    seen = read_subscription(subscription(customer=whose))

    assert (seen.email, seen.name) == who


@pytest.mark.parametrize(
    ("changes", "asked"),
    [
        ({}, None),
        ({"cancel_at_period_end": True, "canceled_at": LATER}, LATER),
        ({"cancel_at": MADE + 9_000, "canceled_at": LATER}, LATER),
        ({"canceled_at": LATER, "cancellation_details": {"reason": "payment_failed"}}, None),
        ({"canceled_at": LATER, "cancellation_details": {"reason": "payment_disputed"}}, None),
        (
            {"canceled_at": LATER, "cancellation_details": {"reason": "cancellation_requested"}},
            LATER,
        ),
    ],
    ids=["never", "at its end", "on a day", "cannot be charged", "disputed", "at once"],
)
def test_an_end_was_asked_for_or_it_was_not(changes: Json, asked: int | None) -> None:
    seen = read_subscription(subscription(**changes))

    assert seen.cancel_asked_at == (None if asked is None else datetime.fromtimestamp(asked, UTC))


@pytest.mark.parametrize(
    ("changes", "who"),
    [
        ({"customer": customer(**ANN)}, ("ann@post.example", "Ann")),
        ({"customer": GONE}, ("typed@post.example", "Typed")),
        ({"customer": None}, ("typed@post.example", "Typed")),
    ],
    ids=["customer", "deleted", "nobody"],
)
def test_a_payment_is_its_customers_or_who_typed_the_card(
    changes: Json, who: tuple[str, str]
) -> None:
    seen = read(latest_charge=charge(billing_details=TYPED), **changes)

    assert (seen.email, seen.name) == who


def test_a_payment_without_names_has_the_address_of_its_receipt() -> None:
    assert read(receipt_email="ann@post.example").email == "ann@post.example"


def test_a_card_is_charged_at_once_and_a_debit_is_booked_days_later() -> None:
    late = datetime.fromtimestamp(LATER, UTC)
    card = {"type": "card", "card": CARD}

    by_card = charge(balance_transaction=booked(700), payment_method_details=card)
    assert read(latest_charge=by_card).paid_at == THEN
    by_debit = charge(balance_transaction=booked(700), payment_method_details=DEBIT)
    assert read(latest_charge=by_debit).paid_at == late
    assert read(latest_charge=charge(payment_method_details=DEBIT)).paid_at == THEN
    assert read(status="processing", latest_charge=by_debit).paid_at is None


def test_what_went_back_in_another_currency_is_refused() -> None:
    with pytest.raises(MixedCurrencyError):
        read_payment(payment(), [refund(currency="usd")], (), warned=False)


def test_what_went_back_is_the_sum_of_what_arrived() -> None:
    back = [refund("re_1"), refund("re_2"), refund("re_3", status="pending")]

    seen = read_payment(payment(), back, (), warned=False)
    assert seen.refunded == Money(400, "EUR")


@pytest.mark.parametrize(
    ("status", "moved", "closed"),
    [
        ("won", [booked(-700, MADE), booked(700)], LATER),
        ("won", [], None),
        ("lost", [booked(-700, MADE)], None),
        ("needs_response", [booked(-700, MADE)], None),
    ],
    ids=["won", "won, nothing taken", "lost", "open"],
)
def test_a_dispute_that_is_won_was_closed_when_its_money_came_back(
    status: str, moved: list[Json], closed: int | None
) -> None:
    seen = read_dispute(dispute(status=status, balance_transactions=moved))

    assert seen.closed_at == (None if closed is None else datetime.fromtimestamp(closed, UTC))
