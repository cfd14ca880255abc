"""Taking in what is told of our mail: kept first, in one commit; what follows comes in a lane."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from app.core.bell import ring
from app.core.orm import table_of
from app.core.tokens import token_hash
from app.mail.event_models import MailEvent

LANE = "mail-events"
SMTP, INBOUND = "smtp", "inbound"


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing told of one mail.

    Attributes:
        kind: One of `event_models.KINDS`.
        about: The mail's `message_id`; the person's and list's id for `unsubscribe`.
        status: Code of RFC 3463, or empty.
        event_id: The teller's own name for it; empty where it has none, and then one notice of
            a kind is enough for a mail.
        happened_at: When, as the teller has it; None for when we hear of it.
    """

    kind: str
    about: str
    status: str = ""
    event_id: str = ""
    happened_at: datetime | None = None


def keep(session: Session, provider: str, notices: Iterable[Notice], now: datetime) -> int:
    """Write notices down and ring their lane; those that are here already change nothing.

    Args:
        session: Flushed, not committed.
        provider: Who told.
        notices: With their proofs checked.
        now: The domain's present moment.

    Returns:
        How many are new.
    """
    rows = {row["event_id"]: row for row in (_row(provider, one, now) for one in notices)}
    if not rows:
        return 0
    keeping = _keeping(session.get_bind().dialect.name)
    new = sum(
        session.execute(keeping, row).one_or_none() is not None for _, row in sorted(rows.items())
    )
    if new:
        ring(session, LANE)
    return new


@cache
def _keeping(dialect: str) -> Any:  # noqa: ANN401 - either dialect's insert
    insert = sqlite.insert if dialect == "sqlite" else postgresql.insert
    return insert(table_of(MailEvent)).on_conflict_do_nothing().returning(MailEvent.id)


def _event_id(notice: Notice) -> str:
    """Return a name of one length, whatever the teller's own looks like."""
    return token_hash(notice.event_id or f"{notice.kind}\0{notice.about}")


def _row(provider: str, notice: Notice, now: datetime) -> dict[str, Any]:
    return {
        "provider": provider,
        "event_id": _event_id(notice),
        "kind": notice.kind,
        "about": notice.about,
        "status": notice.status[:16],
        "happened_at": min(notice.happened_at or now, now),
        "received_at": now,
        "due_at": now,
    }
