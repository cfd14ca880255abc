"""What was done at the desk or by a command: who, what, before and after, when, from where.

Entries form a chain: each carries the hash of the one before it and its own, over all that it
says. They hold ids, names of fields and values that are nobody's personal data, never an address
or a name, so that they can stay when a person is erased. The network an action came from stands
in a table of its own, which empties after thirty days, and is no part of the chain.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from sqlalchemy import ForeignKey, Index, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.core.orm import Base
from app.core.retention import Part, old_rows

FIRST_HASH = "0" * 64
NETWORKS_KEPT = timedelta(days=30)


class AuditEntry(Base):
    """One thing that was done. `number` counts without a gap."""

    __tablename__ = "audit_entry"
    __table_args__ = (
        Index("ix_audit_entry_about", "about"),
        Index("ix_audit_entry_person_id", "person_id"),
    )

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    who: Mapped[str] = mapped_column(String(80))
    what: Mapped[str] = mapped_column(String(60))
    about: Mapped[str] = mapped_column(String(120))
    person_id: Mapped[int | None]
    before: Mapped[dict[str, Any]]
    after: Mapped[dict[str, Any]]
    previous_hash: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))


class AuditNetwork(Base):
    """The network that an action came from, as a keyed hash; forgotten after thirty days."""

    __tablename__ = "audit_network"
    __table_args__ = (Index("ix_audit_network_created_at", "created_at"),)

    number: Mapped[int] = mapped_column(ForeignKey("audit_entry.number"), primary_key=True)
    network_hash: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime]


class AuditHead(Base):
    """The end of the chain: one row, locked by whoever adds to it."""

    __tablename__ = "audit_head"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int]
    hash: Mapped[str] = mapped_column(String(64))


_HEAD = select(AuditHead).where(AuditHead.id == 1)


@dataclass(frozen=True, slots=True)
class Head:
    """The end of the chain at some moment, written `12:` and the hash of entry 12.

    Told where nobody can reach who can write the database, it shows later whether entries up to
    there are still what they were.
    """

    number: int
    hash: str

    def __str__(self) -> str:
        """Return it as it is told."""
        return f"{self.number}:{self.hash}"


class Said(Protocol):
    """All that an entry says, whether it is an object or a row."""

    number: int
    at: datetime
    who: str
    what: str
    about: str
    person_id: int | None
    before: dict[str, Any]
    after: dict[str, Any]
    previous_hash: str


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does something.

    Attributes:
        who: `staff:12`, or `command:` and what an operator called themselves.
        network_hash: Where from, as a keyed hash; empty for a command.
    """

    who: str
    network_hash: str = ""

    @classmethod
    def staff(cls, staff_id: int, network_hash: str) -> "Actor":
        """Return a member of staff at the desk."""
        return cls(f"staff:{staff_id}", network_hash)

    @classmethod
    def command(cls, name: str) -> "Actor":
        """Return an operator on the command line."""
        return cls(f"command:{name}"[:80])


@dataclass(frozen=True, slots=True)
class Deed:
    """What somebody did.

    Attributes:
        what: A feature's own word, such as `refund.asked`.
        about: The thing it was done to, such as `payment:42`.
        person_id: Whose page of the desk tells of it, if anybody's.
        before: What was changed, as it was: JSON values by name of field.
        after: The same as it is now.
    """

    what: str
    about: str
    person_id: int | None = None
    before: Mapping[str, Any] = field(default_factory=dict)
    after: Mapping[str, Any] = field(default_factory=dict)


def record(session: Session, actor: Actor, deed: Deed, now: datetime) -> AuditEntry:
    """Add an entry to the chain, in the transaction of what it tells of. Flushed.

    Others who add wait until that transaction ends: record last, just before the commit.
    """
    head = session.scalars(_HEAD.with_for_update().execution_options(populate_existing=True)).one()
    entry = AuditEntry(
        number=head.number + 1,
        at=now,
        who=actor.who,
        what=deed.what,
        about=deed.about,
        person_id=deed.person_id,
        before=_as_kept(deed.before),
        after=_as_kept(deed.after),
        previous_hash=head.hash,
    )
    entry.hash = hash_of(entry)
    head.number, head.hash = entry.number, entry.hash
    session.add(entry)
    session.flush()
    if actor.network_hash:
        came = AuditNetwork(number=entry.number, network_hash=actor.network_hash, created_at=now)
        session.add(came)
        session.flush()
    return entry


def hash_of(entry: Said) -> str:
    """Return the SHA-256 of all that an entry says, and of the hash before it, in hex."""
    said = {
        "number": entry.number,
        "at": entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "who": entry.who,
        "what": entry.what,
        "about": entry.about,
        "person_id": entry.person_id,
        "before": entry.before,
        "after": entry.after,
        "previous_hash": entry.previous_hash,
    }
    return hashlib.sha256(_canonical(said).encode()).hexdigest()


def _canonical(value: object) -> str:
    """Return the one way to write a value as JSON."""
    return json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    )


def _as_kept(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return values as the database will give them back: names are text, and lists are lists."""
    kept: dict[str, Any] = json.loads(json.dumps(dict(values), allow_nan=False))
    return kept


def head_of(session: Session) -> Head | None:
    """Return the end of the chain, to be told somewhere else; None if its row is gone."""
    row = session.scalars(_HEAD).one_or_none()
    return None if row is None else Head(row.number, row.hash)


def forgetting() -> Part:
    """Return the part of retention that forgets the networks that deeds came from."""
    return old_rows("audit-networks", NETWORKS_KEPT, AuditNetwork.created_at)
