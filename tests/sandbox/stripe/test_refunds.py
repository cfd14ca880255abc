"""Money that goes back: refunds, disputes, warnings."""

import pytest
import stripe

from app.sandbox.stripe.errors import StripeError
from tests.sandbox.stripe.conftest import DAY, DEBIT, Till

DISPUTED = "4000 0000 0000 0259"
WARNED = "4000 0000 0000 5423"
SLOW_REFUND = "4000 0000 0000 7726"
FAILING_REFUND = "4000 0000 0000 5126"


def charge_of(till: Till, payment_id: str) -> stripe.Charge:
    payment = till.client.v1.payment_intents.retrieve(payment_id, {"expand": ["latest_charge"]})
    charge = payment.latest_charge
    assert isinstance(charge, stripe.Charge)
    return charge


def test_parts_are_given_back_until_nothing_is_left(till: Till) -> None:
    payment_id = till.give()["id"]

    till.client.v1.refunds.create({"payment_intent": payment_id, "amount": 1000})
    assert (charge_of(till, payment_id).amount_refunded, charge_of(till, payment_id).refunded) == (
        1000,
        False,
    )
    with pytest.raises(stripe.InvalidRequestError, match=r"greater than unrefunded"):
        till.client.v1.refunds.create({"payment_intent": payment_id, "amount": 1501})
    till.client.v1.refunds.create({"payment_intent": payment_id})

    assert charge_of(till, payment_id).refunded
    with pytest.raises(stripe.InvalidRequestError) as caught:
        till.client.v1.refunds.create({"payment_intent": payment_id})
    assert caught.value.code == "charge_already_refunded"
    amounts = [one.amount for one in till.client.v1.refunds.list({"payment_intent": payment_id})]
    assert amounts == [1500, 1000]
    assert till.told().count("charge.refunded") == till.told().count("refund.created") == 2


@pytest.mark.parametrize("minor", [0, -5])
def test_nothing_is_no_refund(till: Till, minor: int) -> None:
    payment_id = till.give()["id"]

    with pytest.raises(StripeError, match="greater than or equal to 1"):
        till.world.refund(payment_id, minor)


def test_what_is_not_paid_is_not_given_back(till: Till) -> None:
    payment_id = till.give(DEBIT)["id"]

    with pytest.raises(StripeError, match="successful charge"):
        till.world.refund(payment_id)


def test_a_refund_that_fails_is_ours_again(till: Till) -> None:
    payment_id = till.give()["id"]
    refund_id = till.world.refund(payment_id)

    till.world.fail_refund(refund_id)

    assert till.one(refund_id)["status"] == "failed"
    assert (charge_of(till, payment_id).amount_refunded, charge_of(till, payment_id).refunded) == (
        0,
        False,
    )
    assert "refund.failed" in till.told()


@pytest.mark.parametrize(
    ("card", "first", "last"),
    [(SLOW_REFUND, "pending", "succeeded"), (FAILING_REFUND, "succeeded", "failed")],
)
def test_some_cards_take_days_to_be_given_back_to(
    till: Till, card: str, first: str, last: str
) -> None:
    refund_id = till.world.refund(till.give(card)["id"])

    assert till.one(refund_id)["status"] == first
    till.world.advance(5 * DAY)
    assert till.one(refund_id)["status"] == last


@pytest.mark.parametrize(
    ("won", "status", "told"),
    [(True, "won", "charge.dispute.funds_reinstated"), (False, "lost", "charge.dispute.closed")],
)
def test_a_dispute_is_won_or_lost(till: Till, won: bool, status: str, told: str) -> None:
    payment_id = till.give()["id"]
    dispute_id = till.world.dispute(payment_id)

    assert charge_of(till, payment_id).disputed
    with pytest.raises(stripe.InvalidRequestError) as caught:
        till.client.v1.refunds.create({"payment_intent": payment_id})
    assert caught.value.code == "charge_disputed"
    till.world.settle_dispute(dispute_id, won=won)

    found = till.client.v1.disputes.list({"payment_intent": payment_id}).data
    assert [one.status for one in found] == [status]
    assert told in till.told()
    with pytest.raises(StripeError, match="closed already"):
        till.world.settle_dispute(dispute_id, won=won)
    with pytest.raises(StripeError, match="disputed already"):
        till.world.dispute(payment_id)


@pytest.mark.parametrize(
    ("won", "status", "disputed"),
    [(True, "warning_closed", False), (False, "needs_response", True)],
)
def test_an_inquiry_holds_nothing_until_it_is_a_dispute(
    till: Till, won: bool, status: str, disputed: bool
) -> None:
    payment_id = till.give()["id"]
    dispute_id = till.world.dispute(payment_id, warning=True)

    assert not charge_of(till, payment_id).disputed
    till.world.settle_dispute(dispute_id, won=won)

    assert till.one(dispute_id)["status"] == status
    assert charge_of(till, payment_id).disputed is disputed


def test_a_card_can_be_disputed_from_the_start(till: Till) -> None:
    payment_id = till.give(DISPUTED)["id"]

    assert [one["payment_intent"] for one in till.world.all("dispute")] == [payment_id]
    assert till.told()[-2:] == ["charge.dispute.created", "charge.dispute.funds_withdrawn"]


def test_a_warning_of_fraud_names_the_payment(till: Till) -> None:
    payment_id = till.give(WARNED)["id"]

    found = till.client.v1.radar.early_fraud_warnings.list({"payment_intent": payment_id}).data

    assert [one.charge for one in found] == [charge_of(till, payment_id).id]
    assert till.told()[-1] == "radar.early_fraud_warning.created"


def test_a_refund_ends_nothing_else(till: Till) -> None:
    subscription = till.join()

    till.world.refund(till.world.all("payment_intent")[0]["id"])

    assert till.one(subscription["id"])["status"] == "active"
    assert till.one(subscription["latest_invoice"])["status"] == "paid"
