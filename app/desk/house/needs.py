"""One thing that needs somebody, and how it is said."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from app.core.languages import request_language, translations
from app.core.money import Money
from app.core.money_text import shown


@dataclass(frozen=True, slots=True)
class Need:
    """One thing that needs somebody.

    Attributes:
        kind: Of an alarm, or ours for what no alarm tells of.
        ref: Tells one of its kind from another.
        since: Since when it is so.
        last_at: When it was last seen, if it was seen more than once.
        times: How often.
        can_clear: It stands as an alarm that staff may clear.
        due_at: Until when something can be done about it.
        person_id: Whom it is about.
        stripe: Where Stripe's dashboard shows it, below the account.
        money: How much it is about.
        count: How many.
        of: Of how many, or the rate that was usual, in per cent.
        name: Of a system, a domain or a table.
    """

    kind: str
    ref: str
    since: datetime
    last_at: datetime | None = None
    times: int = 1
    can_clear: bool = False
    due_at: datetime | None = None
    person_id: int | None = None
    stripe: str = ""
    money: Money | None = None
    count: int = 0
    of: int = 0
    name: str = ""

    @property
    def sentence(self) -> str:
        """What it is, in the language of the page."""
        return sentence(self, request_language())

    @property
    def advice(self) -> str:
        """What to do about it, in the language of the page."""
        return advice(self, request_language())


class Catalogue(Protocol):
    """The words of a language."""

    def gettext(self, message: str) -> str:
        """Return a sentence."""

    def ngettext(self, singular: str, plural: str, num: int) -> str:
        """Return the form of a sentence that a number asks for."""


Say = Callable[[Catalogue, Need], str]

_WHAT: Mapping[str, Say] = {
    "staff-codes-guessed": lambda say, need: (
        say.gettext("Somebody guesses at staff's codes from one network")
        if need.ref == "network"
        else say.gettext("Somebody guesses at the codes of number %(name)s of the team")
    ),
    "audit-broken": lambda say, _: say.gettext("The audit log is not what it was"),
    "no-worker": lambda say, _: say.gettext("Nothing works: no worker was seen for a minute"),
    "work-late": lambda say, _: say.gettext("Work of the table %(name)s waits for too long"),
    "dispute": lambda say, need: (
        say.gettext("A payment of %(money)s is disputed")
        if need.money is not None
        else say.gettext("A payment is disputed: %(name)s")
    ),
    "early-fraud-warning": lambda say, need: (
        say.gettext("A card network takes a payment of %(money)s for fraud")
        if need.money is not None
        else say.gettext("A card network takes a payment for fraud: %(name)s")
    ),
    "card-testing": lambda say, need: (
        say.gettext("Somebody tries cards here: payment pages are at their limit for everybody")
        if need.ref == "all"
        else say.gettext("Somebody tries cards here, from one network")
    ),
    "checkout-refused": lambda say, _: say.gettext(
        "Stripe refuses to open payment pages: %(name)s"
    ),
    "drift": lambda say, need: say.ngettext(
        "Stripe and our books differ in %(count)s place",
        "Stripe and our books differ in %(count)s places",
        need.count,
    ),
    "stripe-late": lambda say, need: say.ngettext(
        "Stripe's webhooks come late or not at all: %(count)s of the last %(of)s event",
        "Stripe's webhooks come late or not at all: %(count)s of the last %(of)s events",
        need.of,
    ),
    "parked": lambda say, need: say.ngettext(
        "%(count)s piece of work was set aside after too many tries",
        "%(count)s pieces of work were set aside after too many tries",
        need.count,
    ),
    "failing": lambda say, need: say.ngettext(
        "%(count)s membership could not be charged",
        "%(count)s memberships could not be charged",
        need.count,
    ),
    "two-memberships": lambda say, _: say.gettext("Two memberships charge one person"),
    "staff-order": lambda say, need: (
        say.gettext("A refund of %(money)s was given up: Stripe was silent for a day")
        if need.money is not None
        else say.gettext("What was ordered of a membership was given up: Stripe was silent")
    ),
    "dns": lambda say, need: say.ngettext(
        "DNS is wrong about mail from %(name)s in %(count)s point",
        "DNS is wrong about mail from %(name)s in %(count)s points",
        need.count,
    ),
    "joining-tightened": lambda say, _: say.gettext(
        "Somebody tries cards here: only %(count)s of the %(of)s cards of an hour were good"
    ),
    "sign-ups-tightened": lambda say, _: say.gettext(
        "Somebody signs others up: only %(count)s of an hour's %(of)s sign-ups were confirmed"
    ),
    "confirm-rate": lambda say, _: say.gettext(
        "Fewer confirm than usual: %(count)s %% in a week, and %(of)s %% in the four before"
    ),
    "mail.complaints": lambda say, _: say.gettext(
        "More than one mail of a thousand is complained of as spam"
    ),
    "mail.bounces": lambda say, _: say.gettext("More than two mails of a hundred come back"),
    "mail.blocked": lambda say, _: say.gettext(
        "More than one mail of a hundred is refused as spam or by policy"
    ),
    "mail.forged": lambda say, _: say.gettext("Somebody forges notices of the provider %(name)s"),
    "webhooks-late": lambda say, _: say.gettext("The system %(name)s takes no webhooks"),
    "webhooks-disabled": lambda say, _: say.gettext(
        "The system %(name)s was turned off: it took no webhooks for three days"
    ),
}

_DO: Mapping[str, Say] = {
    "staff-codes-guessed": lambda say, _: say.gettext(
        "No more of them are looked at for an hour. Ask whether it was themselves. If it was not, "
        "somebody reads their mail: have them change what guards the mailbox, and sign them out."
    ),
    "audit-broken": lambda say, _: say.gettext(
        "Somebody changed it past the application. Have whoever runs the server run flask --app "
        "wsgi audit verify, keep the database as it is, and compare it with a backup."
    ),
    "no-worker": lambda say, _: say.gettext(
        "Nothing is lost meanwhile. Whoever runs the server starts it again: flask --app wsgi "
        "worker, or flask serve where the web process does the work."
    ),
    "work-late": lambda say, _: say.gettext(
        "While a large mailing leaves this is as it should be. Otherwise see that a worker runs, "
        "and read its log."
    ),
    "dispute": lambda say, _: say.gettext(
        "Answer at Stripe with what shows that the payment was meant, or accept it there. While it "
        "is open its membership does not count."
    ),
    "early-fraud-warning": lambda say, _: say.gettext(
        "Refund it now: a refund costs less than the dispute that follows. Clear this if you know "
        "that the payment is good."
    ),
    "card-testing": lambda say, _: say.gettext(
        "The limits hold it off. If supporters are turned away with it, raise the limit in the "
        "settings; block the network at the proxy if it goes on."
    ),
    "checkout-refused": lambda say, _: say.gettext(
        "Open the joining page and try. Stripe's dashboard says more, usually that the account "
        "lacks something or the key a right."
    ),
    "drift": lambda say, _: say.gettext(
        "Look at each difference, then compare again. If they stay, have the server's operator run "
        "flask --app wsgi payments recount."
    ),
    "stripe-late": lambda say, _: say.gettext(
        "At Stripe, open the event destination: is it on, and does it get 200? Nothing is lost: "
        "the list of events is read every five minutes."
    ),
    "parked": lambda say, _: say.gettext(
        "Read why each failed, mend that, and try again. What need not be done any more can be "
        "dropped."
    ),
    "failing": lambda say, _: say.gettext(
        "Stripe tries again by itself, and we have written to each. Somebody who has been with you "
        "for long may deserve a word of yours."
    ),
    "two-memberships": lambda say, _: say.gettext(
        "Ask which of them was meant, end the other one and give back its last payment."
    ),
    "staff-order": lambda say, _: say.gettext(
        "Look at Stripe whether it was done after all. If not, order it anew; then clear this."
    ),
    "dns": lambda say, _: say.gettext(
        "Whoever keeps the domain adds or changes the records that are listed. Then check again."
    ),
    "joining-tightened": lambda say, _: say.gettext(
        "Payment pages need a proof of work now, by themselves, until an hour after the last sign. "
        "Look at Stripe, and refund what was paid with cards that are not their payers'."
    ),
    "sign-ups-tightened": lambda say, _: say.gettext(
        "Sign-ups need a proof of work now, by themselves, until an hour after the last sign. Look "
        "at the sign-ups by source if it goes on."
    ),
    "confirm-rate": lambda say, _: say.gettext(
        "See whether our mail arrives: the bounces, DNS, and a sign-up of your own at a large "
        "mailbox provider."
    ),
    "mail.complaints": lambda say, _: say.gettext(
        "Look at what was sent last, and to whom. Providers shut out who goes on like that."
    ),
    "mail.bounces": lambda say, _: say.gettext(
        "Addresses that are gone were taken off by themselves. A list that was imported lately is "
        "the usual cause: send it nothing until it has been looked at."
    ),
    "mail.blocked": lambda say, _: say.gettext(
        "Check DNS, and look our address up at the provider that refuses: its answers say where."
    ),
    "mail.forged": lambda say, _: say.gettext(
        "What was forged was refused. If it is your own provider after all, its key or login "
        "changed: set the new one."
    ),
    "webhooks-late": lambda say, _: say.gettext(
        "Tell whoever runs it. Deliveries are tried again for three days, then it is turned off."
    ),
    "webhooks-disabled": lambda say, _: say.gettext(
        "Once it is mended, turn it on again and have what failed delivered anew."
    ),
}


def sentence(need: Need, language: str) -> str:
    """Return what a need is, in a language; for a kind without words of its own, its name."""
    words = translations(language)
    say = _WHAT.get(need.kind, _other)
    money = shown(need.money, language) if need.money is not None else ""
    name = need.name or (need.ref if need.kind in _WHAT else f"{need.kind} {need.ref}".strip())
    values = {"money": money, "count": need.count, "of": need.of, "name": name}
    return str(say(words, need) % values)


def advice(need: Need, language: str) -> str:
    """Return what to do about a need, in a language."""
    return str(_DO.get(need.kind, _see_to_it)(translations(language), need))


def _other(say: Catalogue, _need: Need) -> str:
    return say.gettext("An alarm stands: %(name)s")


def _see_to_it(say: Catalogue, _need: Need) -> str:
    return say.gettext("Clear it once you have seen to it.")


def is_known(kind: str) -> bool:
    """Tell whether a kind has words of its own."""
    return kind in _WHAT and kind in _DO
