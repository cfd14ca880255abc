"""A form that acts once: the second click of a button, and a page sent again, change nothing.

The form carries a nonce that its page drew. Whoever writes it down first acts; everybody else
finds it there. It is written in the transaction of what it stands for, so neither is without the
other.
"""

import re
from datetime import datetime, timedelta

from sqlalchemy import String
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.core.orm import Base, insert_for, table_of
from app.core.retention import Part, old_rows
from app.core.tokens import new_token

KEPT = timedelta(days=30)

_SHAPE = re.compile(r"[A-Za-z0-9_-]{20,64}")


class ActedOnce(Base):
    """That a form was acted on."""

    __tablename__ = "acted_once"

    nonce: Mapped[str] = mapped_column(String(64), primary_key=True)
    at: Mapped[datetime]


def new_nonce() -> str:
    """Return the nonce of a form that is about to be shown."""
    return new_token()


def is_nonce(typed: str) -> bool:
    """Tell whether a text can be a nonce of ours."""
    return _SHAPE.fullmatch(typed) is not None


def take(session: Session, nonce: str, now: datetime) -> bool:
    """Write a nonce down; tell whether nobody had. Flushed, not committed.

    Who comes second waits for the first to commit.
    """
    row = insert_for(session)(table_of(ActedOnce)).values(nonce=nonce, at=now)
    put = row.on_conflict_do_nothing(index_elements=["nonce"])
    counting = {"preserve_rowcount": True}
    return bool(session.connection().execute(put, execution_options=counting).rowcount)


def forgetting() -> Part:
    """Return the part of retention that forgets nonces of forms nobody sends any more."""
    return old_rows("forms of the desk", KEPT, ActedOnce.at)
