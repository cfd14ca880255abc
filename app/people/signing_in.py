"""Signing in by a link or a code from a mail: what is asked, and what a right answer opens.

What was typed is one row, whoever it names; all that depends on the address happens in a lane.
Link and code are derived from the row's name and a key that is not in the database. The link
works in the browser that asked, by its cookie; the code on the page of that browser.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import current_app, url_for
from sqlalchemy import Integer, bindparam, case, insert, select, update
from sqlalchemy.orm import Session

from app.core.languages import prefix, request_language
from app.core.orm import UtcDateTime, table_of
from app.core.settings import Settings
from app.core.tokens import derived_code, derived_token, equal, new_token, token_hash
from app.people.models import Person
from app.people.service import Newcomer, find_or_create, people_with, replaced, verify
from app.people.sign_in_models import SignIn

LANE = "sign-ins"
TOKEN = "sign-in"  # noqa: S105 - what the token is for
LASTS = timedelta(minutes=15)
MOST_WRONG_CODES = 5
NAME_BYTES = 24
NOBODY = "0" * 32
ACCOUNT, DESK = "account", "desk"
PERSON = "person"
LONGEST_NAME = 120

_INSERT = insert(table_of(SignIn))
_NOW: Any = bindparam("now", type_=UtcDateTime())
_TAKE = (
    update(table_of(SignIn))
    .where(
        SignIn.token_hash == bindparam("hash"),
        SignIn.browser_hash == bindparam("browser"),
        SignIn.done_at.is_not(None),
        SignIn.used_at.is_(None),
        SignIn.ended_at.is_(None),
        SignIn.expires_at > _NOW,
        case((SignIn.purpose == DESK, 1), else_=0) == bindparam("of_desk", type_=Integer()),
    )
    .values(used_at=_NOW)
    .returning(
        SignIn.id,
        SignIn.purpose,
        SignIn.ref,
        SignIn.address,
        SignIn.address_key,
        SignIn.language,
    )
)
_TRY = (
    update(table_of(SignIn))
    .where(SignIn.browser_hash == bindparam("browser"), SignIn.wrong_codes < MOST_WRONG_CODES)
    .values(wrong_codes=SignIn.wrong_codes + 1)
    .returning(SignIn.name, SignIn.token_hash)
)
_END_GUESSED = (
    update(table_of(SignIn))
    .where(
        SignIn.browser_hash == bindparam("browser"),
        SignIn.wrong_codes >= MOST_WRONG_CODES,
        SignIn.ended_at.is_(None),
    )
    .values(ended_at=_NOW)
)
_NOTE_PERSON = (
    update(table_of(SignIn))
    .where(SignIn.id == bindparam("of_id"))
    .values(person_id=bindparam("person"))
)


@dataclass(frozen=True, slots=True)
class Purpose:
    """What somebody signs in for.

    Attributes:
        creates_person: Whoever is not known yet becomes a person, once they have signed in.
        landing: Returns where they then go, by the `ref` of their wish; called in the request.
    """

    creates_person: bool
    landing: Callable[[str | None], str]


def remembered(endpoint: str | None) -> str:
    """Return the name of a page for whoever is signed in that its name alone opens, else empty."""
    name = endpoint or ""
    view = current_app.view_functions.get(name)
    if getattr(view, "access", None) != PERSON or len(name) > LONGEST_NAME:
        return ""
    opens = any(
        "GET" in (rule.methods or ()) and set(rule.arguments) <= {"language"}
        for rule in current_app.url_map.iter_rules(name)
    )
    return name if opens else ""


def account_landing(ref: str | None) -> str:
    """Return where somebody goes who signed in to their account: the page they asked for first."""
    name = remembered(ref)
    return url_for(name) if name else f"{prefix(request_language())}/account/"


def desk_landing(ref: str | None) -> str:  # noqa: ARG001 - every purpose's landing is asked so
    """Return where somebody goes whose mail was shown to be theirs: to their second proof."""
    return url_for("desk_second.form")


PURPOSES = {
    ACCOUNT: Purpose(creates_person=False, landing=account_landing),
    DESK: Purpose(creates_person=False, landing=desk_landing),
}
"""By name; features above add theirs when they are put into the application."""


@dataclass(frozen=True, slots=True)
class Wish:
    """A wish to sign in, as it was sent.

    Attributes:
        purpose: Name of one of `PURPOSES`.
        ref: That purpose's own word.
        address: As it is kept and shown.
        address_key: As mailboxes compare.
        language: Of the page.
    """

    purpose: str
    ref: str | None
    address: str
    address_key: str
    language: str


@dataclass(frozen=True, slots=True)
class Entered:
    """Somebody who gave the right answer."""

    person_id: int
    purpose: str
    ref: str | None


def ask(session: Session, settings: Settings, wish: Wish, now: datetime) -> str:
    """Keep a wish; return the secret for the cookie of the browser that asked.

    Flushed, not committed; the caller rings the lane.
    """
    browser, name = new_token(), secrets.token_hex(NAME_BYTES)
    values = {
        "name": name,
        "token_hash": token_hash(derived_token(settings.secret_key, TOKEN, name)),
        "browser_hash": token_hash(browser),
        "purpose": wish.purpose,
        "ref": wish.ref,
        "address": wish.address,
        "address_key": wish.address_key,
        "language": wish.language,
        "created_at": now,
        "due_at": now,
        "expires_at": now + LASTS,
    }
    session.connection().execute(_INSERT, values)
    return browser


def enter(
    session: Session, hashed: str, browser: str, now: datetime, *, of_desk: bool = False
) -> Entered | None:
    """Take a wish whose link or code came back to the browser that asked; of several at once one.

    A wish to come to the desk opens no account, and one for an account does not open the desk.

    Args:
        session: Flushed, not committed.
        hashed: Hash of the link's token.
        browser: The secret in the browser's cookie.
        now: The domain's present moment.
        of_desk: Whether staff are asked for, or a reader.

    Returns:
        Who is to be signed in, or None if the wish is used, ended, expired, of another browser or
        of nobody.
    """
    values = {
        "hash": hashed,
        "browser": token_hash(browser),
        "now": now,
        "of_desk": int(of_desk),
    }
    taken = session.connection().execute(_TAKE, values).one_or_none()
    if taken is None:
        return None
    person = _person(session, taken, now)
    if person is None:
        return None
    verify(session, [taken.address_key], now)
    session.connection().execute(_NOTE_PERSON, {"of_id": taken.id, "person": person})
    return Entered(person, taken.purpose, taken.ref)


def _person(session: Session, taken: Any, now: datetime) -> int | None:  # noqa: ANN401 - a row
    key, purpose = taken.address_key, PURPOSES.get(taken.purpose)
    if purpose is not None and purpose.creates_person:
        newcomer = Newcomer(key, taken.address, taken.language)
        found: int | None = find_or_create(session, [newcomer], now)[key]
    else:
        found = people_with(session, [key]).get(key)
    if found is None or replaced(session, [key]):
        return None
    return session.scalar(select(Person.id).where(Person.id == found, Person.erased_at.is_(None)))


def hash_for_code(
    session: Session, settings: Settings, browser: str, code: str, now: datetime
) -> str | None:
    """Return the hash of the token that a typed code stands for, or None if it is wrong.

    The same is done whoever was asked for. The fifth wrong code ends the wish, its link as well.
    """
    connection, hashed = session.connection(), token_hash(browser)
    tried = connection.execute(_TRY, {"browser": hashed}).one_or_none()
    name, stored = (tried.name, tried.token_hash) if tried is not None else (NOBODY, NOBODY)
    right = False
    for key in settings.secret_keys:
        is_key = equal(token_hash(derived_token(key, TOKEN, name)), stored)
        right |= is_key & equal(derived_code(key, TOKEN, name), code)
    if right:
        return str(stored)
    connection.execute(_END_GUESSED, {"browser": hashed, "now": now})
    return None


def token_and_code(settings: Settings, name: str, stored: str) -> tuple[str, str]:
    """Return what a wish's mail carries, made with the key that was in force then.

    Raises:
        LookupError: None of the keys we have made this wish.
    """
    for key in settings.secret_keys:
        token = derived_token(key, TOKEN, name)
        if equal(token_hash(token), stored):
            return token, derived_code(key, TOKEN, name)
    raise LookupError("no secret key of ours made this sign-in")
