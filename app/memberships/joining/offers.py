"""What is offered to whoever wants to join: currencies, amounts, what an amount is called, fees."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.money import CURRENCIES, OFFERED, Money, currency_of, with_fee
from app.core.orm import in_language
from app.memberships.joining.models import Tier
from app.payments.gateway import Interval

MONTHLY, YEARLY, ONCE = "monthly", "yearly", "once"
RHYTHMS: Final = (MONTHLY, YEARLY, ONCE)
TWELVE = "twelve"
"""Twelve months for somebody else, paid once; the amounts are those of a year."""

GROUPS: Final = (*RHYTHMS, TWELVE)
INTERVAL_OF: Mapping[str, Interval | None] = {
    MONTHLY: "month",
    YEARLY: "year",
    ONCE: None,
    TWELVE: None,
}
MOST_PRESETS = 3
MONTHS = 12


@dataclass(frozen=True, slots=True)
class Offer:
    """What the present campaign offers.

    Attributes:
        currency: Its own, which a page is in that names none.
        amounts: Minor units, by currency and rhythm.
    """

    currency: str
    amounts: Mapping[str, Mapping[str, list[int]]]

    @property
    def currencies(self) -> tuple[str, ...]:
        """The currencies that one may pay in: those with amounts that we have rules for."""
        known = [one for one in self.amounts if one in CURRENCIES]
        usual = [one for one in OFFERED if one in known]
        found = tuple(dict.fromkeys([*usual, *known]))
        return found or ((self.currency,) if self.currency in CURRENCIES else ())

    @property
    def first_currency(self) -> str:
        """The currency of a page that names none."""
        found = self.currencies
        return self.currency if self.currency in found else found[0]

    def presets(self, currency: str, group: str) -> tuple[Money, ...]:
        """Return the amounts of a group that can really be paid, three at most."""
        rules = currency_of(currency)
        wanted = self.amounts.get(currency, {}).get(YEARLY if group == TWELVE else group, ())
        return tuple(
            Money(minor, currency)
            for minor in wanted
            if rules.smallest <= minor <= rules.largest and minor % rules.step == 0
        )[:MOST_PRESETS]


@dataclass(frozen=True, slots=True)
class TierRead:
    """A tier in one language; `least` is the smallest amount of a month, by currency."""

    name: str
    benefits: tuple[str, ...]
    least: Mapping[str, int]


def tiers(session: Session, language: str) -> tuple[TierRead, ...]:
    """Return all tiers, in the newsroom's order."""
    rows = session.scalars(select(Tier).order_by(Tier.position, Tier.id))
    return tuple(
        TierRead(
            in_language(one.name, language),
            tuple(one.benefits.get(language) or one.benefits.get("en") or ()),
            one.least,
        )
        for one in rows
    )


def tier_of(found: tuple[TierRead, ...], money: Money, group: str) -> TierRead | None:
    """Return the highest tier that an amount reaches; a single gift has none."""
    if group == ONCE:
        return None
    months = 1 if group == MONTHLY else MONTHS
    reached = [
        one
        for one in found
        if money.currency in one.least and money.minor >= one.least[money.currency] * months
    ]
    return max(reached, key=lambda one: one.least[money.currency], default=None)


def fee_on(money: Money) -> Money:
    """Return what has to come on top for the newsroom to be left with the amount."""
    return with_fee(money) - money
