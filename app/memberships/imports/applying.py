"""What staged rows do to people and ledger: foreseen by reading, then done in one transaction.

Every step is one statement over all rows, so that the write lock is held for as short as can be.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Insert,
    Select,
    and_,
    case,
    delete,
    func,
    insert,
    literal,
    null,
    or_,
    select,
    true,
    union,
)
from sqlalchemy.orm import Session, aliased

from app.core.errors import OperatorError
from app.core.orm import insert_for
from app.memberships import ledger, queries
from app.memberships.counting import advance, lock_counter, settle
from app.memberships.models import Entitlement, MemberImport, MemberImportRow
from app.people.models import EmailAddress, Person

_Known = aliased(Entitlement, name="known")
_Other = aliased(Entitlement, name="other")


@dataclass(frozen=True, slots=True)
class Effect:
    """What a file does, or would do.

    Attributes:
        new: Rows that the ledger did not know.
        changed: Rows about which the ledger said something else.
        unchanged: Rows that say what the ledger says.
        people_new: Persons whose address nobody had.
        people_known: Persons found by their address.
        before: Members just before.
        after: Members just after.
    """

    new: int
    changed: int
    unchanged: int
    people_new: int
    people_known: int
    before: int
    after: int

    @property
    def rows(self) -> int:
        """How many rows the file has."""
        return self.new + self.changed + self.unchanged


def foresee(session: Session, import_id: int, now: datetime) -> Effect:
    """Return what the staged rows would do, without writing anything."""
    unheard = _Known.id.is_(None)
    tally: Any = (
        func.count().filter(unheard),
        func.count().filter(~unheard, _differs()),
        func.count().filter(~unheard, ~_differs()),
        func.count().filter(MemberImportRow.public_id.is_not(None), EmailAddress.id.is_(None)),
        func.count(EmailAddress.person_id.distinct()),
    )
    found = session.execute(_beside_the_ledger(import_id, *tally)).one()
    new, changed, unchanged, strangers, known = found
    before = queries.count_at(session, now)
    after = session.scalar(_members_after(import_id, now)) or 0
    return Effect(new, changed, unchanged, strangers, known, before, after)


def apply_rows(session: Session, import_id: int, foreseen: Effect, now: datetime) -> Effect:
    """Do what the staged rows say; the caller commits.

    Args:
        session: With nothing done in it yet.
        import_id: Of the staged rows.
        foreseen: By `foresee`, a moment ago.
        now: The domain's present moment.

    Returns:
        What was done, should somebody else have changed the ledger in between.
    """
    counter = lock_counter(session, now)
    advance(session, counter, now)
    before, through_id = counter.members, counter.through_id
    people_new = _add_people(session, import_id, now)
    _append(session, import_id, now)
    settle(session, counter, now)
    _mark(session, import_id, foreseen, now)
    revisions = select(
        func.count().filter(Entitlement.revision == 1),
        func.count().filter(Entitlement.revision > 1),
    ).where(Entitlement.id > through_id)
    new, changed = session.execute(revisions).one()
    return replace(
        foreseen,
        new=new,
        changed=changed,
        unchanged=foreseen.rows - new - changed,
        people_new=people_new,
        people_known=foreseen.people_new + foreseen.people_known - people_new,
        before=before,
        after=counter.members,
    )


def _add_people(session: Session, import_id: int, now: datetime) -> int:
    """Make a person for each address that nobody has; return how many."""
    staged, moment = MemberImportRow, literal(now, Person.created_at.type)
    strangers = (
        select(staged.public_id, staged.name, literal("en"), moment)
        .outerjoin(EmailAddress, EmailAddress.key == staged.address_key)
        .where(staged.import_id == import_id, staged.public_id.is_not(None))
        .where(EmailAddress.id.is_(None))
        .order_by(staged.id)
    )
    columns = ["public_id", "name", "language", "created_at"]
    made = _put(session, insert(Person).from_select(columns, strangers))
    if not made:
        return 0
    theirs = (
        select(Person.id, staged.address, staged.address_key, moment)
        .join(staged, staged.public_id == Person.public_id)
        .where(staged.import_id == import_id)
        .order_by(Person.id)
    )
    columns = ["person_id", "address", "key", "created_at"]
    put = insert_for(session)(EmailAddress).from_select(columns, theirs).on_conflict_do_nothing()
    given = _put(session, put)
    if given < made:
        _drop_needless(session, import_id)
    return given


def _put(session: Session, statement: Insert) -> int:
    """Run an insert over many rows; return how many it put there."""
    counting = {"preserve_rowcount": True}
    return session.connection().execute(statement, execution_options=counting).rowcount


def _drop_needless(session: Session, import_id: int) -> None:
    """Delete the persons made here whose address somebody else took in the same moment."""
    names = select(MemberImportRow.public_id).where(MemberImportRow.import_id == import_id)
    has_address = select(EmailAddress.id).where(EmailAddress.person_id == Person.id).exists()
    session.connection().execute(delete(Person).where(Person.public_id.in_(names), ~has_address))


def _append(session: Session, import_id: int, now: datetime) -> None:
    """Append a revision for each row of which the ledger says nothing, or something else."""
    staged = MemberImportRow
    rows = _beside_the_ledger(
        import_id,
        EmailAddress.person_id,
        staged.source,
        staged.source_ref,
        func.coalesce(_Known.revision, 0) + 1,
        staged.starts_at,
        staged.ends_at,
        true(),
        literal(f"import {import_id}"),
        literal(now, Entitlement.recorded_at.type),
    ).where(or_(_Known.id.is_(None), _differs()))
    columns = ["person_id", "source", "source_ref", "revision", "starts_at", "ends_at"]
    columns += ["counts", "reason", "recorded_at"]
    session.connection().execute(insert(Entitlement).from_select(columns, rows))


def _mark(session: Session, import_id: int, foreseen: Effect, now: datetime) -> None:
    """Note that the import is done, having made sure that all of it was there."""
    staged = session.scalar(select(func.count()).where(MemberImportRow.import_id == import_id))
    record = session.get(MemberImport, import_id)
    if record is None or staged != foreseen.rows:
        raise OperatorError("What was read is gone: something cleared it; run the import again.")
    record.applied_at = now
    session.flush()


def _beside_the_ledger(import_id: int, *columns: Any) -> Select[Any]:  # noqa: ANN401 - any columns
    """Return a selection over the staged rows, each beside its person and what is in force."""
    staged = MemberImportRow
    highest = (
        select(func.max(_Other.revision))
        .where(_Other.source == staged.source, _Other.source_ref == staged.source_ref)
        .correlate(staged)
        .scalar_subquery()
    )
    is_known = and_(
        _Known.source == staged.source,
        _Known.source_ref == staged.source_ref,
        _Known.revision == highest,
    )
    return (
        select(*columns)
        .select_from(staged)
        .outerjoin(EmailAddress, EmailAddress.key == staged.address_key)
        .outerjoin(_Known, is_known)
        .where(staged.import_id == import_id)
    )


def _differs() -> ColumnElement[bool]:
    """Return the condition that a row says something else than the ledger."""
    staged = MemberImportRow
    return or_(
        EmailAddress.person_id.is_distinct_from(_Known.person_id),
        _Known.starts_at != staged.starts_at,
        _Known.ends_at.is_distinct_from(staged.ends_at),
        ~_Known.counts,
    )


def _members_after(import_id: int, now: datetime) -> Select[int]:
    """Return how many members there would be: who stays one, and whom the rows make one."""
    staged = MemberImportRow
    standing = ledger.in_force().subquery("standing")
    of_file = and_(
        staged.import_id == import_id,
        staged.source == standing.c.source,
        staged.source_ref == standing.c.source_ref,
    )
    stay = (
        select(standing.c.person_id, null().label("stranger"))
        .outerjoin(staged, of_file)
        .where(staged.id.is_(None), ledger.contains(standing.c, now))
    )
    stranger = case((EmailAddress.person_id.is_(None), staged.address_key))
    come = (
        select(EmailAddress.person_id, stranger.label("stranger"))
        .select_from(staged)
        .outerjoin(EmailAddress, EmailAddress.key == staged.address_key)
        .where(staged.import_id == import_id, ledger.contains(staged, now))
    )
    return select(func.count()).select_from(union(stay, come).subquery("members"))
