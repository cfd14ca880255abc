"""Doors that are held tighter while they are abused: decided from rows, read once a second."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.core.alarms import clear_alarm, raise_alarm
from app.core.database import Database
from app.core.orm import Base
from app.core.recent import Recent

LASTS = timedelta(hours=1)
EASED = 1.5


class Tightening(Base):
    """How one door stands: held tight from `since` on, `until` at least, or not at all.

    `good` of `tried` is what was seen when it was last looked at.
    """

    __tablename__ = "tightening"

    door: Mapped[str] = mapped_column(String(24), primary_key=True)
    since: Mapped[datetime | None]
    until: Mapped[datetime | None]
    looked_at: Mapped[datetime]
    good: Mapped[int]
    tried: Mapped[int]


@dataclass(frozen=True, slots=True)
class Rule:
    """When a door is held tight.

    Attributes:
        floor: The share of good ones, in per cent, under which it is; 0 for never.
        least: So many must have been tried: few say nothing.
    """

    floor: int
    least: int

    def tightens(self, good: int, tried: int) -> bool:
        """Tell whether so few good ones hold an open door tight."""
        return tried >= self.least and good * 100 < self.floor * tried

    def stays_tight(self, good: int, tried: int) -> bool:
        """Tell whether they keep a door tight that is; it takes more to ease it than it took."""
        return tried >= self.least and good * 100 < self.floor * EASED * tried


def look(session: Session, door: str, rule: Rule, seen: tuple[int, int], now: datetime) -> bool:
    """Decide how a door stands, from what was good of what was tried; tell staff of a change.

    An hour must pass without a reason before it is eased. Flushed, not committed.
    """
    row = session.get(Tightening, door, with_for_update=True)
    if row is None:
        row = Tightening(door=door)
        session.add(row)
    row.good, row.tried, row.looked_at = *seen, now
    if row.since is None and rule.tightens(*seen):
        row.since, row.until = now, now + LASTS
        raise_alarm(session, alarm_of(door), now)
    elif row.since is not None and rule.floor and rule.stays_tight(*seen):
        row.until = now + LASTS
    elif row.until is not None and (row.until <= now or not rule.floor):
        row.since = row.until = None
        clear_alarm(session, alarm_of(door), now)
    session.flush()
    return row.since is not None


def alarm_of(door: str) -> str:
    """Return the kind of alarm that says a door is held tight."""
    return f"{door}-tightened"


_TIGHT = select(Tightening.door).where(Tightening.since.is_not(None))


def _tight(session: Session) -> frozenset[str]:
    return frozenset(session.scalars(_TIGHT))


_recent = Recent(_tight)


def is_tight(database: Database, door: str) -> bool:
    """Tell whether a door is held tight, as of a second ago at most."""
    return door in _recent.get(database)


def forget_doors(database: Database) -> None:
    """Have the doors read anew at once, in this process."""
    _recent.forget(database)
