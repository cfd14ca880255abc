"""Staff for the tests of how they sign in."""

from datetime import UTC, datetime, timedelta

import pyotp
from sqlalchemy.orm import Session

from app.core.settings import Settings
from app.people import staff_code_apps
from app.people.audit import Actor
from app.people.passkeys import Site
from app.people.service import Newcomer, find_or_create
from app.people.staff_code_apps import Moments
from app.people.staff_models import ADMIN, Staff

NOW = datetime(2027, 3, 1, 8, tzinfo=UTC)
SITE = Site("localhost", "http://localhost", "The Test Post")
COMMAND = Actor.command("test")
HOUR = timedelta(hours=1)


def make_staff(session: Session, role: str = ADMIN, address: str = "ann@post.example") -> int:
    """Let somebody work here who has joined; return the id of their row."""
    person = find_or_create(session, [Newcomer(address, address)], NOW)[address]
    staff = Staff(person_id=person, role=role, invited_at=NOW, joined_at=NOW)
    session.add(staff)
    session.flush()
    return staff.id


def make_app(session: Session, settings: Settings, staff_id: int, at: datetime = NOW) -> str:
    """Let somebody have a code app, set up at a moment; return its secret."""
    secret = staff_code_apps.begin(session, settings, staff_id, at)
    code = code_at(secret, at)
    assert staff_code_apps.confirm(session, settings, staff_id, code, Moments(at, at))
    return secret


def code_at(secret: str, moment: datetime) -> str:
    """Return what an app shows at a moment."""
    return pyotp.TOTP(secret).at(moment)


def another(code: str) -> str:
    """Return six digits that are not this code, nor one of its neighbours but by ill luck."""
    return f"{(int(code) + 1) % 1_000_000:06d}"
