"""Who is written to of those that asked to sign in, and what the mail says.

It happens in a lane, after whoever asked has been answered. A known address is written to as it
is known, not as it was typed: what compares alike need not be the same mailbox. How often one
network may ask for an address is less than what an address gets, so no network uses that up.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import BindParameter, Integer, String, bindparam, case, func, select, update
from sqlalchemy.orm import Session

from app.core.clock import now as moment_of
from app.core.languages import prefix, translations
from app.core.leases import Held
from app.core.orm import UtcDateTime, table_of
from app.core.settings import Settings
from app.mail.message import Words, site_name
from app.mail.outbox import Mail, queue
from app.people.models import EmailAddress, Person
from app.people.sign_in_models import SignIn
from app.people.signing_in import DESK, PURPOSES, token_and_code
from app.people.staff_queries import people_of_staff
from app.people.strangers import let_in

TEMPLATE = "sign_in"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MOST_AN_HOUR, MOST_A_DAY = 20, 40
UNKNOWN, ENOUGH, LATE = "nobody is known", "enough mails to this address", "came too late"
OVERTAKEN = "a newer one was answered"

_NOW: Any = bindparam("now", type_=UtcDateTime())
_KEYS: BindParameter[Any] = bindparam("keys", expanding=True)
_KNOWN = select(EmailAddress.key, EmailAddress.address, EmailAddress.person_id).where(
    EmailAddress.key.in_(_KEYS), EmailAddress.replaced_at.is_(None)
)
_LOCK = (
    select(Person.id)
    .where(Person.id.in_(bindparam("people", expanding=True)))
    .order_by(Person.id)
    .with_for_update(key_share=True)
)
_LATELY: Any = bindparam("hour_ago", type_=UtcDateTime())
_MAILED = (
    select(
        SignIn.address_key.label("key"),
        func.count().label("in_a_day"),
        func.sum(case((SignIn.created_at > _LATELY, 1), else_=0)).label("in_an_hour"),
    )
    .where(
        SignIn.address_key.in_(_KEYS),
        SignIn.created_at > bindparam("day_ago", type_=UtcDateTime()),
        SignIn.done_at.is_not(None),
        SignIn.last_error.is_(None),
    )
    .group_by(SignIn.address_key)
)
_END_OLDER = (
    update(table_of(SignIn))
    .where(
        SignIn.address_key == bindparam("of_key"),
        case((SignIn.purpose == DESK, 1), else_=0) == bindparam("of_desk", type_=Integer()),
        SignIn.id < bindparam("newest"),
        SignIn.used_at.is_(None),
        SignIn.ended_at.is_(None),
    )
    .values(ended_at=_NOW)
)
_NOTE_PERSON = (
    update(table_of(SignIn))
    .where(SignIn.id == bindparam("of_id"))
    .values(person_id=bindparam("person"))
)
_UNANSWERED = (
    update(table_of(SignIn))
    .where(SignIn.id == bindparam("of_id"))
    .values(
        ended_at=func.coalesce(SignIn.ended_at, _NOW), last_error=bindparam("why", type_=String())
    )
)
_OPEN = select(SignIn.id, SignIn.name, SignIn.token_hash, SignIn.purpose).where(
    SignIn.id.in_(bindparam("ids", expanding=True)),
    SignIn.used_at.is_(None),
    SignIn.ended_at.is_(None),
    SignIn.expires_at > _NOW,
)


@dataclass
class Answers:
    """What is to be done about a batch.

    Attributes:
        mails: For the outbox.
        people: Ids of those written to, by their wish; None for whoever is not known yet.
        newest: Of each address that is written to, and of the desk or not, the wish that ends the
            older ones.
        why: Of each wish that no mail answers, the reason.
    """

    mails: list[Mail] = field(default_factory=list)
    people: dict[int, int | None] = field(default_factory=dict)
    newest: dict[tuple[str, bool], int] = field(default_factory=dict)
    why: dict[int, str] = field(default_factory=dict)


def answer(session: Session, settings: Settings, rows: Sequence[Held], now: datetime) -> Answers:
    """Queue a mail for each address that is to have one, and end its older wishes.

    Args:
        session: Writing; flushed, not committed.
        settings: For the key of mailboxes.
        rows: Claimed rows of `sign_in`.
        now: The domain's present moment.
    """
    by_key: dict[str, list[Held]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: row.id, reverse=True):
        by_key[row.address_key].append(row)
    known = _known(session, by_key)
    staff = _staff(session, rows, known)
    full = _full(session, by_key, now)
    strangers = {
        row.address_key for row in rows if row.address_key not in known and _makes_known(row)
    }
    full |= strangers - let_in(session, settings, sorted(strangers - full), now)
    answers = Answers()
    for key, asked in by_key.items():
        of_readers = [row for row in asked if row.purpose != DESK]
        of_desk = [row for row in asked if row.purpose == DESK]
        _answer_address(answers, of_readers, known.get(key), now, is_full=key in full)
        _answer_address(answers, of_desk, staff.get(key), now, is_full=key in full)
    queue(session, answers.mails, now)
    _end_older(session, answers, now)
    return answers


def note_unanswered(session: Session, answers: Answers, now: datetime) -> None:
    """Write down which wishes no mail answers, and why: nothing opens them."""
    if answers.why:
        rows = [{"of_id": one, "why": why, "now": now} for one, why in answers.why.items()]
        session.connection().execute(_UNANSWERED, rows)


def _known(session: Session, keys: Iterable[str]) -> dict[str, tuple[str, int]]:
    """Return addresses and people by key; until the end of the transaction they stay so."""
    connection = session.connection()
    found = {
        row.key: (row.address, row.person_id)
        for row in connection.execute(_KNOWN, {"keys": list(keys)})
    }
    if found and connection.dialect.name != "sqlite":  # which has one writer anyway
        people = sorted({person for _address, person in found.values()})
        connection.execute(_LOCK, {"people": people})
    return found


def _staff(
    session: Session, rows: Sequence[Held], known: Mapping[str, tuple[str, int]]
) -> dict[str, tuple[str, int]]:
    """Return those of the known who work here; asked for only if somebody wants to the desk."""
    if not any(row.purpose == DESK for row in rows):
        return {}
    people = people_of_staff(session, [person for _address, person in known.values()])
    return {key: found for key, found in known.items() if found[1] in people}


def _full(session: Session, keys: Iterable[str], now: datetime) -> set[str]:
    """Return those keys that have been written to often enough."""
    values = {"keys": list(keys), "hour_ago": now - HOUR, "day_ago": now - DAY}
    rows = session.connection().execute(_MAILED, values)
    return {row.key for row in rows if row.in_an_hour >= MOST_AN_HOUR or row.in_a_day >= MOST_A_DAY}


def _answer_address(
    answers: Answers,
    asked: Sequence[Held],
    known: tuple[str, int] | None,
    now: datetime,
    *,
    is_full: bool,
) -> None:
    """Decide about the wishes of one address, the newest first: at most one is answered."""
    for row in asked:
        why = _reason(row, known, now, is_full=is_full)
        if _door(row) in answers.newest:
            why = OVERTAKEN
        if why:
            answers.why[row.id] = why
            continue
        address, person = known or (row.address, None)
        answers.newest[_door(row)] = row.id
        answers.people[row.id] = person
        answers.mails.append(Mail(TEMPLATE, address, row.language, person, {"sign_in_id": row.id}))


def _door(row: Held) -> tuple[str, bool]:
    """Return what a newer wish ends the older ones of: an address, and the door it opens."""
    return row.address_key, row.purpose == DESK


def _makes_known(row: Held) -> bool:
    """Tell whether a wish is for something that makes a person of whoever is not known."""
    purpose = PURPOSES.get(row.purpose)
    return purpose is not None and purpose.creates_person


def _reason(
    row: Held, known: tuple[str, int] | None, now: datetime, *, is_full: bool
) -> str | None:
    """Return why no mail answers a wish, if so."""
    if row.purpose not in PURPOSES or (known is None and not _makes_known(row)):
        return UNKNOWN
    if row.expires_at <= now:
        return LATE
    return ENOUGH if is_full else None


def _end_older(session: Session, answers: Answers, now: datetime) -> None:
    connection = session.connection()
    if answers.newest:
        rows = [
            {"of_key": key, "of_desk": int(of_desk), "newest": newest, "now": now}
            for (key, of_desk), newest in answers.newest.items()
        ]
        connection.execute(_END_OLDER, rows)
    people = [
        {"of_id": wish, "person": person}
        for wish, person in answers.people.items()
        if person is not None
    ]
    if people:
        connection.execute(_NOTE_PERSON, people)


def sign_in_words(
    session: Session, settings: Settings, rows: Sequence[Held]
) -> Mapping[int, Words]:
    """Return the words of those sign-ins that are still open."""
    ids = [row.context["sign_in_id"] for row in rows]
    values = {"ids": ids, "now": moment_of(session)}
    found = {one.id: one for one in session.execute(_OPEN, values)}
    return {
        row.id: _words(settings, row, found[row.context["sign_in_id"]])
        for row in rows
        if row.context["sign_in_id"] in found
    }


def _words(settings: Settings, row: Held, wish: Any) -> Words:  # noqa: ANN401 - a row
    token, code = token_and_code(settings, wish.name, wish.token_hash)
    gettext, of_desk = translations(row.language).gettext, wish.purpose == DESK
    subject = gettext("Sign in to %(name)s")
    if of_desk:
        subject = gettext("Sign in to the desk of %(name)s")
    door = f"{prefix(row.language)}/{'desk' if of_desk else 'account'}"
    link = f"{settings.site_url}{door}/sign-in/{token}/"
    return Words(
        subject % {"name": site_name(settings, row.language)}, {}, {"link": link, "code": code}
    )
