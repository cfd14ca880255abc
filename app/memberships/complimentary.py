"""Memberships that staff give away: with an end, and without a place in the public count."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from app.core.errors import FieldError
from app.core.languages import gettext as _
from app.memberships import ledger
from app.memberships.counting import lock_counter
from app.memberships.models import Entitlement
from app.memberships.queries import members_among
from app.memberships.service import Grant, end, grant, in_force

SOURCE: Final = "complimentary"
REASON = "given by staff"
LONGEST_YEARS = 3
LONGEST = timedelta(days=366 * LONGEST_YEARS)


@dataclass(frozen=True, slots=True)
class Complimentary:
    """One that runs."""

    name: str
    starts_at: datetime
    ends_at: datetime | None


def last_day(typed: str, now: datetime, zone: ZoneInfo) -> date:
    """Return the last day of a complimentary membership, as it was typed.

    Raises:
        FieldError: `last_day`: it is no day, over, or too far away.
    """
    today = now.astimezone(zone).date()
    example = (today + timedelta(days=365)).isoformat()
    try:
        day = date.fromisoformat(typed.strip())
    except ValueError:
        sentence = _("Please write the day like %(day)s.", day=example)
        raise FieldError("last_day", sentence) from None
    if day < today:
        raise FieldError("last_day", _("This day is over. Please choose a later one."))
    if day - today > LONGEST:
        raise FieldError("last_day", _("Please choose a day within three years from now."))
    return day


def end_of(day: date, zone: ZoneInfo) -> datetime:
    """Return the moment at which a day of a zone's calendar is over."""
    return datetime.combine(day + timedelta(days=1), time(0), zone).astimezone(UTC)


def give(session: Session, person_id: int, name: str, ends_at: datetime, now: datetime) -> bool:
    """Give a person a membership until a moment. Flushed, not committed.

    Args:
        session: Writing.
        person_id: Whom.
        name: What the ledger is to know it by; given again under it, nothing happens.
        ends_at: When it is over.
        now: The domain's present moment.

    Returns:
        Whether it is new.
    """
    lock_counter(session, now)
    if in_force(session, SOURCE, name) is not None:
        return False
    given = Grant(person_id, SOURCE, name, now, ends_at, counts=False)
    return grant(session, given, reason=REASON, now=now)


def end_now(session: Session, person_id: int, name: str, now: datetime) -> bool:
    """End one of a person's before its time; tell whether it ran. Flushed, not committed."""
    if all(one.name != name for one in running(session, person_id, now)):
        return False
    return end(session, SOURCE, name, now, now=now)


def running(session: Session, person_id: int, now: datetime) -> list[Complimentary]:
    """Return what was given to a person and runs."""
    rows = ledger.latest().where(
        Entitlement.person_id == person_id,
        Entitlement.source == SOURCE,
        ledger.contains(Entitlement, now),
    )
    found = session.scalars(rows.order_by(Entitlement.starts_at, Entitlement.id))
    return [Complimentary(one.source_ref, one.starts_at, one.ends_at) for one in found]


def entitled_among(session: Session, people: Collection[int], now: datetime) -> set[int]:
    """Return who of these people may have what is for members, counted or not."""
    rows = ledger.latest().where(
        Entitlement.person_id.in_(people),
        Entitlement.source == SOURCE,
        ledger.contains(Entitlement, now),
    )
    given = set(session.scalars(rows.with_only_columns(Entitlement.person_id)))
    return given | members_among(session, people, now)
