"""Subscriptions that end because of what became of a mail: it came back, or was complained of.

Each end is a row of consent. In whatever order things are heard the same state comes out: a
complaint weighs more than a bounce, and neither undoes that somebody left by themselves.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, insert, or_, select, update
from sqlalchemy.orm import Session

from app.core.orm import table_of
from app.core.settings import Settings
from app.mail.applying import Struck
from app.mail.suppression import closed, lift
from app.newsletters.confirming import Act
from app.newsletters.deciding import WORDING
from app.newsletters.leaving import leave, place_named
from app.newsletters.models import Consent, Subscription
from app.newsletters.telling import tell
from app.people.models import EmailAddress, Person
from app.people.survivors import survivor_of

BOUNCED, COMPLAINED = "bounced", "complained"
RUNNING = ("pending", "confirmed")

_OWNER = select(EmailAddress.person_id).where(
    EmailAddress.key == bindparam("key"), EmailAddress.replaced_at.is_(None)
)
_END = (
    update(table_of(Subscription))
    .where(
        Subscription.person_id.in_(bindparam("people", expanding=True)),
        Subscription.state.in_(bindparam("states", expanding=True)),
    )
    .values(state=bindparam("to_state"), ended_at=bindparam("now"))
    .returning(Subscription.person_id, Subscription.newsletter_id)
)
_GOES_TO = or_(
    Subscription.address_id.is_(None),
    Subscription.address_id.in_(
        select(EmailAddress.id).where(EmailAddress.key == bindparam("key"))
    ),
)
_LOCKED = (  # whoever confirms at the same time takes this lock first as well
    select(Person.id, Person.language)
    .where(Person.id.in_(bindparam("people", expanding=True)))
    .order_by(Person.id)
    .with_for_update(key_share=True)
)
_LANGUAGE = select(Person.language).where(Person.id == bindparam("person"))


def bounced(session: Session, struck: Struck, now: datetime) -> None:
    """End every subscription of whoever has this mailbox now; flushed, not committed.

    Whoever has changed to another mailbox keeps what they get there, and so does who has two.
    """
    _end(session, _owners(session, struck), RUNNING, (BOUNCED, "bounce"), now, struck.key)


def complained(session: Session, struck: Struck, now: datetime) -> None:
    """End every subscription of whoever complained, wherever they get it; not committed."""
    people = set(_owners(session, struck))
    if struck.person_id is not None:
        people.add(survivor_of(session, struck.person_id))
    _end(session, sorted(people), (*RUNNING, BOUNCED), (COMPLAINED, "complaint"), now)


def left(session: Session, about: str, now: datetime) -> None:
    """End the one subscription that a mail asked to end; flushed, not committed."""
    place = place_named(session, about)
    if place is not None:
        language = session.scalars(_LANGUAGE, {"person": place.person_id}).one()
        leave(session, place, Act("mailto", language, None), now)


def may_ask_again(session: Session, settings: Settings, key: str, now: datetime) -> bool:
    """Open a mailbox that was shut, and let lists be asked for again; flushed, not committed.

    Staff decided so. No list begins by itself: whoever complained is asked anew, like anybody.

    Args:
        session: Writing.
        settings: For the key of hashes.
        key: The mailbox, as mailboxes compare.
        now: The domain's present moment.

    Returns:
        Whether it was shut.
    """
    if not closed(session, settings, [key]):
        return False
    lift(session, settings, key)
    owners = session.scalars(_OWNER, {"key": key}).all()
    _end(session, owners, (BOUNCED, COMPLAINED), ("unsubscribed", "staff"), now)
    return True


def _owners(session: Session, struck: Struck) -> Sequence[int]:
    return session.scalars(_OWNER, {"key": struck.key}).all()


def _end(
    session: Session,
    people: Sequence[int],
    states: tuple[str, ...],
    what: tuple[str, str],
    now: datetime,
    of_key: str | None = None,
) -> None:
    """End subscriptions of people; given a mailbox, not those that go to another one of theirs."""
    to_state, form = what
    languages = {row.id: row.language for row in session.execute(_LOCKED, {"people": people})}
    values = {"people": people, "states": states, "to_state": to_state, "now": now}
    ending = _END if of_key is None else _END.where(_GOES_TO)
    ended = session.execute(ending, {**values, "key": of_key}).all()
    if not ended:
        return
    session.execute(
        insert(table_of(Consent)),
        [
            {
                "person_id": row.person_id,
                "newsletter_id": row.newsletter_id,
                "what": to_state,
                "happened_at": now,
                "form": form,
                "wording": WORDING,
                "language": languages[row.person_id],
            }
            for row in ended
        ],
    )
    tell(session)
