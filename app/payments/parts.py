"""The kinds of objects that are compared: how they are listed, seen anew, and held against ours."""

from collections.abc import Callable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from sqlalchemy.orm import Session

from app.payments import kinds
from app.payments.gateway import (
    CheckoutSeen,
    DisputeSeen,
    Gateway,
    InvoiceSeen,
    PaymentSeen,
    RefundSeen,
    SubscriptionSeen,
)
from app.payments.looking import Asking, Invoices

Listed = TypeVar("Listed")
Fresh = TypeVar("Fresh")
Keys = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Whole:
    """A subscription with all that was ever paid for it."""

    subscription: SubscriptionSeen
    invoices: Invoices


@dataclass(frozen=True)
class Comparison:
    """What our rows say to what was seen: for each object a sentence on what differs, or nothing.

    Objects that are not ours do not differ. Each is called in a reading session of its own.

    Attributes:
        subscriptions: A first glance, at many: what differs is fetched whole.
        memberships: A subscription with all that was paid, against all that it entitles to.
        unlisted: The subscriptions that go on here, without those whose ids are given.
        pages: The checkouts since a moment of which no money is known here.
        singles: The payments that are here and no membership's.
        count: What differs in the count itself, each in a sentence.
        changed: Called in the transaction in which the result is written down.
    """

    subscriptions: Callable[[Session, Sequence[SubscriptionSeen]], Sequence[str]]
    memberships: Callable[[Session, Sequence[Whole]], Sequence[str]]
    invoices: Callable[[Session, Sequence[InvoiceSeen]], Sequence[str]]
    refunds: Callable[[Session, Sequence[RefundSeen]], Sequence[str]]
    disputes: Callable[[Session, Sequence[DisputeSeen]], Sequence[str]]
    checkouts: Callable[[Session, Sequence[CheckoutSeen]], Sequence[str]]
    unlisted: Callable[[Session, AbstractSet[str]], Sequence[str]]
    pages: Callable[[Session, datetime], Sequence[str]]
    singles: Callable[[Session], Sequence[str]]
    count: Callable[[Session], Sequence[str]]
    changed: Callable[[Session], None]


@dataclass(frozen=True)
class Part(Generic[Listed, Fresh]):
    """One kind of objects.

    Attributes:
        kind: By which differences are named.
        compare: The comparison that is asked about what is listed.
        compare_anew: The comparison that is asked about one that was fetched anew.
        listed: All of them since a moment.
        anew: One of them as it is now; None where it went away without harm.
        leads_to: What the lane is to look at for one of them: kinds and ids.
    """

    kind: str
    compare: str
    compare_anew: str
    listed: Callable[[Gateway, datetime], Iterator[Listed]]
    anew: Callable[[Asking, str, Listed | None], Fresh | None]
    leads_to: Callable[[str, Listed | None], Keys]


def _whole(asking: Asking, object_id: str, _seen: SubscriptionSeen | None) -> Whole:
    gateway = asking.gateway
    seen = asking.ask(gateway.subscription, object_id)
    invoices = tuple(
        (one, tuple(asking.ask(gateway.payment, paid) for paid in one.payment_ids))
        for one in asking.ask(gateway.invoices, object_id)
    )
    return Whole(seen, invoices)


def _invoice(asking: Asking, object_id: str, _seen: InvoiceSeen | None) -> InvoiceSeen:
    return asking.ask(asking.gateway.invoice, object_id)


def _checkout(asking: Asking, object_id: str, _seen: CheckoutSeen | None) -> CheckoutSeen:
    return asking.ask(asking.gateway.checkout, object_id)


def _payment(asking: Asking, seen: RefundSeen | DisputeSeen | None) -> PaymentSeen | None:
    about = seen.payment_id if seen else None
    return asking.ask(asking.gateway.payment, about) if about else None


def _refund(asking: Asking, object_id: str, seen: RefundSeen | None) -> RefundSeen | None:
    payment = _payment(asking, seen)
    refunds = payment.refunds if payment else ()
    return next((one for one in refunds if one.id == object_id), None)


def _dispute(asking: Asking, object_id: str, seen: DisputeSeen | None) -> DisputeSeen | None:
    payment = _payment(asking, seen)
    disputes = payment.disputes if payment else ()
    return next((one for one in disputes if one.id == object_id), None)


def _about(kind: str, object_id: str | None) -> Keys:
    return ((kind, object_id),) if object_id else ()


SUBSCRIPTIONS = Part[SubscriptionSeen, Whole](
    kinds.SUBSCRIPTION,
    "subscriptions",
    "memberships",
    lambda gateway, _since: gateway.all_subscriptions(),
    _whole,
    lambda object_id, _seen: _about(kinds.SUBSCRIPTION, object_id),
)
INVOICES = Part[InvoiceSeen, InvoiceSeen](
    kinds.INVOICE,
    "invoices",
    "invoices",
    lambda gateway, since: gateway.paid_invoices_since(since),
    _invoice,
    lambda _id, seen: _about(kinds.SUBSCRIPTION, seen.subscription_id if seen else None),
)
REFUNDS = Part[RefundSeen, RefundSeen](
    kinds.REFUND,
    "refunds",
    "refunds",
    lambda gateway, since: gateway.refunds_since(since),
    _refund,
    lambda _id, seen: _about(kinds.PAYMENT, seen.payment_id if seen else None),
)
DISPUTES = Part[DisputeSeen, DisputeSeen](
    kinds.DISPUTE,
    "disputes",
    "disputes",
    lambda gateway, since: gateway.disputes_since(since),
    _dispute,
    lambda _id, seen: _about(kinds.PAYMENT, seen.payment_id if seen else None),
)
CHECKOUTS = Part[CheckoutSeen, CheckoutSeen](
    kinds.CHECKOUT,
    "checkouts",
    "checkouts",
    lambda _gateway, _since: iter(()),
    _checkout,
    lambda object_id, _seen: _about(kinds.CHECKOUT, object_id),
)
PARTS: tuple[Part[Any, Any], ...] = (REFUNDS, DISPUTES, SUBSCRIPTIONS, INVOICES)
"""Those that Stripe lists: what a membership covers hangs on what went back."""
