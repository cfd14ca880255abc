"""The audit log: a chain that nobody can mend unseen."""

from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.people.audit import (
    FIRST_HASH,
    Actor,
    AuditEntry,
    AuditHead,
    AuditNetwork,
    Deed,
    hash_of,
    record,
)

NOON = datetime(2027, 3, 1, 12, 0, 0, 123456, tzinfo=UTC)
ADA = Actor.staff(3, "f" * 64)


def test_each_entry_carries_the_hash_of_the_one_before(session: Session) -> None:
    first = record(session, ADA, Deed("goal.changed", "campaign:1", after={"goal": 2}), NOON)
    second = record(session, Actor.command("ops"), Deed("list.closed", "newsletter:2"), NOON)

    assert (first.number, first.previous_hash) == (1, FIRST_HASH)
    assert (second.number, second.previous_hash, second.who) == (2, first.hash, "command:ops")
    head = session.scalars(select(AuditHead)).one()
    assert (head.number, head.hash) == (2, second.hash)


def test_an_entry_read_back_has_the_hash_it_was_written_with(session: Session) -> None:
    deed = Deed("x", "y", 7, {"goal": 1, "name": "Олена"}, {"goal": None, "list": [1, 2.5]})
    record(session, ADA, deed, NOON)
    session.commit()
    session.expire_all()

    entry = session.scalars(select(AuditEntry)).one()
    assert entry.hash == hash_of(entry)


def test_a_changed_entry_no_longer_has_its_hash(session: Session) -> None:
    entry = record(session, ADA, Deed("x", "y"), NOON)
    entry.who = "staff:4"

    assert entry.hash != hash_of(entry)


def test_the_network_stands_apart_so_that_it_can_be_forgotten(session: Session) -> None:
    entry = record(session, ADA, Deed("x", "y"), NOON)
    record(session, Actor.command("ops"), Deed("x", "y"), NOON)

    rows = session.scalars(select(AuditNetwork)).all()
    assert [(row.number, row.network_hash) for row in rows] == [(entry.number, "f" * 64)]
