"""What the calendar knows ahead: memberships that must renew, and those whose time runs out.

A renewal falls due at the end of the period that is paid, or was paid last where its charge is
failing; one that is not made is missed in the count when the grace is over.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import Select, and_, case, func, literal, not_, or_, select, union_all
from sqlalchemy.orm import Session

from app.core.parting import part_of
from app.memberships.entitling import SOURCE
from app.memberships.models import Entitlement, MemberSpan
from app.memberships.money_models import Membership
from app.memberships.standing import GRACE

MONTH, YEAR, ELSEWHERE = "month", "year", "elsewhere"
MONTH_ENDS, YEAR_ENDS = "month-ends", "year-ends"
KINDS: Final = (YEAR, MONTH, YEAR_ENDS, MONTH_ENDS, ELSEWHERE)
"""To renew for a year or a month; of these what ends, for somebody asked for it or paused; and from
elsewhere: outside memberships and gifts, which end by themselves unless somebody extends them."""

A_YEAR = timedelta(days=365)

_STOPS = or_(Membership.ends_at.is_not(None), Membership.paused)
_BY_WHAT_IS_PAID = or_(_STOPS, Membership.failing_since.is_not(None))
_DUE_AT = case((_BY_WHAT_IS_PAID, Membership.paid_through), else_=Membership.period_ends_at)


@dataclass(frozen=True, slots=True)
class Due:
    """So many members who must renew, or leave, on one day.

    Attributes:
        day: In UTC.
        kind: One of `KINDS`.
        part: Before which of the bounds that were asked for.
        people: How many.
    """

    day: date
    kind: str
    part: int
    people: int


@dataclass(frozen=True, slots=True)
class Decided:
    """Yearly renewals of the past year about which all is known: how many, and how many lost."""

    due: int
    lost: int


def ahead(
    session: Session, now: datetime, until: datetime, bounds: Sequence[datetime] = ()
) -> list[Due]:
    """Return what falls due up to a moment; what is late already lies before `now`.

    Args:
        session: Any.
        now: The domain's present moment.
        until: The last moment.
        bounds: Moments, in order, that part what falls due: of 56 days into eight weeks.
    """
    counted = []
    for rows in (_own(now - GRACE, until, now), _elsewhere(now, until)):
        found = rows.subquery()
        part = part_of(session, found.c.moment, bounds).label("part")
        columns = (func.date(found.c.moment), found.c.kind, part)
        counted.append(select(*columns, func.count()).group_by(*columns))
    return [Due(_day(day), *others) for day, *others in session.execute(union_all(*counted))]


def _day(found: date | str) -> date:
    return found if isinstance(found, date) else date.fromisoformat(found)


def rows_ahead(
    since: datetime, until: datetime, now: datetime
) -> Select[int, datetime | None, str, str]:
    """Return who has to renew, or leaves, over `since < t <= until`: person, moment, kind, source.

    Only what is to be renewed can lie before `now`: it is late.
    """
    found = union_all(_own(since, until, now), _elsewhere(max(since, now), until))
    return select(found.subquery("ahead"))


def _own(since: datetime, until: datetime, now: datetime) -> Select[int, datetime | None, str, str]:
    """Return whose own membership falls due, or stops.

    The two moments are asked for each by itself, not by `_DUE_AT`, for of an expression a database
    cannot foresee how many rows have it.
    """
    kind = case((_STOPS, Membership.interval + "-ends"), else_=Membership.interval)
    renewed, paid = Membership.period_ends_at, Membership.paid_through
    due = or_(
        and_(not_(_BY_WHAT_IS_PAID), renewed > since, renewed <= until),
        and_(_BY_WHAT_IS_PAID, paid > since, paid <= until, or_(not_(_STOPS), paid > now)),
    )
    return select(
        Membership.person_id,
        _DUE_AT.label("moment"),
        kind.label("kind"),
        literal(SOURCE).label("source"),
    ).where(Membership.ended_at.is_(None), Membership.paid_through.is_not(None), due)


def _elsewhere(since: datetime, until: datetime) -> Select[int, datetime | None, str, str]:
    """Return whose membership from elsewhere, or given, ends and nothing else goes on."""
    return (
        select(
            MemberSpan.person_id,
            MemberSpan.ends_at.label("moment"),
            literal(ELSEWHERE).label("kind"),
            Entitlement.source,
        )
        .join(Entitlement, Entitlement.id == MemberSpan.ended_by_id)
        .where(
            Entitlement.source != literal(SOURCE, literal_execute=True),
            Entitlement.ends_at > since,
            Entitlement.ends_at <= until,
            MemberSpan.ends_at > since,
        )
    )


def decided(session: Session, now: datetime) -> Decided:
    """Return what became of the yearly renewals of the year that ended with the last grace.

    Each yearly membership that was paid at the beginning of that year fell due once in it: it was
    renewed if it is paid beyond, and lost if what is paid ends in it.
    """
    until = now - GRACE
    since = until - A_YEAR
    lost = and_(Membership.paid_through > since, Membership.paid_through <= until)
    made = and_(Membership.paid_through > until, Membership.started_at <= since)
    found = session.execute(
        select(func.count().filter(or_(lost, made)), func.count().filter(lost)).where(
            Membership.interval == YEAR
        )
    )
    return Decided(*found.one())
