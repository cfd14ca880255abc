"""Limits read from rows: how often a network did something of late, counted in SQL.

Networks are keyed hashes, in a table of their own that empties after `KEPT`.
"""

from datetime import datetime, timedelta

from sqlalchemy import Index, String, func, insert, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.core.orm import Base, table_of
from app.core.retention import Part, old_rows

KEPT = timedelta(days=30)


class NetworkUse(Base):
    """One network did one thing."""

    __tablename__ = "network_use"
    __table_args__ = (
        Index("ix_network_use_use_network_hash_created_at", "use", "network_hash", "created_at"),
        Index("ix_network_use_created_at", "created_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    use: Mapped[str] = mapped_column(String(24))
    network_hash: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime]


def note_use(session: Session, use: str, network_hash: str, now: datetime) -> None:
    """Write down that a network did something; the caller commits."""
    values = {"use": use, "network_hash": network_hash, "created_at": now}
    session.connection().execute(insert(table_of(NetworkUse)), values)


def uses(session: Session, use: str, since: datetime, network_hash: str | None = None) -> int:
    """Return how often something was done after a moment: by one network, or by all."""
    asked = select(func.count()).where(NetworkUse.use == use, NetworkUse.created_at > since)
    if network_hash is not None:
        asked = asked.where(NetworkUse.network_hash == network_hash)
    return session.scalar(asked) or 0


def forgetting() -> Part:
    """Return the part of retention that empties the table."""
    return old_rows("networks", KEPT, NetworkUse.created_at)
