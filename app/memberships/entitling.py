"""What a membership's money entitles to: one entitlement in the ledger for each stretch of time."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from app.memberships.coverage import Stretch
from app.memberships.models import Entitlement
from app.memberships.service import Grant, in_force, record, revoke

SOURCE = "membership"


def entitle(
    session: Session,
    person_id: int,
    subscription_id: str,
    pieces: Sequence[Stretch],
    now: datetime,
) -> bool:
    """Record what a subscription entitles to, and take back what it does not any more.

    What stands already is left alone without queueing for the count.

    Returns:
        Whether anything changed.
    """
    grants = [
        Grant(person_id, SOURCE, piece_name(subscription_id, place), starts_at, ends_at)
        for place, (starts_at, ends_at) in enumerate(pieces)
    ]
    fresh = [one for one in grants if not _stands(session, one)]
    if fresh:
        record(session, fresh, reason="paid", now=now)
    changed, place = bool(fresh), len(pieces)
    while (extra := in_force(session, SOURCE, piece_name(subscription_id, place))) is not None:
        if extra.ends_at != extra.starts_at:
            revoke(session, SOURCE, extra.source_ref, reason="money went back", now=now)
            changed = True
        place += 1
    return changed


def piece_name(subscription_id: str, place: int) -> str:
    """Return the ledger's name for a stretch of a membership: its first, its second."""
    return subscription_id if place == 0 else f"{subscription_id}#{place + 1}"


def _stands(session: Session, given: Grant) -> bool:
    row = in_force(session, given.source, given.source_ref)
    return row is not None and _said(row) == given


def _said(row: Entitlement) -> Grant:
    return Grant(
        row.person_id, row.source, row.source_ref, row.starts_at, row.ends_at, counts=row.counts
    )
