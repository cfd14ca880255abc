"""Ann, and staff before her page, without Stripe."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import func, select

from app.core.clock import now
from app.core.database import Database
from app.core.orm import Base
from app.people.audit import AuditEntry
from app.people.models import Person
from app.people.once import new_nonce
from app.people.staff_models import StaffSession
from tests.desk.making import Desk, words_of
from tests.memberships.making import make_person

ANN = "ann@post.example"


@dataclass
class Ann:
    """Ann, and staff before her page."""

    desk: Desk
    person_id: int
    public_id: str

    @property
    def at(self) -> str:
        """The address of her page."""
        return f"/desk/people/{self.public_id}/"

    def words(self, path: str = "") -> str:
        """Return what a page of hers says."""
        answer = self.desk.get(path or self.at)
        assert answer.status_code == 200, answer.text
        return words_of(answer)

    def send(self, path: str, nonce: str = "", **fields: str) -> int:
        """Send a form; return the status of the answer."""
        return self.desk.post(f"{self.at}{path}", nonce=nonce or new_nonce(), **fields).status_code

    def deeds(self) -> list[str]:
        """Return what the audit log says was done, oldest first."""
        with self.desk.database.read() as session:
            return list(session.scalars(select(AuditEntry.what).order_by(AuditEntry.number)))

    def turn_stale(self) -> None:
        """Let an hour pass since staff proved who they are."""
        with self.desk.database.write() as session:
            here = session.scalars(select(StaffSession)).one()
            here.signed_in_at = now(session) - timedelta(hours=1)
            session.commit()

    def count(self, model: type[Base]) -> int:
        """Return how many rows a table has."""
        with self.desk.database.read() as session:
            return session.scalar(select(func.count()).select_from(model)) or 0


def before_ann(desk: Desk, database: Database) -> Ann:
    """Return staff before Ann's page."""
    with database.write() as session:
        made = make_person(session, ANN)
        person = session.get_one(Person, made)
        person.name = "Ann Example"
        session.commit()
    return Ann(desk, made, person.public_id)
