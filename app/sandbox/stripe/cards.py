"""What each test number does: https://docs.stripe.com/testing, and two bank accounts."""

from dataclasses import dataclass
from typing import Any, Literal

Json = dict[str, Any]
After = Literal["", "dispute", "warn", "refund_slow", "refund_fails"]


@dataclass(frozen=True)
class Card:
    """A number and how it behaves.

    Attributes:
        decline: Why it never pays, or nothing.
        renews: Whether it pays without its owner there.
        three_d: Whether the bank asks its owner at the checkout.
        asks_again: Whether the bank asks at each renewal as well, when nobody is there.
        after: What happens once it has paid, or when it is given back.
        debit: A bank debit: known only after three days.
        settles: Whether such a debit arrives in the end.
    """

    number: str
    says: str
    brand: str = "visa"
    decline: str = ""
    renews: bool = True
    three_d: bool = False
    asks_again: bool = False
    after: After = ""
    debit: bool = False
    settles: bool = True

    @property
    def method(self) -> str:
        """Return the payment method's type."""
        return "sepa_debit" if self.debit else "card"


CARDS = {
    card.number: card
    for card in (
        Card("4242424242424242", "Good"),
        Card("5555555555554444", "Good, a Mastercard", brand="mastercard"),
        Card("4000000000000341", "Pays now, fails at the first renewal", renews=False),
        Card("4000000000009995", "Declined", decline="insufficient_funds"),
        Card("4000000000000002", "Declined", decline="generic_decline"),
        Card("4000002500003155", "The bank asks once", three_d=True),
        Card("4000000000003220", "The bank asks once", three_d=True),
        Card("4000002760003184", "The bank asks every time", three_d=True, asks_again=True),
        Card("4000000000000259", "Disputed", after="dispute"),
        Card("4000000000005423", "Fraud warning", after="warn"),
        Card("4000000000007726", "A refund takes days", after="refund_slow"),
        Card("4000000000005126", "A refund fails days later", after="refund_fails"),
        Card("AT611904300234573201", "Bank debit, arrives after 3 days", debit=True),
        Card("AT861904300235473202", "Bank debit, fails after 3 days", debit=True, settles=False),
    )
}
UNKNOWN = Card("", "A number that no bank has", decline="incorrect_number")


def card_of(number: str) -> Card:
    """Return the card of this number, typed in any way."""
    return CARDS.get("".join(number.split()).upper(), UNKNOWN)


def details(card: Card) -> Json:
    """Return what Stripe tells about it, under the name of its type."""
    last4 = card.number[-4:]
    if card.debit:
        told: Json = {"bank_code": "19043", "branch_code": "", "country": "AT"}
        return {"sepa_debit": told | {"fingerprint": f"fp{last4}", "last4": last4}}
    checks = {"address_line1_check": None, "address_postal_code_check": None, "cvc_check": "pass"}
    return {
        "card": {
            "brand": card.brand,
            "checks": checks,
            "country": "US",
            "exp_month": 12,
            "exp_year": 2034,
            "fingerprint": f"fp{last4}",
            "funding": "credit",
            "last4": last4,
            "wallet": None,
        }
    }
