"""Addresses that nothing is sent to: the gate before every send.

Kept as a keyed hash, so that it outlives the person and tells nobody who it was. A complaint and
a mailbox that refuses for good close the gate, until staff open it; having been erased only says
that the address must not come back by an import.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy import bindparam, delete, false, or_, select
from sqlalchemy.orm import Session

from app.core.orm import insert_for, table_of
from app.core.settings import Settings
from app.core.tokens import keyed_hash
from app.mail.models import Suppression

COMPLAINT = "complaint"
BOUNCE = "bounce"
ERASED = "erased"
CLOSING = (COMPLAINT, BOUNCE)
GRAVITY = (ERASED, BOUNCE, COMPLAINT)

_CLOSED = select(Suppression.address_hash).where(
    Suppression.address_hash.in_(bindparam("hashes", expanding=True)),
    Suppression.reason.in_(CLOSING),
)


def address_hash(settings: Settings, key: str) -> str:
    """Return what is kept of an address, given by its key."""
    return keyed_hash(settings.permanent_key, "suppression", key)


def closed(session: Session, settings: Settings, keys: Iterable[str]) -> set[str]:
    """Return those of the address keys that nothing may be sent to."""
    by_hash = {address_hash(settings, key): key for key in keys}
    if not by_hash:
        return set()
    return {by_hash[one] for one in session.scalars(_CLOSED, {"hashes": list(by_hash)})}


def suppress(session: Session, settings: Settings, key: str, reason: str, now: datetime) -> None:
    """Send nothing more to an address, for this reason; the gravest reason stays."""
    suppress_hashes(session, {address_hash(settings, key): reason}, now)


def suppress_hashes(session: Session, reasons: Mapping[str, str], now: datetime) -> None:
    """Send nothing more to these addresses, given by their hashes, each for its reason."""
    for place, reason in enumerate(GRAVITY):
        rows = [
            {"address_hash": hashed, "reason": reason, "created_at": now}
            for hashed, its in sorted(reasons.items())
            if its == reason
        ]
        row = insert_for(session)(table_of(Suppression))
        keeping = row.on_conflict_do_update(
            index_elements=["address_hash"],
            set_={"reason": row.excluded.reason},
            where=or_(false(), *(Suppression.reason == one for one in GRAVITY[:place])),
        )
        if rows:
            session.connection().execute(keeping, rows)


def lift(session: Session, settings: Settings, key: str) -> None:
    """Let an address be written to again: staff decided so, whatever the reason was."""
    hashed = address_hash(settings, key)
    session.execute(delete(Suppression).where(Suppression.address_hash == hashed))
