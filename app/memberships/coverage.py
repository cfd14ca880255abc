"""What money covers: a function of invoices, refunds and disputes, in whatever order they came.

A paid invoice covers its period, and fourteen days more in which the next may be late. Money that
went back, or that a bank holds, covers nothing while that is so.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from app.core.money import Money
from app.memberships.standing import GRACE
from app.payments.gateway import DisputeSeen, InvoiceSeen, PaymentSeen, RefundSeen

Stretch: TypeAlias = tuple[datetime, datetime]
"""From, and until (exclusive)."""


@dataclass(frozen=True, slots=True)
class Gap:
    """A time in which money does not hold: from a moment until another, or for good."""

    starts_at: datetime
    ends_at: datetime | None

    def holds_at(self, moment: datetime) -> bool:
        """Tell whether a moment is in it."""
        return self.starts_at <= moment and (self.ends_at is None or moment < self.ends_at)


@dataclass(frozen=True, slots=True)
class Cover:
    """What one paid invoice covers.

    Attributes:
        paid_at: From when on.
        until: The end of the period that it is for.
        gaps: When its money does not hold.
        before_pause: The next invoice was called off before it was tried, for a pause.
    """

    paid_at: datetime
    until: datetime
    gaps: tuple[Gap, ...] = ()
    before_pause: bool = False

    @property
    def is_good(self) -> bool:
        """Whether its money is there to stay, as far as can be known."""
        return all(gap.ends_at is not None for gap in self.gaps)


def gaps(
    paid: Money, refunds: Iterable[RefundSeen], disputes: Iterable[DisputeSeen]
) -> tuple[Gap, ...]:
    """Return when a payment does not hold.

    It ends with the refund that makes them whole, and rests while a dispute is open; a dispute
    that is lost never gives back. A dispute that was won without any money having moved, so that
    nobody says when, leaves no gap. A bank's question before a dispute (`warning`) is none.

    Raises:
        MixedCurrencyError: Something went back in another currency than it came in.
    """
    found = [gap for one in disputes if (gap := _held(one)) is not None]
    arrived = [one for one in refunds if one.status == "succeeded"]
    back = sum((one.money for one in arrived), Money.nothing(paid.currency))
    if arrived and back >= paid:
        found.append(Gap(max(one.created_at for one in arrived), None))
    return tuple(sorted(found, key=lambda gap: gap.starts_at))


def _held(dispute: DisputeSeen) -> Gap | None:
    if dispute.state in {"open", "lost"}:
        return Gap(dispute.created_at, None)
    if dispute.state == "won" and dispute.closed_at is not None:
        return Gap(dispute.created_at, dispute.closed_at)
    return None


def without(starts_at: datetime, ends_at: datetime, gaps: Iterable[Gap]) -> tuple[Stretch, ...]:
    """Return what is left of a stretch of time once the gaps are cut out of it, in order."""
    pieces, open_from = [], starts_at
    for gap in sorted(gaps, key=lambda gap: gap.starts_at):
        cut = min(gap.starts_at, ends_at)
        if open_from < cut:
            pieces.append((open_from, cut))
        if gap.ends_at is None:
            return tuple(pieces)
        open_from = max(open_from, gap.ends_at)
    if open_from < ends_at:
        pieces.append((open_from, ends_at))
    return tuple(pieces)


def covers(invoices: Iterable[tuple[InvoiceSeen, tuple[Gap, ...]]]) -> tuple[Cover, ...]:
    """Return what the invoices of a subscription cover: the money, and only the money, counts.

    Args:
        invoices: Each with when its money does not hold.
    """
    listed = sorted(invoices, key=lambda pair: (pair[0].created_at, pair[0].id))
    found = []
    for place, (invoice, held) in enumerate(listed):
        following = listed[place + 1][0] if place + 1 < len(listed) else None
        if invoice.status != "paid" or invoice.paid.minor <= 0 or invoice.covers_until is None:
            continue
        found.append(
            Cover(
                invoice.paid_at or invoice.created_at,
                invoice.covers_until,
                held,
                before_pause=following is not None and _is_called_off(following),
            )
        )
    return tuple(found)


def gaps_of(payments: Sequence[PaymentSeen]) -> tuple[Gap, ...]:
    """Return when the payments of one invoice, usually one, do not hold together.

    Raises: as `gaps`.
    """
    good = [one for one in payments if one.status == "succeeded"]
    if not good:
        return ()
    paid = sum((one.received for one in good[1:]), good[0].received)
    refunds = [refund for one in good for refund in one.refunds]
    return gaps(paid, refunds, [dispute for one in good for dispute in one.disputes])


def _is_called_off(invoice: InvoiceSeen) -> bool:
    return invoice.status == "void" and invoice.attempts == 0


def paid_through(covered: Iterable[Cover]) -> datetime | None:
    """Return the end of what good money covers."""
    return max((one.until for one in covered if one.is_good), default=None)


def stretches(
    covered: Sequence[Cover], cancel_asked_at: datetime | None, *, paused: bool
) -> tuple[Stretch, ...]:
    """Return the stretches of time in which a subscription makes somebody a member, in order.

    Args:
        covered: What its paid invoices cover.
        cancel_asked_at: When its supporter asked for its end; None also where Stripe gave up.
        paused: Whether nothing is collected now.
    """
    pieces: list[Stretch] = []
    for one in covered:
        ends_at = _graced(one, covered, cancel_asked_at, paused=paused)
        pieces.extend(without(one.paid_at, ends_at, one.gaps))
    return merged(pieces)


def _graced(
    one: Cover, covered: Sequence[Cover], cancel_asked_at: datetime | None, *, paused: bool
) -> datetime:
    """Return until when an invoice holds: its period, and its grace.

    Grace bridges the days until the next invoice is paid, and ends with that; else money that
    went back would still be covered by the invoice before it.
    """
    later = [other.paid_at for other in covered if other.until > one.until]
    if one.before_pause or (paused and not later):
        return one.until
    ends_at = min([one.until + GRACE, *later])
    if cancel_asked_at is not None:
        ends_at = min(ends_at, cancel_asked_at)
    return max(one.until, ends_at)


def merged(pieces: Iterable[Stretch]) -> tuple[Stretch, ...]:
    """Return stretches in order, those that overlap or touch joined."""
    joined: list[Stretch] = []
    for starts_at, ends_at in sorted(pieces):
        if joined and starts_at <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], ends_at))
        else:
            joined.append((starts_at, ends_at))
    return tuple(joined)
