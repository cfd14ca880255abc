"""What falls due by the world's clock, and who does it."""

from collections.abc import Callable
from typing import Any

from app.sandbox.stripe import checkout, payments, refunds, renewals
from app.sandbox.stripe.books import Books

Json = dict[str, Any]


def settle(books: Books, intent: Json) -> None:
    """Let a bank debit arrive or fail, and all that hangs on it learn of it."""
    arrived = payments.settle(books, intent)
    if invoice := intent.get("_invoice"):
        renewals.debit_known(books, books.get(invoice), arrived=arrived)
    if session := intent.get("_session"):
        checkout.debit_known(books, books.get(session), arrived=arrived)


DOES: dict[str, Callable[[Books, Json], object]] = {
    "renew": renewals.renew,
    "retry": renewals.retry,
    "end": renewals.end_at,
    "wake": renewals.wake,
    "expire": checkout.run_out,
    "settle": settle,
    "dispute": refunds.dispute,
    "warn": refunds.warn,
    "refund_arrives": refunds.arrive,
    "refund_fails": refunds.fail,
}


def run(books: Books, until: int) -> None:
    """Do all that is due by then, in order of time, each at its own moment and for itself."""
    while (due := books.store.next_due(until)) is not None:
        books.moment = due.at
        books.asked = {"id": None, "idempotency_key": None}
        with books.store.all_or_nothing():
            books.store.done(due)
            DOES[due.what](books, books.get(due.id))
    books.moment = until
