"""What money entitles to: one entitlement in the ledger for each stretch of time that it holds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from app.memberships.coverage import Stretch
from app.memberships.models import Entitlement
from app.memberships.service import Grant, in_force, record, revoke

SOURCE: Final = "membership"
SINGLE_GIFT: Final = "single_gift"

_REASONS: Mapping[str, str] = {"gift": "redeemed", "given": "redeemed"}


@dataclass(frozen=True, slots=True)
class Title:
    """By what somebody is entitled.

    Attributes:
        person_id: Who.
        source: The ledger's word for what entitles.
        name: The source's own name for it, like a subscription's id.
    """

    person_id: int
    source: str
    name: str

    def piece(self, place: int) -> str:
        """Return the ledger's name for a stretch: `name` for the first, `name#2` for the second."""
        return self.name if place == 0 else f"{self.name}#{place + 1}"


def entitle(session: Session, title: Title, pieces: Sequence[Stretch], now: datetime) -> bool:
    """Record what somebody is entitled to, and take back what they are not any more.

    What stands already is left alone without queueing for the count.

    Returns:
        Whether anything changed.
    """
    grants = [
        Grant(title.person_id, title.source, title.piece(place), starts_at, ends_at)
        for place, (starts_at, ends_at) in enumerate(pieces)
    ]
    fresh = [one for one in grants if not _stands(session, one)]
    if fresh:
        record(session, fresh, reason=_REASONS.get(title.source, "paid"), now=now)
    changed, place = bool(fresh), len(pieces)
    while (extra := in_force(session, title.source, title.piece(place))) is not None:
        if extra.ends_at != extra.starts_at:
            revoke(session, title.source, extra.source_ref, reason="money went back", now=now)
            changed = True
        place += 1
    return changed


def _stands(session: Session, given: Grant) -> bool:
    row = in_force(session, given.source, given.source_ref)
    return row is not None and _said(row) == given


def _said(row: Entitlement) -> Grant:
    return Grant(
        row.person_id, row.source, row.source_ref, row.starts_at, row.ends_at, counts=row.counts
    )
