"""The kinds of objects that are compared: how they are listed, and seen anew."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

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

Seen = TypeVar("Seen")
Keys = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Part(Generic[Seen]):
    """One kind of objects.

    Attributes:
        kind: By which differences are named.
        name: Of the comparison that is asked about them.
        listed: All of them since a moment.
        anew: One of them as it is now; None where it went away without harm.
        leads_to: What the lane is to look at for one of them: kinds and ids.
    """

    kind: str
    name: str
    listed: Callable[[Gateway, datetime], Iterator[Seen]]
    anew: Callable[[Gateway, str, Seen | None], Seen | None]
    leads_to: Callable[[str, Seen | None], Keys]


def _of_subscription(_id: str, seen: InvoiceSeen | None) -> Keys:
    about = seen.subscription_id if seen else None
    return ((kinds.SUBSCRIPTION, about),) if about else ()


def _of_payment(_id: str, seen: RefundSeen | DisputeSeen | None) -> Keys:
    about = seen.payment_id if seen else None
    return ((kinds.PAYMENT, about),) if about else ()


def _payment(gateway: Gateway, seen: RefundSeen | DisputeSeen | None) -> PaymentSeen | None:
    return gateway.payment(seen.payment_id) if seen and seen.payment_id else None


def _refund(gateway: Gateway, object_id: str, seen: RefundSeen | None) -> RefundSeen | None:
    payment = _payment(gateway, seen)
    refunds = payment.refunds if payment else ()
    return next((one for one in refunds if one.id == object_id), None)


def _dispute(gateway: Gateway, object_id: str, seen: DisputeSeen | None) -> DisputeSeen | None:
    payment = _payment(gateway, seen)
    disputes = payment.disputes if payment else ()
    return next((one for one in disputes if one.id == object_id), None)


SUBSCRIPTIONS = Part[SubscriptionSeen](
    kinds.SUBSCRIPTION,
    "subscriptions",
    lambda gateway, _since: gateway.all_subscriptions(),
    lambda gateway, object_id, _seen: gateway.subscription(object_id),
    lambda object_id, _seen: ((kinds.SUBSCRIPTION, object_id),),
)
INVOICES = Part[InvoiceSeen](
    kinds.INVOICE,
    "invoices",
    lambda gateway, since: gateway.paid_invoices_since(since),
    lambda gateway, object_id, _seen: gateway.invoice(object_id),
    _of_subscription,
)
REFUNDS = Part[RefundSeen](
    kinds.REFUND,
    "refunds",
    lambda gateway, since: gateway.refunds_since(since),
    _refund,
    _of_payment,
)
DISPUTES = Part[DisputeSeen](
    kinds.DISPUTE,
    "disputes",
    lambda gateway, since: gateway.disputes_since(since),
    _dispute,
    _of_payment,
)
CHECKOUTS = Part[CheckoutSeen](
    kinds.CHECKOUT,
    "checkouts",
    lambda _gateway, _since: iter(()),
    lambda gateway, object_id, _seen: gateway.checkout(object_id),
    lambda object_id, _seen: ((kinds.CHECKOUT, object_id),),
)
PARTS = (REFUNDS, DISPUTES, SUBSCRIPTIONS, INVOICES)
"""Those that Stripe lists: what a membership covers hangs on what went back."""
