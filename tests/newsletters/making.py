"""A newsroom with lists, readers who sign up, and the lanes that work for them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.core.clock import now
from app.core.database import Database
from app.core.settings import Settings
from app.core.work import Runtime
from app.mail.jobs import drain as drain_mail
from app.memberships.queries import members_among
from app.newsletters import jobs
from app.newsletters.letters import speakers
from app.newsletters.models import Consent, Newsletter, SignupRequest, Subscription
from app.newsletters.preferences import jobs as settings_jobs
from app.people.models import EmailAddress
from tests.mail.making import advance
from tests.mail.relays import Mailbox, Taken

ANN = "ann@post.example"


def make_list(session: Session, slug: str, **values: Any) -> Newsletter:  # noqa: ANN401 - any column
    """Add a list."""
    usual = {
        "name": {"en": slug.title(), "uk": f"{slug.title()} українською"},
        "description": {"en": f"About {slug}", "uk": f"Про {slug}"},
        "cadence": {"en": "Every day", "uk": "Щодня"},
        "language": "en",
        "position": 1,
    }
    made = Newsletter(slug=slug, **{**usual, **values})
    session.add(made)
    session.flush()
    return made


@dataclass
class Newsroom:
    """Everything around a reader's sign-up, without an engine: the lanes run when told."""

    client: FlaskClient
    database: Database
    settings: Settings
    mailbox: Mailbox
    lists: dict[str, int] = field(default_factory=dict)

    def sign_up(
        self,
        email: str = ANN,
        slug: str = "daily",
        *,
        prefix: str = "",
        **fields: Any,  # noqa: ANN401 - what a form holds
    ) -> TestResponse:
        """Send the form of one list."""
        headers = fields.pop("headers", None)
        path = f"{prefix}/newsletters/{slug}/subscribe"
        return self.client.post(path, data={"email": email, **fields}, headers=headers)

    def asks(self, email: str = ANN, slug: str = "daily", **fields: Any) -> str:  # noqa: ANN401 - as above
        """Sign up with success, have the lanes work, and return the waiting page's address."""
        answer = self.sign_up(email, slug, **fields)
        assert answer.status_code == 303, answer.text
        self.work()
        return answer.location

    def work(self) -> None:
        """Drain every lane until nothing is due."""
        runtime = Runtime(self.database, self.settings)
        while jobs.drain(runtime, members_among) + settings_jobs.drain(runtime):
            pass
        while sum(drain_mail(runtime, stream, speakers()) for stream in ("confirm", "lists")):
            pass

    def advance(self, **time: float) -> None:
        """Let time pass, as the rehearsal does."""
        advance(self.database, **time)

    @property
    def mails(self) -> list[Taken]:
        """What has arrived anywhere."""
        return self.mailbox.mails

    def mails_to(self, address: str) -> list[Taken]:
        """What has arrived in one mailbox."""
        return [mail for mail in self.mails if mail.recipient == address]

    def post(self, path: str, **fields: str) -> TestResponse:
        """Press a button."""
        return self.client.post(path, data=fields)

    def confirms(self) -> TestResponse:
        """Press the button that the last mail leads to."""
        answer = self.post(link_in(self.mails[-1]))
        assert answer.status_code == 200, answer.text
        return answer

    def states(self, address: str = ANN) -> dict[str, str]:
        """Return how an address stands with each list."""
        with self.database.read() as session:
            rows = session.execute(
                select(Newsletter.slug, Subscription.state)
                .join(Subscription)
                .join(EmailAddress, EmailAddress.person_id == Subscription.person_id)
                .where(EmailAddress.key == address)
            )
            return {row.slug: row.state for row in rows}

    def consents(self) -> list[Consent]:
        """Return the record of consent, oldest first."""
        with self.database.read() as session:
            return list(session.scalars(select(Consent).order_by(Consent.id)))

    def requests(self) -> list[SignupRequest]:
        """Return what was typed, oldest first."""
        with self.database.read() as session:
            return list(session.scalars(select(SignupRequest).order_by(SignupRequest.id)))

    def count(self, model: type[Any]) -> int:
        """Return how many rows a table has."""
        with self.database.read() as session:
            return session.scalar(select(func.count()).select_from(model)) or 0

    def change(self, model: type[Any], **values: Any) -> None:  # noqa: ANN401 - any column
        """Set columns of every row of a table."""
        with self.database.write() as session:
            for row in session.scalars(select(model)):
                for name, value in values.items():
                    setattr(row, name, value)
            session.commit()


def link_in(mail: Taken) -> str:
    """Return the path that a mail's text leads to."""
    found = re.search(r"http://localhost(/\S*newsletters/\S+)", mail.part("plain"))
    assert found is not None, mail.part("plain")
    return found[1]


def code_in(mail: Taken) -> str:
    """Return the code in a mail's text."""
    found = re.search(r"\b(\d{6})\b", mail.part("plain"))
    assert found is not None
    return found[1]


def wrong_code(mail: Taken) -> str:
    """Return six digits that are not the mail's code."""
    return f"{(int(code_in(mail)) + 1) % 1_000_000:06d}"


def heading(page: TestResponse) -> str:
    """Return the heading of a page."""
    found = re.search(r"<h1[^>]*>(.*?)</h1>", page.text, re.DOTALL)
    assert found is not None, page.text
    return found[1].strip()


def moment(database: Database) -> Any:  # noqa: ANN401 - a moment
    """Return the domain's present moment."""
    with database.read() as session:
        return now(session)


def subjects(mails: Sequence[Taken]) -> list[str]:
    """Return the subjects of mails."""
    return [str(mail.message["Subject"]) for mail in mails]
