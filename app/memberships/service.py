"""Changes to the ledger: entitlements are appended, and spans and counter follow at once.

Services flush; the view or the job commits.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.errors import UnwalledError
from app.memberships.counting import lock_counter, settle
from app.memberships.models import Entitlement


class EntitlementNotFoundError(UnwalledError):
    """No entitlement has this source and reference."""


@dataclass(frozen=True, slots=True)
class Grant:
    """What entitles a person: `source_ref` is the source's own name for it, `ends_at` exclusive."""

    person_id: int
    source: str
    source_ref: str
    starts_at: datetime
    ends_at: datetime | None = None
    counts: bool = True


def grant(session: Session, given: Grant, *, reason: str, now: datetime) -> bool:
    """Record an entitlement, or what has changed about one; tell whether anything did."""
    return record(session, [given], reason=reason, now=now) == 1


def record(session: Session, grants: Sequence[Grant], *, reason: str, now: datetime) -> int:
    """Record entitlements; one that stands just so already is passed over.

    Returns:
        How many revisions were appended.
    """
    counter = lock_counter(session, now)
    appended = 0
    for given in grants:
        standing = in_force(session, given.source, given.source_ref)
        if standing is not None and _as_grant(standing) == given:
            continue
        _append(session, given, standing, reason=reason, now=now)
        appended += 1
    if appended:
        settle(session, counter, now)
    return appended


def end(session: Session, source: str, source_ref: str, at: datetime, *, now: datetime) -> bool:
    """End an entitlement at a moment, unless it ends earlier anyway; tell whether it changed.

    Raises:
        EntitlementNotFoundError: There is none.
    """
    counter = lock_counter(session, now)
    standing = _standing(session, source, source_ref)
    ends_at = max(at, standing.starts_at)
    if standing.ends_at is not None and standing.ends_at <= ends_at:
        return False
    ended = replace(_as_grant(standing), ends_at=ends_at)
    _append(session, ended, standing, reason="ended", now=now)
    settle(session, counter, now)
    return True


def revoke(session: Session, source: str, source_ref: str, *, reason: str, now: datetime) -> bool:
    """Take an entitlement back as if it had never been; tell whether it had counted.

    Raises:
        EntitlementNotFoundError: There is none.
    """
    counter = lock_counter(session, now)
    standing = _standing(session, source, source_ref)
    if standing.ends_at == standing.starts_at:
        return False
    taken = replace(_as_grant(standing), ends_at=standing.starts_at)
    _append(session, taken, standing, reason=reason, now=now)
    settle(session, counter, now)
    return True


def move(
    session: Session,
    from_person_id: int,
    to_person_id: int,
    *,
    now: datetime,
    reason: str = "merged",
    only: Collection[str] | None = None,
) -> int:
    """Give a person's entitlements to the one they turned out to be; return how many moved.

    Args:
        session: Flushed, not committed.
        from_person_id: Whose they are.
        to_person_id: Whose they will be.
        now: The domain's present moment.
        reason: Of the revisions.
        only: Names of sources' things, like subscriptions, to move the entitlements of these alone.
    """
    counter = lock_counter(session, now)
    moved = 0
    for standing in _of_person(session, from_person_id):
        if only is not None and root_of(standing.source_ref) not in only:
            continue
        taken = replace(_as_grant(standing), person_id=to_person_id)
        _append(session, taken, standing, reason=reason, now=now)
        moved += 1
    if moved:
        settle(session, counter, now)
    return moved


def roots_of(session: Session, person_id: int) -> list[str]:
    """Return by what a person is or was entitled: the sources' own names, each once."""
    return sorted({root_of(one.source_ref) for one in _of_person(session, person_id)})


def root_of(source_ref: str) -> str:
    """Return what a stretch of time is of: `sub_1` of its second, `sub_1#2`."""
    return source_ref.partition("#")[0]


def in_force(session: Session, source: str, source_ref: str) -> Entitlement | None:
    """Return the revision of an entitlement that holds, or None."""
    return session.scalars(
        select(Entitlement)
        .where(Entitlement.source == source, Entitlement.source_ref == source_ref)
        .order_by(Entitlement.revision.desc())
        .limit(1)
    ).one_or_none()


def _standing(session: Session, source: str, source_ref: str) -> Entitlement:
    found = in_force(session, source, source_ref)
    if found is None:
        raise EntitlementNotFoundError(f"{source} has no entitlement {source_ref}.")
    return found


def _of_person(session: Session, person_id: int) -> list[Entitlement]:
    """Return what is in force of a person, whether it counts or not."""
    named = select(Entitlement.source, Entitlement.source_ref).where(
        Entitlement.person_id == person_id
    )
    found = [in_force(session, *name) for name in session.execute(named.distinct()).all()]
    return [one for one in found if one is not None and one.person_id == person_id]


def _as_grant(row: Entitlement) -> Grant:
    return Grant(
        row.person_id, row.source, row.source_ref, row.starts_at, row.ends_at, counts=row.counts
    )


def _append(
    session: Session, given: Grant, standing: Entitlement | None, *, reason: str, now: datetime
) -> None:
    """Add the next revision."""
    session.add(
        Entitlement(
            person_id=given.person_id,
            source=given.source,
            source_ref=given.source_ref,
            revision=1 if standing is None else standing.revision + 1,
            starts_at=given.starts_at,
            ends_at=given.ends_at,
            counts=given.counts,
            reason=reason,
            recorded_at=now,
        )
    )
    session.flush()
