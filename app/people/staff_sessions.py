"""Who is at the desk: sessions of their own, which no reader's sign-in opens.

A session ends twelve hours after its last use and seven days after its beginning, whichever comes
first; signing in always makes a new secret.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from flask import g, request
from sqlalchemy import ColumnElement, bindparam, insert, select, update
from sqlalchemy.orm import Session

from app.core.answering import the_settings
from app.core.clock import domain_clock
from app.core.database import Database
from app.core.orm import UtcDateTime, table_of
from app.core.tokens import keyed_hash, new_token, token_hash
from app.extensions import db
from app.people.models import Person
from app.people.sessions import cookie_name
from app.people.staff_models import ADMIN, EDITOR, MEMBERSHIP, Staff, StaffSession

COOKIE = "desk"
IDLE, LASTS = timedelta(hours=12), timedelta(days=7)
FRESH = timedelta(minutes=15)
SEEN_EVERY = timedelta(minutes=10)

STAFF = "staff"
MAY = {
    STAFF: frozenset({EDITOR, MEMBERSHIP, ADMIN}),
    EDITOR: frozenset({EDITOR, ADMIN}),
    MEMBERSHIP: frozenset({MEMBERSHIP, ADMIN}),
    ADMIN: frozenset({ADMIN}),
}
"""Which roles may use a view, by what it declares."""

_FIND = (
    select(
        StaffSession.id,
        StaffSession.staff_id,
        StaffSession.created_at,
        StaffSession.signed_in_at,
        StaffSession.seen_at,
        Staff.person_id,
        Staff.role,
        Person.name,
        domain_clock().label("now"),
    )
    .join(Staff, Staff.id == StaffSession.staff_id)
    .join(Person, Person.id == Staff.person_id)
    .where(
        StaffSession.token_hash == bindparam("hash"),
        StaffSession.ended_at.is_(None),
        StaffSession.expires_at > domain_clock(),
        Staff.ended_at.is_(None),
        Person.erased_at.is_(None),
    )
)
_SEEN = (
    update(table_of(StaffSession))
    .where(StaffSession.id == bindparam("of_id"))
    .values(
        seen_at=bindparam("seen", type_=UtcDateTime()),
        expires_at=bindparam("until", type_=UtcDateTime()),
    )
)


@dataclass(frozen=True, slots=True)
class StaffHere:
    """A member of staff in a browser of theirs.

    Attributes:
        staff_id: Who, as staff.
        person_id: Who, as a person.
        role: What they are: `editor`, `membership` or `admin`.
        name: Their name, or empty.
        session_id: Of the row.
        created_at: When they signed in here.
        signed_in_at: When they last proved who they are.
        seen_at: When the session was last put off.
        now: When all this was so.
        token: The cookie's secret.
    """

    staff_id: int
    person_id: int
    role: str
    name: str
    session_id: int
    created_at: datetime
    signed_in_at: datetime
    seen_at: datetime
    now: datetime
    token: str = field(repr=False)

    def may(self, who: str) -> bool:
        """Tell whether their role opens a view that declares `who`."""
        return self.role in MAY.get(who, ())

    @property
    def form_secret(self) -> str:
        """What guards the forms of this session.

        It is not the cookie's secret, which is another after each proof: a form that stands open
        in another tab, with an article in it, is taken all the same.
        """
        row = f"{self.session_id} {self.created_at.isoformat()}"
        return keyed_hash(the_settings().secret_key, "desk-forms", row)

    @property
    def is_fresh(self) -> bool:
        """Whether they proved who they are lately enough for what cannot be taken back."""
        return self.now - self.signed_in_at < FRESH


def staff_here() -> StaffHere | None:
    """Return who is at the desk where the request comes from; read once per request."""
    if "staff_here" not in g:
        g.staff_here = _find(db.database, request.cookies.get(cookie_name(COOKIE), ""))
    found: StaffHere | None = g.staff_here
    return found


def has_lost_session() -> bool:
    """Tell whether a browser was at the desk and is not any more, without having signed out."""
    return bool(request.cookies.get(cookie_name(COOKIE))) and staff_here() is None


def at_the_desk() -> StaffHere:
    """Return who is at the desk, in a view that nobody else reaches.

    Raises:
        LookupError: Nobody is; the view declares no role.
    """
    found = staff_here()
    if found is None:
        raise LookupError("nobody is at the desk")
    return found


def _find(database: Database, token: str) -> StaffHere | None:
    if not token:
        return None
    with database.read() as session:
        row = session.execute(_FIND, {"hash": token_hash(token)}).one_or_none()
    if row is None:
        return None
    return StaffHere(
        staff_id=row.staff_id,
        person_id=row.person_id,
        role=row.role,
        name=row.name or "",
        session_id=row.id,
        created_at=row.created_at,
        signed_in_at=row.signed_in_at,
        seen_at=row.seen_at,
        now=row.now,
        token=token,
    )


def put_off(found: StaffHere) -> None:
    """Move the end of a session away, now and then while it is used."""
    if found.now - found.seen_at < SEEN_EVERY:
        return
    until = min(found.now + IDLE, found.created_at + LASTS)
    values = {"of_id": found.session_id, "seen": found.now, "until": until}
    db.database.write_once(_SEEN, values)


def start(session: Session, staff_id: int, device: str, now: datetime) -> str:
    """Let a member of staff in; return the secret for the browser's cookie. Flushed."""
    token = new_token()
    row = {
        "token_hash": token_hash(token),
        "staff_id": staff_id,
        "device": device,
        "created_at": now,
        "signed_in_at": now,
        "seen_at": now,
        "expires_at": now + IDLE,
    }
    session.connection().execute(insert(table_of(StaffSession)), row)
    return token


def end(session: Session, session_id: int, now: datetime) -> None:
    """End one session; the caller commits."""
    _end(session, StaffSession.id == session_id, now)


def end_all(session: Session, staff_id: int, now: datetime, *, but: int | None = None) -> None:
    """End every session of a member of staff, or all but one; the caller commits."""
    _end(session, (StaffSession.staff_id == staff_id) & (StaffSession.id != (but or 0)), now)


def _end(session: Session, which: ColumnElement[bool], now: datetime) -> None:
    ended = update(StaffSession).where(which, StaffSession.ended_at.is_(None))
    session.execute(ended.values(ended_at=now))
