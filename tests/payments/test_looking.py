"""Each kind of object: what is asked of Stripe, whom it is given to, what is looked at next."""

from dataclasses import replace

import pytest

from app.core.database import Database
from app.core.settings import Settings
from app.payments.gateway import ForeignError, GatewayError
from app.payments.inbox import mark, receive
from app.payments.kinds import EVENTS, KINDS, kind_of
from app.payments.looking_now import sync_now
from app.payments.sync import Sync
from tests.payments.fakes import (
    make_checkout,
    make_decline,
    make_event,
    make_invoice,
    make_payment,
    make_subscription,
)
from tests.payments.making import AT_ONCE, Till, make_till, words


@pytest.fixture
def till(database: Database, settings: Settings) -> Till:
    return make_till(database, settings)


def look(till: Till, kind: str, object_id: str) -> None:
    with till.database.write() as session:
        mark(session, kind, object_id)
        session.commit()
    till.drain_all()


def test_a_checkout_is_fetched_and_handed_on(till: Till) -> None:
    seen = make_checkout(state="open", paid=False, payment_id="pi_1")
    till.gateway.put(seen)
    look(till, "checkout", "cs_1")

    assert till.seen() == {"cs_1": words(seen)}
    assert till.gateway.asked == [("checkout", "cs_1")]
    key = till.key()
    assert (key.dirty_seq, key.done_seq, key.lease, key.last_error) == (1, 1, None, None)
    assert key.done_at is not None


def test_a_checkout_that_is_through_leads_to_what_came_of_it(till: Till) -> None:
    till.gateway.put(make_checkout(subscription_id="sub_1", payment_id="pi_1"))
    till.gateway.put(make_subscription(), make_payment())
    look(till, "checkout", "cs_1")

    assert set(till.seen()) == {"cs_1", "sub_1", "pi_1"}


def test_a_subscription_comes_with_its_invoices_and_their_payments(till: Till) -> None:
    seen, payments = make_subscription(), (make_payment("pi_1"), make_payment("pi_2"))
    first = make_invoice("in_1", payment_ids=("pi_1", "pi_2"))
    second = make_invoice("in_2", status="open")
    till.gateway.put(seen, first, second, *payments)
    till.gateway.put(make_invoice("in_3", subscription_id="sub_2"))
    look(till, "subscription", "sub_1")

    assert till.seen() == {"sub_1": words(seen, ((first, payments), (second, ())))}


def test_an_invoice_only_leads_to_its_subscription(till: Till) -> None:
    till.gateway.put(make_subscription(), make_invoice())
    look(till, "invoice", "in_1")

    assert set(till.seen()) == {"sub_1"}
    assert till.keys() == {("invoice", "in_1"), ("subscription", "sub_1")}


def looked_anew(till: Till, *, anew: bool) -> list[tuple[str, str]]:
    """Look at a subscription of whose payments one is written down; return what was asked."""
    first, second = make_payment("pi_1"), make_payment("pi_2")
    till.gateway.put(make_subscription(), first, second)
    till.gateway.put(make_invoice("in_1", payment_ids=("pi_1",)))
    till.gateway.put(make_invoice("in_2", payment_ids=("pi_2",)))
    ours = replace(till.handlers(), written_down=lambda _session, _ids: frozenset({"pi_1"}))
    sync_now(
        Sync(till.database, till.gateway.as_gateway(), ours, AT_ONCE, anew=anew),
        "subscription",
        "sub_1",
    )
    return till.gateway.asked


def test_a_payment_that_is_written_down_is_not_asked_for_again(till: Till) -> None:
    asked = looked_anew(till, anew=False)

    assert [one for kind, one in asked if kind == "payment"] == ["pi_2"]


def test_a_look_from_the_ground_up_asks_for_every_payment(till: Till) -> None:
    asked = looked_anew(till, anew=True)

    assert [one for kind, one in asked if kind == "payment"] == ["pi_1", "pi_2"]


@pytest.mark.parametrize("kind", ["refund", "dispute", "charge", "early_fraud_warning"])
def test_what_happens_to_a_payment_leads_to_it_and_to_its_subscription(
    till: Till, kind: str
) -> None:
    till.gateway.put(make_subscription(), make_invoice(payment_ids=("pi_1",)), make_payment())
    till.gateway.about["about_1"] = "pi_1"
    look(till, kind, "about_1")

    assert set(till.seen()) == {"pi_1", "sub_1"}
    assert (f"payment of {kind}", "about_1") in till.gateway.asked
    assert {till.key(one).done_seq for one in ("about_1", "pi_1", "sub_1")} == {1}


def test_a_decline_is_looked_at_by_itself(till: Till) -> None:
    seen = make_decline()
    till.gateway.put(seen)
    receive(till.database, make_event(type="charge.failed", object_kind="charge", object_id="ch_1"))
    till.drain_all()

    assert till.seen() == {"ch_1": words(seen)}
    assert till.keys() == {("decline", "ch_1")}


def test_a_single_gift_leads_nowhere(till: Till) -> None:
    till.gateway.put(make_payment())
    look(till, "payment", "pi_1")

    assert till.keys() == {("payment", "pi_1")}


def test_of_a_customer_one_hears_only_that_they_are_gone(till: Till) -> None:
    look(till, "customer", "cus_1")

    assert till.seen() == {"cus_1": "gone"}
    assert till.gateway.asked == []


def test_an_object_that_is_gone_is_done_with_a_note(till: Till) -> None:
    receive(till.database, make_event())
    till.drain_all()

    assert till.key().done_at is not None
    assert till.key().last_error == "Stripe has no such object"
    assert (till.seen(), till.states()) == ({}, {"evt_1": "ours"})


@pytest.mark.parametrize(
    "error", [None, ForeignError("foreign", "in a currency that we never ask for")]
)
def test_an_object_with_a_part_that_cannot_be_seen_is_looked_at_again(
    till: Till, error: GatewayError | None
) -> None:
    till.gateway.put(make_subscription(), make_invoice(payment_ids=("pi_1",)))

    def refuse(question: str, _object_id: str) -> None:
        if question == "payment" and error is not None:
            raise error

    till.gateway.meanwhile = refuse
    look(till, "subscription", "sub_1")

    key = till.key("sub_1")
    assert (till.seen(), key.done_at, key.done_seq, key.failures) == ({}, None, 0, 1)
    assert "PartError" in (key.last_error or "")


def test_what_handlers_do_not_know_is_marked_foreign_with_all_that_led_to_it(till: Till) -> None:
    till.ours = False
    till.gateway.put(make_subscription(), make_invoice(payment_ids=("pi_1",)), make_payment())
    till.gateway.about["re_1"] = "pi_1"
    for number, (kind, one) in enumerate(
        [
            ("customer.subscription.updated", "sub_1"),
            ("payment_intent.succeeded", "pi_1"),
            ("refund.created", "re_1"),
            ("invoice.paid", "in_1"),
            ("customer.updated", "cus_1"),
        ]
    ):
        receive(till.database, make_event(f"evt_{number}", type=kind, object_id=one))
    till.drain_all()

    states = till.states()
    assert states.pop("evt_4") == "unread"
    assert set(states.values()) == {"foreign"}
    assert till.key("re_1").done_at is not None


def test_what_turns_out_to_be_ours_after_all_is_ours(till: Till) -> None:
    till.ours = False
    till.gateway.put(make_checkout(), make_checkout("cs_2"))
    receive(till.database, make_event())
    receive(till.database, make_event("evt_other", object_id="cs_2"))
    till.drain_all()
    assert till.states() == {"evt_1": "foreign", "evt_other": "foreign"}

    till.ours = True
    look(till, "checkout", "cs_1")

    assert till.states() == {"evt_1": "ours", "evt_other": "foreign"}


def test_an_event_that_leads_to_nothing_is_foreign(till: Till) -> None:
    till.gateway.put(make_invoice(subscription_id=None))
    receive(till.database, make_event(type="invoice.paid", object_id="in_1"))
    receive(till.database, make_event("evt_2", type="refund.created", object_id="re_1"))
    till.drain_all()

    assert till.states() == {"evt_1": "foreign", "evt_2": "foreign"}


def test_an_object_that_we_cannot_have_made_is_foreign(till: Till) -> None:
    def refuse(_question: str, _object_id: str) -> None:
        raise ForeignError("foreign", "in a currency that we never ask for")

    till.gateway.meanwhile = refuse
    receive(till.database, make_event())
    till.drain_all()

    assert till.states() == {"evt_1": "foreign"}
    assert till.key().done_at is not None


def test_every_event_is_about_a_kind_that_is_looked_at() -> None:
    assert set(EVENTS.values()) == KINDS


@pytest.mark.parametrize(
    ("event_type", "kind"),
    [
        ("checkout.session.async_payment_failed", "checkout"),
        ("customer.subscription.deleted", "subscription"),
        ("invoice.marked_uncollectible", "invoice"),
        ("v1.invoice.paid", "invoice"),
        ("payment_intent.succeeded", "payment"),
        ("refund.failed", "refund"),
        ("charge.dispute.funds_withdrawn", "dispute"),
        ("radar.early_fraud_warning.created", "early_fraud_warning"),
        ("customer.deleted", "customer"),
        ("invoice.created", None),
        ("customer.created", None),
        ("", None),
    ],
)
def test_a_type_of_event_says_what_to_look_at(event_type: str, kind: str | None) -> None:
    assert kind_of(event_type) == kind
