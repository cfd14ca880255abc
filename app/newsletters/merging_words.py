"""What newsletters say of two people who are one: before a merge, and before it is undone."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from app.core.languages import gettext as _
from app.core.languages import request_language
from app.core.orm import in_language
from app.newsletters.merging import (
    RUNNING,
    changed_since,
    left_since,
    mailboxes_of,
    merge,
    twice,
    undo,
)
from app.newsletters.models import Newsletter, Subscription
from app.people.changing_hands import name_of
from app.people.models import EmailAddress
from app.people.registers import Merger, Moved, Pair, Told

NEWSLETTERS = "newsletters"


def preview(session: Session, pair: Pair) -> Sequence[Told]:
    """Say how they will stand with each list, and where it goes."""
    mailboxes = mailboxes_of(session, pair)
    both = twice(session, pair, mailboxes)
    lost, kept = {one for _kept, one in both}, {one for one, _lost in both}
    rows = session.execute(
        select(Subscription, Newsletter.name)
        .join(Newsletter, Newsletter.id == Subscription.newsletter_id)
        .where(Subscription.person_id.in_((pair.from_id, pair.into_id)))
        .order_by(Newsletter.position, Newsletter.id)
    ).all()
    said = {row.id: row.state for row, _name in rows}
    of_lost = {row.newsletter_id: said[row.id] for row, _name in rows if row.id in lost}
    addresses = _addresses(session, mailboxes)
    return [
        Told(
            NEWSLETTERS,
            _sentence(
                in_language(name, request_language()),
                row.state,
                addresses.get(row.address_id or mailboxes[row.person_id], ""),
                of_lost[row.newsletter_id] if row.id in kept else None,
            ),
        )
        for row, name in rows
        if row.id not in lost
    ]


def stays(session: Session, pair: Pair, moved: Moved, since: datetime) -> list[str]:
    """Say which addresses and lists came since, and which lists stay left for both."""
    back = {row["newsletter_id"] for row in moved["gave_way"] if row["state"] in RUNNING}
    given = moved[name_of(Subscription.person_id)]
    new = (Subscription.created_at > since, Subscription.id.not_in(given))
    left = (Subscription.newsletter_id.in_(back), *left_since(since))
    return [
        *_addresses_since(session, pair, moved, since),
        *(
            _("%(list)s was asked for since and stays.", list=name)
            for name in _lists(session, pair, *new)
        ),
        *(
            _("%(list)s was left since: it stays left for both.", list=name)
            for name in _lists(session, pair, *left)
        ),
    ]


def _addresses_since(session: Session, pair: Pair, moved: Moved, since: datetime) -> list[str]:
    """Say which addresses stay, and how many of those that were given are not there any more."""
    given = moved["addresses"]
    there = EmailAddress.person_id == pair.into_id
    changed = changed_since(session, pair, given, since)
    new = session.scalars(
        select(EmailAddress.address)
        .where(there, EmailAddress.created_at > since, EmailAddress.id.not_in([*given, *changed]))
        .order_by(EmailAddress.id)
    ).all()
    still = session.scalars(select(EmailAddress.id).where(there, EmailAddress.id.in_(given))).all()
    said = [_("%(address)s was added since and stays.", address=one) for one in new]
    if gone := len(given) - len(still):
        said.append(_("Addresses given up since, which do not come back: %(number)s.", number=gone))
    return said


def _lists(session: Session, pair: Pair, *where: ColumnElement[bool]) -> list[str]:
    """Return the names of lists that the one who stayed stands with, in order."""
    names = session.scalars(
        select(Newsletter.name)
        .join(Subscription, Subscription.newsletter_id == Newsletter.id)
        .where(Subscription.person_id == pair.into_id, *where)
        .order_by(Newsletter.position, Newsletter.id)
    )
    return [in_language(name, request_language()) for name in names]


def _addresses(session: Session, mailboxes: Mapping[int, int | None]) -> dict[int | None, str]:
    ids = [one for one in mailboxes.values() if one is not None]
    asked = select(EmailAddress.id, EmailAddress.address).where(EmailAddress.id.in_(ids))
    return {row.id: row.address for row in session.execute(asked)}


def _sentence(name: str, state: str, address: str, other: str | None) -> str:
    words = state_words()
    values = {"list": name, "state": words[state], "address": address}
    if other is not None and state in RUNNING and address:
        values["other"] = words[other]
        sentence = _("%(list)s: %(state)s, to %(address)s alone (at the other: %(other)s).")
        return sentence % values
    if other is not None:
        values["other"] = words[other]
        return _("%(list)s: %(state)s (at the other: %(other)s).") % values
    if state in RUNNING and address:
        return _("%(list)s: %(state)s, to %(address)s.") % values
    return _("%(list)s: %(state)s.") % values


def state_words() -> Mapping[str, str]:
    """Return the word for each state of a subscription."""
    return {
        "pending": _("not confirmed yet"),
        "confirmed": _("confirmed"),
        "unsubscribed": _("left"),
        "bounced": _("ended, the mailbox is gone"),
        "complained": _("ended by a complaint"),
    }


MERGER = Merger(
    "newsletters",
    frozenset(
        {
            "subscription",
            "consent",
            "confirmation",
            "address_change",
            "settings_link",
            "issue_send",
        }
    ),
    merge,
    undo,
    preview,
    stays,
)
"""Consent, confirmations and changes of address stay where they are; `survivors` leads on."""
