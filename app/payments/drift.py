"""What the comparisons with Stripe came to."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.alarms import clear_alarm, raise_alarm
from app.payments.models import Reconciliation

ALARM = "drift"
MOST_KEPT = 200


@dataclass(frozen=True, slots=True)
class Difference:
    """Something that stands otherwise here than at Stripe.

    Attributes:
        kind: What it is, like `subscription`.
        id: Stripe's id of it; empty for the count as a whole.
        what: A sentence for staff, without an address.
    """

    kind: str
    id: str
    what: str


@dataclass(frozen=True, slots=True)
class Compared:
    """One comparison that came to its end: when, of how many objects, and how many differ."""

    finished_at: datetime
    checked: int
    drift: int


def begin(session: Session, now: datetime) -> int:
    """Write down that a comparison begins; return its row's id. The caller commits."""
    row = Reconciliation(started_at=now, found=[])
    session.add(row)
    session.flush()
    return row.id


def finish(
    session: Session, row_id: int, checked: int, found: Sequence[Difference], now: datetime
) -> None:
    """Write down what a comparison came to, and tell staff if it is not nothing."""
    row = session.get_one(Reconciliation, row_id)
    row.finished_at, row.checked, row.drift = now, checked, len(found)
    row.found = [asdict(one) for one in found[:MOST_KEPT]]
    if found:
        raise_alarm(session, ALARM, now)
    else:
        clear_alarm(session, ALARM, now)
    session.flush()


def latest(session: Session) -> Compared | None:
    """Return the last comparison that came to its end."""
    row = session.execute(
        select(Reconciliation.finished_at, Reconciliation.checked, Reconciliation.drift)
        .where(Reconciliation.finished_at.is_not(None))
        .order_by(Reconciliation.finished_at.desc(), Reconciliation.id.desc())
        .limit(1)
    ).one_or_none()
    return None if row is None else Compared(row.finished_at, row.checked, row.drift or 0)
