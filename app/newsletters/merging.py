"""What newsletters make over when two people are one: each list goes on to where it went.

Of two standings with one list the stronger stays. A complaint stands above all; then what runs,
and goes on to its own mailbox alone, so that nobody who left at one of them gets it there again;
then leaving; then a mailbox that is gone. What runs without a mailbox of its own gives way. The
record of consent is only ever added to: what either agreed to stays under their own id.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, exists, insert, select, update
from sqlalchemy.orm import Session, aliased

from app.core.orm import table_of
from app.newsletters.deciding import WORDING
from app.newsletters.issue_models import IssueSend
from app.newsletters.models import Consent, Subscription
from app.newsletters.preferences.models import AddressChange, SettingsLink
from app.newsletters.telling import tell
from app.people.changing_hands import give, give_back, moments, name_of, pages, put_in, take_out
from app.people.models import EmailAddress, Person
from app.people.registers import Moved, Pair

STRENGTH = ("bounced", "unsubscribed", "pending", "confirmed", "complained")
RUNNING = frozenset({"pending", "confirmed"})
ENDED_BY_HAND = frozenset({"unsubscribed", "complained"})
FORM = "merging"

_table = table_of(Subscription)
_other_send = aliased(IssueSend)


def wins(mine: str, other: str, *, mine_has_mailbox: bool, other_has_mailbox: bool) -> bool:
    """Tell whether the standing of the one who goes stays, and not that of the one who stays.

    Of two alike that of the one who stays does.
    """
    return _rank(mine, has_mailbox=mine_has_mailbox) > _rank(other, has_mailbox=other_has_mailbox)


def _rank(state: str, *, has_mailbox: bool) -> int:
    return -1 if state in RUNNING and not has_mailbox else STRENGTH.index(state)


def merge(session: Session, pair: Pair) -> Moved:
    """Give subscriptions, each with the mailbox that it goes to, links and sends."""
    mailboxes = mailboxes_of(session, pair)
    losers = [lost for _kept, lost in twice(session, pair, mailboxes)]
    mine = select(EmailAddress.id).where(EmailAddress.person_id == pair.from_id)
    addresses = sorted(session.scalars(mine))
    gave_way = take_out(session, _table, sorted(losers))
    pinned = {}
    if all(mailboxes.values()):
        for person, mailbox in mailboxes.items():
            pinned[str(mailbox)] = _pin(session, person, mailbox)
    return {
        "at": pair.now.isoformat(),
        "addresses": addresses,
        "gave_way": gave_way,
        "pinned": pinned,
        name_of(Subscription.person_id): give(session, Subscription.person_id, pair),
        name_of(SettingsLink.person_id): give(session, SettingsLink.person_id, pair),
        name_of(IssueSend.person_id): give(session, IssueSend.person_id, pair, ~_sent_too(pair)),
    }


def undo(session: Session, pair: Pair, moved: Moved) -> None:
    """Give all that back, and put in again what had given way."""
    for owner in (Subscription.person_id, SettingsLink.person_id, IssueSend.person_id):
        give_back(session, owner, pair, moved[name_of(owner)])
    for mailbox, ids in moved["pinned"].items():
        for page in pages(ids):
            pinned = (Subscription.id.in_(page), Subscription.address_id == int(mailbox))
            session.connection().execute(update(_table).where(*pinned).values(address_id=None))
    since = datetime.fromisoformat(moved["at"])
    new = changed_since(session, pair, moved["addresses"], since)
    give_back(session, EmailAddress.person_id, pair, new)
    rows = [_as_it_stands(session, pair, row, since) for row in moved["gave_way"]]
    put_in(session, _table, [row for row, _ends in rows])
    _note(session, [row for row, ends in rows if ends], pair.now)


def mailboxes_of(session: Session, pair: Pair) -> dict[int, int | None]:
    """Return the id of the address that each of two people is written to."""
    return {one: _mailbox(session, one) for one in (pair.from_id, pair.into_id)}


def _mailbox(session: Session, person_id: int) -> int | None:
    """Return the id of the address that a person is written to."""
    return session.scalar(
        select(EmailAddress.id)
        .where(EmailAddress.person_id == person_id, EmailAddress.replaced_at.is_(None))
        .order_by(
            EmailAddress.verified_at.is_(None),
            EmailAddress.created_at.desc(),
            EmailAddress.id.desc(),
        )
        .limit(1)
    )


def twice(
    session: Session, pair: Pair, mailboxes: Mapping[int, int | None]
) -> list[tuple[int, int]]:
    """Return, of each list that both stand with, the subscription that stays and the other."""
    of_other = aliased(Subscription)
    both = session.execute(
        select(Subscription.id, Subscription.state, of_other.id, of_other.state)
        .join(of_other, of_other.newsletter_id == Subscription.newsletter_id)
        .where(Subscription.person_id == pair.from_id, of_other.person_id == pair.into_id)
        .order_by(Subscription.id)
    ).all()
    has = {
        "mine_has_mailbox": mailboxes[pair.from_id] is not None,
        "other_has_mailbox": mailboxes[pair.into_id] is not None,
    }
    return [
        (mine, theirs) if wins(state, their_state, **has) else (theirs, mine)
        for mine, state, theirs, their_state in both
    ]


def _pin(session: Session, person_id: int, mailbox: int | None) -> list[int]:
    """Let what a person has go on to their mailbox; return which subscriptions are new to it."""
    loose = (Subscription.person_id == person_id, Subscription.address_id.is_(None))
    pinned = update(_table).where(*loose).values(address_id=mailbox).returning(Subscription.id)
    return sorted(session.connection().execute(pinned).scalars())


def _sent_too(pair: Pair) -> Any:  # noqa: ANN401 - a condition
    """Return the condition that the one who stays has a send of the same issue."""
    return exists().where(
        _other_send.issue_id == IssueSend.issue_id, _other_send.person_id == pair.into_id
    )


def _as_it_stands(
    session: Session, pair: Pair, row: Mapping[str, Any], since: datetime
) -> tuple[dict[str, Any], bool]:
    """Return a row that gave way as it is put in again, and whether it ends by that.

    Whoever left since the merge, or complained, left what both had.
    """
    back = moments(_table, row)
    if back["address_id"] is not None and session.get(EmailAddress, back["address_id"]) is None:
        back["address_id"] = None
    if back["state"] not in RUNNING:
        return back, False
    asked = select(Subscription.state, Subscription.ended_at).where(
        Subscription.newsletter_id == back["newsletter_id"],
        Subscription.person_id.in_((pair.from_id, pair.into_id)),
        *left_since(since),
    )
    left = session.execute(asked).first()
    return (back, False) if left is None else (back | dict(left._mapping), True)  # noqa: SLF001


def left_since(since: datetime) -> tuple[ColumnElement[bool], ...]:
    """Return what holds for a subscription that somebody ended since a moment."""
    return Subscription.state.in_(ENDED_BY_HAND), Subscription.ended_at > since


def changed_since(session: Session, pair: Pair, ids: Sequence[int], since: datetime) -> list[int]:
    """Return the ids of the addresses that took the place of others, given by theirs."""
    keys = set(session.scalars(select(EmailAddress.key).where(EmailAddress.id.in_(ids))))
    changes = session.execute(
        select(AddressChange.old_key, AddressChange.address_key, EmailAddress.id)
        .join(EmailAddress, EmailAddress.key == AddressChange.address_key)
        .where(
            AddressChange.person_id.in_((pair.from_id, pair.into_id)),
            EmailAddress.person_id == pair.into_id,
            AddressChange.used_at > since,
            AddressChange.undone_at.is_(None),
        )
        .order_by(AddressChange.used_at, AddressChange.id)
    )
    found = []
    for old, new, address in changes:
        if old in keys:
            keys.add(new)
            found.append(address)
    return sorted(set(found) - set(ids))


def _note(session: Session, rows: Sequence[Mapping[str, Any]], now: datetime) -> None:
    """Write into the record of consent that what gave way ended, too, by what was done since."""
    people = select(Person.id, Person.language).where(
        Person.id.in_([row["person_id"] for row in rows])
    )
    languages = {row.id: row.language for row in session.execute(people)}
    told = [
        {
            "person_id": row["person_id"],
            "newsletter_id": row["newsletter_id"],
            "what": row["state"],
            "happened_at": now,
            "form": FORM,
            "wording": WORDING,
            "language": languages[row["person_id"]],
        }
        for row in rows
    ]
    if told:
        session.connection().execute(insert(table_of(Consent)), told)
        tell(session)
