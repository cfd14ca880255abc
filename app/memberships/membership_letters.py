"""What mails about a membership say, from its first day to its last; what is over says nothing."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.leases import Held
from app.core.settings import Settings
from app.mail.message import Words
from app.memberships.cards import card_ends_at, ends_before_charge, last_day, number_of
from app.memberships.money_models import Membership
from app.memberships.pen import Pen, named, spoken, still
from app.memberships.standing import GRACE

KEY = "membership_id"
GAVE_UP = "over"
LAST = 7  # days after which a card that fails is written about for the last time


def welcome_words(session: Session, settings: Settings, rows: Sequence[Held]) -> dict[int, Words]:
    """Return the words that greet those whose membership runs."""
    return spoken(session, settings, rows, _matters(session, rows), _welcome)


def renewal_words(session: Session, settings: Settings, rows: Sequence[Held]) -> dict[int, Words]:
    """Return the words that come before a yearly charge, as long as that charge is ahead."""
    return spoken(session, settings, rows, _matters(session, rows), _renewal)


def card_failed_words(
    session: Session, settings: Settings, rows: Sequence[Held]
) -> dict[int, Words]:
    """Return the words about a charge that failed and is still open."""
    return spoken(session, settings, rows, _matters(session, rows), _card_failed)


def card_expires_words(
    session: Session, settings: Settings, rows: Sequence[Held]
) -> dict[int, Words]:
    """Return the words about a card that ends before the next charge, if it is the same card."""
    return spoken(session, settings, rows, _matters(session, rows), _card_expires)


def cancelled_words(session: Session, settings: Settings, rows: Sequence[Held]) -> dict[int, Words]:
    """Return the words about memberships that end, unless that was taken back."""
    return spoken(session, settings, rows, _matters(session, rows), _cancelled)


def will_charge(membership: Membership) -> bool:
    """Tell whether a membership charges at the end of its period, and has no charge open."""
    return _goes_on(membership) and membership.failing_since is None


def _goes_on(membership: Membership) -> bool:
    ends = (membership.ended_at, membership.ends_at)
    return ends == (None, None) and not membership.paused


def _matters(session: Session, rows: Sequence[Held]) -> tuple[str, Mapping[int, Membership]]:
    found = session.scalars(select(Membership).where(Membership.id.in_(named(rows, KEY))))
    return KEY, {one.id: one for one in found}


def _welcome(pen: Pen, _row: Held, membership: Membership) -> Words | None:
    if (membership.ended_at, membership.ends_at) != (None, None):
        return None
    next_charge = membership.period_ends_at if will_charge(membership) else None
    return Words(
        pen.subject(pen.gettext("Your membership has begun")),
        {
            **_usual(pen, membership),
            "interval": membership.interval,
            "charged_on": pen.day_ahead(next_charge),
        },
    )


def _renewal(pen: Pen, row: Held, membership: Membership) -> Words | None:
    charged_at = membership.period_ends_at
    is_ahead = charged_at > pen.now and still(row, "day", charged_at.date().toordinal())
    if not will_charge(membership) or not is_ahead:
        return None
    return Words(
        pen.subject(pen.gettext("Your membership renews on %(day)s", day=pen.day(charged_at))),
        {
            **_usual(pen, membership),
            "charged_on": pen.day(charged_at),
            "card_until": _card_until(pen, membership),
        },
    )


def _card_failed(pen: Pen, row: Held, membership: Membership) -> Words | None:
    failing_since = membership.failing_since
    days = row.context.get("days", 0)
    if failing_since is None or not _matters_after(membership, days):
        return None
    if not still(row, "failing_since", int(failing_since.timestamp())):
        return None
    stage = GAVE_UP if membership.ended_at is not None else str(days)
    return Words(
        pen.subject(_failed_subject(pen, stage)),
        {
            **_usual(pen, membership),
            "stage": stage,
            "failed_on": pen.day(failing_since),
            "next_on": pen.day_ahead(membership.next_attempt_at),
            "member_until": pen.day_ahead(_grace_ends(membership)),
            "join_url": pen.link("/join/"),
        },
    )


def _matters_after(membership: Membership, days: int) -> bool:
    """Tell whether a charge that failed so many days ago still matters to its supporter.

    Where Stripe gave up, the last of the three mails says so, and no other says anything.
    """
    if membership.ended_at is None:
        return _goes_on(membership)
    asked = (membership.ends_at, membership.cancel_asked_at)
    return days == LAST and asked == (None, None) and membership.paid_through is not None


def _failed_subject(pen: Pen, stage: str) -> str:
    if stage == GAVE_UP:
        return pen.gettext("Your membership has ended")
    if stage == "0":
        return pen.gettext("Your card could not be charged")
    return pen.gettext("Your card still cannot be charged")


def _grace_ends(membership: Membership) -> datetime | None:
    through = membership.paid_through
    return None if through is None else through + GRACE


def _card_expires(pen: Pen, row: Held, membership: Membership) -> Words | None:
    is_same = membership.card_last4 and still(row, "card", number_of(membership))
    if not (is_same and will_charge(membership) and ends_before_charge(membership)):
        return None
    return Words(
        pen.subject(pen.gettext("Your card expires before the next charge")),
        {
            **_usual(pen, membership),
            "card_until": _card_until(pen, membership),
            "charged_on": pen.day(membership.period_ends_at),
        },
    )


def _card_until(pen: Pen, membership: Membership) -> str:
    """Return the last day of a card that cannot be charged next time; nothing for others."""
    ends_at = card_ends_at(membership)
    if ends_at is None or not ends_before_charge(membership):
        return ""
    return pen.date(last_day(ends_at))


def _cancelled(pen: Pen, _row: Held, membership: Membership) -> Words | None:
    if (membership.ended_at, membership.ends_at) == (None, None):
        return None
    ends_at = None if membership.ended_at is not None else membership.ends_at
    goes_on = ends_at is not None and ends_at > membership.period_ends_at
    return Words(
        pen.subject(pen.gettext("Your membership will not renew")),
        {
            **_usual(pen, membership),
            "charged_until": pen.day(ends_at) if goes_on else "",
            "member_until": pen.day_ahead(membership.paid_through),
            "undone_until": pen.day_ahead(ends_at),
            "join_url": pen.link("/join/"),
        },
    )


def _usual(pen: Pen, membership: Membership) -> dict[str, str]:
    return {
        "amount": pen.money(membership.amount_minor, membership.currency),
        "last4": membership.card_last4 or "",
        "account_url": pen.link("/account/"),
    }
