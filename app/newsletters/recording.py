"""Writing down what a batch of sign-ups decided: each table in one go."""

from collections.abc import Mapping

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.orm import Session

from app.core.orm import table_of
from app.mail import outbox
from app.newsletters.cap_models import MailboxUse
from app.newsletters.deciding import Plan, letter
from app.newsletters.models import Confirmation, Consent, SignupRequest, Subscription
from app.newsletters.telling import tell

_INSERT_SUBSCRIPTION = insert(table_of(Subscription))
_INSERT_CONSENT = insert(table_of(Consent))
_INSERT_CONFIRMATION = insert(table_of(Confirmation))
_INSERT_USE = insert(table_of(MailboxUse))
_REVIVE = (
    update(table_of(Subscription))
    .where(Subscription.id == bindparam("of_id"))
    .values(
        state="pending",
        from_path=bindparam("from_path"),
        asked_at=bindparam("asked_at"),
        ended_at=None,
    )
)
_END = (
    update(table_of(Confirmation))
    .where(Confirmation.id.in_(bindparam("ids", expanding=True)))
    .values(ended_at=bindparam("at"))
)
_MAILED = (
    update(table_of(Confirmation))
    .where(Confirmation.id == bindparam("of_id"), Confirmation.mailed_at.is_(None))
    .values(mailed_at=bindparam("at"))
)
_IDS = select(Confirmation.name, Confirmation.id).where(
    Confirmation.name.in_(bindparam("names", expanding=True))
)
_LINK = (
    update(table_of(SignupRequest))
    .where(SignupRequest.id == bindparam("of_id"))
    .values(confirmation_id=bindparam("confirmation"), opened=bindparam("opens"))
)


def record(session: Session, plan: Plan) -> None:
    """Write a plan; flushed, not committed."""
    connection = session.connection()
    for statement, rows in (
        (_INSERT_SUBSCRIPTION, plan.new),
        (_REVIVE, plan.revived),
        (_INSERT_CONSENT, plan.consents),
        (_INSERT_USE, plan.uses),
    ):
        if rows:
            connection.execute(statement, rows)
    if plan.consents:
        tell(session)
    if plan.ended:
        connection.execute(_END, {"ids": plan.ended, "at": plan.now})
    late = [
        {"of_id": one, "at": later or plan.now}
        for one, _asker, later in plan.letters
        if isinstance(one, int)
    ]
    if late:
        connection.execute(_MAILED, late)
    ids = _write_confirmations(session, plan)
    plan.mails.extend(
        letter(asker.template, asker, {"confirmation_id": _id(ids, name)}, later)
        for name, asker, later in plan.letters
    )
    if plan.links:
        links = [
            {"of_id": request, "confirmation": _id(ids, name), "opens": opens}
            for request, name, opens in plan.links
        ]
        connection.execute(_LINK, links)
    outbox.queue(session, plan.mails, plan.now)


def _id(ids: Mapping[str, int], name: int | str) -> int:
    return name if isinstance(name, int) else ids[name]


def _write_confirmations(session: Session, plan: Plan) -> dict[str, int]:
    """Return the ids of the new confirmations by their names."""
    if not plan.confirmations:
        return {}
    connection = session.connection()
    connection.execute(_INSERT_CONFIRMATION, plan.confirmations)
    names = [one["name"] for one in plan.confirmations]
    return {row.name: row.id for row in connection.execute(_IDS, {"names": names})}
