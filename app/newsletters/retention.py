"""What newsletters forget after thirty days: sign-ups nobody confirmed, and where they came from.

Of whoever is nothing but an unconfirmed sign-up everything goes; that somebody asked on that day
stays, and belongs to nobody. Who comes back to a list they had left, and does not confirm, is
again somebody who left it: forgetting that would let an import bring them back.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, delete, func, insert, select, update
from sqlalchemy.orm import Session

from app.core.orm import table_of
from app.core.retention import BATCH, Counts, Leftover, Part, old_rows
from app.newsletters.cap_models import MailboxUse
from app.newsletters.deciding import WORDING
from app.newsletters.models import Confirmation, Consent, SignupRequest, Subscription
from app.newsletters.personal import ASKED, FORGOTTEN
from app.people.forgetting import forget, nothing_holds
from app.people.models import Person
from app.people.survivors import all_of

KEPT = timedelta(days=30)

_BEFORE: Any = bindparam("before")
_ASKED_SINCE = (
    select(Confirmation.id)
    .where(
        Confirmation.person_id.in_(all_of(Subscription.person_id)),
        Confirmation.used_at.is_(None),
        Confirmation.created_at >= _BEFORE,
    )
    .exists()
)
_IS_OLD = (Subscription.state == "pending") & (Subscription.asked_at < _BEFORE) & ~_ASKED_SINCE
_HAD_MORE = (
    select(Consent.id)
    .where(
        Consent.person_id.in_(all_of(Subscription.person_id)),
        Consent.newsletter_id == Subscription.newsletter_id,
        Consent.what.not_in((ASKED, FORGOTTEN)),
    )
    .exists()
)
_SUBSCRIPTIONS = Leftover(
    "subscription",
    delete(table_of(Subscription)).where(
        Subscription.person_id.in_(bindparam("people", expanding=True))
    ),
    ~_IS_OLD | _HAD_MORE,
)
_WITH_OLD = select(Subscription.person_id).where(_IS_OLD).distinct()
_PICK = _WITH_OLD.order_by(Subscription.person_id).limit(BATCH)
_LOCK = select(Person.id).where(Person.id.in_(bindparam("people", expanding=True)))
_OLD_OF = select(Subscription.id, Subscription.person_id, Subscription.newsletter_id).where(
    Subscription.person_id.in_(bindparam("people", expanding=True)), _IS_OLD
)
_LEFT = (
    update(table_of(Subscription))
    .where(Subscription.id.in_(bindparam("ids", expanding=True)), _HAD_MORE)
    .values(state="unsubscribed", ended_at=bindparam("at"))
)
_DROP = delete(table_of(Subscription)).where(
    Subscription.id.in_(bindparam("ids", expanding=True)), Subscription.state == "pending"
)
_HAS_NETWORK = select(Consent.id).where(
    Consent.network_hash.is_not(None), Consent.happened_at < _BEFORE
)


def parts(leftovers: Iterable[Leftover]) -> tuple[Part, ...]:
    """Return what newsletters forget.

    Args:
        leftovers: What of all features goes with a person who is nothing else.
    """
    known = (*leftovers, _SUBSCRIPTIONS)
    is_referred = select(SignupRequest.id).where(SignupRequest.confirmation_id == Confirmation.id)
    return (
        old_rows("sign-ups", KEPT, SignupRequest.created_at),
        _pending(known),
        old_rows(
            "unused confirmations",
            KEPT,
            Confirmation.created_at,
            Confirmation.used_at.is_(None),
            ~is_referred.exists(),
        ),
        Part("networks of consents", KEPT, _count_networks, _forget_networks),
        old_rows("mail to mailboxes", KEPT, MailboxUse.created_at),
    )


def _pending(leftovers: Sequence[Leftover]) -> Part:
    """Return the part that forgets who never confirmed."""
    alone = nothing_holds(leftovers)

    def count(session: Session, before: datetime) -> Counts:
        values = {"before": before}
        lists = session.scalar(select(func.count(Subscription.id)).where(_IS_OLD), values)
        people = select(func.count(Person.id)).where(Person.id.in_(_WITH_OLD), alone)
        return {"subscriptions": lists or 0, "people": session.scalar(people, values) or 0}

    def forget_some(session: Session, before: datetime, now: datetime) -> Counts:
        found = session.scalars(_PICK, {"before": before}).all()
        if not found:
            return {"subscriptions": 0, "people": 0}
        session.execute(_LOCK.order_by(Person.id).with_for_update(), {"people": found})
        values = {"people": found, "before": before}
        old = session.execute(_OLD_OF, values).all()
        gone = session.scalars(_LOCK.where(alone), values).all()
        forget(session, leftovers, gone)
        left = set(gone)
        _end(session, [row for row in old if row.person_id not in left], now)
        return {"subscriptions": len(old), "people": len(gone)}

    return Part("pending", KEPT, count, forget_some)


def _end(session: Session, old: Sequence[Any], now: datetime) -> None:
    """End the old subscriptions of people who stay, each as if nobody had asked."""
    if not old:
        return
    ids = [row.id for row in old]
    session.execute(_LEFT, {"ids": ids, "at": now})
    session.execute(_DROP, {"ids": ids})
    asked = select(Person.id, Person.language).where(Person.id.in_([row.person_id for row in old]))
    languages = {row.id: row.language for row in session.execute(asked)}
    session.execute(
        insert(table_of(Consent)), [_told(row, languages[row.person_id], now) for row in old]
    )


def _told(row: Any, language: str, now: datetime) -> dict[str, Any]:  # noqa: ANN401 - a row
    return {
        "person_id": row.person_id,
        "newsletter_id": row.newsletter_id,
        "what": FORGOTTEN,
        "happened_at": now,
        "form": "retention",
        "wording": WORDING,
        "language": language,
    }


def _count_networks(session: Session, before: datetime) -> Counts:
    found = select(func.count()).select_from(_HAS_NETWORK.subquery())
    return {"rows": session.scalar(found, {"before": before}) or 0}


def _forget_networks(session: Session, before: datetime, _now: datetime) -> Counts:
    ids = session.scalars(
        _HAS_NETWORK.order_by(Consent.happened_at).limit(BATCH), {"before": before}
    ).all()
    if ids:
        statement = update(table_of(Consent)).where(Consent.id.in_(ids))
        session.execute(statement.values(network_hash=None))
    return {"rows": len(ids)}
