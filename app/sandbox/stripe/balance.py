"""What moves the account's balance: each time money comes, goes or comes back."""

from typing import Any

from app.sandbox.stripe.books import Books

Json = dict[str, Any]


def book(books: Books, minor: int, about: Json, kind: str, category: str) -> Json:
    """Book an amount, negative for money that goes; return the balance transaction.

    Args:
        books: The account.
        minor: In minor units.
        about: The charge or dispute that it is about.
        kind: Stripe's `type`.
        category: Stripe's `reporting_category`.
    """
    made = books.add(
        "balance_transaction",
        "txn_",
        {
            "amount": minor,
            "available_on": books.moment,
            "balance_type": "payments",
            "currency": about["currency"],
            "description": None,
            "exchange_rate": None,
            "fee": 0,
            "fee_details": [],
            "net": minor,
            "reporting_category": category,
            "source": about["id"],
            "status": "available",
            "type": kind,
        },
    )
    del made["livemode"]
    books.put(made)
    return made


def arrived(books: Books, charge: Json) -> None:
    """Book a charge's money."""
    kind = "charge" if charge["payment_method_details"]["type"] == "card" else "payment"
    booked = book(books, charge["amount"], charge, kind, "charge")
    charge["balance_transaction"] = booked["id"]


def taken(books: Books, dispute: Json) -> None:
    """Book what a dispute takes until it is decided."""
    _dispute(books, dispute, -dispute["amount"], "dispute")


def given_back(books: Books, dispute: Json) -> None:
    """Book what a dispute that was won gives back."""
    _dispute(books, dispute, dispute["amount"], "dispute_reversal")


def _dispute(books: Books, dispute: Json, minor: int, category: str) -> None:
    booked = book(books, minor, dispute, "adjustment", category)
    dispute["balance_transactions"] = [*dispute["balance_transactions"], booked]
