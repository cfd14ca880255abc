"""Writing what was decided about a batch of rows: people, subscriptions, consents, suppressions.

No mail follows from it: whoever was confirmed elsewhere is confirmed here, on the word of the
operator, and the consent says whose word that was.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Insert, Row, bindparam, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from app.core.orm import table_of
from app.mail.suppression import suppress_hashes
from app.newsletters.imports.fates import BROUGHT, SUBSCRIBES, SUPPRESSING, Fate
from app.newsletters.imports.systems import CONFIRMED
from app.newsletters.models import Consent, Subscription
from app.people.models import EmailAddress, Person
from app.people.service import Newcomer, find_or_create

FORM = "import"
WORDING = "elsewhere"
IMPORTED = "imported"

_INSERTS = frozenset({Fate.NEW, *BROUGHT.values()})
_CHANGES = frozenset({Fate.WAITED, Fate.ENDED})
_SPARED = frozenset({Fate.NEWER, Fate.ERASED})

_INSERT_CONSENT = insert(table_of(Consent))
_HOLD_PEOPLE = (
    select(Person.id)
    .where(Person.id.in_(bindparam("people", expanding=True)))
    .order_by(Person.id)
    .with_for_update(key_share=True)
)
_HOLD = (
    select(Subscription.id, Subscription.state)
    .where(Subscription.id.in_(bindparam("ids", expanding=True)))
    .order_by(Subscription.id)
    .with_for_update(of=Subscription)
)
_CHANGE = (
    update(table_of(Subscription))
    .where(Subscription.id == bindparam("of_id"))
    .values(
        state=bindparam("to_state"),
        confirmed_at=bindparam("confirmed"),
        ended_at=bindparam("ended"),
    )
)
_VOUCHED = (
    update(table_of(EmailAddress))
    .where(
        EmailAddress.key.in_(bindparam("keys", expanding=True)),
        EmailAddress.verified_at.is_(None),
    )
    .values(verified_at=bindparam("now"))
)
_NAME = (
    update(table_of(Person))
    .where(Person.id == bindparam("of_id"), Person.name.is_(None))
    .values(name=bindparam("called"))
)


@dataclass(frozen=True, slots=True)
class Decided:
    """A waiting row, what becomes of it, and when its file was first seen."""

    row: Row[Any]
    fate: Fate
    seen_at: datetime


def write(session: Session, import_id: int, decided: Sequence[Decided], now: datetime) -> int:
    """Write what becomes of these rows; return how many persons became known. Flushed."""
    _hold(session, decided)
    new = [one for one in decided if one.fate in _INSERTS]
    people, made = _people(session, new, now)
    done = _insert(session, new, people, now)
    done += [(one, one.row.person_id) for one in _change(session, decided, now)]
    consents = [_consent(one, person, import_id, now) for one, person in done]
    if consents:
        session.connection().execute(_INSERT_CONSENT, consents)
    _vouch(session, decided, now)
    _name(session, decided)
    suppress_hashes(session, _suppressions(decided), now)
    return made


def _hold(session: Session, decided: Iterable[Decided]) -> None:
    """Hold the people of these rows before anything of theirs, as whoever confirms does."""
    people = {one.row.person_id for one in decided} - {None}
    if people and session.get_bind().dialect.name != "sqlite":  # which has one writer anyway
        session.execute(_HOLD_PEOPLE, {"people": list(people)})


def _people(session: Session, new: Iterable[Decided], now: datetime) -> tuple[dict[str, int], int]:
    """Return the person of each address that gets a subscription, and how many were made."""
    rows = [one.row for one in new]
    known = {row.address_key: row.person_id for row in rows if row.person_id is not None}
    strangers = {
        row.address_key: Newcomer(row.address_key, row.address, row.language, row.name)
        for row in rows
        if row.person_id is None
    }
    made = find_or_create(session, strangers.values(), now)
    return known | made, len(made)


def _insert(
    session: Session, new: Sequence[Decided], people: dict[str, int], now: datetime
) -> list[tuple[Decided, int]]:
    """Make subscriptions; return those that nobody else made in the same moment."""
    by_place: dict[tuple[int, int], Decided] = {}
    for one in new:
        by_place.setdefault((people[one.row.address_key], one.row.newsletter_id), one)
    if not by_place:
        return []
    values = [
        {"person_id": person, **_subscription(one, now)}
        for (person, _newsletter), one in by_place.items()
    ]
    statement = _inserting(session.get_bind().dialect.name)
    made = session.connection().execute(statement, values).all()
    return [(by_place[row.person_id, row.newsletter_id], row.person_id) for row in made]


@cache
def _inserting(dialect: str) -> Insert:
    table = table_of(Subscription)
    columns = (table.c.person_id, table.c.newsletter_id)
    insert_: Callable[..., Any] = sqlite.insert if dialect == "sqlite" else postgresql.insert
    statement: Insert = insert_(table).on_conflict_do_nothing(
        index_elements=["person_id", "newsletter_id"]
    )
    return statement.returning(*columns)


def _subscription(one: Decided, now: datetime) -> dict[str, Any]:
    """Return a subscription as the other system had it; a time that it did not say stays open."""
    row = one.row
    since = row.confirmed_at or row.given_at
    return {
        "newsletter_id": row.newsletter_id,
        "state": row.state,
        "created_at": now,
        "asked_at": min(row.given_at or now, now),
        "confirmed_at": min(since, now) if since else None,
        "ended_at": None if row.state == CONFIRMED else _ended_at(one, now),
    }


def _ended_at(one: Decided, now: datetime) -> datetime:
    return min(one.row.ended_at or one.seen_at, now)


def _change(session: Session, decided: Sequence[Decided], now: datetime) -> list[Decided]:
    """Change subscriptions that are still as they were read; return whose those are."""
    wanted = [one for one in decided if one.fate in _CHANGES]
    if not wanted:
        return []
    ids = [one.row.subscription_id for one in wanted]
    held = {row.id: row.state for row in session.execute(_HOLD, {"ids": ids})}
    changed = {
        one.row.subscription_id: one
        for one in wanted
        if held.get(one.row.subscription_id) == one.row.here
    }
    if changed:
        values = [_changed(one, now) for one in changed.values()]
        session.connection().execute(_CHANGE, values)
    return list(changed.values())


def _changed(one: Decided, now: datetime) -> dict[str, Any]:
    row = one.row
    ends = one.fate is Fate.ENDED
    since = row.confirmed_at or row.given_at
    return {
        "of_id": row.subscription_id,
        "to_state": row.state,
        "confirmed": row.here_since if ends else (min(since, now) if since else None),
        "ended": _ended_at(one, now) if ends else None,
    }


def _consent(one: Decided, person: int, import_id: int, now: datetime) -> dict[str, Any]:
    row = one.row
    return {
        "person_id": person,
        "newsletter_id": row.newsletter_id,
        "what": IMPORTED if row.state == CONFIRMED else row.state,
        "happened_at": now,
        "form": FORM,
        "wording": WORDING,
        "language": row.language,
        "import_id": import_id,
        "given_at": row.given_at if row.state == CONFIRMED else row.ended_at,
        "given_via": row.given_via,
    }


def _vouch(session: Session, decided: Sequence[Decided], now: datetime) -> None:
    """Let mail of lists go to the addresses: the operator's word stands for a mail answered."""
    keys = [one.row.address_key for one in decided if one.fate in SUBSCRIBES]
    if keys:
        session.connection().execute(_VOUCHED, {"keys": keys, "now": now})


def _name(session: Session, decided: Sequence[Decided]) -> None:
    """Write names down for people whom we knew without."""
    names = {
        one.row.person_id: one.row.name
        for one in decided
        if one.row.name and one.row.person_id is not None and one.row.known_as is None
        if one.fate is not Fate.ERASED
    }
    if names:
        values = [{"of_id": person, "called": name} for person, name in sorted(names.items())]
        session.connection().execute(_NAME, values)


def _suppressions(decided: Sequence[Decided]) -> dict[str, str]:
    """Return the hashes of the mailboxes that could not be reached, or complained, elsewhere."""
    return {
        one.row.address_hash: SUPPRESSING[one.row.state]
        for one in decided
        if one.row.state in SUPPRESSING and one.fate not in _SPARED
    }
