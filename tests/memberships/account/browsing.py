"""Supporters in a browser, signed in to their account, before the stand-in for Stripe."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from app.composing import compose
from app.core.clock import now
from app.core.database import Database
from app.core.orm import Base
from app.core.settings import Settings
from app.core.tokens import new_token, token_hash
from app.payments import serving
from app.people.sign_in_models import PersonSession
from tests.conftest import make_settings
from tests.memberships.account.making import Supporter, supporting
from tests.ports import free_port

FROM_HERE = {"Sec-Fetch-Site": "same-origin"}
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


@dataclass
class Visitor:
    """Somebody in a browser."""

    app: Flask
    database: Database
    settings: Settings
    client: FlaskClient

    def sign_in(self, person_id: int, ago: timedelta = timedelta(0)) -> None:
        """Be signed in since a while, as after a link from a mail."""
        token = new_token()
        with self.database.write() as session:
            moment = now(session)
            row = PersonSession(
                token_hash=token_hash(token),
                person_id=person_id,
                created_at=moment - ago,
                signed_in_at=moment - ago,
                seen_at=moment,
                expires_at=moment + timedelta(days=30),
            )
            session.add(row)
            session.commit()
        self.client.set_cookie("session", token)

    def open(self, path: str = "/account/") -> TestResponse:
        """Open a page."""
        return self.client.get(path)

    def read(self, path: str = "/account/") -> str:
        """Open a page that is there, and return its text."""
        answer = self.open(path)
        assert answer.status_code == 200, answer.text
        return answer.text

    def send(self, path: str, **fields: str) -> TestResponse:
        """Send a form as its page has it, with the token of this session."""
        found = TOKEN.search(self.open().text)
        assert found, "the account shows no form"
        fields["csrf_token"] = found[1]
        return self.client.post(path, data=fields, headers=FROM_HERE)

    def done(self, path: str, **fields: str) -> str:
        """Send a form with success, and return the account as it is then."""
        answer = self.send(path, **fields)
        assert answer.status_code == 303, answer.text
        return self.read(answer.location)

    def count(self, model: type[Base]) -> int:
        """Count the rows of a table."""
        with self.database.read() as session:
            return session.scalar(select(func.count()).select_from(model)) or 0


def browse(database: Database, folder: Path, **others: str) -> Visitor:
    """Return somebody before the account's pages; `others` are settings."""
    settings = make_settings(
        database.engine.url.render_as_string(hide_password=False),
        folder,
        LOG_LEVEL="error",
        **others,
    )
    app = compose(settings, database)
    return Visitor(app, database, settings, app.test_client())


@dataclass
class Ann:
    """Ann, her membership at the stand-in, and her browser."""

    supporter: Supporter
    browser: Visitor

    @property
    def at(self) -> str:
        """The path of her membership's pages."""
        return f"/account/memberships/{self.supporter.subscription_id}"


@contextmanager
def signed_in(database: Database, folder: Path) -> Iterator[Ann]:
    """Let Ann join and sign in."""
    port = free_port()
    serving.stripe_of.cache_clear()
    serving._patient.cache_clear()  # what an earlier test found silent was another stand-in
    base = f"http://127.0.0.1:{port}"
    with supporting(database, folder, port) as supporter:
        browser = browse(
            database,
            folder,
            STRIPE_KEY="sk_test_rehearsal",
            STRIPE_BASE=base,
            STRIPE_WEBHOOK_SECRETS="whsec_accounttestsaccounttestsacc",
        )
        browser.sign_in(supporter.person_id)
        yield Ann(supporter, browser)
