"""Staff at the desk: a browser in which somebody with a role is signed in, without a browser."""

import re
from dataclasses import dataclass

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.core.clock import now
from app.core.database import Database
from app.people import staff_sessions
from app.people.csrf import FIELD, csrf_token
from app.people.models import Person
from app.people.service import Newcomer, find_or_create
from app.people.staff_models import Staff

OURS = {"Sec-Fetch-Site": "same-origin"}
KEYS = "/desk/keys/"


def make_staff(database: Database, role: str, address: str = "") -> int:
    """Let somebody work here; return the id of their row."""
    address = address or f"{role}@post.example"
    with database.write() as session:
        moment = now(session)
        person = find_or_create(session, [Newcomer(address, address, "en")], moment)[address]
        session.get_one(Person, person).name = f"The {role}"
        staff = Staff(person_id=person, role=role, invited_at=moment, joined_at=moment)
        session.add(staff)
        session.commit()
        return staff.id


@dataclass
class Desk:
    """A browser at the desk.

    Attributes:
        app: The application.
        client: What holds the cookies.
        database: Under it.
        staff_id: Who sits there; 0 for nobody.
        token: Of their session.
    """

    app: Flask
    client: FlaskClient
    database: Database
    staff_id: int = 0
    token: str = ""

    def get(self, path: str) -> TestResponse:
        """Open a page."""
        return self.client.get(path)

    def post(self, path: str, **fields: object) -> TestResponse:
        """Send a form as a page of the desk does, with what guards it."""
        return self.client.post(path, data={FIELD: self.csrf(), **fields}, headers=OURS)

    def csrf(self) -> str:
        """Return what guards the forms of this browser's session."""
        with self.app.test_request_context(headers={"Cookie": f"desk={self.token}"}):
            found = staff_sessions.staff_here()
            return "" if found is None else csrf_token(found)


def sit_down(app: Flask, database: Database, role: str = "admin", address: str = "") -> Desk:
    """Return the desk with somebody of a role signed in, who has just proved who they are."""
    staff_id = make_staff(database, role, address)
    with database.write() as session:
        token = staff_sessions.start(session, staff_id, "Chromium on Linux", now(session))
        session.commit()
    client = app.test_client()
    client.set_cookie("desk", token)
    return Desk(app, client, database, staff_id, token)


def words_of(answer: TestResponse) -> str:
    """Return what a page says, without its marks."""
    return " ".join(re.sub(r"<[^>]+>", " ", answer.text).split())
