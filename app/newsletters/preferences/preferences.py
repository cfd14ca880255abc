"""What a person has set: lists on and off, pause, language. Callers commit.

Whoever does this came by a fresh mail, so that their mailbox is proved: what they add needs no
confirmation. Of every change the record of consent says what, when and that it was here.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.orm import Session

from app.core.orm import UtcDateTime, table_of
from app.core.settings import Settings
from app.mail import suppression
from app.mail.outbox import LISTS, Mail, queue
from app.newsletters.confirming import Act
from app.newsletters.deciding import WORDING
from app.newsletters.models import Consent, Subscription
from app.newsletters.preferences.links import Opened
from app.newsletters.queries import List
from app.newsletters.telling import tell
from app.people.models import Person
from app.people.service import verify

FORM = "preferences"
WEEKS = (1, 2, 4, 8)

_NOW: Any = bindparam("now", type_=UtcDateTime())
_UNTIL: Any = bindparam("until", type_=UtcDateTime())
_LOCK = select(Person.id).where(Person.id == bindparam("person")).with_for_update(key_share=True)
_HELD = select(
    Subscription.newsletter_id, Subscription.id, Subscription.state, Subscription.paused_until
).where(Subscription.person_id == bindparam("person"))
_ON = (
    update(table_of(Subscription))
    .where(Subscription.id == bindparam("of_id"))
    .values(
        state="confirmed",
        asked_at=_NOW,
        confirmed_at=_NOW,
        ended_at=None,
        paused_until=None,
        address_id=None,
    )
)
_NEW = insert(table_of(Subscription))
_OFF = (
    update(table_of(Subscription))
    .where(Subscription.id == bindparam("of_id"))
    .values(state="unsubscribed", ended_at=_NOW, paused_until=None)
)
_PAUSE = (
    update(table_of(Subscription))
    .where(
        Subscription.person_id == bindparam("person"),
        Subscription.newsletter_id.in_(bindparam("lists", expanding=True)),
        Subscription.state == "confirmed",
    )
    .values(paused_until=_UNTIL)
    .returning(Subscription.newsletter_id)
)
_RESUME = (
    _PAUSE.where(Subscription.paused_until.is_not(None))
    .values(paused_until=None)
    .returning(Subscription.newsletter_id)
)
_LANGUAGE = (
    update(table_of(Person))
    .where(Person.id == bindparam("of_id"))
    .values(language=bindparam("chosen"))
)
_CONSENT = insert(table_of(Consent))


@dataclass(frozen=True, slots=True)
class Kept:
    """A person's standing with a list."""

    id: int
    state: str
    paused_until: datetime | None

    def is_paused(self, now: datetime) -> bool:
        """Tell whether nothing is sent for now."""
        return self.paused_until is not None and self.paused_until > now


@dataclass(frozen=True, slots=True)
class Choice:
    """A list as the page of settings offers it.

    Attributes:
        newsletter: Which.
        kept: How the person stands with it; None if they never asked.
        may_be_added: It can be switched on.
    """

    newsletter: List
    kept: Kept | None
    may_be_added: bool

    @property
    def is_on(self) -> bool:
        """Whether its issues come, or will when the pause is over."""
        return self.kept is not None and self.kept.state == "confirmed"


def choices(
    lists: Iterable[List], kept: Mapping[int, Kept], *, is_member: bool
) -> tuple[Choice, ...]:
    """Return what a person may switch on or off: every open list, and what they have of others."""
    return tuple(
        Choice(one, kept.get(one.id), one.open and (is_member or not one.members_only))
        for one in lists
        if (one.open and one.listed) or (one.id in kept and kept[one.id].state == "confirmed")
    )


def kept_lists(session: Session, person_id: int) -> dict[int, Kept]:
    """Return how a person stands with each list, by its id."""
    rows = session.connection().execute(_HELD, {"person": person_id})
    return {row.newsletter_id: Kept(row.id, row.state, row.paused_until) for row in rows}


def save_lists(
    session: Session,
    settings: Settings,
    who: Opened,
    chosen: Sequence[tuple[Choice, bool]],
    act: Act,
    now: datetime,
) -> None:
    """Switch lists on and off; what cannot be added is left as it is.

    Args:
        session: Flushed, not committed.
        settings: For the gate of suppression.
        who: Whose settings.
        chosen: What stood on the page, as it would be offered now, and whether it was ticked.
        act: Kept as consent.
        now: The domain's present moment.
    """
    lock(session, who.person_id)
    kept = kept_lists(session, who.person_id)
    is_on = {one for one, held in kept.items() if held.state == "confirmed"}
    lists = [(one.newsletter, one.may_be_added, ticked) for one, ticked in chosen]
    on = [one for one, may, ticked in lists if ticked and may and one.id not in is_on]
    off = [one for one, _may, ticked in lists if not ticked and one.id in is_on]
    if on and suppression.closed(session, settings, [who.key]):
        on = []  # staff open that gate, and nobody else
    _switch_on(session, who, on, kept, now)
    _switch_off(session, off, kept, now)
    changes = {"confirmed": on, "unsubscribed": off}
    for what, changed in changes.items():
        note(session, who.person_id, what, [one.id for one in changed], (act, now))
    verify(session, [who.key], now)


def lock(session: Session, person_id: int) -> None:
    """Have whoever else changes this person's subscriptions wait."""
    if session.get_bind().dialect.name != "sqlite":  # which has one writer anyway
        session.execute(_LOCK, {"person": person_id})


def _switch_on(
    session: Session, who: Opened, lists: Sequence[List], kept: Mapping[int, Kept], now: datetime
) -> None:
    connection = session.connection()
    for one in lists:
        if one.id in kept:
            connection.execute(_ON, {"of_id": kept[one.id].id, "now": now})
        else:
            moments = dict.fromkeys(("created_at", "asked_at", "confirmed_at"), now)
            row = {"person_id": who.person_id, "newsletter_id": one.id, "state": "confirmed"}
            connection.execute(_NEW, {**row, **moments})
    welcomes = [
        Mail(
            "welcome",
            who.address,
            who.language,
            who.person_id,
            {"newsletter_id": one.id},
            stream=LISTS,
        )
        for one in lists
        if one.welcomes
    ]
    queue(session, welcomes, now)


def _switch_off(
    session: Session, lists: Sequence[List], kept: Mapping[int, Kept], now: datetime
) -> None:
    for one in lists:
        session.connection().execute(_OFF, {"of_id": kept[one.id].id, "now": now})


def pause(
    session: Session,
    person_id: int,
    lists: Collection[int],
    until: datetime,
    when: tuple[Act, datetime],
) -> None:
    """Send nothing of these lists until a moment; then they come again by themselves."""
    lock(session, person_id)
    values = {"person": person_id, "lists": list(lists), "until": until}
    paused = session.connection().execute(_PAUSE, values).scalars().all()
    note(session, person_id, "paused", paused, when)


def resume(
    session: Session, person_id: int, lists: Collection[int], when: tuple[Act, datetime]
) -> None:
    """End a pause at once."""
    lock(session, person_id)
    values = {"person": person_id, "lists": list(lists)}
    resumed = session.connection().execute(_RESUME, values).scalars().all()
    note(session, person_id, "resumed", resumed, when)


def pause_end(weeks: str, now: datetime) -> datetime | None:
    """Return when a pause of so many weeks ends, None if it is none that can be chosen."""
    known = {str(one): one for one in WEEKS}
    return now + timedelta(weeks=known[weeks]) if weeks in known else None


def set_language(session: Session, person_id: int, language: str) -> None:
    """Write to a person in a language from now on."""
    session.connection().execute(_LANGUAGE, {"of_id": person_id, "chosen": language})


def note(
    session: Session, person_id: int, what: str, lists: Sequence[int], when: tuple[Act, datetime]
) -> None:
    """Write into the record of consent what became of a person's lists, given by their ids."""
    act, now = when
    rows = [
        {
            "person_id": person_id,
            "newsletter_id": newsletter,
            "what": what,
            "happened_at": now,
            "form": act.form,
            "wording": WORDING,
            "language": act.language,
            "network_hash": act.network_hash,
        }
        for newsletter in lists
    ]
    if rows:
        session.connection().execute(_CONSENT, rows)
        tell(session)
