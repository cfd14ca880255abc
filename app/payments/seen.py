"""What we see of whoever takes the money: plain dataclasses, true at the moment of looking.

Times are aware UTC; amounts are `Money`. They are imported from `gateway`.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from app.core.money import Money

Interval = Literal["month", "year"]


@dataclass(frozen=True, slots=True)
class CheckoutSeen:
    """What became of such a page; a delayed debit is `complete` and not yet `paid`."""

    id: str
    url: str | None
    state: Literal["open", "complete", "expired"]
    paid: bool
    reference: str | None
    money: Money
    interval_kind: Literal["subscription", "payment"]
    customer_id: str | None
    subscription_id: str | None
    payment_id: str | None
    email: str | None
    name: str | None
    expires_at: datetime
    live: bool


@dataclass(frozen=True, slots=True)
class CardSeen:
    """As much of a card as one may know."""

    brand: str
    last4: str
    expires_month: int
    expires_year: int


@dataclass(frozen=True, slots=True)
class SubscriptionSeen:
    """A payment that repeats. Neither `status` nor `period_ends_at` says that anything was paid.

    Attributes:
        ends_at: When it will end, once somebody asked to cancel.
        ended_at: When it did end.
        paused: Nothing is collected, whatever `status` says.
        email: Of the customer.
        name: Of the customer.
        cancel_asked_at: When somebody asked for its end; None where Stripe gave up.
    """

    id: str
    customer_id: str
    status: str
    money: Money
    interval: Interval
    reference: str | None
    created_at: datetime
    ends_at: datetime | None
    ended_at: datetime | None
    period_ends_at: datetime
    paused: bool
    card: CardSeen | None
    live: bool
    email: str | None = None
    name: str | None = None
    cancel_asked_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class InvoiceSeen:
    """What a subscription asked for once.

    Attributes:
        covers_until: End of the period that it is for; None if it is for no period.
        payment_ids: The payments made for it.
        opened_at: When it was to be paid first.
    """

    id: str
    number: str | None
    subscription_id: str | None
    status: str
    due: Money
    paid: Money
    paid_at: datetime | None
    covers_until: datetime | None
    attempts: int
    next_attempt_at: datetime | None
    payment_ids: tuple[str, ...]
    created_at: datetime
    opened_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class RefundSeen:
    """Money on its way back; only `succeeded` means that it is there."""

    id: str
    payment_id: str | None
    money: Money
    status: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class DisputeSeen:
    """A payment that its payer's bank questions; a `warning` has moved no money.

    Attributes:
        closed_at: When what the bank had taken came back, for one that was won; Stripe says of no
            other when it was closed, and not of one for which nothing was taken.
        answer_by: Until when it waits for an answer of ours; None once there is one, or too late.
    """

    id: str
    payment_id: str | None
    money: Money
    state: Literal["warning", "open", "won", "lost"]
    created_at: datetime
    closed_at: datetime | None = None
    answer_by: datetime | None = None


@dataclass(frozen=True, slots=True)
class PaymentSeen:
    """A payment, with all that happened to it since.

    Attributes:
        refunded: Sum of the refunds that succeeded.
        warned: A card network thinks it fraudulent; no money has moved yet.
        email: Of the customer, or as it was typed on the page for paying.
        name: Likewise.
        paid_at: When it was charged; None if it was not.
    """

    id: str
    status: str
    money: Money
    received: Money
    refunded: Money
    customer_id: str | None
    reference: str | None
    charge_id: str | None
    created_at: datetime
    refunds: tuple[RefundSeen, ...]
    disputes: tuple[DisputeSeen, ...]
    card: CardSeen | None
    warned: bool
    email: str | None = None
    name: str | None = None
    paid_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class DeclineSeen:
    """A charge that failed.

    Attributes:
        is_card: A card was refused; of a bank debit we hear otherwise.
        reference: Ours, on what was to pay a single amount; nothing that Stripe makes for the
            first payment of a subscription carries it until that is paid.
        customer_id: Whose; None for somebody who has paid nothing yet.
    """

    id: str
    is_card: bool
    money: Money
    reference: str | None
    customer_id: str | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class EventSeen:
    """That something happened to an object; what, the object itself says.

    Attributes:
        object_kind: The gateway's name for it, like `checkout.session`; empty if it is about none.
        object_id: Empty if it is about none.
    """

    id: str
    type: str
    object_kind: str
    object_id: str
    created_at: datetime
    live: bool
