"""Looking at one object of Stripe's: what to ask for, and what is to be done with the answer."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import ParamSpec, TypeVar

from sqlalchemy.orm import Session

from app.core.errors import UnwalledError
from app.payments import kinds
from app.payments.gateway import (
    CheckoutSeen,
    DeclineSeen,
    ForeignError,
    Gateway,
    InvoiceSeen,
    NotFoundError,
    PaymentSeen,
    SubscriptionSeen,
)

NO_SUCH_OBJECT = "Stripe has no such object"

Invoices = tuple[tuple[InvoiceSeen, tuple[PaymentSeen, ...]], ...]
"""Invoices, each with those of its payments that are not written down yet."""
Asked = ParamSpec("Asked")
Answer = TypeVar("Answer")


def nothing_known(_session: Session, _payment_ids: Sequence[str]) -> frozenset[str]:
    """Let every payment be asked for."""
    return frozenset()


def nobodys(_session: Session, _seen: DeclineSeen, _now: datetime) -> bool:
    """Take a decline for somebody else's."""
    return False


@dataclass(frozen=True)
class Handlers:
    """What becomes of what was seen. Each is called in a transaction that its caller commits.

    They may see the same object many times, and tell whether it is ours: it carries a reference
    of ours, or belongs to a customer whom we know. `written_down` says which payments a look at
    their subscription needs not ask for again.
    """

    checkout: Callable[[Session, CheckoutSeen, datetime], bool]
    subscription: Callable[[Session, SubscriptionSeen, Invoices, datetime], bool]
    payment: Callable[[Session, PaymentSeen, datetime], bool]
    customer_gone: Callable[[Session, str, datetime], bool]
    written_down: Callable[[Session, Sequence[str]], frozenset[str]] = nothing_known
    declined: Callable[[Session, DeclineSeen, datetime], bool] = nobodys


@dataclass(frozen=True, slots=True)
class Look:
    """What a look at one object came to.

    Attributes:
        apply: Gives what was seen to its handler; None where there is nothing to give.
        leads_to: Kind and id of what is to be looked at next; a payment before its subscription,
            so that those who mark both never wait for each other.
        note: Why it cannot be said whose the object is, if so.
    """

    apply: Callable[[Session, datetime], bool] | None = None
    leads_to: tuple[tuple[str, str], ...] = ()
    note: str | None = None


class PartError(UnwalledError):
    """Something that an object of ours named cannot be seen: it is looked at once more."""


class Asking:
    """Puts the questions of one look to the gateway, each after `before`."""

    def __init__(
        self,
        gateway: Gateway,
        before: Callable[[], None],
        known: Callable[[Sequence[str]], frozenset[str]] = lambda _ids: frozenset(),
    ) -> None:
        self.gateway = gateway
        self.known = known
        self._before = before
        self._is_first = True

    def ask(
        self, question: Callable[Asked, Answer], *args: Asked.args, **kwargs: Asked.kwargs
    ) -> Answer:
        """Ask one question.

        Raises:
            NotFoundError: The object itself is gone.
            ForeignError: The object itself cannot be ours.
            PartError: The object is there and ours, and a part of it is not.
            GatewayError: Stripe refused, or did not answer.
        """
        self._before()
        is_first, self._is_first = self._is_first, False
        try:
            return question(*args, **kwargs)
        except (NotFoundError, ForeignError) as error:
            if is_first:
                raise
            raise PartError(f"a part cannot be seen: {error}") from error


Looker = Callable[[Asking, Handlers, str], Look]


def look_at(kind: str, object_id: str, asking: Asking, handlers: Handlers) -> Look:
    """Fetch an object whole; nothing may be open on the database meanwhile.

    Raises:
        GatewayDownError: Stripe did not answer.
        GatewayError: It refused.
        PartError: What came together does not fit together.
    """
    try:
        return _LOOKERS[kind](asking, handlers, object_id)
    except NotFoundError:
        return Look(note=NO_SUCH_OBJECT)
    except ForeignError:
        return Look()


def _checkout(asking: Asking, handlers: Handlers, object_id: str) -> Look:
    """Look at a checkout; one that is through leads to what came of it, if that word is lost."""
    seen = asking.ask(asking.gateway.checkout, object_id)
    made = ((kinds.PAYMENT, seen.payment_id), (kinds.SUBSCRIPTION, seen.subscription_id))
    return Look(
        lambda session, now: handlers.checkout(session, seen, now),
        tuple((kind, one) for kind, one in made if one and seen.state == "complete"),
    )


def _subscription(asking: Asking, handlers: Handlers, object_id: str) -> Look:
    gateway = asking.gateway
    seen = asking.ask(gateway.subscription, object_id)
    listed = asking.ask(gateway.invoices, object_id)
    known = asking.known([paid for one in listed for paid in one.payment_ids])
    invoices = tuple((one, _fresh(asking, one, known)) for one in listed)
    return Look(lambda session, now: handlers.subscription(session, seen, invoices, now))


def _fresh(asking: Asking, invoice: InvoiceSeen, known: frozenset[str]) -> tuple[PaymentSeen, ...]:
    """Ask for the payments of an invoice that are not written down yet."""
    ids = (one for one in invoice.payment_ids if one not in known)
    return tuple(asking.ask(asking.gateway.payment, one) for one in ids)


def _payment(asking: Asking, handlers: Handlers, object_id: str) -> Look:
    """Look at a payment; a subscription's coverage depends on it, so that is looked at too."""
    seen = asking.ask(asking.gateway.payment, object_id)
    subscription = asking.ask(asking.gateway.subscription_of, object_id)
    return Look(
        lambda session, now: handlers.payment(session, seen, now),
        ((kinds.SUBSCRIPTION, subscription),) if subscription else (),
    )


def _customer(_asking: Asking, handlers: Handlers, object_id: str) -> Look:
    """Ask nothing: the only event of a customer is that there is none any more."""
    return Look(lambda session, now: handlers.customer_gone(session, object_id, now))


def _decline(asking: Asking, handlers: Handlers, object_id: str) -> Look:
    seen = asking.ask(asking.gateway.decline, object_id)
    return Look(lambda session, now: handlers.declined(session, seen, now))


def _invoice(asking: Asking, _handlers: Handlers, object_id: str) -> Look:
    subscription = asking.ask(asking.gateway.invoice, object_id).subscription_id
    return Look(leads_to=((kinds.SUBSCRIPTION, subscription),) if subscription else ())


def _about_a_payment(kind: str, asking: Asking, _handlers: Handlers, object_id: str) -> Look:
    payment = asking.ask(asking.gateway.payment_of, kind, object_id)
    return Look(leads_to=((kinds.PAYMENT, payment),) if payment else ())


_LOOKERS: Mapping[str, Looker] = {
    kinds.CHECKOUT: _checkout,
    kinds.SUBSCRIPTION: _subscription,
    kinds.PAYMENT: _payment,
    kinds.CUSTOMER: _customer,
    kinds.INVOICE: _invoice,
    kinds.DECLINE: _decline,
    **{kind: partial(_about_a_payment, kind) for kind in kinds.ABOUT_A_PAYMENT},
}
