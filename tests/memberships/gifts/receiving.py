"""Somebody who is given a membership, before its pages, on a site with a relay."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select
from werkzeug.test import TestResponse

from app.core.clock import now
from app.core.database import Database
from app.memberships.gifts import web
from app.memberships.gifts.codes import code_of, gift_path
from app.memberships.gifts.models import GiftMembership
from app.people.models import EmailAddress
from tests.conftest import make_settings
from tests.mail.relays import Mailbox, doing_as_told
from tests.memberships.account.making import make_refund
from tests.memberships.gifts.making import Named, buy, payment_of, settle_again
from tests.people.making import BOB, Door, code_in, open_door


@dataclass
class Recipient:
    """Somebody with a code, or without one, before the pages of gifts."""

    door: Door

    def buy(self, kind: str = "gift_membership") -> str:
        """Let somebody pay for a gift; return its name."""
        with self.door.database.write() as session:
            gift, _payment = buy(session, kind, now(session))
            session.commit()
        return gift.public_id

    def take_back(self, name: str) -> None:
        """Let the money of a gift go back."""
        with self.door.database.write() as session:
            gift = session.scalars(select(GiftMembership).filter_by(public_id=name)).one()
            make_refund(session, payment_of(session, gift), 7000, created_at=now(session))
            settle_again(session, gift, now(session))
            session.commit()

    def code(self, name: str) -> str:
        """Return a gift's code."""
        return code_of(self.door.settings, Named(name))

    def page(self, name: str, language: str = "en") -> str:
        """Return the path of a gift's own page."""
        return gift_path(self.door.settings, Named(name), language)

    def types(self, code: str, prefix: str = "") -> TestResponse:
        """Send the form with the code."""
        return self.door.post(f"{prefix}/join/gift/", code=code)

    def comes(self, path: str, address: str = BOB) -> TestResponse:
        """Give an address on a gift's page, and sign in by the mail; return the page after it."""
        answer = self.door.post(path, email=address)
        assert answer.status_code == 303, answer.text
        self.door.work()
        prefix = "/uk" if path.startswith("/uk/") else ""
        code = code_in(self.door.mails[-1])
        entered = self.door.post(f"{prefix}/account/sign-in/code", code=code)
        assert entered.status_code == 303, entered.text
        page = self.door.get(entered.location)
        assert page.status_code == 200
        return page

    def presses(self, page: TestResponse) -> TestResponse:
        """Press the page's one button, and see what it leads to."""
        action = re.search(r'action="([^"]+(?:/use|/claim))"', page.text)
        token = re.search(r'name="csrf_token" value="(\w+)"', page.text)
        assert action is not None, page.text
        assert token is not None, page.text
        answer = self.door.post(action[1], csrf_token=token[1])
        return self.door.get(answer.location) if answer.status_code == 303 else answer

    def gifts(self) -> list[GiftMembership]:
        """Return every gift membership, oldest first."""
        with self.door.database.read() as session:
            return list(session.scalars(select(GiftMembership).order_by(GiftMembership.id)))

    def person(self, address: str = BOB) -> int:
        """Return whose an address is."""
        with self.door.database.read() as session:
            found = session.scalar(
                select(EmailAddress.person_id).where(EmailAddress.key == address)
            )
        assert found is not None
        return found


@contextmanager
def receiving(database: Database, folder: Path) -> Iterator[Recipient]:
    """Open a site with the pages of gifts, and a browser before it that nobody knows."""
    url = database.engine.url.render_as_string(hide_password=False)
    with doing_as_told() as relay:
        settings = make_settings(url, folder, SMTP_PORT=str(relay.port), LOG_LEVEL="error")
        door = open_door(database, settings, Mailbox(relay.port, relay.mails))
        web.register(door.app, settings)
        yield Recipient(door)


def heading(page: TestResponse) -> str:
    """Return the heading of a page."""
    found = re.search(r"<h1>(.*?)</h1>", page.text, re.DOTALL)
    assert found is not None, page.text
    return found[1]
