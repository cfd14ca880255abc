"""What mail knows of a person: what was sent to them and where, told and taken out."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import BindParameter, bindparam, delete, func, select, update
from sqlalchemy.orm import Session

from app.core.orm import table_of
from app.core.retention import Leftover, Part, old_rows
from app.mail.models import OutgoingMail

NOWHERE = ""
KEPT = timedelta(days=30)

_MAILS = (
    select(
        OutgoingMail.template,
        OutgoingMail.address,
        OutgoingMail.language,
        OutgoingMail.created_at,
        OutgoingMail.sent_at,
    )
    .where(OutgoingMail.person_id == bindparam("person"))
    .order_by(OutgoingMail.id)
)
_IS_OPEN = OutgoingMail.done_at.is_(None) & OutgoingMail.parked_at.is_(None)
_BLANK = update(table_of(OutgoingMail)).values(address=NOWHERE)
_BLANK_OF = _BLANK.where(OutgoingMail.person_id == bindparam("person"), ~_IS_OPEN)
_SPELT: BindParameter[Any] = bindparam("addresses", expanding=True)
_IS_THEIRS = OutgoingMail.address.in_(_SPELT) | func.lower(OutgoingMail.address).in_(_SPELT)
_DROP_TO = delete(table_of(OutgoingMail)).where(_IS_THEIRS, _IS_OPEN)
_BLANK_TO = _BLANK.where(_IS_THEIRS)
_OF_PEOPLE = OutgoingMail.person_id.in_(bindparam("people", expanding=True))

LEFTOVERS = (Leftover("outgoing_mail", delete(table_of(OutgoingMail)).where(_OF_PEOPLE), _IS_OPEN),)


def export(session: Session, person_id: int) -> Mapping[str, object]:
    """Return which mails went to a person, or wait to."""
    return {"mails": session.execute(_MAILS, {"person": person_id}).mappings().all()}


def erase(session: Session, person_id: int, now: datetime) -> None:  # noqa: ARG001 - as every eraser's
    """Forget where what concerned a person was sent; what is still to leave goes to others.

    What goes to the person's own addresses is taken out by `erase_addresses`. Flushed, not
    committed.
    """
    session.connection().execute(_BLANK_OF, {"person": person_id})


def erase_addresses(session: Session, addresses: Iterable[str]) -> None:
    """Send nothing more to these addresses, and forget that anything went there.

    Args:
        session: Flushed, not committed.
        addresses: Each as it is kept, and its key.
    """
    spelt = sorted({form for one in addresses for form in (one, one.lower(), one.casefold())})
    if spelt:
        connection = session.connection()
        connection.execute(_DROP_TO, {"addresses": spelt})
        connection.execute(_BLANK_TO, {"addresses": spelt})


def forgetting() -> Part:
    """Return the part of retention that forgets mail to those whom nobody knew."""
    is_nobodys = OutgoingMail.person_id.is_(None)
    return old_rows("mail to nobody known", KEPT, OutgoingMail.created_at, is_nobodys, ~_IS_OPEN)
