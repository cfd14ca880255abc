"""The ledger in SQL: which revisions are in force, whom a change concerns, and their spans.

Statements are the same for one person and for a hundred thousand, and on both databases.
"""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, case, func, or_, select, union
from sqlalchemy.orm import aliased

from app.memberships.models import Entitlement

FOREVER = datetime(9999, 12, 31, tzinfo=UTC)
"""Stands for an open end where ends are compared; never stored."""


def contains(row: Any, moment: datetime) -> ColumnElement[bool]:  # noqa: ANN401 - a table, an alias or their columns
    """Return the condition that an interval (`starts_at`, `ends_at`) contains a moment."""
    within: ColumnElement[bool] = (row.starts_at <= moment) & or_(
        row.ends_at.is_(None), row.ends_at > moment
    )
    return within


def in_force(
    known_at: datetime | None = None,
) -> Select[int, str, str, datetime, datetime | None, int]:
    """Return the entitlements that count and that no later revision supersedes.

    Args:
        known_at: Revisions recorded later are left out, as if they had not been made yet.
    """
    later = aliased(Entitlement)
    superseding = select(later.id).where(
        later.source == Entitlement.source,
        later.source_ref == Entitlement.source_ref,
        later.revision > Entitlement.revision,
    )
    rows = select(
        Entitlement.person_id,
        Entitlement.source,
        Entitlement.source_ref,
        Entitlement.starts_at,
        Entitlement.ends_at,
        Entitlement.id,
    ).where(
        Entitlement.counts,
        or_(Entitlement.ends_at.is_(None), Entitlement.ends_at > Entitlement.starts_at),
    )
    if known_at is not None:
        superseding = superseding.where(later.recorded_at <= known_at)
        rows = rows.where(Entitlement.recorded_at <= known_at)
    return rows.where(~superseding.correlate(Entitlement).exists())


def latest() -> Select[Entitlement]:
    """Return the entitlements that no later revision supersedes, whether they count or not."""
    later = aliased(Entitlement)
    superseding = select(later.id).where(
        later.source == Entitlement.source,
        later.source_ref == Entitlement.source_ref,
        later.revision > Entitlement.revision,
    )
    return select(Entitlement).where(~superseding.correlate(Entitlement).exists())


def counted(moment: datetime, *, known_at: datetime | None = None) -> Select[int]:
    """Return the definition of the count itself: over the ledger, without any span."""
    rows = in_force(known_at).subquery()
    return select(func.count(rows.c.person_id.distinct())).where(contains(rows.c, moment))


def touched_after(through_id: int) -> Subquery:
    """Return whom the entitlements above an id concern: their persons, and whose they were."""
    before = aliased(Entitlement)
    gained = select(Entitlement.person_id).where(Entitlement.id > through_id)
    lost = (
        select(before.person_id)
        .join(
            Entitlement,
            (Entitlement.source == before.source)
            & (Entitlement.source_ref == before.source_ref)
            & (Entitlement.revision == before.revision + 1),
        )
        .where(Entitlement.id > through_id)
    )
    return union(gained, lost).subquery("touched")


def spans(touched: Subquery | None = None, known_at: datetime | None = None) -> Select[Any]:
    """Return the union of each person's entitlements, and the ids of those that bound it.

    Gaps and islands: an interval that starts after everything before it has ended opens a new
    span; one that touches or overlaps what is open belongs to it. Where several begin, or end, a
    span in the same moment, the first by the name of its source does.

    Args:
        touched: The persons asked about, in a column `person_id`; None for everybody.
        known_at: As `in_force` takes it.

    Returns:
        Rows of (person_id, starts_at, ends_at, begun_by_id, ended_by_id).
    """
    rows = in_force(known_at)
    if touched is not None:
        rows = rows.where(Entitlement.person_id.in_(select(touched.c.person_id)))
    pieces = rows.subquery("pieces")
    end = func.coalesce(pieces.c.ends_at, FOREVER, type_=Entitlement.ends_at.type).label("end")
    order = (pieces.c.starts_at, pieces.c.source, end, pieces.c.id)
    before = func.max(end).over(partition_by=pieces.c.person_id, order_by=order, rows=(None, -1))
    reached = select(
        pieces.c.person_id,
        pieces.c.starts_at,
        pieces.c.source,
        pieces.c.id,
        end,
        before.label("reached"),
    ).subquery("reached")
    opens = or_(reached.c.reached.is_(None), reached.c.starts_at > reached.c.reached)
    island = (
        func.count()
        .filter(opens)
        .over(
            partition_by=reached.c.person_id,
            order_by=(reached.c.starts_at, reached.c.source, reached.c.end, reached.c.id),
            rows=(None, 0),
        )
    )
    numbered = select(reached, opens.label("opens"), island.label("island")).subquery("numbered")
    return _joined(numbered)


def _joined(numbered: Subquery) -> Select[Any]:
    """Return the islands of `spans`, each as one row."""
    person, island, end = numbered.c.person_id, numbered.c.island, numbered.c.end
    last_first = func.row_number().over(
        partition_by=(person, island), order_by=(end.desc(), numbered.c.source, numbered.c.id)
    )
    ranked = select(numbered, last_first.label("place")).subquery("ranked")
    closes = (ranked.c.place == 1) & (ranked.c.end != FOREVER)
    last = func.max(ranked.c.end, type_=Entitlement.ends_at.type)
    return select(
        ranked.c.person_id,
        func.min(ranked.c.starts_at).label("starts_at"),
        func.nullif(last, FOREVER, type_=Entitlement.ends_at.type).label("ends_at"),
        func.max(case((ranked.c.opens, ranked.c.id))).label("begun_by_id"),
        func.max(case((closes, ranked.c.id))).label("ended_by_id"),
    ).group_by(ranked.c.person_id, ranked.c.island)
