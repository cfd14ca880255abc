"""What the account shows of one person, read in one go and said in the page's language."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from app.core.languages import gettext as _
from app.core.settings import Settings
from app.memberships.account.queries import (
    MembershipRead,
    PaymentRead,
    memberships_of,
    payer_of,
    payments_of,
    span_of,
    wall_name_of,
    years_of,
)
from app.memberships.account.sentences import GiftShown, MembershipShown, gift, membership
from app.memberships.account.words import Voice
from app.memberships.gifts.queries import GiftRead, gifts_bought_by, gifts_used_by
from app.memberships.models import MemberSpan
from app.memberships.standing import standing_of


@dataclass(frozen=True, slots=True)
class PaymentShown:
    """A line of the list of payments."""

    number: str
    day: str
    what_for: str
    amount: str
    given_back: str


@dataclass(frozen=True, slots=True)
class AccountShown:
    """Everything on the first page of the account.

    Attributes:
        address: Whose it is.
        standing: Whether they are a member now, in a sentence.
        is_member: The same.
        memberships: Those that have not ended.
        ended: Those that have, a sentence each.
        is_twice: Two memberships are charged, though one makes a member.
        payments: Newest first.
        years: For which there is a statement.
        gifts: Bought.
        wall_name: As on the supporters' wall, or empty.
    """

    address: str
    standing: str
    is_member: bool
    memberships: tuple[MembershipShown, ...]
    ended: tuple[str, ...]
    is_twice: bool
    payments: tuple[PaymentShown, ...]
    years: tuple[int, ...]
    gifts: tuple[GiftShown, ...]
    wall_name: str


def voice_of(settings: Settings, language: str) -> Voice:
    """Return how a page of a language speaks."""
    return Voice(language, settings.time_zone)


def account(
    session: Session, settings: Settings, voice: Voice, person_id: int, now: datetime
) -> AccountShown:
    """Read a person's account.

    Args:
        session: Any.
        settings: For the codes of gifts.
        voice: Of the page.
        person_id: Whose it is.
        now: The domain's present moment.
    """
    found = memberships_of(session, person_id)
    going = [one for one in found if one.ended_at is None]
    payments = payments_of(session, person_id)
    bought = gifts_bought_by(session, person_id)
    span = span_of(session, person_id, now)
    return AccountShown(
        address=payer_of(session, person_id).address,
        standing=_standing(going, voice, span, is_known=bool(found or payments)),
        is_member=span is not None,
        memberships=tuple(membership(one, voice) for one in going),
        ended=tuple(_ended(found, gifts_used_by(session, person_id), voice, now)),
        is_twice=sum(_is_charged(one) for one in going) > 1,
        payments=tuple(payment(one, voice) for one in payments),
        years=tuple(years_of(payments, voice.zone)),
        gifts=tuple(gift(one, settings, voice) for one in bought),
        wall_name=wall_name_of(session, person_id) or "",
    )


def payment(found: PaymentRead, voice: Voice) -> PaymentShown:
    """Return a payment as a line."""
    return PaymentShown(
        number=found.receipt_number,
        day=voice.day(found.paid_at),
        what_for=voice.what_for(found.kind, found.interval),
        amount=voice.money(found.money),
        given_back=voice.money(found.refunded) if found.refunded.minor else "",
    )


def _is_charged(found: MembershipRead) -> bool:
    return standing_of(found) in {"running", "failing", "waiting"}


def _standing(
    going: Sequence[MembershipRead], voice: Voice, span: MemberSpan | None, *, is_known: bool
) -> str:
    if span is None:
        if any(standing_of(one) == "waiting" for one in going):
            return _("You are a member as soon as your first payment has reached us.")
        if is_known:
            return _("You are not a member at present.")
        return _("There is no membership and no gift of yours yet.")
    goes_on = any(standing_of(one) == "running" for one in going)
    if goes_on or span.ends_at is None:
        return _("You are a member. Thank you.")
    return _("You are a member until %(day)s.", day=voice.day(span.ends_at))


def _ended(
    found: Iterable[MembershipRead], used: Iterable[GiftRead], voice: Voice, now: datetime
) -> Iterable[str]:
    """Yield a sentence for each membership that is over, and each that was a gift of somebody's."""
    for one in used:
        if one.ends_at is not None and one.void_at is None:
            until = voice.day(one.ends_at)
            if one.ends_at > now:
                yield _("A membership that was given to you holds until %(day)s.", day=until)
            else:
                yield _("A membership that was given to you held until %(day)s.", day=until)
    for over in found:
        if over.ended_at is not None:
            title = voice.rhythm(over.money, over.interval)
            yield _("%(title)s: ended on %(day)s.", title=title, day=voice.day(over.ended_at))
