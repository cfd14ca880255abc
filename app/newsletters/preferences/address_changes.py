"""Doing a change of address, and taking it back from the old mailbox."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.orm import Session

from app.core.errors import UnwalledError
from app.core.orm import UtcDateTime, insert_for, table_of
from app.mail.outbox import Mail, queue
from app.newsletters.confirming import Act
from app.newsletters.models import Confirmation, Subscription
from app.newsletters.preferences import links
from app.newsletters.preferences.address_changing import DAY, MAY_OBJECT
from app.newsletters.preferences.models import AddressChange, SettingsLink
from app.newsletters.preferences.preferences import lock, note
from app.people.models import EmailAddress, Person
from app.people.sessions import end_everywhere
from app.people.sign_in_models import SignIn
from app.people.survivors import all_of, survivor_of

CHANGED = "changed-address"
KEPT_FOR = 30 * DAY

_NOW: Any = bindparam("now", type_=UtcDateTime())
_FIND = select(AddressChange).join(Person).where(Person.erased_at.is_(None))
_TAKE = (
    update(table_of(AddressChange))
    .where(
        AddressChange.id == bindparam("of_id"),
        AddressChange.used_at.is_(None),
        AddressChange.ended_at.is_(None),
        AddressChange.expires_at > _NOW,
    )
    .values(used_at=_NOW)
    .returning(AddressChange.id)
)
_LATER = (
    select(AddressChange)
    .where(
        AddressChange.person_id.in_(all_of(bindparam("person"))),
        AddressChange.used_at >= bindparam("since", type_=UtcDateTime()),
        AddressChange.undone_at.is_(None),
    )
    .order_by(AddressChange.used_at, AddressChange.id)
)
_FOLLOW = (
    update(table_of(Subscription))
    .where(
        Subscription.address_id.in_(
            select(EmailAddress.id).where(EmailAddress.key == bindparam("old"))
        )
    )
    .values(
        address_id=select(EmailAddress.id)
        .where(EmailAddress.key == bindparam("new"))
        .scalar_subquery()
    )
)
_OF_PERSON = EmailAddress.person_id == bindparam("of_person")
_DROP = delete(table_of(EmailAddress)).where(_OF_PERSON, EmailAddress.key == bindparam("of_key"))
_REPLACE = (
    update(table_of(EmailAddress))
    .where(_OF_PERSON, EmailAddress.key == bindparam("of_key"))
    .values(replaced_at=bindparam("at", type_=UtcDateTime()))
    .returning(EmailAddress.address)
)
_END_WISHES = (
    update(table_of(SignIn))
    .where(
        SignIn.address_key == bindparam("of_key"),
        SignIn.used_at.is_(None),
        SignIn.ended_at.is_(None),
    )
    .values(ended_at=_NOW)
)
_END_CONFIRMATIONS = (
    update(table_of(Confirmation))
    .where(
        Confirmation.person_id.in_(all_of(bindparam("of_person"))),
        Confirmation.used_at.is_(None),
        Confirmation.ended_at.is_(None),
    )
    .values(ended_at=_NOW)
)
_HAD_BEFORE = select(AddressChange.id).where(
    AddressChange.person_id.in_(all_of(bindparam("person"))),
    AddressChange.old_key == bindparam("key"),
    AddressChange.used_at < bindparam("since", type_=UtcDateTime()),
    AddressChange.undone_at.is_(None),
)
_LISTS = select(Subscription.newsletter_id).where(
    Subscription.person_id == bindparam("person"),
    Subscription.state.in_(("pending", "confirmed")),
)


class AddressTakenError(UnwalledError):
    """The address has become another person's; the caller takes back what was written."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A change as one of its links opens it.

    Attributes:
        state: `open`, `used`, `undone`, or `expired`.
        address: The new one.
    """

    id: int
    person_id: int
    state: str
    address: str


def by_link(session: Session, hashed: str, now: datetime) -> Seen | None:
    """Return the change that the link in the new mailbox is about."""
    found = session.scalar(_FIND.where(AddressChange.token_hash == hashed))
    if found is None:
        return None
    if found.used_at is not None:
        state = "undone" if found.undone_at is not None else "used"
    else:
        is_open = found.ended_at is None and found.expires_at > now
        state = "open" if is_open else "expired"
    return Seen(found.id, found.person_id, state, found.address)


def by_undo_link(session: Session, hashed: str, now: datetime) -> Seen | None:
    """Return the change that the link in the old mailbox is about, `used` while it can object."""
    found = session.scalar(_FIND.where(AddressChange.undo_hash == hashed))
    if found is None or found.used_at is None:
        return None
    late = "expired" if found.used_at <= now - MAY_OBJECT else "used"
    state = "undone" if found.undone_at is not None else late
    return Seen(found.id, found.person_id, state, found.address)


def confirm(session: Session, hashed: str, act: Act, now: datetime) -> bool:
    """Have a person's mail go to the new address from now on.

    Of several at once one does it. Whoever was signed in is signed out, and what was on its way
    to the old address opens nothing: it may have been somebody else's hand that asked. The old
    mailbox is told, and how to take it back.

    Returns:
        Whether it was done; not if the link is used or too old.

    Raises:
        AddressTakenError: The address has become another person's.
    """
    seen = by_link(session, hashed, now)
    if seen is None:
        return False
    whose = _held(session, seen)
    connection = session.connection()
    if connection.execute(_TAKE, {"of_id": seen.id, "now": now}).one_or_none() is None:
        return False
    change = session.get_one(AddressChange, seen.id, populate_existing=True)
    _put(session, change, whose, now)
    values = {"of_person": whose, "of_key": change.old_key, "at": now}
    old = connection.execute(_REPLACE, values).scalar_one_or_none()
    _end_all_else(session, whose, change.old_key, now)
    _note(session, whose, act, now)
    if old is not None:
        told = Mail("address_changed", old, change.language, whose, {"change_id": change.id})
        queue(session, [told], now)
    return True


def _held(session: Session, seen: Seen) -> int:
    """Hold whose change it is, and return who they are by now."""
    lock(session, seen.person_id)
    whose = survivor_of(session, seen.person_id)
    if whose != seen.person_id:
        lock(session, whose)
    return whose


def _put(session: Session, change: AddressChange, whose: int, now: datetime) -> None:
    """Give the person the new address, as proved now; never if it is somebody else's."""
    connection = session.connection()
    connection.execute(_DROP, {"of_person": whose, "of_key": change.address_key})
    row = insert_for(session)(table_of(EmailAddress)).values(
        person_id=whose,
        address=change.address,
        key=change.address_key,
        verified_at=now,
        created_at=now,
    )
    put = row.on_conflict_do_nothing(index_elements=["key"]).returning(table_of(EmailAddress).c.id)
    if connection.execute(put).one_or_none() is None:
        raise AddressTakenError("It has become another person's.")
    connection.execute(_FOLLOW, {"old": change.old_key, "new": change.address_key})


def _end_all_else(session: Session, person_id: int, key: str, now: datetime) -> None:
    """End what opens a person's things, and what waits for an answer from a mailbox."""
    end_everywhere(session, person_id, now)
    session.connection().execute(_END_WISHES, {"of_key": key, "now": now})
    session.connection().execute(_END_CONFIRMATIONS, {"of_person": person_id, "now": now})
    _end_open(session, person_id, now)
    links.end_all(session, person_id, now)


def _note(session: Session, person_id: int, act: Act, now: datetime) -> None:
    lists = session.connection().execute(_LISTS, {"person": person_id}).scalars().all()
    note(session, person_id, CHANGED, lists, (act, now))


def undo(session: Session, hashed: str, act: Act, now: datetime) -> bool:
    """Take a change back, and every later one: whoever reads the old mailbox has the last word.

    Where two people became one, only those of the other's changes that follow from this one.

    Returns:
        Whether it was taken back now.
    """
    seen = by_undo_link(session, hashed, now)
    if seen is None or seen.state != "used":
        return False
    whose = _held(session, seen)
    change = session.get_one(AddressChange, seen.id, populate_existing=True)
    if change.undone_at is not None:
        return False
    for later in _following(session, change, whose):
        later.undone_at = now
        if later.address_key != change.old_key:
            follow = {"old": later.address_key, "new": change.old_key}
            session.connection().execute(_FOLLOW, follow)
            _give_up(session, change, (whose, later.address_key), now)
        _end_all_else(session, whose, later.address_key, now)
    session.flush()
    back = {"of_person": whose, "of_key": change.old_key, "at": None}
    session.connection().execute(_REPLACE, back)
    _note(session, whose, act, now)
    return True


def _following(session: Session, change: AddressChange, whose: int) -> list[AddressChange]:
    """Return a change and what was changed after it, by the same person or from its address on."""
    found, keys = [], {change.address_key}
    for later in session.scalars(_LATER, {"person": whose, "since": change.used_at}).all():
        if later.person_id == change.person_id or later.old_key in keys:
            found.append(later)
            keys.add(later.address_key)
    return found


def _give_up(session: Session, change: AddressChange, what: tuple[int, str], now: datetime) -> None:
    """Take an address from a person; one that may itself come back is kept until then."""
    whose, key = what
    connection = session.connection()
    asked = {"person": whose, "key": key, "since": change.used_at}
    had_before = connection.execute(_HAD_BEFORE, asked).first() is not None
    values = {"of_person": whose, "of_key": key}
    connection.execute(*((_REPLACE, {**values, "at": now}) if had_before else (_DROP, values)))


def _end_open(session: Session, person_id: int, now: datetime) -> None:
    session.execute(
        update(AddressChange)
        .where(AddressChange.person_id.in_(all_of(person_id)), AddressChange.used_at.is_(None))
        .where(AddressChange.ended_at.is_(None))
        .values(ended_at=now)
    )


def finish(session: Session, now: datetime) -> None:
    """Forget addresses whose readers no longer may object, and links that are long over."""
    replaced = EmailAddress.replaced_at < now - MAY_OBJECT
    session.execute(delete(EmailAddress).where(replaced))
    session.execute(delete(AddressChange).where(AddressChange.created_at < now - KEPT_FOR))
    session.execute(delete(SettingsLink).where(SettingsLink.created_at < now - KEPT_FOR))
