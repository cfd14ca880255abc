"""Taking an import of members back: what it said of each is unsaid, where nothing was said since.

The ledger only grows, so that the count of any past moment can still be told: a membership that
the import brought gets a revision that revokes it, one that it changed a revision that says again
what was said before.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import Select, case, func, insert, literal, select
from sqlalchemy.orm import Session, aliased

from app.memberships.counting import advance, lock_counter, settle
from app.memberships.models import Entitlement

_later = aliased(Entitlement, name="later")
_before = aliased(Entitlement, name="before")
_COLUMNS = (
    "person_id",
    "source",
    "source_ref",
    "revision",
    "starts_at",
    "ends_at",
    "counts",
    "reason",
    "recorded_at",
)


def standing(session: Session, import_id: int) -> int:
    """Return of how many memberships an import said the last word."""
    found = select(func.count()).select_from(_of_import(import_id, Entitlement.id).subquery())
    return session.scalar(found) or 0


def take_back(session: Session, import_id: int, now: datetime) -> int:
    """Unsay what an import said; return of how many memberships. Flushed, not committed.

    Args:
        session: With nothing done in it yet.
        import_id: As entitlements name it.
        now: The domain's present moment.
    """
    counter = lock_counter(session, now)
    advance(session, counter, now)
    count = standing(session, import_id)
    rows = _of_import(
        import_id,
        func.coalesce(_before.person_id, Entitlement.person_id),
        Entitlement.source,
        Entitlement.source_ref,
        Entitlement.revision + 1,
        func.coalesce(_before.starts_at, Entitlement.starts_at),
        case((_before.id.is_(None), Entitlement.starts_at), else_=_before.ends_at),
        func.coalesce(_before.counts, Entitlement.counts),
        literal(f"import {import_id} taken back"),
        literal(now, Entitlement.recorded_at.type),
    )
    session.connection().execute(insert(Entitlement).from_select(_COLUMNS, rows))
    settle(session, counter, now)
    return count


def _of_import(import_id: int, *columns: Any) -> Select[Any]:  # noqa: ANN401 - any columns
    """Return a selection over what an import said last, each beside what was said before."""
    superseding = select(_later.id).where(
        _later.source == Entitlement.source,
        _later.source_ref == Entitlement.source_ref,
        _later.revision > Entitlement.revision,
    )
    return (
        select(*columns)
        .select_from(Entitlement)
        .outerjoin(
            _before,
            (_before.source == Entitlement.source)
            & (_before.source_ref == Entitlement.source_ref)
            & (_before.revision == Entitlement.revision - 1),
        )
        .where(Entitlement.reason == f"import {import_id}", ~superseding.exists())
    )
