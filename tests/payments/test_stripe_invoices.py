"""What we see of a subscription's invoices: what is due, what is paid, and until when it covers."""

from datetime import UTC, datetime, timedelta
from typing import Any

from app.core.money import Money
from app.payments.gateway import (
    CardSeen,
    InvoiceSeen,
)
from app.payments.stripe_gateway import StripeGateway
from tests.payments.answering import Answering
from tests.payments.shapes import (
    MADE,
    MONTH,
    invoice,
    line,
    listed,
)

THEN = datetime.fromtimestamp(MADE, UTC)
MONTH_LATER = THEN + timedelta(days=30)
SEVEN = Money(700, "EUR")
VISA = CardSeen("visa", "4242", 9, 2031)


def test_an_invoice(gateway: StripeGateway, stripe_server: Answering) -> None:
    stripe_server.on("GET /v1/invoices/in_1", invoice())

    assert gateway.invoice("in_1") == InvoiceSeen(
        id="in_1",
        number="NEWS-0001",
        subscription_id="sub_1",
        status="paid",
        due=SEVEN,
        paid=SEVEN,
        paid_at=THEN + timedelta(seconds=5),
        covers_until=MONTH_LATER,
        attempts=1,
        next_attempt_at=None,
        payment_ids=("pi_1",),
        created_at=THEN,
        opened_at=THEN,
    )
    assert stripe_server.last.params == {"expand": ["payments"]}


def test_a_period_is_covered_by_what_is_no_proration(
    gateway: StripeGateway, stripe_server: Answering
) -> None:
    lines = listed(
        line(MADE + 10),
        line(MADE + 20),
        line(MADE + 30, proration=True),
        line(MADE + 40, "invoice_item_details"),
    )
    stripe_server.on("GET /v1/invoices/in_1", invoice(lines=lines), invoice(lines=listed()))

    assert gateway.invoice("in_1").covers_until == THEN + timedelta(seconds=20)
    assert gateway.invoice("in_1").covers_until is None


def test_lines_beyond_the_first_page_count_too(
    gateway: StripeGateway, stripe_server: Answering
) -> None:
    few = listed(line(MADE + 10), more=True)
    stripe_server.on("GET /v1/invoices/in_1", invoice(lines=few))
    stripe_server.on("GET /v1/invoices/in_1/lines", listed(line(MADE + 10), line(MADE + 50)))

    assert gateway.invoice("in_1").covers_until == THEN + timedelta(seconds=50)


def test_an_invoice_that_waits_for_its_next_attempt(
    gateway: StripeGateway, stripe_server: Answering
) -> None:
    waits: dict[str, Any] = {
        "status": "open",
        "amount_paid": 0,
        "status_transitions": {},
        "attempt_count": 2,
    }
    alone: dict[str, Any] = {"parent": None, "number": None, "payments": None}
    stripe_server.on(
        "GET /v1/invoices/in_1", invoice(**waits, **alone, next_payment_attempt=MADE + MONTH)
    )

    seen = gateway.invoice("in_1")

    assert (seen.status, seen.attempts, seen.paid) == ("open", 2, Money(0, "EUR"))
    assert (seen.next_attempt_at, seen.paid_at) == (MONTH_LATER, None)
    assert (seen.subscription_id, seen.payment_ids) == (None, ())


def test_the_invoices_of_a_subscription_come_oldest_first(
    gateway: StripeGateway, stripe_server: Answering
) -> None:
    newest = listed(invoice("in_3", created=MADE + 2), invoice("in_2", created=MADE + 1), more=True)
    stripe_server.on("GET /v1/invoices", newest | {"url": "/v1/invoices"}, listed(invoice("in_1")))

    assert [one.id for one in gateway.invoices("sub_1")] == ["in_1", "in_2", "in_3"]
    assert {one.params["subscription"] for one in stripe_server.asked} == {"sub_1"}
