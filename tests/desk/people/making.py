"""Ann, whose membership runs at the stand-in for Stripe, and staff who look after her."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select
from werkzeug.test import TestResponse

from app.composing import compose
from app.core.clock import now
from app.core.database import Database
from app.memberships.money_models import Payment
from app.memberships.queries import current_count
from app.payments import serving
from app.people.audit import AuditEntry
from app.people.models import Person
from tests.conftest import make_settings
from tests.desk.making import Desk, sit_down
from tests.memberships.account.making import Supporter, supporting
from tests.ports import free_port

HIDDEN = re.compile(r'name="(left)" value="([^"]+)"')
NONCE = re.compile(r'name="nonce" value="([^"]+)"')


@dataclass
class Care:
    """Ann's page at the desk.

    Attributes:
        supporter: Ann, here and at the stand-in.
        desk: Staff in a browser.
        public_id: By which her page is found.
    """

    supporter: Supporter
    desk: Desk
    public_id: str

    @property
    def at(self) -> str:
        """The address of her page."""
        return f"/desk/people/{self.public_id}/"

    @property
    def membership(self) -> str:
        """The address of her membership's pages."""
        return f"{self.at}memberships/{self.supporter.subscription_id}/"

    @property
    def refund(self) -> str:
        """The address of the page that refunds her payment."""
        return f"{self.at}refund/{self.payment().receipt_number}/"

    def payment(self) -> Payment:
        """Return her only payment."""
        with self.desk.database.read() as session:
            return session.scalars(select(Payment)).one()

    def nonce(self, path: str) -> str:
        """Return the nonce that a page's form was given."""
        page = self.desk.get(path)
        found = NONCE.search(page.text)
        assert found is not None, page.text
        return found[1]

    def press(self, path: str, **fields: str) -> TestResponse:
        """Open a page that asks, and press its button."""
        page = self.desk.get(path).text
        hidden = dict(HIDDEN.findall(page))
        return self.desk.post(path, nonce=self.nonce(path), **{**hidden, **fields})

    def read(self, path: str = "") -> str:
        """Return her page."""
        answer = self.desk.get(path or self.at)
        assert answer.status_code == 200, answer.text
        return answer.text

    def members(self) -> int:
        """Return the public count."""
        with self.desk.database.read() as session:
            found = current_count(session, now(session))
        return found.members if found is not None else 0

    def deeds(self) -> list[str]:
        """Return what the audit log says was done, oldest first."""
        asked = select(AuditEntry.what).order_by(AuditEntry.number)
        with self.desk.database.read() as session:
            return list(session.scalars(asked))


@contextmanager
def caring(database: Database, folder: Path, role: str = "membership") -> Iterator[Care]:
    """Let Ann join at a stand-in, and sit somebody down at the desk."""
    port = free_port()
    serving.stripe_of.cache_clear()
    serving._patient.cache_clear()
    with supporting(database, folder, port) as supporter:
        settings = make_settings(
            database.engine.url.render_as_string(hide_password=False),
            folder,
            LOG_LEVEL="error",
            STRIPE_KEY="sk_test_rehearsal",
            STRIPE_BASE=f"http://127.0.0.1:{port}",
            STRIPE_WEBHOOK_SECRETS="whsec_desktestsdesktestsdesktests",
        )
        desk = sit_down(compose(settings, database), database, role)
        with database.write() as session:
            person = session.get_one(Person, supporter.person_id)
            person.name = "Ann Example"
            public_id = person.public_id
            session.commit()
        yield Care(supporter, desk, public_id)
