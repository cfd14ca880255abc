"""Who is signed in: a row for each browser, of whose cookie only the hash is kept.

Signing in always makes a new secret, so one that was planted beforehand opens nothing. A session
lasts thirty days from its last use; signed out, it is over wherever its cookie may have gone.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from flask import Response, after_this_request, current_app, g, request
from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.orm import Session

from app.core.clock import domain_clock
from app.core.database import Database
from app.core.orm import UtcDateTime, table_of
from app.core.settings import Settings
from app.core.tokens import new_token, token_hash
from app.extensions import db
from app.people.models import Person
from app.people.sign_in_models import PersonSession

LASTS = timedelta(days=30)
FRESH = timedelta(minutes=15)
SEEN_EVERY = timedelta(hours=1)
COOKIE = "session"

_FIND = (
    select(
        PersonSession.id,
        PersonSession.person_id,
        PersonSession.signed_in_at,
        PersonSession.seen_at,
        domain_clock().label("now"),
    )
    .join(Person, Person.id == PersonSession.person_id)
    .where(
        PersonSession.token_hash == bindparam("hash"),
        PersonSession.ended_at.is_(None),
        PersonSession.expires_at > domain_clock(),
        Person.erased_at.is_(None),
    )
)
_SEEN = (
    update(table_of(PersonSession))
    .where(PersonSession.id == bindparam("of_id"))
    .values(
        seen_at=bindparam("seen", type_=UtcDateTime()),
        expires_at=bindparam("until", type_=UtcDateTime()),
    )
)
_END = update(table_of(PersonSession)).where(PersonSession.ended_at.is_(None))
_END_ONE = _END.where(PersonSession.token_hash == bindparam("hash")).values(
    ended_at=bindparam("now", type_=UtcDateTime())
)
_END_ALL = _END.where(PersonSession.person_id == bindparam("person")).values(
    ended_at=bindparam("now", type_=UtcDateTime())
)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Somebody in a browser of theirs.

    Attributes:
        person_id: Who.
        session_id: Of the row.
        signed_in_at: When they last proved that the mailbox is theirs.
        seen_at: When the session was last put off.
        now: When all this was so.
        token: The cookie's secret; what guards forms is derived from it.
    """

    person_id: int
    session_id: int
    signed_in_at: datetime
    seen_at: datetime
    now: datetime
    token: str = field(repr=False)

    @property
    def form_secret(self) -> str:
        """What guards the forms of this session."""
        return self.token


def signed_in() -> SignedIn | None:
    """Return who is signed in where the request comes from; read once per request."""
    if "signed_in" not in g:
        g.signed_in = _find(db.database, request.cookies.get(cookie_name(COOKIE), ""))
    found: SignedIn | None = g.signed_in
    return found


def person_id() -> int:
    """Return the id of whoever is signed in, in a view that nobody else reaches.

    Raises:
        LookupError: Nobody is; the view does not say `@access("person")`.
    """
    found = signed_in()
    if found is None:
        raise LookupError("nobody is signed in")
    return found.person_id


def is_fresh(now: datetime) -> bool:
    """Tell whether somebody signed in so lately that they may take all they have, or erase it."""
    found = signed_in()
    return found is not None and now - found.signed_in_at < FRESH


def _find(database: Database, token: str) -> SignedIn | None:
    if not token:
        return None
    with database.read() as session:
        row = session.execute(_FIND, {"hash": token_hash(token)}).one_or_none()
    if row is None:
        return None
    return SignedIn(row.person_id, row.id, row.signed_in_at, row.seen_at, row.now, token)


def put_off(found: SignedIn) -> None:
    """Move the end of a session away, at most once an hour, with its cookie's."""
    if found.now - found.seen_at < SEEN_EVERY:
        return
    values = {"of_id": found.session_id, "seen": found.now, "until": found.now + LASTS}
    db.database.write_once(_SEEN, values)

    @after_this_request
    def renew(response: Response) -> Response:
        is_told = any(
            one.startswith(f"{cookie_name(COOKIE)}=")
            for one in response.headers.getlist("Set-Cookie")
        )
        return response if is_told else put_cookie(response, COOKIE, found.token, LASTS)


def start(session: Session, person: int, now: datetime) -> str:
    """Sign somebody in and end what this browser had; return the secret for its cookie.

    Flushed, not committed.
    """
    end(session, now)
    token = new_token()
    row = {
        "token_hash": token_hash(token),
        "person_id": person,
        "created_at": now,
        "signed_in_at": now,
        "seen_at": now,
        "expires_at": now + LASTS,
    }
    session.connection().execute(insert(table_of(PersonSession)), row)
    return token


def end(session: Session, now: datetime) -> None:
    """End the session of the browser that asks, if it has one; the caller commits."""
    token = request.cookies.get(cookie_name(COOKIE), "")
    if token:
        session.connection().execute(_END_ONE, {"hash": token_hash(token), "now": now})


def end_everywhere(session: Session, person: int, now: datetime) -> None:
    """End every session of a person; the caller commits."""
    session.connection().execute(_END_ALL, {"person": person, "now": now})


def cookie_name(name: str) -> str:
    """Return a cookie's name; over https one that no other host could have set."""
    return f"__Host-{name}" if _is_secure() else name


def put_cookie(response: Response, name: str, token: str, lasts: timedelta) -> Response:
    """Give the browser a secret to keep, which no script and no other site can use."""
    response.set_cookie(
        cookie_name(name),
        token,
        max_age=lasts,
        path="/",
        secure=_is_secure(),
        httponly=True,
        samesite="Lax",
    )
    return response


def drop_cookie(response: Response, name: str) -> Response:
    """Have the browser forget a secret."""
    response.delete_cookie(
        cookie_name(name), path="/", secure=_is_secure(), httponly=True, samesite="Lax"
    )
    return response


def _is_secure() -> bool:
    settings: Settings = current_app.extensions["unwalled_settings"]
    return settings.site_url.startswith("https://")
