"""After paying, once the money is not there any more: no thanks for it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.payments import kinds
from app.payments.inbox import mark
from tests.memberships.joining.making import Door, look, open_door, paid_page

THANKS, GONE = "<h1>Thank you</h1>", "<h1>Your money is not with us</h1>"


@pytest.fixture
def door(database_url: str, tmp_path: Path) -> Iterator[Door]:
    with open_door(database_url, tmp_path) as opened:
        yield opened


def paid(door: Door, **fields: str) -> tuple[str, str]:
    """Pay and let it be seen; return the page's path and the payment's id."""
    path = paid_page(door, **fields)
    door.get(path)
    look(door)
    (payment,) = door.world.all("payment_intent")
    assert THANKS in door.get(path).text
    return path, payment["id"]


def look_again(door: Door, payment: str) -> None:
    with door.database.write() as session:
        mark(session, kinds.PAYMENT, payment)
        session.commit()
    look(door)


@pytest.mark.parametrize("fields", [{}, {"interval": "once"}])
@pytest.mark.parametrize("away", ["refund", "dispute"])
def test_money_that_went_away_is_not_thanked_for(
    door: Door, fields: dict[str, str], away: str
) -> None:
    path, payment = paid(door, **fields)
    getattr(door.world, away)(payment)
    look_again(door, payment)

    assert GONE in door.get(path).text


def test_what_is_left_after_a_part_went_back_is_thanked_for(door: Door) -> None:
    path, payment = paid(door, interval="once")
    door.world.refund(payment, 100)
    look_again(door, payment)

    assert THANKS in door.get(path).text


def test_money_that_a_bank_gave_up_questioning_is_thanked_for_again(door: Door) -> None:
    path, payment = paid(door, interval="once")
    door.world.dispute(payment)
    look_again(door, payment)
    assert GONE in door.get(path).text

    (dispute,) = door.world.all("dispute")
    door.world.settle_dispute(dispute["id"], won=True)
    look_again(door, payment)
    assert THANKS in door.get(path).text
