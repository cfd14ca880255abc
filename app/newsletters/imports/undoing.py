"""Taking an import back, as far as that is honest: what it began and nobody has touched since.

Untouched is a subscription that stands as the import left it: no later act of the reader's, no
pause, no issue sent. One that the import made is taken out, so that the right file can bring it
again; one that had waited for its confirmation waits again. What the file said of people who had
left elsewhere stays, and so do suppressions: taking those back could write to somebody who left.
"""

import time
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, and_, bindparam, delete, func, insert, select, update
from sqlalchemy.orm import Session, aliased

from app.core.clock import now
from app.core.database import Database, plan_anew
from app.core.orm import table_of
from app.newsletters.imports.applying import BATCH, BREATH_SECONDS
from app.newsletters.imports.clearing import clear
from app.newsletters.imports.models import SubscriberImport, SubscriberImportRow
from app.newsletters.imports.writing import FORM, IMPORTED, WORDING
from app.newsletters.issue_models import Issue, IssueSend
from app.newsletters.models import Consent, Subscription
from app.people.models import Person

TAKEN_BACK = "taken_back"
"""What the record of consent says of it."""

_later = aliased(Consent, name="later")
_ACTED = select(_later.id).where(
    _later.person_id == Consent.person_id,
    _later.newsletter_id == Consent.newsletter_id,
    _later.id > Consent.id,
)
_MAILED = (
    select(IssueSend.id)
    .join(Issue, Issue.id == IssueSend.issue_id)
    .where(IssueSend.person_id == Consent.person_id, Issue.newsletter_id == Consent.newsletter_id)
)
_COLUMNS: tuple[Any, ...] = (
    Consent.id,
    Consent.person_id,
    Consent.newsletter_id,
    Consent.language,
    Subscription.id.label("subscription_id"),
    (Subscription.created_at < Consent.happened_at).label("waited"),
)
_UNTOUCHED: Select[Any] = (
    select(*_COLUMNS)
    .join(
        Subscription,
        and_(
            Subscription.person_id == Consent.person_id,
            Subscription.newsletter_id == Consent.newsletter_id,
        ),
    )
    .where(
        Consent.import_id == bindparam("import"),
        Consent.what == IMPORTED,
        Subscription.state == "confirmed",
        Subscription.paused_until.is_(None),
        ~_ACTED.exists(),
        ~_MAILED.exists(),
    )
)
_PAGE = _UNTOUCHED.where(Consent.id > bindparam("after")).order_by(Consent.id).limit(BATCH)
_HOLD = (
    select(Person.id)
    .where(Person.id.in_(bindparam("people", expanding=True)))
    .order_by(Person.id)
    .with_for_update(key_share=True)
)
_TAKE_OUT = delete(table_of(Subscription)).where(
    Subscription.id.in_(bindparam("ids", expanding=True))
)
_WAIT_AGAIN = (
    update(table_of(Subscription))
    .where(Subscription.id.in_(bindparam("ids", expanding=True)))
    .values(state="pending", confirmed_at=None)
)
_NOTE = insert(table_of(Consent))


def untouched(session: Session, import_id: int) -> int:
    """Return how many subscriptions would be taken back now."""
    found = select(func.count()).select_from(_UNTOUCHED.subquery())
    return session.scalar(found, {"import": import_id}) or 0


def undo(database: Database, import_id: int) -> None:
    """Take back what is untouched, batch by batch; the caller holds the lock of imports."""
    after: int | None = 0
    while after is not None:
        after = _undo_batch(database, import_id, after)
        if database.is_sqlite:
            time.sleep(BREATH_SECONDS)
    clear(database, SubscriberImportRow, [import_id])
    with database.write() as session:
        record = session.get_one(SubscriberImport, import_id)
        record.undone_at = record.undone_at or now(session)
        session.commit()


def _undo_batch(database: Database, import_id: int, after: int) -> int | None:
    """Take back the next ones; return where the batch ended, None if there was none."""
    with database.write() as session:
        plan_anew(session)
        seen = session.execute(_PAGE, {"import": import_id, "after": after}).all()
        rows = _held(session, seen, import_id)
        if rows:
            _take_back(session, rows, import_id, now(session))
            session.get_one(SubscriberImport, import_id).undone += len(rows)
        session.commit()
    return seen[-1].id if seen else None


def _held(session: Session, seen: Sequence[Row[Any]], import_id: int) -> Sequence[Row[Any]]:
    """Hold the people of these rows, and return those that are untouched still."""
    if not seen or session.get_bind().dialect.name == "sqlite":  # which has one writer anyway
        return seen
    session.execute(_HOLD, {"people": list({row.person_id for row in seen})})
    again = _UNTOUCHED.where(Consent.id.in_(bindparam("ids", expanding=True)))
    values = {"import": import_id, "ids": [row.id for row in seen]}
    return session.execute(again, values).all()


def _take_back(session: Session, rows: Sequence[Row[Any]], import_id: int, now: datetime) -> None:
    for statement, waited in ((_TAKE_OUT, False), (_WAIT_AGAIN, True)):
        ids = [row.subscription_id for row in rows if bool(row.waited) is waited]
        if ids:
            session.execute(statement, {"ids": ids})
    session.connection().execute(_NOTE, [_noted(row, import_id, now) for row in rows])


def _noted(row: Row[Any], import_id: int, now: datetime) -> dict[str, Any]:
    return {
        "person_id": row.person_id,
        "newsletter_id": row.newsletter_id,
        "what": TAKEN_BACK,
        "happened_at": now,
        "form": FORM,
        "wording": WORDING,
        "language": row.language,
        "import_id": import_id,
    }
