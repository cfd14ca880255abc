"""Somebody before the desk: what they type, press and sign, without an engine."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime

import pyotp
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from app.core.clock import now
from app.core.database import Database
from app.core.settings import Settings
from app.core.work import Runtime
from app.people import sign_in_jobs, staff_invitations
from app.people.audit import Actor
from app.people.csrf import FIELD
from app.people.sign_in_models import SignIn
from app.people.signing_in import token_and_code
from app.people.staff_credentials_models import StaffCodeApp
from app.people.staff_invitations import Invited
from app.people.staff_models import ADMIN
from tests.desk.making import OURS
from tests.mail.making import advance
from tests.people.authenticator import Authenticator

ANN = "ann@post.example"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
FORM, SECOND, SET_UP = "/desk/sign-in/", "/desk/sign-in/second/", "/desk/set-up/"
YOU = "/desk/you/"


@dataclass
class Visitor:
    """A browser before the desk, and what surrounds it.

    Attributes:
        secret: Of their code app, once it is set up.
        codes: On their paper, once they were shown.
    """

    app: Flask
    client: FlaskClient
    database: Database
    secret: str = ""
    codes: tuple[str, ...] = ()

    @property
    def settings(self) -> Settings:
        """Of the application."""
        found: Settings = self.app.extensions["unwalled_settings"]
        return found

    def elsewhere(self) -> "Visitor":
        """Return the same person before another browser."""
        return Visitor(self.app, self.app.test_client(), self.database, self.secret, self.codes)

    def get(self, path: str) -> TestResponse:
        """Open a page."""
        return self.client.get(path, headers={"User-Agent": FIREFOX})

    def post(self, path: str, **fields: str) -> TestResponse:
        """Send a form from a page of ours."""
        headers = {**OURS, "User-Agent": FIREFOX}
        return self.client.post(path, data=fields, headers=headers)

    def invited(self, role: str = ADMIN, address: str = ANN) -> str:
        """Be invited; return the path of the link."""
        with self.database.write() as session:
            whom = Invited(address, address, role)
            actor = Actor.command("test")
            row = staff_invitations.invite(session, self.settings, actor, whom, now(session))
            session.commit()
            return staff_invitations.link_of(self.settings, row).removeprefix("http://localhost")

    def sets_up_an_app(self, link: str) -> TestResponse:
        """Follow an invitation, and set a code app up; return the page with the codes."""
        assert self.post(link).location == SET_UP
        assert self.post("/desk/set-up/app").location == f"{SET_UP}app/"
        page = self.get(f"{SET_UP}app/").text
        found = re.search(r'class="typed-off" dir="ltr">([A-Z2-7 ]+)<', page)
        assert found is not None
        self.secret = found[1].replace(" ", "")
        answer = self.post(f"{SET_UP}app/", code=pyotp.TOTP(self.secret).now())
        self.codes = tuple(re.findall(r"<code>([A-Z2-9-]{19})</code>", answer.text))
        return answer

    def sets_up_a_passkey(self, link: str, device: Authenticator) -> TestResponse:
        """Follow an invitation, and make a passkey; return the page with the codes."""
        assert self.post(link).location == SET_UP
        options = self.post(f"{SET_UP}passkey/options").text
        answer = self.post(f"{SET_UP}passkey", answer=device.make(options), name="Key")
        self.codes = tuple(re.findall(r"<code>([A-Z2-9-]{19})</code>", answer.text))
        return answer

    def asks(self, address: str = ANN, wanted: str = "") -> None:
        """Ask for the mail, and have the lane work."""
        assert self.post(FORM, email=address, next=wanted).location == f"{FORM}sent/"
        sign_in_jobs.drain(Runtime(self.database, self.settings))

    def mailed(self) -> tuple[str, str]:
        """Return what the newest mail carries: the link's token, and the code."""
        with self.database.read() as session:
            row = session.scalars(select(SignIn).order_by(SignIn.id.desc())).first()
        assert row is not None
        return token_and_code(self.settings, row.name, row.token_hash)

    def shows_the_mail(self, address: str = ANN, wanted: str = "") -> None:
        """Ask for the mail, and type its code."""
        self.asks(address, wanted)
        assert self.post(f"{FORM}code", code=self.mailed()[1]).location == SECOND

    def code(self) -> str:
        """Return what their app shows, having waited for a code that was not used yet."""
        with self.database.write() as session:
            session.execute(update(StaffCodeApp).values(last_step=0))
            session.commit()
        return pyotp.TOTP(self.secret).at(datetime.now(UTC))

    def comes_in(self, wanted: str = "") -> TestResponse:
        """Sign in by mail and app."""
        self.shows_the_mail(wanted=wanted)
        return self.post(SECOND, code=self.code())

    def is_in(self) -> bool:
        """Tell whether the desk is open."""
        return self.get(YOU).status_code == 200

    def token(self) -> str:
        """Return what guards the forms of their session."""
        found = re.search(rf'name="{FIELD}" value="(\w+)"', self.get(YOU).text)
        assert found is not None
        return found[1]

    def sends(self, path: str, **fields: str) -> TestResponse:
        """Send a form of the desk, with what guards it."""
        return self.post(path, **{FIELD: self.token(), **fields})

    def waits(self, **time: float) -> None:
        """Let time pass, as the rehearsal does."""
        advance(self.database, **time)
