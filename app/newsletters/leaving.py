"""Unsubscribing from one list: links that never expire, of which nothing is stored (RFC 8058)."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Row, bindparam, insert, or_, select, update
from sqlalchemy.orm import Session, aliased

from app.core.orm import table_of
from app.core.settings import Settings
from app.core.tokens import equal, keyed_hash
from app.mail.seals import opened, sealed
from app.mail.suppression import closed
from app.newsletters.confirming import Act
from app.newsletters.deciding import WORDING
from app.newsletters.former_models import FormerListSlug
from app.newsletters.models import Consent, Newsletter, Subscription
from app.newsletters.telling import tell
from app.people.models import EmailAddress, Person
from app.people.survivors import all_of, stands_for

MAILED = "unsubscribe"  # the purpose of the seal in a `mailto`
LIST_BYTES = 4
ASKED = "asked"
UNDO_FOR = timedelta(hours=1)
_SEALS = re.compile(r"(?<![a-z2-7])[a-z2-7]{48}(?![a-z2-7])")
_BEGUN_BY = (
    select(Consent.what)
    .where(
        Consent.person_id.in_(all_of(Subscription.person_id)),
        Consent.newsletter_id == Subscription.newsletter_id,
        Consent.what.in_((ASKED, "confirmed", "imported")),
    )
    .order_by(Consent.id.desc())
    .limit(1)
    .scalar_subquery()
    .correlate(Subscription)
)
_named = aliased(Person, name="named")
_ANY = (
    select(
        Subscription.id,
        Subscription.person_id,
        Subscription.newsletter_id,
        Subscription.state,
        Subscription.ended_at,
        Newsletter.name,
        Person.erased_at,
        _BEGUN_BY.label("begun_by"),
    )
    .join(Person, Person.id == Subscription.person_id)
    .join(_named, stands_for(_named) == Subscription.person_id)
    .join(Newsletter, Newsletter.id == Subscription.newsletter_id)
    .where(_named.public_id == bindparam("person"))
)
_HAD = select(FormerListSlug.newsletter_id).where(FormerListSlug.slug == bindparam("slug"))
_FIND = _ANY.where(
    or_(Newsletter.slug == bindparam("slug"), Newsletter.id == _HAD.scalar_subquery())
)
_FIND_BY_ID = _ANY.where(Newsletter.id == bindparam("list"))
_KEYS = select(EmailAddress.key).where(
    EmailAddress.person_id == bindparam("person"), EmailAddress.replaced_at.is_(None)
)
_CHANGE = (
    update(table_of(Subscription))
    .where(
        Subscription.id == bindparam("of_id"),
        Subscription.state.in_(bindparam("states", expanding=True)),
    )
    .values(state=bindparam("to_state"), ended_at=bindparam("ended"))
    .returning(Subscription.id)
)


@dataclass(frozen=True, slots=True)
class Place:
    """A person's standing with a list, as an unsubscribe link opens it.

    Whoever was erased has no mailbox that anything could come to again.
    """

    subscription_id: int
    person_id: int
    newsletter_id: int
    names: dict[str, str]
    state: str
    erased: bool
    ended_at: datetime | None = None
    was_confirmed: bool = True

    def may_return(self, now: datetime) -> bool:
        """Tell whether an unsubscription can be taken back.

        Only for a while, and only what was confirmed: the link stands in every mail, and whoever
        one was forwarded to must not bring somebody back who left.
        """
        is_fresh = self.ended_at is not None and self.ended_at > now - UNDO_FOR
        held = self.was_confirmed and not self.erased
        return self.state == "unsubscribed" and is_fresh and held


def leave_mac(settings: Settings, person: str, slug: str) -> str:
    """Return the proof in a link; its key is never retired, so that old mails work for years."""
    return keyed_hash(settings.permanent_key, "unsubscribe", f"{person}\0{slug}")


def is_ours(settings: Settings, person: str, slug: str, mac: str) -> bool:
    """Tell whether a link was made by us, for whomever and whenever."""
    return equal(leave_mac(settings, person, slug), mac)


def place_of(
    session: Session, settings: Settings, person: str, slug: str, mac: str
) -> Place | None:
    """Return what a link opens, or None if it is not one of ours, or nothing is left of it."""
    if not is_ours(settings, person, slug, mac):
        return None
    return _place(session.execute(_FIND, {"person": person, "slug": slug}).one_or_none())


def leave_seal(settings: Settings, person: str, newsletter: int) -> str:
    """Return the same as a part of an address, for a `mailto` (RFC 2369)."""
    name = UUID(person).bytes + newsletter.to_bytes(LIST_BYTES)
    return sealed(settings, MAILED, name)


def left_in(settings: Settings, text: str) -> str | None:
    """Return what the seal of a `mailto` in a text is about, for `place_named`."""
    for seal in _SEALS.findall(text.lower()):
        name = opened(settings, MAILED, seal)
        if name is not None:
            person, newsletter = name[:-LIST_BYTES], name[-LIST_BYTES:]
            return f"{UUID(bytes=person)}/{int.from_bytes(newsletter)}"
    return None


def place_named(session: Session, about: str) -> Place | None:
    """Return the place that `left_in` named, or None if there is none any more."""
    person, _, newsletter = about.partition("/")
    found = session.execute(_FIND_BY_ID, {"person": person, "list": int(newsletter)})
    return _place(found.one_or_none())


def _place(
    found: Row[int, int, int, str, datetime | None, dict[str, str], datetime | None, str | None]
    | None,
) -> Place | None:
    if found is None:
        return None
    return Place(
        subscription_id=found.id,
        person_id=found.person_id,
        newsletter_id=found.newsletter_id,
        names=found.name,
        state=found.state,
        ended_at=found.ended_at,
        erased=found.erased_at is not None,
        was_confirmed=found.begun_by != ASKED,
    )


def leave(session: Session, place: Place, act: Act, now: datetime) -> None:
    """End a subscription; once ended it stays so."""
    _change(session, place, ("pending", "confirmed"), "unsubscribed", (act, now))


def come_back(session: Session, settings: Settings, place: Place, act: Act, now: datetime) -> None:
    """Undo an unsubscription: the link came to the mailbox, so nothing is to be confirmed.

    A mailbox that was shut meanwhile stays so, and what goes there as well.
    """
    if place.may_return(now) and not _is_shut(session, settings, place):
        _change(session, place, ("unsubscribed",), "confirmed", (act, now))


def _is_shut(session: Session, settings: Settings, place: Place) -> bool:
    keys = session.scalars(_KEYS, {"person": place.person_id}).all()
    return bool(closed(session, settings, keys))


def _change(
    session: Session,
    place: Place,
    states: tuple[str, ...],
    to_state: str,
    what: tuple[Act, datetime],
) -> None:
    act, now = what
    ended = now if to_state == "unsubscribed" else None
    values = {"of_id": place.subscription_id, "states": states, "to_state": to_state}
    if session.execute(_CHANGE, {**values, "ended": ended}).one_or_none() is None:
        return
    session.execute(
        insert(table_of(Consent)).values(
            person_id=place.person_id,
            newsletter_id=place.newsletter_id,
            what=to_state,
            happened_at=now,
            form=act.form,
            wording=WORDING,
            language=act.language,
            network_hash=act.network_hash,
        )
    )
    tell(session)
