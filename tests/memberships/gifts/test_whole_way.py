"""A gift from the buyer's card to the recipient's membership, and back again."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from app.core.clock import now
from app.core.database import Database
from app.core.work import Runtime
from app.mail.jobs import drain as drain_mail
from app.memberships import letters, reminding
from app.memberships.queries import current_count
from tests.mail.relays import Taken
from tests.memberships.account.making import ANN
from tests.memberships.gifts.making import stretches
from tests.memberships.gifts.receiving import Recipient, heading, receiving
from tests.memberships.sync_making import DAY, Till, open_till
from tests.people.making import BOB


@dataclass
class Gifting:
    """Ann at the till, Bob at his mailbox."""

    till: Till
    bob: Recipient

    def buys(self, **values: Any) -> str:  # noqa: ANN401 - columns of the wish
        """Let Ann pay for a gift; return its payment's id at Stripe."""
        page = self.till.join(interval=None, amount_minor=7000, **values)
        self.till.look("checkout", page)
        self.work()
        return str(self.till.gateway.checkout(page).payment_id)

    def work(self) -> None:
        """Remind whoever is due, and send all mail."""
        runtime = Runtime(self.bob.door.database, self.bob.door.settings)
        reminding.remind(runtime)
        while drain_mail(runtime, "confirm", letters.speakers()):
            pass

    def mail(self, address: str, subject: str) -> Taken:
        """Return the one mail to an address whose subject begins so."""
        (found,) = [
            one
            for one in self.bob.door.mails
            if one.recipient == address and str(one.message["Subject"]).startswith(subject)
        ]
        return found

    def members(self) -> int:
        """Return the count at this moment."""
        with self.bob.door.database.read() as session:
            count = current_count(session, now(session))
        return count.members if count is not None else 0


@pytest.fixture
def gifting(database: Database, tmp_path: Path) -> Iterator[Gifting]:
    with (
        receiving(database, tmp_path) as bob,
        open_till(database, bob.door.settings, tmp_path) as till,
    ):
        yield Gifting(till, bob)


def code_in(mail: Taken) -> str:
    found = re.search(r"\b(\w{4}-\w{4}-\w{4})\b", mail.part("plain"))
    assert found is not None, mail.part("plain")
    return found[1]


def test_a_gift_goes_from_the_card_by_mail_into_the_count_and_out_of_it(gifting: Gifting) -> None:
    payment = gifting.buys(kind="gift_membership", recipient_address=BOB, recipient_key=BOB)
    code = code_in(gifting.mail(BOB, "Somebody has given you a membership"))
    assert code == code_in(gifting.mail(ANN, "The code of your gift"))
    assert gifting.members() == 0

    used = gifting.bob.presses(gifting.bob.comes(gifting.bob.types(code).location))
    assert heading(used) == "This gift is yours"
    assert gifting.members() == 1

    gifting.till.world.refund(payment)
    gifting.till.look("payment", payment)
    assert gifting.members() == 0
    assert heading(gifting.bob.door.get(gifting.bob.types(code).location)) == (
        "This gift cannot be used at present"
    )


def test_a_gift_for_a_day_to_come_arrives_on_that_day(gifting: Gifting) -> None:
    with gifting.bob.door.database.read() as session:
        day = now(session) + timedelta(days=5)
    gifting.buys(kind="gift_membership", recipient_address=BOB, recipient_key=BOB, deliver_at=day)
    assert [one.recipient for one in gifting.bob.door.mails].count(BOB) == 0

    gifting.till.advance(5 * DAY + 60)
    gifting.work()
    gifting.work()

    code = code_in(gifting.mail(BOB, "Somebody has given you a membership"))
    assert gifting.bob.types(code).status_code == 303


def test_what_is_given_reaches_the_reader_who_asks(gifting: Gifting) -> None:
    assert "None is open" in gifting.bob.door.get("/join/given/").text
    gifting.buys(kind="given")

    assert heading(gifting.bob.presses(gifting.bob.comes("/join/given/"))) == "You are a member"
    with gifting.bob.door.database.read() as session:
        assert [one[0] for one in stretches(session, gifting.bob.person())] == ["given"]
    assert gifting.members() == 1
