"""People at the door of their account: what they type and press, without an engine."""

import re
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from flask import Blueprint, Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from app.composing import compose
from app.core.clock import now
from app.core.database import Database
from app.core.routes import access, localized
from app.core.settings import Settings
from app.core.work import Runtime
from app.mail.jobs import drain as drain_mail
from app.people import sessions, sign_in_jobs
from app.people.csrf import csrf_field
from app.people.service import Newcomer, find_or_create
from app.people.sign_in_models import PersonSession, SignIn
from tests.mail.making import advance
from tests.mail.relays import Mailbox, Taken

ANN, BOB = "ann@post.example", "bob@post.example"
FORM = "/account/sign-in/"
OURS = {"Sec-Fetch-Site": "same-origin"}


def make_person(database: Database, address: str = ANN, language: str = "en") -> int:
    """Let an address be somebody's."""
    with database.write() as session:
        found = find_or_create(session, [Newcomer(address, address, language)], now(session))
        session.commit()
    return found[address]


def private_pages() -> Blueprint:
    """Return pages that only somebody signed in may see."""
    pages = Blueprint("private", __name__)

    @localized(pages, "/private/")
    @access("person")
    def room() -> str:
        return f"room of {sessions.person_id()} {csrf_field()}"

    @localized(pages, "/private/", methods=("POST",))
    @access("person")
    def change() -> str:
        return "changed"

    @localized(pages, "/private/<name>/")
    @access("person")
    def named(name: str) -> str:
        return f"room {name}"

    @localized(pages, "/hall/")
    @access("public")
    def hall() -> str:
        return f"seen {sessions.signed_in() is not None}"

    return pages


def make_application(settings: Settings, database: Database) -> Flask:
    """Return the site, with pages to sign in for."""
    app = compose(settings, database)
    app.register_blueprint(private_pages())
    return app


@dataclass
class Door:
    """A browser, and everything around its sign-in; the lanes run when told."""

    app: Flask
    client: FlaskClient
    database: Database
    settings: Settings
    mailbox: Mailbox

    def another_browser(self) -> "Door":
        """Return the same door before a browser that knows nothing."""
        return replace(self, client=self.app.test_client())

    def get(self, path: str) -> TestResponse:
        """Open a page."""
        return self.client.get(path)

    def post(self, path: str, **fields: str) -> TestResponse:
        """Send a form as a browser does from our own pages."""
        return self.client.post(path, data=fields, headers=OURS)

    def asks(self, address: str = ANN, *, prefix: str = "", **fields: str) -> TestResponse:
        """Ask to sign in, with success, and have the lanes work."""
        answer = self.post(f"{prefix}{FORM}", email=address, **fields)
        assert answer.status_code == 303, answer.text
        self.work()
        return answer

    def signs_in(self, address: str = ANN, **fields: str) -> TestResponse:
        """Ask, and type the code that comes."""
        self.asks(address, **fields)
        answer = self.types(code_in(self.mails[-1]))
        assert answer.status_code == 303, answer.text
        return answer

    def types(self, code: str) -> TestResponse:
        """Type a code on the waiting page."""
        return self.post("/account/sign-in/code", code=code)

    def work(self) -> int:
        """Drain the lanes until nothing is due; return how many wishes there were."""
        runtime, worked = Runtime(self.database, self.settings), 0
        while rows := sign_in_jobs.drain(runtime):
            worked += rows
        while drain_mail(runtime, "confirm", sign_in_jobs.speakers()):
            pass
        return worked

    def advance(self, **time: float) -> None:
        """Let time pass, as the rehearsal does."""
        advance(self.database, **time)

    def is_in(self) -> bool:
        """Tell whether the browser is signed in."""
        return self.get("/private/").status_code == 200

    def token(self) -> str:
        """Return what guards the forms of this browser's session."""
        found = re.search(r'name="csrf_token" value="(\w+)"', self.get("/private/").text)
        assert found is not None
        return found[1]

    @property
    def mails(self) -> list[Taken]:
        """What has arrived anywhere."""
        return self.mailbox.mails

    def wishes(self) -> list[SignIn]:
        """Return what was asked, oldest first."""
        with self.database.read() as session:
            return list(session.scalars(select(SignIn).order_by(SignIn.id)))

    def sessions(self) -> list[PersonSession]:
        """Return who is or was signed in, oldest first."""
        with self.database.read() as session:
            return list(session.scalars(select(PersonSession).order_by(PersonSession.id)))

    def count(self, model: type[Any]) -> int:
        """Return how many rows a table has."""
        with self.database.read() as session:
            return session.scalar(select(func.count()).select_from(model)) or 0

    def now(self) -> datetime:
        """Return the domain's present moment."""
        with self.database.read() as session:
            return now(session)


def open_door(database: Database, settings: Settings, mailbox: Mailbox) -> Door:
    """Return a browser before a site."""
    app = make_application(settings, database)
    return Door(app, app.test_client(), database, settings, mailbox)


def link_in(mail: Taken) -> str:
    """Return the path that a mail's text leads to."""
    found = re.search(r"http://localhost(/\S*account/sign-in/\S+)", mail.part("plain"))
    assert found is not None, mail.part("plain")
    return found[1]


def code_in(mail: Taken) -> str:
    """Return the code in a mail's text."""
    found = re.search(r"^(\d{6})\s*$", mail.part("plain"), re.MULTILINE)
    assert found is not None, mail.part("plain")
    return found[1]


def wrong_code(mail: Taken, by: int = 1) -> str:
    """Return six digits that are not the mail's code."""
    return f"{(int(code_in(mail)) + by) % 1_000_000:06d}"
