"""Who could be the same person as another, and what stands of merges: read for the pages of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session, aliased

from app.core.languages import gettext as _
from app.core.settings import Settings
from app.desk.people.search import found_by
from app.desk.people.typed import understand
from app.memberships.money_models import Membership
from app.memberships.queries import members_among
from app.people.merge_models import Merge
from app.people.models import EmailAddress, Person

MOST = 20

Why = Literal["found", "name", "card", "mailbox"]


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who could be the other of two.

    Attributes:
        person_id: Of the row.
        public_id: In addresses.
        name: Or empty.
        addresses: Each that opens something.
        is_member: Whether they count now.
        why: What makes one think so.
    """

    person_id: int
    public_id: str
    name: str
    addresses: tuple[str, ...]
    is_member: bool
    why: Why

    @property
    def called(self) -> str:
        """How they are spoken of: by a name, else by an address."""
        return self.name or next(iter(self.addresses), "") or _("Without a name")

    @property
    def described(self) -> str:
        """How they are told from others of their name."""
        if not self.addresses or not self.name:
            return self.called
        return f"{self.called} ({', '.join(self.addresses)})"


def person_with(session: Session, public_id: str) -> Person | None:
    """Return a person by the id in an address, as long as they are not erased."""
    asked = select(Person).where(Person.public_id == public_id, Person.erased_at.is_(None))
    return session.scalars(asked).one_or_none()


def shown(session: Session, people: Sequence[int], now: datetime, why: Why) -> list[Candidate]:
    """Return people as the pages show them, in the order they are given."""
    members = members_among(session, people, now)
    addresses: dict[int, list[str]] = {}
    asked = select(EmailAddress.person_id, EmailAddress.address).where(
        EmailAddress.person_id.in_(people), EmailAddress.replaced_at.is_(None)
    )
    for person_id, address in session.execute(asked.order_by(EmailAddress.id)):
        addresses.setdefault(person_id, []).append(address)
    rows = {one.id: one for one in session.scalars(select(Person).where(Person.id.in_(people)))}
    return [
        Candidate(
            one,
            rows[one].public_id,
            rows[one].name or "",
            tuple(addresses.get(one, ())),
            one in members,
            why,
        )
        for one in people
        if one in rows
    ]


def found(
    session: Session, settings: Settings, person_id: int, words: str, now: datetime
) -> list[Candidate]:
    """Return whom some words find, as the list of people does: by whatever one holds of them."""
    if not words:
        return []
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    is_like = found_by(understand(words, settings), settings, is_sqlite=is_sqlite)
    return shown(session, _people(session, person_id, is_like), now, "found")


def suggested(session: Session, person: Person, now: datetime) -> list[Candidate]:
    """Return who may be the same: by their name, by the card they pay with, by their mailbox."""
    by_why: dict[Why, ColumnElement[bool]] = {
        "card": Person.id.in_(_with_their_card(person.id)),
        "mailbox": Person.id.in_(
            select(EmailAddress.person_id).where(EmailAddress.key.in_(_spellings(session, person)))
        ),
    }
    if person.name:
        by_why["name"] = func.lower(Person.name) == func.lower(person.name)
    seen: set[int] = set()
    listed: list[Candidate] = []
    for why, is_like in by_why.items():
        new = [one for one in _people(session, person.id, is_like) if one not in seen]
        seen.update(new)
        listed += shown(session, new, now, why)
    return listed[:MOST]


def _people(session: Session, person_id: int, is_like: ColumnElement[bool]) -> list[int]:
    """Return the ids of whoever is like that, without the person, those erased or merged away."""
    asked = select(Person.id).where(
        is_like,
        Person.id != person_id,
        Person.erased_at.is_(None),
        Person.merged_into_id.is_(None),
    )
    return list(session.scalars(asked.order_by(Person.id).limit(MOST)))


def _with_their_card(person_id: int) -> Any:  # noqa: ANN401 - a selection of ids
    theirs = aliased(Membership)
    return select(Membership.person_id).join(
        theirs,
        (theirs.person_id == person_id)
        & (theirs.card_last4 == Membership.card_last4)
        & (theirs.card_brand == Membership.card_brand)
        & (theirs.card_month == Membership.card_month)
        & (theirs.card_year == Membership.card_year),
    )


def _spellings(session: Session, person: Person) -> list[str]:
    """Return other ways to write the person's mailboxes: without what follows a plus, or dots."""
    keys = session.scalars(select(EmailAddress.key).where(EmailAddress.person_id == person.id))
    found: set[str] = set()
    for key in keys:
        local, _at, domain = key.rpartition("@")
        bare = local.partition("+")[0]
        found |= {f"{bare}@{domain}", f"{bare.replace('.', '')}@{domain}"}
    return sorted(found)


@dataclass(frozen=True, slots=True)
class Stood:
    """A merge, with both as the pages show them."""

    merge: Merge
    gone: Candidate
    stays: Candidate


def merge_with(session: Session, merge_id: int, now: datetime) -> Stood | None:
    """Return a merge by its number, or None if there is none, or nothing is left of the two."""
    row = session.get(Merge, merge_id)
    if row is None:
        return None
    both = shown(session, [row.from_id, row.into_id], now, "found")
    return Stood(row, both[0], both[1])


def standing_merge(session: Session, person_id: int) -> Merge | None:
    """Return the merge by which a person was merged away, if they were."""
    asked = select(Merge).where(Merge.from_id == person_id, Merge.undone_at.is_(None))
    return session.scalars(asked).one_or_none()
