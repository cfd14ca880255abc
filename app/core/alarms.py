"""What staff must be told of: one row for each kind of trouble, until somebody has seen to it."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import String, UniqueConstraint, null, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.core.orm import Base, insert_for


class Alarm(Base):
    """A trouble. `ref` tells one of its kind from another; raised again, it is open again."""

    __tablename__ = "alarm"
    __table_args__ = (UniqueConstraint("kind", "ref"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(40))
    ref: Mapped[str] = mapped_column(String(120))
    times: Mapped[int]
    first_at: Mapped[datetime]
    last_at: Mapped[datetime]
    cleared_at: Mapped[datetime | None]


def raise_alarm(session: Session, kind: str, now: datetime, ref: str = "") -> None:
    """Tell staff of a trouble, or that it happened once more; the caller commits."""
    row = insert_for(session)(Alarm).values(
        kind=kind, ref=ref, times=1, first_at=now, last_at=now, cleared_at=None
    )
    session.execute(
        row.on_conflict_do_update(
            index_elements=["kind", "ref"],
            set_={"times": Alarm.times + 1, "last_at": row.excluded.last_at, "cleared_at": null()},
        )
    )


def clear_alarm(session: Session, kind: str, now: datetime, ref: str = "") -> None:
    """Note that a trouble is over; the caller commits."""
    is_it = (Alarm.kind == kind) & (Alarm.ref == ref) & Alarm.cleared_at.is_(None)
    session.execute(update(Alarm).where(is_it).values(cleared_at=now))


def open_alarms(session: Session, most: int = 200) -> Sequence[Alarm]:
    """Return the troubles that nobody has seen to yet, the oldest first."""
    standing = select(Alarm).where(Alarm.cleared_at.is_(None))
    return session.scalars(standing.order_by(Alarm.first_at, Alarm.id).limit(most)).all()


def open_again(session: Session, kind: str, ref: str = "") -> bool:
    """Have a trouble that somebody cleared by mistake stand again; the caller commits.

    Returns:
        Whether there was one that was cleared.
    """
    is_it = (Alarm.kind == kind) & (Alarm.ref == ref) & Alarm.cleared_at.is_not(None)
    opened = update(Alarm).where(is_it).values(cleared_at=None).returning(Alarm.id)
    return session.execute(opened).first() is not None
