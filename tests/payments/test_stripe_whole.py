"""The gateway and the stand-in together: real client, real HTTP, both held to Stripe's types."""

from dataclasses import replace

import pytest

from app.core.money import Money
from app.payments.gateway import GatewayDownError, GatewayError, NotFoundError
from app.payments.stripe_gateway import StripeGateway
from app.sandbox.stripe.api import Trouble
from app.sandbox.stripe.world import World
from tests.payments.joining import SEVEN, joined, long_ago, pay, wanted

MONTH = 32 * 86_400


def test_a_membership_from_page_to_invoice(rehearsed: StripeGateway, world: World) -> None:
    page = rehearsed.open_checkout(wanted(world), "one")
    assert (page.state, page.paid, page.money) == ("open", False, SEVEN)
    assert (
        rehearsed.open_checkout(replace(wanted(world), expires_at=page.expires_at), "one") == page
    )

    pay(world, page.id)
    done = rehearsed.checkout(page.id)
    seen = rehearsed.subscription(str(done.subscription_id))
    (invoice,) = rehearsed.invoices(seen.id)
    payment = rehearsed.payment(invoice.payment_ids[0])

    assert (done.state, done.paid, done.name) == ("complete", True, "Olha Koval")
    assert seen.reference == done.reference == wanted(world).reference
    assert (seen.status, seen.money, seen.interval, seen.live) == ("active", SEVEN, "month", False)
    assert seen.card is not None
    assert seen.card.last4 == "4242"
    assert (invoice.status, invoice.paid, invoice.subscription_id) == ("paid", SEVEN, seen.id)
    assert invoice.covers_until == seen.period_ends_at
    assert rehearsed.invoice(invoice.id) == invoice
    assert (payment.received, payment.refunded) == (SEVEN, Money(0, "EUR"))
    assert rehearsed.subscription_of(payment.id) == seen.id
    assert rehearsed.payment_of("charge", str(payment.charge_id)) == payment.id


def test_a_gift_from_page_to_payment(rehearsed: StripeGateway, world: World) -> None:
    page = rehearsed.open_checkout(replace(wanted(world), interval=None), "gift")
    pay(world, page.id)

    done = rehearsed.checkout(page.id)
    payment = rehearsed.payment(str(done.payment_id))

    assert (done.interval_kind, done.paid, done.subscription_id) == ("payment", True, None)
    assert done.customer_id is not None
    assert (payment.reference, payment.received) == (wanted(world).reference, SEVEN)
    assert rehearsed.subscription_of(payment.id) is None


def test_a_page_is_closed_once_and_again(rehearsed: StripeGateway, world: World) -> None:
    page = rehearsed.open_checkout(wanted(world), "one")

    rehearsed.expire_checkout(page.id, "two")
    rehearsed.expire_checkout(page.id, "three")

    assert rehearsed.checkout(page.id).state == "expired"
    with pytest.raises(NotFoundError):
        rehearsed.expire_checkout("cs_test_none", "four")


def test_a_subscription_is_changed_stopped_and_taken_up_again(
    rehearsed: StripeGateway, world: World
) -> None:
    name = joined(rehearsed, world).id

    assert rehearsed.change_amount(name, Money(1200, "EUR"), "a").money == Money(1200, "EUR")
    ending = rehearsed.cancel(name, "b")
    assert ending.ends_at == ending.period_ends_at
    assert rehearsed.undo_cancel(name, "c").ends_at is None
    assert rehearsed.pause(name, "d").paused
    assert not rehearsed.resume(name, "e").paused
    assert len(rehearsed.invoices(name)) == 1, "nothing of this was charged for"


def test_a_renewal_asks_for_the_amount_as_changed(rehearsed: StripeGateway, world: World) -> None:
    name = joined(rehearsed, world).id
    rehearsed.change_amount(name, Money(1200, "EUR"), "a")

    world.advance(MONTH)

    first, second = rehearsed.invoices(name)
    assert (first.paid, second.paid) == (SEVEN, Money(1200, "EUR"))
    assert first.covers_until is not None
    assert second.covers_until is not None
    assert second.covers_until > first.covers_until
    listed = [one.id for one in rehearsed.paid_invoices_since(long_ago(world))]
    assert listed == [second.id, first.id]


def test_what_has_ended_stays_ended(rehearsed: StripeGateway, world: World) -> None:
    name = joined(rehearsed, world).id

    assert rehearsed.end_now(name, "a").ended_at is not None
    assert rehearsed.end_now(name, "b").status == "canceled"
    with pytest.raises(GatewayError):
        rehearsed.cancel(name, "c")
    assert [one.id for one in rehearsed.all_subscriptions()] == [name]


def test_money_goes_back(rehearsed: StripeGateway, world: World) -> None:
    (invoice,) = rehearsed.invoices(joined(rehearsed, world).id)
    (payment,) = invoice.payment_ids

    part = rehearsed.refund(payment, Money(200, "EUR"), "a")
    assert rehearsed.refund(payment, Money(200, "EUR"), "a") == part, "one key is one refund"
    rest = rehearsed.refund(payment, None, "b")

    seen = rehearsed.payment(payment)
    assert (part.money, rest.money, seen.refunded) == (Money(200, "EUR"), Money(500, "EUR"), SEVEN)
    assert {one.id for one in seen.refunds} == {part.id, rest.id}
    assert {one.id for one in rehearsed.refunds_since(long_ago(world))} == {part.id, rest.id}
    assert rehearsed.payment_of("refund", part.id) == payment


def test_an_answer_that_was_lost_is_asked_for_again_and_nothing_is_done_twice(
    rehearsed: StripeGateway, world: World, trouble: Trouble
) -> None:
    (invoice,) = rehearsed.invoices(joined(rehearsed, world).id)
    (payment,) = invoice.payment_ids

    trouble.lost = 2
    rehearsed.refund(payment, Money(200, "EUR"), "a")
    assert rehearsed.payment(payment).refunded == Money(200, "EUR")

    trouble.lost = 3
    with pytest.raises(GatewayDownError):
        rehearsed.refund(payment, Money(100, "EUR"), "b")
    rehearsed.refund(payment, Money(100, "EUR"), "b")
    assert rehearsed.payment(payment).refunded == Money(300, "EUR")


@pytest.mark.parametrize(("won", "state"), [(True, "won"), (False, "lost")])
def test_a_dispute_opens_and_is_settled(
    rehearsed: StripeGateway, world: World, state: str, *, won: bool
) -> None:
    (invoice,) = rehearsed.invoices(joined(rehearsed, world).id)
    (payment,) = invoice.payment_ids
    world.warn(payment)
    world.dispute(payment)
    seen = rehearsed.payment(payment)
    (dispute,) = seen.disputes

    assert (dispute.state, seen.warned) == ("open", True)
    assert rehearsed.payment_of("dispute", dispute.id) == payment
    (warning,) = world.all("radar.early_fraud_warning")
    assert rehearsed.payment_of("radar.early_fraud_warning", warning["id"]) == payment

    world.settle_dispute(dispute.id, won=won)

    assert [one.state for one in rehearsed.disputes_since(long_ago(world))] == [state]


def test_a_card_is_changed_on_the_portal(rehearsed: StripeGateway, world: World) -> None:
    seen = joined(rehearsed, world)

    address = rehearsed.portal(seen.customer_id, "http://localhost/account/", "a")
    world.new_card(seen.customer_id, "5555555555554444")

    card = rehearsed.subscription(seen.id).card
    assert address.startswith("http://127.0.0.1")
    assert card is not None
    assert card.last4 == "4444"


def test_a_customer_is_forgotten(rehearsed: StripeGateway, world: World) -> None:
    seen = joined(rehearsed, world)

    rehearsed.forget_customer(seen.customer_id, "a")
    rehearsed.forget_customer(seen.customer_id, "b")

    ended = world.get(seen.id)
    assert ended is not None
    assert ended["status"] == "canceled"


def test_the_log_of_events_is_read_back_to_a_known_one(
    rehearsed: StripeGateway, world: World
) -> None:
    joined(rehearsed, world)

    events = list(rehearsed.events_since(long_ago(world), None))
    some = list(rehearsed.events_since(long_ago(world), events[2].id))

    assert some == events[:2]
    assert "checkout.session.completed" in {one.type for one in events}
    times = [one.created_at for one in events]
    assert times == sorted(times, reverse=True)
