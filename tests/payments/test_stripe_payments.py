"""What we see of a payment: what came of it since, and what it was made for."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.core.money import Money
from app.payments.gateway import (
    CardSeen,
    DeclineSeen,
    DisputeSeen,
    NotFoundError,
    PaymentSeen,
    RefundSeen,
)
from app.payments.stripe_gateway import StripeGateway
from tests.payments.answering import Answering
from tests.payments.payment_shapes import charge, dispute, payment, refund, warning
from tests.payments.shapes import (
    MADE,
    REFERENCE,
    invoice,
    invoice_payment,
    listed,
)

THEN = datetime.fromtimestamp(MADE, UTC)
MONTH_LATER = THEN + timedelta(days=30)
SEVEN = Money(700, "EUR")
VISA = CardSeen("visa", "4242", 9, 2031)


def test_a_payment_with_all_that_happened_to_it(
    gateway: StripeGateway, stripe_server: Answering
) -> None:
    stripe_server.on("GET /v1/payment_intents/pi_1", payment())
    refunds = (refund(), refund("re_2"), refund("re_3", status="failed"))
    stripe_server.on("GET /v1/refunds", listed(*refunds))
    stripe_server.on("GET /v1/disputes", listed(dispute()))
    stripe_server.on("GET /v1/radar/early_fraud_warnings", listed(warning()))

    two = Money(200, "EUR")
    assert gateway.payment("pi_1") == PaymentSeen(
        id="pi_1",
        status="succeeded",
        money=SEVEN,
        received=SEVEN,
        refunded=Money(400, "EUR"),
        customer_id="cus_1",
        reference=REFERENCE,
        charge_id="ch_1",
        created_at=THEN,
        refunds=(
            RefundSeen("re_1", "pi_1", two, "succeeded", THEN),
            RefundSeen("re_2", "pi_1", two, "succeeded", THEN),
            RefundSeen("re_3", "pi_1", two, "failed", THEN),
        ),
        disputes=(DisputeSeen("dp_1", "pi_1", SEVEN, "open", THEN),),
        card=VISA,
        warned=True,
        paid_at=THEN,
    )
    assert {one.params.get("payment_intent") for one in stripe_server.asked} == {"pi_1", None}


@pytest.mark.parametrize(
    ("attempted", "charge_id"),
    [(None, None), ("ch_1", "ch_1"), (charge(payment_method_details=None), "ch_1")],
)
def test_a_payment_may_have_no_card(
    gateway: StripeGateway, stripe_server: Answering, attempted: object, charge_id: str | None
) -> None:
    stripe_server.on("GET /v1/payment_intents/pi_1", payment(latest_charge=attempted))
    for path in ("refunds", "disputes", "radar/early_fraud_warnings"):
        stripe_server.on(f"GET /v1/{path}", listed())

    seen = gateway.payment("pi_1")

    assert (seen.card, seen.charge_id) == (None, charge_id)
    assert (seen.refunded, seen.warned) == (Money(0, "EUR"), False)


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("warning_needs_response", "warning"),
        ("warning_under_review", "warning"),
        ("warning_closed", "warning"),
        ("needs_response", "open"),
        ("under_review", "open"),
        ("appeal_needs_response", "open"),
        ("appeal_under_review", "open"),
        ("won", "won"),
        ("lost", "lost"),
        ("prevented", "lost"),
    ],
)
def test_every_status_of_a_dispute_is_one_of_four(
    gateway: StripeGateway, stripe_server: Answering, status: str, state: str
) -> None:
    stripe_server.on("GET /v1/disputes", listed(dispute(status=status)))

    assert [one.state for one in gateway.disputes_since(THEN)] == [state]


@pytest.mark.parametrize(
    ("kind", "path", "answer"),
    [
        ("refund", "refunds", refund()),
        ("dispute", "disputes", dispute(payment_intent=payment())),
        ("charge", "charges", charge()),
        ("early_fraud_warning", "radar/early_fraud_warnings", warning()),
        ("radar.early_fraud_warning", "radar/early_fraud_warnings", warning()),
    ],
)
def test_what_an_event_is_about_leads_to_its_payment(
    gateway: StripeGateway, stripe_server: Answering, kind: str, path: str, answer: dict[str, Any]
) -> None:
    stripe_server.on(f"GET /v1/{path}/x_1", answer, answer | {"payment_intent": None})

    assert gateway.payment_of(kind, "x_1") == "pi_1"
    assert gateway.payment_of(kind, "x_1") is None
    with pytest.raises(NotFoundError):
        gateway.payment_of(kind, "x_2")


@pytest.mark.parametrize(
    ("changes", "is_card"),
    [
        ({"status": "failed"}, True),
        ({"status": "failed", "payment_method_details": {"type": "sepa_debit"}}, False),
        ({"status": "failed", "payment_method_details": None}, False),
        ({"status": "succeeded"}, False),
    ],
)
def test_a_charge_that_failed_says_whether_a_card_was_refused(
    gateway: StripeGateway, stripe_server: Answering, changes: dict[str, Any], *, is_card: bool
) -> None:
    stripe_server.on("GET /v1/charges/ch_1", charge(metadata={"intent": REFERENCE}, **changes))

    assert gateway.decline("ch_1") == DeclineSeen("ch_1", is_card, SEVEN, REFERENCE, None, THEN)


def test_a_payment_leads_to_its_subscription(
    gateway: StripeGateway, stripe_server: Answering
) -> None:
    tied, single = invoice_payment(invoice=invoice()), invoice_payment(invoice=invoice(parent=None))
    stripe_server.on("GET /v1/invoice_payments", listed(tied), listed(single), listed())

    assert [gateway.subscription_of("pi_1") for _ in range(3)] == ["sub_1", None, None]
    wanted = {"type": "payment_intent", "payment_intent": "pi_1"}
    assert stripe_server.last.params == {"payment": wanted, "expand": ["data.invoice"]}
