"""What happens to memberships as the stand-in's clock goes on."""

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.sandbox.stripe.conftest import DAY, DEBIT, FAILS_LATER, GOOD, Till

ASKS_EVERY_TIME = "4000 0027 6000 3184"


def periods(till: Till) -> list[tuple[str, int]]:
    """Return each invoice's state and the end of what it covers, oldest first."""
    found = reversed(till.world.all("invoice"))
    return [(one["status"], one["lines"]["data"][0]["period"]["end"]) for one in found]


def now_of(till: Till, subscription: dict[str, Any]) -> dict[str, Any]:
    return till.one(subscription["id"])


def test_a_membership_renews_each_month_on_its_anchors_day(till: Till) -> None:
    till.join()

    till.to("2026-04-30T09:00")

    ends = ["2026-02-28", "2026-03-31", "2026-04-30", "2026-05-31"]
    assert periods(till) == [("paid", moment(end)) for end in ends]
    assert till.world.all("invoice")[0]["created"] == moment("2026-04-30")
    assert len(till.world.all("charge")) == 4


def test_a_years_membership_renews_after_a_year(till: Till) -> None:
    yearly = {"currency": "eur", "product": "membership-month", "unit_amount": 5000}
    price = yearly | {"recurring": {"interval": "year"}}
    till.pay(till.open(line_items=[{"price_data": price, "quantity": 1}]))

    till.to("2027-01-31T08:59:59")
    assert len(till.world.all("charge")) == 1
    till.world.advance(1)

    assert periods(till)[-1] == ("paid", moment("2028-01-31"))


def test_nothing_is_charged_a_second_before_the_period_ends(till: Till) -> None:
    till.join()

    till.to("2026-02-28T08:59:59")

    assert len(till.world.all("charge")) == 1


def test_a_card_that_fails_is_tried_on_days_3_5_and_7_and_then_it_ends(till: Till) -> None:
    subscription = till.join(FAILS_LATER)
    till.to("2026-02-28T09:00")
    invoice = till.one(now_of(till, subscription)["latest_invoice"])

    assert now_of(till, subscription)["status"] == "past_due"
    assert now_of(till, subscription)["items"]["data"][0]["current_period_end"] == moment(
        "2026-03-31"
    )
    for attempts, days in enumerate((3, 5, 7), start=1):
        invoice = till.one(invoice["id"])
        assert (invoice["status"], invoice["attempt_count"]) == ("open", attempts)
        assert invoice["next_payment_attempt"] == moment("2026-02-28") + days * DAY
        till.world.advance(invoice["next_payment_attempt"] - till.world.now())

    over = now_of(till, subscription)
    assert (over["status"], over["ended_at"]) == ("canceled", moment("2026-02-28") + 7 * DAY)
    assert over["cancellation_details"]["reason"] == "payment_failed"
    assert till.one(invoice["id"])["next_payment_attempt"] is None
    assert till.told().count("invoice.payment_failed") == 4
    till.world.advance(90 * DAY)
    assert till.told().count("invoice.payment_failed") == 4


def test_a_new_card_pays_what_is_owed_at_the_next_retry(till: Till) -> None:
    subscription = till.join(FAILS_LATER)
    till.to("2026-02-28T09:00")

    assert till.world.new_card(subscription["customer"], GOOD) == "taken"
    assert now_of(till, subscription)["status"] == "past_due"
    till.world.advance(3 * DAY)

    assert now_of(till, subscription)["status"] == "active"
    assert periods(till)[-1] == ("paid", moment("2026-03-31"))
    payments = till.client.v1.invoice_payments.list(
        {"invoice": now_of(till, subscription)["latest_invoice"]}
    )
    assert [one.status for one in payments.data] == ["paid"]


@pytest.mark.parametrize(
    ("card", "three_d", "answer"),
    [
        ("4000000000009995", None, "declined"),
        ("4000002500003155", None, "three_d"),
        ("4000002500003155", False, "declined"),
        ("4000002500003155", True, "taken"),
    ],
)
def test_a_new_card_is_taken_only_when_it_is_good(
    till: Till, card: str, three_d: bool | None, answer: str
) -> None:
    subscription = till.join()

    assert till.world.new_card(subscription["customer"], card, three_d=three_d) == answer

    changed = now_of(till, subscription)["default_payment_method"]
    assert (changed != subscription["default_payment_method"]) is (answer == "taken")


def test_a_card_that_asks_every_time_wants_its_owner_at_the_renewal(till: Till) -> None:
    session_id = till.open()
    assert till.pay(session_id, ASKS_EVERY_TIME, three_d=True) == "paid"

    till.to("2026-02-28T09:00")

    assert "invoice.payment_action_required" in till.told()
    assert till.world.all("payment_intent")[0]["status"] == "requires_action"
    assert till.world.all("subscription")[0]["status"] == "past_due"


def test_a_debit_at_a_renewal_looks_healthy_for_three_days_while_nothing_is_paid(
    till: Till,
) -> None:
    subscription = till.join(DEBIT)
    till.to("2026-02-28T09:00")

    assert now_of(till, subscription)["status"] == "active"
    assert periods(till)[-1][0] == "open"
    till.world.advance(3 * DAY)
    assert periods(till)[-1][0] == "paid"


def test_a_year_at_once_is_twelve_renewals(till: Till) -> None:
    till.join()

    till.to("2027-01-31T09:00")

    assert len(till.world.all("charge")) == 13


def moment(day: str) -> int:
    """Return nine o'clock of a day, when the membership began."""
    return int(datetime.fromisoformat(f"{day}T09:00").replace(tzinfo=UTC).timestamp())
