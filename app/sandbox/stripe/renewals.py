"""What happens to subscriptions as time passes: renewals, retries, the end, a pause and its end."""

from typing import Any

from app.sandbox.stripe import invoices, subscriptions
from app.sandbox.stripe.books import Books
from app.sandbox.stripe.errors import StripeError
from app.sandbox.stripe.params import part, word
from app.sandbox.stripe.payments import Outcome

Json = dict[str, Any]


def renew(books: Books, subscription: Json) -> None:
    """Let a period end: the subscription ends with it, or the next begins and is to be paid."""
    end = subscriptions.current_end(subscription)
    if subscription["status"] not in {"active", "past_due"} or end > books.moment:
        return
    if subscription["cancel_at_period_end"]:
        subscriptions.end(books, subscription, "cancellation_requested")
        return
    wake(books, subscription)
    subscriptions.advance(books, subscription, end)
    books.tell(subscriptions.UPDATED, subscription)
    invoice = invoices.draw_up(books, subscription, "subscription_cycle")
    if pause := subscription["pause_collection"]:
        _skip(books, invoice, pause["behavior"])
        return
    invoices.finalize(books, invoice)
    _collect(books, subscription, invoice)


def wake(books: Books, subscription: Json) -> None:
    """Let a subscription collect again once its pause is over."""
    pause = subscription["pause_collection"]
    if pause and pause["resumes_at"] and pause["resumes_at"] <= books.moment:
        books.change(subscription, subscriptions.UPDATED, {"pause_collection": None})


def _skip(books: Books, invoice: Json, behavior: str) -> None:
    if behavior == "void":
        invoices.void(books, invoice)
    elif behavior == "mark_uncollectible":
        invoices.finalize(books, invoice)
        invoices.write_off(books, invoice)


def retry(books: Books, invoice: Json) -> None:
    """Try an invoice again, if it is still waiting for just this."""
    if invoice["status"] == "open" and invoice["next_payment_attempt"] == books.moment:
        owner = invoice["parent"]["subscription_details"]["subscription"]
        _collect(books, books.get(owner), invoice)


def _collect(books: Books, subscription: Json, invoice: Json) -> None:
    method = books.get(subscription["default_payment_method"])
    outcome = invoices.collect(books, invoice, method, present=False)
    after_attempt(books, subscription, invoice, outcome)


def after_attempt(books: Books, subscription: Json, invoice: Json, outcome: Outcome) -> None:
    """Let a subscription follow its invoice: active, past due or, after the last retry, over."""
    if outcome in {"succeeded", "processing"}:
        if subscription["status"] == "past_due":
            books.change(subscription, subscriptions.UPDATED, {"status": "active"})
        return
    if not invoices.note_failure(books, invoice, outcome):
        subscriptions.end(books, subscription, "payment_failed")
    elif subscription["status"] != "past_due":
        books.change(subscription, subscriptions.UPDATED, {"status": "past_due"})


def debit_known(books: Books, invoice: Json, *, arrived: bool) -> None:
    """Let an invoice and its subscription learn what became of a bank debit."""
    owner = books.get(invoice["parent"]["subscription_details"]["subscription"])
    if arrived:
        invoices.settle_up(books, invoice)
    if owner["status"] not in subscriptions.OVER:
        after_attempt(books, owner, invoice, "succeeded" if arrived else "failed")


def end_at(books: Books, subscription: Json) -> None:
    """End a subscription whose `cancel_at` has come."""
    due = subscription["cancel_at"] is not None and subscription["cancel_at"] <= books.moment
    if due and subscription["status"] not in subscriptions.OVER:
        subscriptions.end(books, subscription, "cancellation_requested")


def pause(books: Books, _params: Json, subscription_id: str) -> Json:
    """Pause a subscription as such: nothing is billed until it is resumed."""
    subscription = books.find("subscription", subscription_id)
    if subscription["status"] != "active":
        raise StripeError("Only an active subscription can be paused.")
    books.change(subscription, "customer.subscription.paused", {"status": "paused"})
    return subscription


def resume(books: Books, params: Json, subscription_id: str) -> Json:
    """Resume a paused subscription: at once where its period still runs, else billed anew."""
    subscription = books.find("subscription", subscription_id)
    if subscription["status"] != "paused":
        raise StripeError("Only a paused subscription can be resumed.")
    words = ("now", "unchanged")
    anchor = word(part(params, "billing_cycle_anchor"), "type", words) or "now"
    runs = subscriptions.current_end(subscription) > books.moment
    if anchor == "unchanged" and not runs:
        raise StripeError("This stand-in resumes a period that is over with a new anchor only.")
    if anchor == "unchanged" or _billed_anew(books, subscription):
        books.change(subscription, "customer.subscription.resumed", {"status": "active"})
    return subscription


def _billed_anew(books: Books, subscription: Json) -> bool:
    subscription["billing_cycle_anchor"] = books.moment
    subscriptions.advance(books, subscription, books.moment)
    invoice = invoices.draw_up(books, subscription, "subscription_update")
    invoices.finalize(books, invoice)
    method = books.get(subscription["default_payment_method"])
    outcome = invoices.collect(books, invoice, method, present=False)
    if outcome in {"succeeded", "processing"}:
        return True
    invoices.void(books, invoice)
    return False
