"""What somebody holds: their memberships as they stand, and what was given to them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.languages import gettext as _
from app.core.settings import Settings
from app.desk.people import words
from app.memberships.account.queries import MembershipRead
from app.memberships.account.words import Voice
from app.memberships.complimentary import Complimentary, running
from app.memberships.money_models import Membership
from app.memberships.orders.models import StaffOrder
from app.memberships.orders.ordering import CANCEL, END, PAUSE, RESUME, UNDO, may_order
from app.memberships.standing import GRACE, standing_of

DASHBOARD = "https://dashboard.stripe.com"
ORDERS = (CANCEL, END, UNDO, PAUSE, RESUME)


@dataclass(frozen=True, slots=True)
class MembershipShown:
    """One membership.

    Attributes:
        name: Stripe's id of it.
        title: What is given how often.
        sentences: How it stands.
        card: What its card is known by, or empty.
        url: Its page at Stripe, or empty where there is none.
        orders: What staff can have done with it now.
        is_under_way: Something was ordered, and Stripe has not answered yet.
    """

    name: str
    title: str
    sentences: tuple[str, ...]
    card: str
    url: str
    orders: tuple[str, ...]
    is_under_way: bool


@dataclass(frozen=True, slots=True)
class ComplimentaryShown:
    """A complimentary membership that runs."""

    name: str
    sentence: str


def memberships_shown(
    session: Session, settings: Settings, voice: Voice, held: Sequence[MembershipRead]
) -> tuple[MembershipShown, ...]:
    """Return somebody's memberships, as they were read, with what can be ordered of each."""
    names = [one.subscription_id for one in held]
    waiting = (
        select(Membership.subscription_id)
        .join(StaffOrder, StaffOrder.membership_id == Membership.id)
        .where(Membership.subscription_id.in_(names), StaffOrder.outcome.is_(None))
    )
    under_way = set(session.scalars(waiting))
    return tuple(
        _membership(settings, voice, one, is_under_way=one.subscription_id in under_way)
        for one in held
    )


def _membership(
    settings: Settings, voice: Voice, found: MembershipRead, *, is_under_way: bool
) -> MembershipShown:
    return MembershipShown(
        name=found.subscription_id,
        title=voice.rhythm(found.money, found.interval),
        sentences=tuple(_how_it_stands(voice, found)),
        card=voice.card(found.card) if found.card else "",
        url=stripe_url(settings, f"subscriptions/{found.subscription_id}"),
        orders=tuple(one for one in ORDERS if may_order(one, found)),
        is_under_way=is_under_way,
    )


def _how_it_stands(voice: Voice, found: MembershipRead) -> Iterator[str]:
    standing = standing_of(found)
    if standing == "over" and found.ended_at is not None:
        yield _("It ended on %(day)s.", day=voice.day(found.ended_at))
    elif standing == "cancelled" and found.ends_at is not None:
        yield _("Its end was asked for: it ends on %(day)s.", day=voice.day(found.ends_at))
    elif standing == "paused":
        yield _("It is paused: nothing is charged until it is resumed.")
    elif standing == "failing" and found.failing_since is not None:
        yield _("The charge of %(day)s did not go through.", day=voice.day(found.failing_since))
        if found.next_attempt_at is not None:
            yield _("It is tried again on %(day)s.", day=voice.day(found.next_attempt_at))
    elif standing == "waiting":
        yield _why_unpaid(found)
    else:
        yield _("The next charge is on %(day)s.", day=voice.day(found.period_ends_at))
    if found.paid_through is not None:
        yield _paid_until(voice, found.paid_through, has_grace=standing in {"running", "failing"})


def _paid_until(voice: Voice, through: datetime, *, has_grace: bool) -> str:
    day = voice.day(through)
    if not has_grace:
        return _("It is paid until %(day)s.", day=day)
    return _(
        "It is paid until %(day)s. Should the next charge fail, they still count for %(grace)s "
        "days more.",
        day=day,
        grace=GRACE.days,
    )


def _why_unpaid(found: MembershipRead) -> str:
    if found.gone == "back":
        return _("Nothing of it is paid: the money went back. It is charged again unless it ends.")
    if found.gone == "held":
        return _("Nothing of it is paid: a bank holds the money until the dispute is decided.")
    return _("Nothing of it is paid yet: its first payment is on its way to us.")


def complimentary_shown(
    session: Session, voice: Voice, person_id: int, now: datetime
) -> tuple[ComplimentaryShown, ...]:
    """Return the complimentary memberships of somebody that run."""
    return tuple(_given(voice, one) for one in running(session, person_id, now))


def _given(voice: Voice, one: Complimentary) -> ComplimentaryShown:
    if one.ends_at is None:
        return ComplimentaryShown(one.name, _("Complimentary, without an end."))
    until = words.last_day(voice, one.ends_at)
    said = _("Complimentary, until the end of %(day)s.", day=until)
    return ComplimentaryShown(one.name, said)


def stripe_url(settings: Settings, path: str) -> str:
    """Return a page of Stripe's dashboard; empty before a stand-in, which has none."""
    if settings.stripe_base or not settings.stripe_key:
        return ""
    return f"{DASHBOARD}/{path}" if settings.stripe_is_live else f"{DASHBOARD}/test/{path}"
