"""What the account says of one membership and of one gift, in the page's language."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from app.core.languages import gettext as _
from app.core.settings import Settings
from app.memberships.account.queries import MembershipRead
from app.memberships.account.words import Voice
from app.memberships.gifts.codes import code_of, gift_path
from app.memberships.gifts.queries import GiftRead
from app.memberships.standing import Act, Standing, may, standing_of

ACTS: Final[tuple[Act, ...]] = ("amount", "card", "pause", "resume", "cancel", "undo")


@dataclass(frozen=True, slots=True)
class MembershipShown:
    """One membership as its page says it.

    Attributes:
        name: Stripe's id, by which its pages are found.
        title: What is given how often.
        standing: One word, for the page's looks.
        sentences: How it stands and what comes next.
        card: What its card is known by, or empty.
        acts: What can be asked for now.
    """

    name: str
    title: str
    standing: Standing
    sentences: tuple[str, ...]
    card: str
    acts: frozenset[str]


@dataclass(frozen=True, slots=True)
class GiftShown:
    """A gift membership that was bought, with its code while that is good for anything."""

    title: str
    sentence: str
    code: str
    path: str


def membership(found: MembershipRead, voice: Voice) -> MembershipShown:
    """Return a membership as its page says it."""
    standing = standing_of(found)
    return MembershipShown(
        name=found.subscription_id,
        title=voice.rhythm(found.money, found.interval),
        standing=standing,
        sentences=_sentences(found, standing, voice),
        card=voice.card(found.card) if found.card else "",
        acts=frozenset(act for act in ACTS if may(act, found)),
    )


def gift(found: GiftRead, settings: Settings, voice: Voice) -> GiftShown:
    """Return a gift membership as its buyer sees it."""
    title = _("Bought on %(day)s", day=voice.day(found.paid_at))
    if found.state == "void":
        return GiftShown(title, _("Its money went back, so it cannot be used."), "", "")
    if found.kind == "given":
        return GiftShown(title, _given(found, voice), "", "")
    if found.state == "used" and found.used_at is not None:
        day = voice.day(found.used_at)
        return GiftShown(title, _("It has been in use since %(day)s.", day=day), "", "")
    code, path = code_of(settings, found), gift_path(settings, found, voice.language)
    return GiftShown(title, _waiting(found, voice), code, path)


def _given(found: GiftRead, voice: Voice) -> str:
    if found.used_at is None:
        return _("It waits for a reader who cannot pay.")
    day = voice.day(found.used_at)
    return _("A reader who could not pay has had it since %(day)s.", day=day)


def _waiting(found: GiftRead, voice: Voice) -> str:
    if not found.recipient:
        return _("Nobody has used it yet. Give the code to whom it is for.")
    if found.deliver_at is None:
        return _("It was sent to %(address)s.", address=found.recipient)
    day = voice.day(found.deliver_at)
    values = {"address": found.recipient, "day": day}
    return _("It is for %(address)s, with an email on %(day)s.", **values)


def _sentences(found: MembershipRead, standing: Standing, voice: Voice) -> tuple[str, ...]:
    if standing == "cancelled" and found.ends_at is not None:
        return _cancelled(found, found.ends_at, voice)
    if standing == "failing" and found.failing_since is not None:
        return _failing(found, found.failing_since, voice)
    if standing == "paused":
        return _paused(found, voice)
    if standing == "waiting":
        return _waiting_for_money(found, voice)
    return (_("The next charge is on %(day)s.", day=voice.day(found.period_ends_at)),)


def _waiting_for_money(found: MembershipRead, voice: Voice) -> tuple[str, ...]:
    if not found.gone:
        return (_("The first payment is on its way to us."),)
    said = (
        _("What you paid for it has gone back to you, so nothing of it is paid.")
        if found.gone == "back"
        else _("Your bank holds what you paid for it until it decides, so nothing of it is paid.")
    )
    day = voice.day(found.period_ends_at)
    return (said, _("The next charge is on %(day)s, unless you cancel before.", day=day))


def _cancelled(found: MembershipRead, ends_at: datetime, voice: Voice) -> tuple[str, ...]:
    day = voice.day(ends_at)
    if ends_at > found.period_ends_at:
        return (_("It ends on %(day)s. Until then it is charged as before.", day=day),)
    ends = _("It ends on %(day)s.", day=day)
    last = _last_try(found, voice)
    return (ends, last or _("Nothing more is charged."))


def _last_try(found: MembershipRead, voice: Voice) -> str:
    """Return what is still charged of a membership cancelled elsewhere; nothing if nothing is."""
    if found.failing_since is None or found.next_attempt_at is None:
        return ""
    day = voice.day(found.next_attempt_at)
    return _(
        "The charge that did not go through is tried again on %(day)s; nothing else is charged.",
        day=day,
    )


def _failing(found: MembershipRead, since: datetime, voice: Voice) -> tuple[str, ...]:
    said = _("The charge of %(day)s did not go through.", day=voice.day(since))
    if found.next_attempt_at is None:
        return (said, _("It is not tried again. You can join anew at any time."))
    day = voice.day(found.next_attempt_at)
    again = _("It is tried again on %(day)s, with the card that we know of by then.", day=day)
    return (said, again, _("If you have changed the card since, there is nothing more to do."))


def _paused(found: MembershipRead, voice: Voice) -> tuple[str, ...]:
    said = _("It is paused: nothing is charged until you resume it.")
    if found.paid_through is None:
        return (said,)
    return (said, _("It is paid until %(day)s.", day=voice.day(found.paid_through)))
