"""Supporters change their own memberships: at the stand-in for Stripe, through the real client."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select

from app.core.database import Database
from app.core.money import Money
from app.memberships.changing import (
    NotNowError,
    _key,
    cancel,
    card_page,
    change_amount,
    pause,
    resume,
    undo_cancel,
)
from app.memberships.standing import standing_of
from app.payments.gateway import GatewayDownError
from app.payments.models import DirtyKey
from app.payments.stripe_client import RETRIES
from tests.memberships.account.making import Supporter, supporting

DAY = 86_400


@pytest.fixture
def ann(database: Database, tmp_path: Path) -> Iterator[Supporter]:
    with supporting(database, tmp_path) as made:
        yield made


def test_another_amount_is_asked_for_and_shown(ann: Supporter) -> None:
    assert change_amount(ann.till, ann.membership, Money(1200, "EUR"))

    assert ann.membership.money == Money(1200, "EUR") == ann.at_stripe().money


def test_a_cancelled_membership_ends_with_what_is_paid(ann: Supporter) -> None:
    assert cancel(ann.till, ann.membership, "  Moving away ")

    assert standing_of(ann.membership) == "cancelled"
    assert ann.membership.ends_at == ann.membership.paid_through
    assert ann.row().cancel_reason == "Moving away"


def test_one_whose_charge_failed_ends_at_once_and_is_charged_no_more(ann: Supporter) -> None:
    ann.world.new_card(str(ann.row().customer_id), "4000000000000341")
    ann.world.advance(32 * DAY)
    ann.till.look(ann.subscription_id)
    before = standing_of(ann.membership)
    assert cancel(ann.till, ann.membership)
    ann.world.advance(30 * DAY)
    ann.till.look(ann.subscription_id)

    assert (before, standing_of(ann.membership)) == ("failing", "over")
    assert ann.row().cancel_asked_at is not None
    assert sorted(one["status"] for one in ann.world.all("invoice")) == ["open", "paid"]


def test_a_cancellation_can_be_taken_back_and_asked_for_again(ann: Supporter) -> None:
    cancel(ann.till, ann.membership, "Too many mails")
    undo_cancel(ann.till, ann.membership)
    between = standing_of(ann.membership), ann.row().cancel_reason
    cancel(ann.till, ann.membership)

    assert between == ("running", None)
    assert standing_of(ann.membership) == "cancelled"
    assert ann.at_stripe().ends_at is not None


def test_a_paused_membership_is_resumed(ann: Supporter) -> None:
    pause(ann.till, ann.membership)
    paused = standing_of(ann.membership)
    resume(ann.till, ann.membership)

    assert paused == "paused"
    assert standing_of(ann.membership) == "running"
    assert not ann.at_stripe().paused


def test_two_clicks_at_once_are_one_call_and_a_later_one_is_another(ann: Supporter) -> None:
    clicks = {_key(ann.database, ann.membership, "cancel", "") for _click in range(2)}
    cancel(ann.till, ann.membership)
    undo_cancel(ann.till, ann.membership)

    assert len(clicks) == 1
    assert _key(ann.database, ann.membership, "cancel", "") not in clicks


def test_a_change_that_stripe_made_though_its_answer_was_lost_is_made_once(
    ann: Supporter,
) -> None:
    ann.trouble.lost = 1

    assert change_amount(ann.till, ann.membership, Money(900, "EUR"))
    assert ann.membership.money == Money(900, "EUR")


def test_what_a_membership_cannot_do_is_refused_before_stripe_is_asked(ann: Supporter) -> None:
    cancel(ann.till, ann.membership)

    for act in (cancel, pause, resume):
        with pytest.raises(NotNowError):
            act(ann.till, ann.membership)
    with pytest.raises(NotNowError):
        card_page(ann.till, ann.membership, "http://localhost/account/")


def test_while_stripe_is_down_nothing_changes_and_the_lane_looks_later(ann: Supporter) -> None:
    ann.trouble.down = 1 + RETRIES

    with pytest.raises(GatewayDownError):
        pause(ann.till, ann.membership)

    assert standing_of(ann.membership) == "running"
    with ann.database.read() as session:
        open_keys = select(func.count()).where(DirtyKey.done_at.is_(None))
        assert session.scalar(open_keys) == 1


def test_the_card_is_changed_on_a_page_of_stripes_each_time_a_fresh_one(ann: Supporter) -> None:
    pages = {card_page(ann.till, ann.membership, "http://localhost/account/") for _try in range(2)}

    assert len(pages) == 2
    assert all("/portal/" in page for page in pages)
