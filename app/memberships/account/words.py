"""How the account speaks: days of the newsroom's calendar, amounts, what a payment was for."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from babel.dates import format_date

from app.core.languages import translations
from app.core.money import Money
from app.core.money_text import shown
from app.memberships.account.queries import Card

LONG_DAY, SHORT_DAY = "d MMMM y", "d MMM y"
BRANDS = {
    "amex": "American Express",
    "diners": "Diners Club",
    "discover": "Discover",
    "jcb": "JCB",
    "mastercard": "Mastercard",
    "unionpay": "UnionPay",
    "visa": "Visa",
}
MONTHLY = "month"


@dataclass(frozen=True, slots=True)
class Voice:
    """One language, by one calendar."""

    language: str
    zone: ZoneInfo

    def day(self, at: datetime) -> str:
        """Return a moment's day: `23 November 2026`."""
        return str(format_date(at.astimezone(self.zone), LONG_DAY, locale=self.language))

    def short_day(self, at: datetime) -> str:
        """Return a moment's day shortly, for tables: `23 Nov 2026`."""
        return str(format_date(at.astimezone(self.zone), SHORT_DAY, locale=self.language))

    def money(self, money: Money) -> str:
        """Return an amount: `€7`."""
        return shown(money, self.language)

    def rhythm(self, money: Money, interval: str) -> str:
        """Return what is given how often: `€7 a month`."""
        gettext = translations(self.language).gettext
        if interval == MONTHLY:
            return gettext("%(amount)s a month") % {"amount": self.money(money)}
        return gettext("%(amount)s a year") % {"amount": self.money(money)}

    def what_for(self, kind: str, interval: str | None) -> str:
        """Return what a payment was for.

        Args:
            kind: `membership`, or the kind of the payment's intent.
            interval: Of its membership.
        """
        gettext = translations(self.language).gettext
        if kind == "membership" and interval == MONTHLY:
            return gettext("Membership, one month")
        if kind == "membership":
            return gettext("Membership, one year")
        if kind == "gift_membership":
            return gettext("Membership as a gift")
        if kind == "given":
            return gettext("Membership for a reader who cannot pay")
        return gettext("Single gift")

    def card(self, card: Card) -> str:
        """Return what its owner knows a card by: `Visa ending in 4242, good until 12/2031`."""
        gettext = translations(self.language).gettext
        brand = BRANDS.get(card.brand, gettext("Card"))
        last_month = date(card.year, card.month, 1)
        until = format_date(last_month, "MM/y", locale=self.language)
        sentence = gettext("%(brand)s ending in %(digits)s, good until %(month)s")
        return sentence % {"brand": brand, "digits": card.last4, "month": str(until)}
