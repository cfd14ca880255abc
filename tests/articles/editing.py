"""Editors for tests, and what they do to an edition."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.articles import drafting, publishing
from app.articles.drafting import Draft, Save, Words
from app.articles.models import Edition
from app.articles.publishing import Going
from app.core.clock import now
from app.people.models import Person
from app.people.staff_models import Staff
from tests.articles.making import BODY, make_draft, make_newsroom

WORDS = Words("Grain leaves", "At last.", "grain-leaves", "", BODY, "")


def make_editor(session: Session, name: str) -> int:
    """Let somebody work here; return the id of their row."""
    moment = now(session)
    person = Person(public_id=name, name=name, language="en", created_at=moment)
    session.add(person)
    session.flush()
    staff = Staff(person_id=person.id, role="editor", invited_at=moment, joined_at=moment)
    session.add(staff)
    session.flush()
    return staff.id


class Newsroom:
    """Two editors and an edition between them."""

    def __init__(self, session: Session) -> None:
        make_newsroom(session)
        self._sit_down(session, make_editor(session, "Olena"), make_editor(session, "Taras"))

    def _sit_down(self, session: Session, olena: int, taras: int) -> None:
        self.session = session
        self.olena, self.taras = olena, taras
        found = session.scalar(select(Edition).limit(1))
        self.edition: Edition = found or make_draft(session)
        self.now: datetime = now(session)

    @classmethod
    def beside(cls, session: Session) -> "Newsroom":
        """Return two editors where the newsroom is there already."""
        room = cls.__new__(cls)
        room._sit_down(session, make_editor(session, "Olena"), make_editor(session, "Taras"))
        return room

    @classmethod
    def again(cls, session: Session) -> "Newsroom":
        """Return the same editors and edition in another session."""
        room = cls.__new__(cls)
        room._sit_down(session, 1, 2)
        return room

    def save(self, body: str, builds_on: int | None = None, **others: object) -> Draft:
        """Save the draft with a body, on what stands there if not on `builds_on`."""
        present = drafting.draft_of(self.session, self.edition)
        values: dict[str, object] = {"staff_id": self.olena, "now": self.now, **others}
        words = Words(**{**_texts(present.words), "body": body})
        version = present.version if builds_on is None else builds_on
        save = Save(words, version, **values)  # type: ignore[arg-type] # a test's own values
        return drafting.save(self.session, self.edition.id, save)

    def going(self, **others: object) -> Going:
        """Return that Olena publishes what stands there."""
        version = drafting.draft_of(self.session, self.edition).version
        values: dict[str, object] = {
            "builds_on": version, "staff_id": self.olena, "now": self.now, **others,
        }  # fmt: skip
        return Going(**values)  # type: ignore[arg-type] # a test's own values

    def publish(self, **others: object) -> Edition:
        """Publish what stands there."""
        return publishing.publish(self.session, self.edition.id, self.going(**others))


def _texts(words: Words) -> dict[str, str]:
    return {name: getattr(words, name) for name in Words.__slots__}
