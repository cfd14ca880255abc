"""What happened to people and lists, written down as it would have been."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import count
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.mail.models import OutgoingMail
from app.newsletters.funnel.counting import COLUMNS, Window, counted, keep
from app.newsletters.funnel.models import FunnelDay
from app.newsletters.models import Confirmation, Consent
from app.people.service import Newcomer, find_or_create

KYIV = ZoneInfo("Europe/Kyiv")
FOREVER = timedelta(days=7)


def utc(text: str) -> datetime:
    """Return a moment in UTC, written without its zone."""
    return datetime.fromisoformat(f"{text}+00:00")


@dataclass
class Past:
    """Rows of what happened, in the order told."""

    session: Session
    numbers: Iterator[int] = field(default_factory=count)

    def person(self) -> int:
        """Return somebody new."""
        address = f"reader{next(self.numbers)}@post.example"
        found = find_or_create(
            self.session, [Newcomer(address, address, "en")], utc("2026-01-01T00:00")
        )
        return found[address]

    def consent(
        self, person: int, newsletter: int, what: str, at: datetime, path: str | None = None,
        form: str = "article",
    ) -> None:  # fmt: skip
        """Somebody agreed to something or took it back."""
        self.session.add(
            Consent(
                person_id=person, newsletter_id=newsletter, what=what, happened_at=at, form=form,
                from_path=path, wording="1", language="en",
            )
        )  # fmt: skip
        self.session.flush()

    def mail(
        self, person: int, sent: datetime | None, *, queued: datetime, over: datetime | None = None
    ) -> None:
        """A confirmation's mail was queued, perhaps taken by the relay; perhaps it was used."""
        name = f"{next(self.numbers):032}"
        asked = self._open(person) or Confirmation(
            person_id=person, name=name, token_hash=name, domain="post.example",
            created_at=queued, expires_at=queued + FOREVER,
        )  # fmt: skip
        asked.used_at = over
        self.session.add(asked)
        self.session.flush()
        self.session.add(
            OutgoingMail(
                message_id=name, stream="confirm", person_id=person, address="", language="en",
                template="confirm", context={"confirmation_id": asked.id}, created_at=queued,
                due_at=queued, sent_at=sent,
            )
        )  # fmt: skip
        self.session.flush()

    def _open(self, person: int) -> Confirmation | None:
        return self.session.scalar(
            select(Confirmation).where(
                Confirmation.person_id == person, Confirmation.used_at.is_(None)
            )
        )


Found = dict[tuple[date, str, str], dict[str, int]]


def recount(session: Session, first: str, last: str) -> int:
    """Count some days anew; return how many rows that changed."""
    window = Window(date.fromisoformat(first), date.fromisoformat(last), KYIV)
    return keep(session, window, counted(session, window))


def rows(session: Session) -> Found:
    """Return what the funnel has, without what is zero."""
    session.expire_all()
    return {
        (one.day, one.from_path, one.form): {
            name: getattr(one, name) for name in ("seen", *COLUMNS) if getattr(one, name)
        }
        for one in session.scalars(select(FunnelDay))
    }
