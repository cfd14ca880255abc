"""Erasing a person: names and addresses go, what was counted and paid stays as it was.

The row of the person stays, without a name, so that payments and entitlements still belong to
somebody and the count does not move. Nobody can be found by it any more.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, delete, func, or_, select, update
from sqlalchemy.orm import Session

from app.core.orm import table_of
from app.core.settings import Settings
from app.mail import personal
from app.mail.suppression import ERASED, suppress
from app.people import merging
from app.people.models import EmailAddress, Person
from app.people.registers import Eraser, Registers
from app.people.sessions import end_everywhere
from app.people.sign_in_models import SignIn
from app.people.survivors import merged_away, survivor_of

NOBODY = ""

_ADDRESSES = select(EmailAddress.address, EmailAddress.key).where(
    EmailAddress.person_id == bindparam("person")
)
_DROP_ADDRESSES = delete(table_of(EmailAddress)).where(
    EmailAddress.person_id == bindparam("person")
)


def erase(session: Session, registers: Registers, person_id: int, now: datetime) -> bool:
    """Take a person's names and addresses out of every row, and of whoever was merged into them.

    Flushed, not committed: it all happens, or nothing of it.

    Args:
        session: Writing.
        registers: What each feature does; they still find the person's addresses.
        person_id: Whom; of one who was merged away, who they became.
        now: The domain's present moment.

    Returns:
        Whether there was such a person, not erased yet.
    """
    person_id = survivor_of(session, person_id)
    person = session.get(Person, person_id, with_for_update={"key_share": True})
    if person is None or person.erased_at is not None:
        return False
    found = session.execute(_ADDRESSES, {"person": person_id}).all()
    earlier = merged_away(session, person_id)
    for one in (person_id, *earlier):
        for eraser in registers.erasers:
            eraser(session, one, now)
    keys = [row.key for row in found]
    personal.erase_addresses(session, [form for row in found for form in (row.address, row.key)])
    _erase_wishes(session, person_id, keys, now)
    end_everywhere(session, person_id, now)
    session.execute(_DROP_ADDRESSES, {"person": person_id})
    person.name, person.erased_at = None, now
    _erase_earlier(session, person_id, earlier, now)
    session.flush()
    return True


def _erase_earlier(session: Session, person_id: int, earlier: Sequence[int], now: datetime) -> None:
    """Forget who was merged into a person, and what would bring them back."""
    gone = update(table_of(Person)).where(Person.id.in_(earlier))
    session.execute(gone.values(name=None, erased_at=now))
    merging.forget(session, (person_id, *earlier))


def _erase_wishes(session: Session, person_id: int, keys: Sequence[str], now: datetime) -> None:
    """End what the person asked to sign in with, and forget the addresses in it."""
    session.execute(
        update(table_of(SignIn))
        .where(or_(SignIn.person_id == person_id, SignIn.address_key.in_(keys)))
        .values(
            address=NOBODY,
            address_key=NOBODY,
            ended_at=func.coalesce(SignIn.ended_at, now),
            done_at=func.coalesce(SignIn.done_at, now),
            lease=None,  # a lane at work on it keeps nothing of what it found
            leased_until=None,
        )
    )


def remembering(settings: Settings) -> Eraser:
    """Return an eraser that keeps the hash of each address, so that no import brings it back.

    It closes nothing: whoever was erased may come back by asking.
    """

    def run(session: Session, person_id: int, now: datetime) -> None:
        for row in session.execute(_ADDRESSES, {"person": person_id}).all():
            suppress(session, settings, row.key, ERASED, now)

    return run
