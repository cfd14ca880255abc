"""What supporters are written while time goes by at Stripe: the right mails, in order, once."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from app.core.database import Database
from app.core.settings import Settings
from app.core.work import Runtime
from app.mail.jobs import drain
from app.memberships.letters import speakers
from app.memberships.reminding import remind
from tests.mail.making import at_port
from tests.mail.relays import Scripted, Taken, doing_as_told
from tests.memberships.letter_making import BOB, words
from tests.memberships.money_making import ANN, FAILS_LATER, GOOD, Newsroom, newsroom

DAY = timedelta(days=1)


@dataclass
class Year:
    """A newsroom through a year: what Stripe shows is looked at, reminders run, mails leave."""

    news: Newsroom
    relay: Scripted
    settings: Settings
    seen: int = field(default=0)

    def goes_by(self, days: float = 0) -> list[Taken]:
        """Let days go by; return the mails that came of it."""
        self.news.advance(days)
        runtime = Runtime(self.news.database, self.settings)
        self.news.look()
        remind(runtime)
        while drain(runtime, "confirm", speakers()):
            pass
        new, self.seen = self.relay.mails[self.seen :], len(self.relay.mails)
        return new

    def subjects(self, days: float = 0) -> list[str]:
        """Let days go by; return the subjects of the mails, without the newsroom's name, sorted."""
        return sorted(
            str(mail.message["Subject"]).removesuffix(": The Test Post")
            for mail in self.goes_by(days)
        )


@pytest.fixture
def year(database: Database, settings: Settings, tmp_path: Path) -> Iterator[Year]:
    with newsroom(database, settings, tmp_path) as news, doing_as_told() as relay:
        yield Year(news, relay, at_port(settings, relay.port))


JOINED = ["Receipt for your payment", "Your membership has begun"]
FAILED, STILL = "Your card could not be charged", "Your card still cannot be charged"


def test_a_card_that_fails_for_good_is_told_three_times(year: Year) -> None:
    subscription = year.news.join(FAILS_LATER)
    assert year.subjects() == JOINED
    charged_at = year.news.membership(subscription).period_ends_at
    days = (charged_at - year.news.moment()) / DAY

    assert year.subjects(days + 0.1) == [FAILED]
    assert year.subjects(1) == []
    assert year.subjects(2) == [STILL]
    assert year.subjects(1) == []
    (last,) = year.goes_by(3.1)
    assert str(last.message["Subject"]) == "Your membership has ended: The Test Post"
    counted_until = (charged_at + 14 * DAY).astimezone(year.settings.time_zone)
    assert f"until {counted_until.day} {counted_until:%B %Y}" in words(last)
    assert year.subjects(30) == []


def test_a_card_that_is_mended_in_between_ends_the_matter(year: Year) -> None:
    subscription = year.news.join(FAILS_LATER)
    year.goes_by()
    row = year.news.membership(subscription)
    year.goes_by((row.period_ends_at - year.news.moment()) / DAY + 0.1)
    year.news.world.new_card(row.customer_id, GOOD)

    assert year.subjects(3.1) == ["Receipt for your payment"]
    assert year.subjects(5) == []


def test_a_year_is_announced_twice_and_then_charged_as_said(year: Year) -> None:
    subscription = year.news.join(interval="year", amount_minor=7000)
    assert year.subjects() == JOINED
    charged_at = year.news.membership(subscription).period_ends_at
    day = charged_at.astimezone(year.settings.time_zone)
    said = f"Your membership renews on {day.day} {day:%B %Y}"

    until = (charged_at - year.news.moment()) / DAY
    assert year.subjects(until - 31) == []
    assert year.subjects(1.1) == [said]
    assert year.subjects(22) == []
    assert year.subjects(1) == [said]
    assert year.subjects(7) == ["Receipt for your payment"]
    assert year.subjects(30) == []


def test_whoever_stops_is_told_so_and_hears_of_no_renewal(year: Year) -> None:
    subscription = year.news.join(interval="year")
    year.goes_by()
    year.news.gateway.cancel(subscription, str(uuid4()))

    assert year.subjects() == ["Your membership will not renew"]
    ends_at = year.news.membership(subscription).period_ends_at
    assert year.subjects((ends_at - year.news.moment()) / DAY - 29.9) == []
    assert year.subjects(31) == []


def test_a_refund_is_told_with_the_receipt_that_it_belongs_to(year: Year) -> None:
    payment_id = year.news.give()
    (receipt,) = year.goes_by()
    year.news.world.refund(payment_id, 250)

    (back,) = year.goes_by(0.1)

    (payment,) = year.news.payments()
    assert "We have sent €2.50 back to you" in words(back)
    assert payment.receipt_number in words(back)
    assert payment.receipt_number in words(receipt)


def test_a_gift_for_a_later_day_is_handed_over_on_that_day(year: Year) -> None:
    given_on = year.news.moment() + 40 * DAY
    named: dict[str, Any] = {"recipient_address": BOB, "deliver_at": given_on}
    year.news.give("gift_membership", amount_minor=7000, **named)

    assert {mail.recipient for mail in year.goes_by()} == {ANN}
    assert year.goes_by(39) == []
    (gift,) = year.goes_by(1.1)
    assert gift.recipient == BOB
    assert year.goes_by(5) == []


def test_a_gift_whose_money_went_back_is_not_handed_over(year: Year) -> None:
    given_on = year.news.moment() + 10 * DAY
    named: dict[str, Any] = {"recipient_address": BOB, "deliver_at": given_on}
    payment_id = year.news.give("gift_membership", amount_minor=7000, **named)
    year.goes_by()
    year.news.world.refund(payment_id)

    assert {mail.recipient for mail in year.goes_by(1)} == {ANN}
    assert year.goes_by(9.1) == []
