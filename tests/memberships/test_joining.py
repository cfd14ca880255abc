"""Joining: the form, the page to pay on, and thanks, through the real client and a stand-in."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.memberships.joining_making import Door, open_door


@pytest.fixture
def door(database_url: str, tmp_path: Path) -> Iterator[Door]:
    with open_door(database_url, tmp_path) as opened:
        yield opened


def test_a_wish_leads_to_a_page_to_pay_on(door: Door) -> None:
    answer = door.send()
    intent = door.intent()

    assert answer.status_code == 303
    assert answer.headers["Location"] == intent.checkout_url
    assert (intent.kind, intent.interval, intent.state) == ("membership", "month", "open")
    assert (intent.amount_minor, intent.fee_minor, intent.currency) == (1000, 0, "EUR")
    assert door.pay(intent) == "paid"
