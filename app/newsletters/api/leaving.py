"""Unsubscribing somebody for another system, which knows their address and no link."""

from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from app.newsletters.confirming import Act
from app.newsletters.leaving import Place, leave
from app.newsletters.models import Newsletter, Subscription
from app.people.models import EmailAddress

_FIND = (
    select(
        Subscription.id,
        Subscription.person_id,
        Subscription.newsletter_id,
        Subscription.state,
        Newsletter.name,
    )
    .join(EmailAddress, EmailAddress.person_id == Subscription.person_id)
    .join(Newsletter, Newsletter.id == Subscription.newsletter_id)
    .where(EmailAddress.key == bindparam("key"), Newsletter.slug == bindparam("slug"))
)


def leave_by_address(session: Session, key: str, slug: str, act: Act, now: datetime) -> None:
    """End a subscription, if there is one that runs; flushed, not committed.

    Args:
        session: Writing.
        key: Of the address, as mailboxes compare.
        slug: Of the list.
        act: Kept as consent.
        now: The domain's present moment.
    """
    found = session.execute(_FIND, {"key": key, "slug": slug}).one_or_none()
    if found is not None:
        place = Place(
            subscription_id=found.id,
            person_id=found.person_id,
            newsletter_id=found.newsletter_id,
            names=found.name,
            state=found.state,
            erased=False,
        )
        leave(session, place, act, now)
