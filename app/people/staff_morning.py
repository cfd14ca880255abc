"""Who on the staff gets the morning by mail: everybody but who has turned it off, once a day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, ForeignKey, delete, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.core.orm import Base, insert_for, table_of
from app.core.retention import Counts, Part
from app.people.audit import Actor, Deed, record
from app.people.models import Person
from app.people.staff_models import Staff

KEPT = timedelta(days=30)
"""A morning is sent on its day or never; longer only to look up whether it was."""


class MorningChoice(Base):
    """What somebody has chosen; who has not gets the mail."""

    __tablename__ = "staff_morning_choice"

    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), primary_key=True)
    by_mail: Mapped[bool]


class MorningSent(Base):
    """That the morning of a day of the newsroom was queued for somebody: once, whoever does it."""

    __tablename__ = "staff_morning_sent"

    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    created_at: Mapped[datetime]


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody who gets the mail."""

    staff_id: int
    person_id: int
    language: str


_CHOICE = select(MorningChoice.by_mail).where(MorningChoice.staff_id == Staff.id).scalar_subquery()


def wants(session: Session, staff_id: int) -> bool:
    """Tell whether somebody gets the morning by mail."""
    chosen = session.get(MorningChoice, staff_id)
    return chosen is None or chosen.by_mail


def choose(session: Session, actor: Actor, staff_id: int, now: datetime, *, by_mail: bool) -> bool:
    """Turn the mail on or off for somebody; tell whether that changed anything. Flushed."""
    before = wants(session, staff_id)
    if before == by_mail:
        return False
    row = insert_for(session)(MorningChoice).values(staff_id=staff_id, by_mail=by_mail)
    session.execute(
        row.on_conflict_do_update(index_elements=["staff_id"], set_={"by_mail": by_mail})
    )
    deed = Deed(
        "staff.morning",
        f"staff:{staff_id}",
        before={"by_mail": before},
        after={"by_mail": by_mail},
    )
    record(session, actor, deed, now)
    return True


def waiting(session: Session, day: date) -> Sequence[Reader]:
    """Return who is to get a day's mail and has no row of it yet."""
    sent = select(MorningSent.staff_id).where(
        MorningSent.staff_id == Staff.id, MorningSent.day == day
    )
    found = session.execute(
        select(Staff.id, Staff.person_id, Person.language)
        .join(Person, Person.id == Staff.person_id)
        .where(
            Staff.joined_at.is_not(None),
            Staff.ended_at.is_(None),
            Person.erased_at.is_(None),
            _CHOICE.is_distinct_from(False),  # noqa: FBT003 - SQL's own
            ~sent.exists(),
        )
        .order_by(Staff.id)
    )
    return [Reader(*row) for row in found]


def claim(session: Session, staff_id: int, day: date, now: datetime) -> bool:
    """Take somebody's mail of a day upon oneself; False if somebody else has. Flushed."""
    row = insert_for(session)(MorningSent).values(staff_id=staff_id, day=day, created_at=now)
    options = {"preserve_rowcount": True}
    taken = session.connection().execute(row.on_conflict_do_nothing(), execution_options=options)
    return taken.rowcount == 1


def forgetting() -> Part:
    """Return the part of retention that forgets whom the mornings of old were sent to."""
    return Part("mornings by mail", KEPT, _count_old, _forget_old)


def _old(before: datetime) -> ColumnElement[bool]:
    return MorningSent.created_at < before


def _count_old(session: Session, before: datetime) -> Counts:
    asked = select(func.count()).select_from(MorningSent).where(_old(before))
    return {"rows": session.scalar(asked) or 0}


def _forget_old(session: Session, before: datetime, _now: datetime) -> Counts:
    """Forget a whole day's at a time: they are as many as there are staff."""
    first = session.scalar(select(func.min(MorningSent.day)).where(_old(before)))
    gone = delete(table_of(MorningSent)).where(MorningSent.day == first, _old(before))
    rows = session.connection().execute(gone.returning(MorningSent.staff_id)).all()
    return {"rows": len(rows)}


def still_reads(session: Session, staff_id: int) -> Staff | None:
    """Return somebody's row while they work here and want the mail."""
    staff = session.get(Staff, staff_id)
    if staff is None or staff.ended_at is not None or not wants(session, staff_id):
        return None
    return staff
