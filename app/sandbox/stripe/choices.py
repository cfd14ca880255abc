"""The cards that can be tried, and what was typed into the form that takes one."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from app.sandbox.stripe.cards import CARDS

PLAUSIBLE = re.compile(r"\d{12,19}|[A-Z]{2}\d{2}[A-Z0-9]{10,30}")
LONGEST_EMAIL = 320


@dataclass(frozen=True, slots=True)
class Choice:
    """A number of Stripe's that can be tried, and what becomes of it."""

    number: str
    does: str

    @property
    def shown(self) -> str:
        """The number as it stands on a card or a letter of a bank: in groups of four."""
        return " ".join(self.number[at : at + 4] for at in range(0, len(self.number), 4))


CHOICES = (
    Choice("4242424242424242", "Pays, now and at every renewal."),
    Choice("4000002500003155", "Asks for 3-D Secure first."),
    Choice("4000000000009995", "Is declined: too little money."),
    Choice("4000000000000341", "Pays now, fails at the first renewal."),
    Choice("4000000000000259", "Pays, then its owner disputes it."),
    Choice("AT611904300234573201", "A bank debit: pays after three days."),
    Choice("AT861904300235473202", "A bank debit: fails after three days."),
)


def more_numbers() -> list[Choice]:
    """Return the other numbers that behave in a way of their own, to be typed."""
    picked = {one.number for one in CHOICES}
    return [
        Choice(card.number, f"{card.says}.") for card in CARDS.values() if card.number not in picked
    ]


def bare(number: str) -> str:
    """Return a number as machines write it: no blanks, no dashes, capitals."""
    return re.sub(r"[\s\-\u2010-\u2015]", "", number).upper()


@dataclass(frozen=True, slots=True, kw_only=True)
class CardForm:
    """What somebody picked or typed; what is typed goes before what is picked."""

    picked: str = CHOICES[0].number
    typed: str = ""
    refusal: str = ""
    card_error: str = ""

    @property
    def number(self) -> str:
        """The number meant."""
        return bare(self.typed) or bare(self.picked)

    @property
    def has_errors(self) -> bool:
        """Tell whether something has to be put right."""
        return bool(self.card_error)


@dataclass(frozen=True, slots=True, kw_only=True)
class PayForm(CardForm):
    """A card, and who pays."""

    email: str = ""
    name: str = ""
    email_error: str = ""
    name_error: str = ""

    @property
    def has_errors(self) -> bool:
        """Tell whether something has to be put right."""
        return bool(self.card_error or self.email_error or self.name_error)


def read_card(sent: Mapping[str, str], refusal: str = "") -> CardForm:
    """Return the form as it was sent, with what is wrong with it."""
    picked, typed = sent.get("picked", CHOICES[0].number), sent.get("typed", "").strip()
    return CardForm(
        picked=picked, typed=typed, refusal=refusal, card_error=wrong_with_card(picked, typed)
    )


def read_payment(sent: Mapping[str, str], email: str, refusal: str = "") -> PayForm:
    """Return the form as it was sent, with what is wrong with it.

    Args:
        sent: The form's fields.
        email: The address that is settled already, or empty.
        refusal: Why the card was refused, if it was.
    """
    picked, typed = sent.get("picked", CHOICES[0].number), sent.get("typed", "").strip()
    address = email or sent.get("email", "").strip()
    name = sent.get("name", "").strip()
    return PayForm(
        picked=picked, typed=typed, refusal=refusal, card_error=wrong_with_card(picked, typed),
        email=address, email_error=wrong_with_email(address),
        name=name, name_error="" if name else "Type a name, like Olena Test.",
    )  # fmt: skip


def wrong_with_card(picked: str, typed: str) -> str:
    """Return what is wrong with a number, or nothing."""
    if PLAUSIBLE.fullmatch(bare(typed) or bare(picked)):
        return ""
    return "That is no number of a card or an account: pick one above, or type all of its digits."


def wrong_with_email(address: str) -> str:
    """Return what is wrong with an address, or nothing; whether it works shows a mail."""
    local, _at, domain = address.rpartition("@")
    if local and domain and " " not in address and len(address) <= LONGEST_EMAIL:
        return ""
    return "Type an address with an @ in it, like name@example.org."
