"""Lists since a moment, and the log of events: no more is fetched than is wanted."""

from datetime import UTC, datetime

from app.payments.gateway import EventSeen
from app.payments.stripe_gateway import StripeGateway
from tests.payments.answering import Answering
from tests.payments.payment_shapes import dispute, event, refund
from tests.payments.shapes import MADE, invoice, listed

THEN = datetime.fromtimestamp(MADE, UTC)


def test_lists_since_a_moment_ask_for_what_is_newer(
    gateway: StripeGateway, stripe_server: Answering
) -> None:
    stripe_server.on("GET /v1/refunds", listed(refund(), refund("re_2", currency="chf")))
    stripe_server.on("GET /v1/disputes", listed(dispute()))
    stripe_server.on("GET /v1/invoices", listed(invoice()))

    assert [one.id for one in gateway.refunds_since(THEN)] == ["re_1"]
    assert [one.id for one in gateway.disputes_since(THEN)] == ["dp_1"]
    assert [one.id for one in gateway.paid_invoices_since(THEN)] == ["in_1"]
    assert all(one.params["created"] == {"gte": str(MADE)} for one in stripe_server.asked)
    assert stripe_server.last.params["status"] == "paid"


def test_events_come_newest_first_until_a_known_one(
    gateway: StripeGateway, stripe_server: Answering
) -> None:
    path = "/v1/events"
    pages = (listed(event("evt_4"), event("evt_3"), more=True, url=path), listed(event("evt_2")))
    stripe_server.on(f"GET {path}", *pages)

    seen = list(gateway.events_since(THEN, "evt_2"))

    assert [one.id for one in seen] == ["evt_4", "evt_3"]
    assert seen[0] == EventSeen("evt_4", "invoice.paid", "invoice", "in_1", THEN, live=False)


def test_events_are_fetched_only_as_far_as_they_are_wanted(
    gateway: StripeGateway, stripe_server: Answering
) -> None:
    stripe_server.on("GET /v1/events", listed(event("evt_4"), event("evt_3"), more=True))

    assert [one.id for one in gateway.events_since(THEN, "evt_3")] == ["evt_4"]
    assert len(stripe_server.asked) == 1
